# For the build of "make check", where everything is compiled once: headers are read once for all,
# and many files of a folder are one compilation.  That takes a fifth of the time.  Not for the
# builds that ship or that are for work on the code: there every file must say by itself what it
# needs, and a change must not rebuild what does not see it.
option(IKE_AT_ONCE "compile everything at once, faster" OFF)

# These say in their unnamed namespaces what another file of their folder says too, so they are
# compiled alone.  A file that the compiler complains about in this build only belongs here, or
# better: its name says more.
set(ike_alone
  src/crypto/fake/key_exchange src/crypto/openssl/ccm src/crypto/openssl/encrypt_then_mac
  src/crypto/openssl/modp src/crypto/openssl/montgomery_curve src/crypto/openssl/signature_scheme
  src/crypto/openssl/signing_key src/crypto/openssl/verifier src/esp/coalesce src/esp/offload
  src/control/fields src/control/frame
  src/control/reply src/control/request src/wire/contract
  src/keynote/conditions_parser src/keynote/lexer src/keynote/licensees src/keynote/regex
  src/keynote/regex_tree
  src/kernel/encap src/kernel/tun/backend src/kernel/tun/receive_ring src/kernel/tun/transmit
  src/kernel/xfrm/policy_codec src/kernel/xfrm/sa_codec
  src/tools/ike-load/flood
  tests/sim/scenarios/hostile tests/sim/scenarios/rekey tests/sim/scenarios/trouble
  tests/unit/config/load_test tests/unit/control/server_test tests/unit/engine/operation_test
  tests/unit/ikev2/key_schedule_test)

# One precompiled header for everything of ours, and one with the test library too.
function(ike_make_precompiled name)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ike_warnings)
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <charconv> <chrono> <cstdint> <expected> <functional> <map> <memory>
    <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>
    ${CMAKE_SOURCE_DIR}/src/engine/core.h ${ARGN})
  if(ARGN)
    target_link_libraries(${name} PRIVATE GTest::gtest)  # for its macros
  endif()
endfunction()

# ike_at_once(target [headers...]): headers, where given, are precompiled besides the core's.
function(ike_at_once target)
  if(NOT IKE_AT_ONCE)
    return()
  endif()
  set(precompiled ike_precompiled)
  if(ARGN)
    set(precompiled ike_precompiled_for_tests)
  endif()
  if(NOT TARGET ${precompiled})
    ike_make_precompiled(${precompiled} ${ARGN})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${precompiled})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  foreach(name ${ike_alone})
    set_source_files_properties(${CMAKE_SOURCE_DIR}/${name}.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
endfunction()
