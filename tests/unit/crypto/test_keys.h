// Keys made for the tests, used nowhere else.
#pragma once

#include <string_view>

namespace ike::crypto::testing {

inline constexpr std::string_view kRsa2048 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCn6oOed4oqtC70\n"
    "qRWP+Kfo8CmnR6aT0aEwTo24hCFKF2ucoxd0osvPQhAdgI3TPvGy9hNZphTOPf6P\n"
    "gBadR+LptNglegMhJ2QH2gXukPsIYCddN9g/LvPbKHqdeX3oTDjOA2qFXg6YI1br\n"
    "CorylIHhwZibH0bte594//k/JYBSz5fmQVZ7o4r8y12/oUEpuFnTSN2bEjPeVDqJ\n"
    "/tIG9lhrUccRFnVQ6ldEiBqk78u7k0ecO5FsGJL+6oYrAxFAvUPdVK6ouLQ91sua\n"
    "8ZynhTpL59LrM+dcsamzW+m1NY/ofrZSjPmP5mvb/idthuKA77mR1F5Qp0PrJwgK\n"
    "g7UM2+4XAgMBAAECggEAA+3XXZZje8NSk/P+5qsFVsyD1P+2tJ/Dm0tDQq2Iz+CD\n"
    "aptgWaDTjwp3MRGIgAhphGwAoOjjdL37nmT7YnvDof9SzXGw8A4pZ4ug9ueakCQb\n"
    "17EOVNAm8ZpdYCDvIsfhzmRDElLUmZe+GWraPHngHiW3Ce4t7TGm1iB7NxCME6Px\n"
    "LAlQ23tBzHsGC1j3Wbe0td0kVQKn5XniSdkhWxsmnqQq9CcbXD/b/NgmdgPzTTt4\n"
    "JJoyfyjH5gGsjPOVYrwzflJF9EP/s7fpeaOwRjGZEyOGL+rHYmeRXoeWbezEEpE+\n"
    "PnMlnn+fc8Z3R1Bsz/s/YmTDurtcyYuTxDOuv60p3QKBgQDcMgYLb1a5FeleLD8z\n"
    "js/eE3y2OBB99M6RLf/wKohU7NC03Tvbu+AJr2kL89ylcLXzy0yv5gwG8nNJdiV8\n"
    "rwgazL89QqjbbBCMddjVbKJSy9QgeNxGZi2rQ0pyOdcjHbuqkmS0usiBp9yZlNpn\n"
    "SGy4OSqFiBx+AsajTX/VumxuBQKBgQDDOEgqR0sv7pd0ybg+Z2XzGTe2gs96Sw0B\n"
    "IVSSMSZcAZYW6CMh6U61TPsdWshO6VPKf1Ox+Fr/mwTf84dM5j9Y44yh+KRCtJ/m\n"
    "6M4BGAR/X+y++hGhmZ9TegIdgAKxWRuOA4j/h13cSAKpWC5BOauX/BI/CKGOlUOL\n"
    "a+Q+6vLKawKBgHEc+WHyZfhaOzF3RVg06q9ID26DymUJ1vtZR/qVvsbxiB0A8Pjl\n"
    "wCb5htrvAM+z4KRGMTTC1jbTYUnBeWxddapet3a+wYNGNhIRj7vDPHeP4X5016MK\n"
    "ZjduL9YRxGRzp63t2fHFaa7BDl+Oycr4t3DDXQaPbyOERYoqC5s9UuoJAoGBAJ1C\n"
    "JFfycG3fPCB3MrUKZATtZoTeYTY5aPNlHxRZBXaOTJKNU2fI4n+H0K236K4wpS/1\n"
    "W718vAk1njqtmWtn+tWnEC2V9vRJPporJW+aIl1dL4A0P6m277K2ESgka4bjqh+/\n"
    "V0fIiuKdG4/BGhmu1DytcSFX2ZTbRrr0IbxRVV2bAoGAce7CkSZFT6OiCnCE2GW4\n"
    "z5/kAA33W0IrgJnSOUuNZsrA+GAiSSg99xnpvLmhMTYlsGyQpgJmmUsj7hhTvplY\n"
    "j2lfZ4OUAMdO6h3G01EgDnUARmkJjHj9cMBco3/w3jbWp9Lbx9RaK2WyzG0qZm6e\n"
    "XUDvL/koW+p4GdHzdmbRHss=\n"
    "-----END PRIVATE KEY-----\n";

// The same in the older form.
inline constexpr std::string_view kRsa2048Traditional =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEowIBAAKCAQEAp+qDnneKKrQu9KkVj/in6PApp0emk9GhME6NuIQhShdrnKMX\n"
    "dKLLz0IQHYCN0z7xsvYTWaYUzj3+j4AWnUfi6bTYJXoDISdkB9oF7pD7CGAnXTfY\n"
    "Py7z2yh6nXl96Ew4zgNqhV4OmCNW6wqK8pSB4cGYmx9G7XufeP/5PyWAUs+X5kFW\n"
    "e6OK/Mtdv6FBKbhZ00jdmxIz3lQ6if7SBvZYa1HHERZ1UOpXRIgapO/Lu5NHnDuR\n"
    "bBiS/uqGKwMRQL1D3VSuqLi0PdbLmvGcp4U6S+fS6zPnXLGps1vptTWP6H62Uoz5\n"
    "j+Zr2/4nbYbigO+5kdReUKdD6ycICoO1DNvuFwIDAQABAoIBAAPt112WY3vDUpPz\n"
    "/uarBVbMg9T/trSfw5tLQ0KtiM/gg2qbYFmg048KdzERiIAIaYRsAKDo43S9+55k\n"
    "+2J7w6H/Us1xsPAOKWeLoPbnmpAkG9exDlTQJvGaXWAg7yLH4c5kQxJS1JmXvhlq\n"
    "2jx54B4ltwnuLe0xptYgezcQjBOj8SwJUNt7Qcx7BgtY91m3tLXdJFUCp+V54knZ\n"
    "IVsbJp6kKvQnG1w/2/zYJnYD8007eCSaMn8ox+YBrIzzlWK8M35SRfRD/7O36Xmj\n"
    "sEYxmRMjhi/qx2JnkV6Hlm3sxBKRPj5zJZ5/n3PGd0dQbM/7P2Jkw7q7XMmLk8Qz\n"
    "rr+tKd0CgYEA3DIGC29WuRXpXiw/M47P3hN8tjgQffTOkS3/8CqIVOzQtN0727vg\n"
    "Ca9pC/PcpXC188tMr+YMBvJzSXYlfK8IGsy/PUKo22wQjHXY1WyiUsvUIHjcRmYt\n"
    "q0NKcjnXIx27qpJktLrIgafcmZTaZ0hsuDkqhYgcfgLGo01/1bpsbgUCgYEAwzhI\n"
    "KkdLL+6XdMm4Pmdl8xk3toLPeksNASFUkjEmXAGWFugjIelOtUz7HVrITulTyn9T\n"
    "sfha/5sE3/OHTOY/WOOMofikQrSf5ujOARgEf1/svvoRoZmfU3oCHYACsVkbjgOI\n"
    "/4dd3EgCqVguQTmrl/wSPwihjpVDi2vkPuryymsCgYBxHPlh8mX4Wjsxd0VYNOqv\n"
    "SA9ug8plCdb7WUf6lb7G8YgdAPD45cAm+Yba7wDPs+CkRjE0wtY202FJwXlsXXWq\n"
    "Xrd2vsGDRjYSEY+7wzx3j+F+dNejCmY3bi/WEcRkc6et7dnxxWmuwQ5fjsnK+Ldw\n"
    "w10Gj28jhEWKKgubPVLqCQKBgQCdQiRX8nBt3zwgdzK1CmQE7WaE3mE2OWjzZR8U\n"
    "WQV2jkySjVNnyOJ/h9Ctt+iuMKUv9Vu9fLwJNZ46rZlrZ/rVpxAtlfb0ST6aKyVv\n"
    "miJdXS+AND+ptu+ythEoJGuG46ofv1dHyIrinRuPwRoZrtQ8rXEhV9mU20a69CG8\n"
    "UVVdmwKBgHHuwpEmRU+jogpwhNhluM+f5AAN91tCK4CZ0jlLjWbKwPhgIkkoPfcZ\n"
    "6by5oTE2JbBskKYCZplLI+4YU76ZWI9pX2eDlADHTuodxtNRIA51AEZpCYx4/XDA\n"
    "XKN/8N421qfS28fUWitlssxtKmZunl1A7y/5KFvqeBnR83Zm0R7L\n"
    "-----END RSA PRIVATE KEY-----\n";

inline constexpr std::string_view kRsa2048Public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAp+qDnneKKrQu9KkVj/in\n"
    "6PApp0emk9GhME6NuIQhShdrnKMXdKLLz0IQHYCN0z7xsvYTWaYUzj3+j4AWnUfi\n"
    "6bTYJXoDISdkB9oF7pD7CGAnXTfYPy7z2yh6nXl96Ew4zgNqhV4OmCNW6wqK8pSB\n"
    "4cGYmx9G7XufeP/5PyWAUs+X5kFWe6OK/Mtdv6FBKbhZ00jdmxIz3lQ6if7SBvZY\n"
    "a1HHERZ1UOpXRIgapO/Lu5NHnDuRbBiS/uqGKwMRQL1D3VSuqLi0PdbLmvGcp4U6\n"
    "S+fS6zPnXLGps1vptTWP6H62Uoz5j+Zr2/4nbYbigO+5kdReUKdD6ycICoO1DNvu\n"
    "FwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view kRsa2048RawPublic =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAp+qDnneKKrQu9KkVj/in6PApp0emk9GhME6NuIQhShdrnKMXdKLL\n"
    "z0IQHYCN0z7xsvYTWaYUzj3+j4AWnUfi6bTYJXoDISdkB9oF7pD7CGAnXTfYPy7z\n"
    "2yh6nXl96Ew4zgNqhV4OmCNW6wqK8pSB4cGYmx9G7XufeP/5PyWAUs+X5kFWe6OK\n"
    "/Mtdv6FBKbhZ00jdmxIz3lQ6if7SBvZYa1HHERZ1UOpXRIgapO/Lu5NHnDuRbBiS\n"
    "/uqGKwMRQL1D3VSuqLi0PdbLmvGcp4U6S+fS6zPnXLGps1vptTWP6H62Uoz5j+Zr\n"
    "2/4nbYbigO+5kdReUKdD6ycICoO1DNvuFwIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

inline constexpr std::string_view kRsa2048Encrypted =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIPP2mVsfKNnECAggA\n"
    "MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAcxY3lo7KhGUHBZj5Z0PpuBIIE\n"
    "0OTPLCmIJyHlkWMMp0JnKAByZgxpIMjAESLOc+I8al9twyQi4Kfwwf8YPUPqaSJw\n"
    "g6E8fBWSDeelvXU31R+ut7UwWguR5MWWsXo/JzmE9Vkvp0S63OLuoVFyfz47XBbw\n"
    "3TidBH2LAq9O22V23MFZz4p7mP7I6KerT5z47jGCogSqBsQmZw7N9kk352r11rAR\n"
    "qG9uFwY5ZotRbcF4tKh7TcQg4rYuY+vRmQ5fYpnHOFpG1YRiwz3sAp23QYwnIa9O\n"
    "ZRyQI/mzhC2cHHq/zNE/UePOEXnjpfmRc7YnGwugQPghgP7lpVtywYae6fROdjIn\n"
    "UwP1JGZ7VrAYNfw4OOc8BunYqeOoOTAlxPjFKUrKkIZaVViqZgvWH9Lio1gOU0A7\n"
    "AefBDUgO9KRo9duJQmeLi3BbGkYjYkATQFgaOZQWHKSNkeLCaNkBxNV/j2C+iSnx\n"
    "AZSAT50DGQs8ANz/7aMBhNCaJjHTVxNTyP7PjC7gufOMKW/KL0XlqFzuwNFgVKFC\n"
    "vG7jvNc3UKJ9HLV9wze7WIY3cyyJLTcC5m0dmJWmb3eRIocIqjT/1Sn3Z9OoNRn3\n"
    "vFK2dfQmyZkIdAYjeoSdny/HcmPaBYs8FC3D90EbHtYYPqXaxP581BRvtk08hXOC\n"
    "N6XepjFn2zZZYAFxhfkdrS4MSMM82k8+cbWulLtBKZ5N2YX1vthkvDA9D7Ww2HGj\n"
    "K6l3YecvdB9/ZIlQrWS9P7qt3vqygD1QprmdFQIjKE7se0Qf8pkFx01rmTHXvfwH\n"
    "38fixfpqLjHHj2wfzWqA+3u+2rSfQGS1sQkqZkilJdxO8If5b90Y41+xbV/2s7zo\n"
    "a5S3Z+6SNS/A04lsmAWSO86B2SDCW3HZiE+rp8Tllfvp4Hnw0Fvnn/Re3SbakWmj\n"
    "mqLKQAh1txc4JwnDv1JMjJ67dXyVerRd0Rs3BuusOiL5ZlktyalDFV8SNCM/fQ+n\n"
    "MOkexUrVtzk2oEQwT9VK/fp60HnzoGrHrCxQmLd8qaHWTUWN8tcJYvb/ZIIeQg5W\n"
    "mV6LCiosdOt7VwvHiM9y6/SPi4BhHp4kM8li8p62CjL13q2Qkd3pkusLIuxbFI0T\n"
    "MEPO6rFR9L5co90fBX4AQWDT9Wfl5SZDvL4++Uj5v23maYauSAOSqej9r5W6JnIZ\n"
    "VtI4SIGfAyLBzY8bOzzLAF6wYyEG8qMq4e9kMmV3noK21gT5vhM+/+R3WIkJE8oG\n"
    "rSkHivScEJIpa1mCcUDd4SgH4y6EZ/S7hz+62nlKZZNpr6i7+dvFPfyDGNZFf1eK\n"
    "ywZVvQme9UyXeHZpukruPzjbOO4A2408nG4cY6xreTvZb+qWDdqXJCuDmuvhtqzJ\n"
    "5Sex9oBi1zpRWxbJlIJuIAAAH77CtEdZMTO8Eb+FhCY/uQYOPalL3vINaGj43hU3\n"
    "xReTUo3Tp7WK4fSBvNAflWs9OnXtpVFyhDyDtwzZk5XecjZZo05J2ooYXqgmRxt9\n"
    "5ifYQbCc9Om6QWySoe6712hIOg3+jeK4Z17Dw9ElLhDMe4w30XLBwaHIg/QxliBD\n"
    "13PQG1YU7O3BN4xNfPSglqa9qXYvA/XWyzOzJocFTAZ1iJfNd7bi28wbfZNFBMVb\n"
    "PqVoFdMARZCaI92H6U1qISqTntdUzzRZNi31GXNQoTG1\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

inline constexpr std::string_view kP256 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9LVx9etlcSb8EzDU\n"
    "+MqEHrzDYOdNCiHGq/prxnbP2KOhRANCAATkDFopsNltuje1rQqi4RnQk3XYV8ak\n"
    "kTi7hZwLi5qM9OQwLksDTddgg6Wxwz/M4q8YPle8m/eIiv490zJrnjCj\n"
    "-----END PRIVATE KEY-----\n";

// The same in the older form.
inline constexpr std::string_view kP256Traditional =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIPS1cfXrZXEm/BMw1PjKhB68w2DnTQohxqv6a8Z2z9ijoAoGCCqGSM49\n"
    "AwEHoUQDQgAE5AxaKbDZbbo3ta0KouEZ0JN12FfGpJE4u4WcC4uajPTkMC5LA03X\n"
    "YIOlscM/zOKvGD5XvJv3iIr+PdMya54wow==\n"
    "-----END EC PRIVATE KEY-----\n";

inline constexpr std::string_view kP256Public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5AxaKbDZbbo3ta0KouEZ0JN12FfG\n"
    "pJE4u4WcC4uajPTkMC5LA03XYIOlscM/zOKvGD5XvJv3iIr+PdMya54wow==\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr std::string_view kP384 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDD5gsaikjT/xxsZvbTX\n"
    "5h4ev0fStqHxKpmhtun7EQTUeCn6j9TubF18ElIgqvZUJNihZANiAAQEQqivlvLT\n"
    "TqGlE3npnhnoTHkmLX1ikRRC9sNgCE4nXgG2UK8Ocag1XjPVXdC2+LS52L04qD+4\n"
    "/rYal++3m4y2vOLi4wYDPERSfUzeKcenovmjx7Ru05o8nUW4lkEsHbM=\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view kP521 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIACMrZjUYtjMyf2Srq\n"
    "I9JQPfteC4kGSa08c71UQU+1RoOKToVDQvIaSkcCdSjfIr65XZMhMRSaB0WP1dK5\n"
    "3boZv0ChgYkDgYYABAE17jzId6MeD8LdXeonNs2cYYdoSPyd21HueWevFNfCwNc7\n"
    "ANGC4al+8YzfBUe0U9Y0x2bg4bvjtOHXk+/EEKvMOwGEtJyCQI3VlnD8SlmUwdP4\n"
    "Z0ZvXxwbq3lgfSAjBiAnhAxj5bd5+gDClzlN2nicmfmY2Ep6+Gu6v1s0waBg9qqQ\n"
    "Pg==\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view kEd25519 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIKgC96rSLyiH6YHN05lyO7Vc7tiszoBPNtke1rhp/3Hy\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view kEd448 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MEcCAQAwBQYDK2VxBDsEOQ3ZYkrm24L2LD5amln63+UdQHl7fdoTFEiOi5spMu8A\n"
    "KX226fgm4TBWtDhDl7QshNpB/b8CjL1eQA==\n"
    "-----END PRIVATE KEY-----\n";

// A key that cannot sign.
inline constexpr std::string_view kX25519 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEINA5vpq9d0sdBe9UTTm9W5EfZrAN4syYEEURIM1u+Vxx\n"
    "-----END PRIVATE KEY-----\n";

// A curve that IKE does not have.
inline constexpr std::string_view kSecp256k1 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgjGDa7OR/wHMH/XHqe4ud\n"
    "qpMmpVHBFhtUAlDN0P39ZiqhRANCAASemLA6A7IV7EVoHT+ntq+Neyl/2j6lUr69\n"
    "jhYkNFw6PQtS/pnF9Ot9OqVLpYy0DNVXW2tI5bsuLpaXyBDKnwWz\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace ike::crypto::testing
