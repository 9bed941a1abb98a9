// keynote(1), without its process: commands in, text and files out.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "keynote/assertion.h"
#include "tools/keynote/commands.h"

namespace ike::tools::keynote {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class KeynoteTool : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "keynote_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return path(name);
  }

  int run_words(const std::vector<std::string>& words) {
    out_.str("");
    err_.str("");
    Console console{out_, err_};
    return run(words, console);
  }
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

  fs::path folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(KeynoteTool, WithoutACommandPrintsItsUsageAndFails) {
  EXPECT_EQ(run_words({}), 1);
  EXPECT_TRUE(err().starts_with("usage: keynote keygen"));
  EXPECT_EQ(run_words({"explain"}), 1);
  EXPECT_EQ(run_words({"sigver"}), 1);
  EXPECT_EQ(run_words({"keygen", "rsa-hex:"}), 1);
  EXPECT_EQ(run_words({"--help"}), 0);
  EXPECT_TRUE(out().starts_with("usage: "));
}

struct Algorithms {
  std::string key, bits, signature;
};

class KeynoteToolRound : public KeynoteTool, public testing::WithParamInterface<Algorithms> {};

TEST_P(KeynoteToolRound, WhatKeygenMadeSignsAndSigverVerifies) {
  const auto& [key, bits, signature] = GetParam();
  // Awkward widths: what is printed must read back wherever its lines break.
  ASSERT_EQ(run_words({"keygen", key, bits, path("pub"), path("priv"), "3", "17"}), 0) << err();
  struct stat status{};
  ASSERT_EQ(stat(path("priv").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const std::string body = "KeyNote-Version: 2\nAuthorizer:\n" + read(path("pub")) +
                           "Licensees: \"alice\"\nConditions: op == \"read\";\nSignature:\n";
  const std::string file = write("assertion", body);
  ASSERT_EQ(run_words({"sign", "-v", signature, file, path("priv")}), 0) << err();
  const std::string credential = write("credential", body + out());
  ASSERT_EQ(run_words({"sigver", credential}), 0) << err();
  EXPECT_EQ(out(), "Signature on assertion 1 verified.\n");
  std::string changed = body + out();
  ASSERT_EQ(run_words({"sign", signature, file, path("priv"), "0", "1000"}), 0);
  changed = body + "  " + out();
  changed.replace(changed.find("alice"), 5, "aliCe");
  EXPECT_EQ(run_words({"sigver", write("changed", changed)}), 1);
  EXPECT_EQ(out(), "Signature on assertion 1 did not verify!\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, KeynoteToolRound,
    testing::Values(Algorithms{"rsa-hex:", "1024", "sig-rsa-sha1-hex:"},
                    Algorithms{"rsa-base64:", "1024", "sig-rsa-md5-base64:"},
                    Algorithms{"rsa-hex:", "1024", "sig-x509-sha1-hex:"},
                    Algorithms{"rsa-base64:", "1024", "sig-rsa-sha256-base64:"},
                    Algorithms{"dsa-hex:", "1024", "sig-dsa-sha1-base64:"},
                    Algorithms{"ecdsa-hex:", "256", "sig-ecdsa-sha256-hex:"},
                    Algorithms{"ecdsa-base64:", "384", "sig-ecdsa-sha384-base64:"},
                    Algorithms{"ecdsa-base64:", "521", "sig-ecdsa-sha512-base64:"},
                    Algorithms{"ed25519-base64:", "256", "sig-ed25519-hex:"}),
    [](const auto& tested) {
      std::string name = tested.param.key + tested.param.signature;
      std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
      return name;
    });

TEST_F(KeynoteTool, KeygenPrintsBothKeysWithALineBetween) {
  ASSERT_EQ(run_words({"keygen", "ed25519-hex", "256", "-", "-"}), 0);
  EXPECT_EQ(err(), "Algorithm name [ed25519-hex] should be terminated with a colon, fixing.\n");
  EXPECT_TRUE(out().starts_with("            \"ed25519-hex:302a"));
  EXPECT_NE(out().find("\n==="), std::string::npos);
  EXPECT_NE(out().find("=\n            \"private-ed25519-hex:"), std::string::npos);
  std::istringstream lines(out());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 12u + 50u);
}

TEST_F(KeynoteTool, KeygenRefusesWhatItCannotMake) {
  EXPECT_EQ(run_words({"keygen", "elgamal-hex:", "1024", "-", "-"}), 1);
  EXPECT_EQ(run_words({"keygen", "rsa-hex:", "512", "-", "-"}), 1);
  EXPECT_EQ(run_words({"keygen", "rsa-hex:", "many", "-", "-"}), 1);
  EXPECT_EQ(run_words({"keygen", "rsa-hex:", "1024", "-", "-", "12", "2"}), 1);
  EXPECT_EQ(run_words({"keygen", "ed25519-hex:", "256", path("no/such/folder"), "-"}), 1);
  EXPECT_NE(err().find("No such file or directory"), std::string::npos);
}

TEST_F(KeynoteTool, KeygenNarrowsTheModeOfAnOldPrivateFile) {
  const std::string old = write("priv", "old");
  fs::permissions(old, static_cast<fs::perms>(0644));
  ASSERT_EQ(run_words({"keygen", "ed25519-hex:", "256", path("pub"), old}), 0);
  struct stat status{};
  ASSERT_EQ(stat(old.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(KeynoteTool, SignSaysWhatItNeeds) {
  ASSERT_EQ(run_words({"keygen", "ed25519-hex:", "256", path("pub"), path("priv")}), 0);
  const std::string unsigned_one = write("a", "Authorizer: \"x\"\n");
  EXPECT_EQ(run_words({"sign", "sig-ed25519-hex:", unsigned_one, path("priv")}), 1);
  EXPECT_NE(err().find("must end with a line \"Signature:\""), std::string::npos);
  const std::string ready = write("b", "Authorizer: \"x\"\nSignature:\n");
  EXPECT_EQ(run_words({"sign", "sig-ed25519-hex:", ready, path("pub")}), 1);
  EXPECT_NE(err().find("no private key"), std::string::npos);
  EXPECT_EQ(run_words({"sign", "sig-rsa-sha1-hex:", ready, path("priv")}), 1);
  EXPECT_NE(err().find("does not fit the key"), std::string::npos);
  EXPECT_EQ(run_words({"sign", "sig-none-hex:", ready, path("priv")}), 1);
  EXPECT_EQ(run_words({"sign", "-v", "sig-ed25519-hex:", ready, path("priv")}), 1);
  EXPECT_NE(err().find("the Authorizer's key does not verify"), std::string::npos);
  EXPECT_EQ(run_words({"sign", "sig-ed25519-hex:", ready, path("priv")}), 0);
  EXPECT_EQ(run_words({"sign", "sig-ed25519-hex:", path("none"), path("priv")}), 1);
}

TEST_F(KeynoteTool, SignTakesAPemKeyForX509) {
  const std::string data = std::string(IKE_TEST_DATA) + "/vectors/keynote/";
  const std::string credential = read(data + "x509.cred");
  const size_t end = credential.find("Signature:\n") + 11;
  const std::string file = write("a", credential.substr(0, end));
  ASSERT_EQ(run_words({"sign", "-v", "sig-x509-sha1-base64:", file, data + "rsa.key"}), 0) << err();
  // PKCS#1 v1.5 has no randomness: the very octets that others made.
  EXPECT_EQ(out(), credential.substr(end));
  ASSERT_EQ(run_words({"sign", "-v", "sig-x509-sha1-base64:", file, data + "rsa.pem"}), 0) << err();
  EXPECT_EQ(out(), credential.substr(end));
}

TEST_F(KeynoteTool, SigverNumbersTheAssertionsOfAFile) {
  const std::string data = std::string(IKE_TEST_DATA) + "/vectors/keynote/";
  const std::string file =
      write("all", read(data + "rsa_sha1.cred") + "\nnonsense\n\n" + "Authorizer: \"POLICY\"\n\n" +
                       "Authorizer: \"x\"\nSignature: \"sig-new:\"\n\n" + read(data + "dsa.cred"));
  EXPECT_EQ(run_words({"sigver", file}), 1);
  EXPECT_EQ(out(),
            "Signature on assertion 1 verified.\n"
            "Signature on assertion 3 could not be verified (keynote_errno = -3).\n"
            "Signature on assertion 4 could not be verified (keynote_errno = -2).\n"
            "Signature on assertion 5 verified.\n");
  EXPECT_NE(err().find("Syntax error while parsing assertion 2.\n"), std::string::npos);
  EXPECT_EQ(run_words({"sigver", write("empty", "\n")}), 1);
  EXPECT_EQ(run_words({"sigver", path("none")}), 1);
}

class KeynoteVerify : public KeynoteTool {
 protected:
  void SetUp() override {
    KeynoteTool::SetUp();
    environment_ = write("env", "# an action\n\nop = \"delete\"\nsize = \"900\"\n");
    policy_ = write("policy",
                    "Authorizer: \"POLICY\"\n"
                    "Licensees: \"alice\" || 2-of(\"bob\", \"carol\", \"dave\")\n"
                    "Conditions: op == \"read\" -> \"yes\";\n"
                    "  op == \"delete\" -> { @size < 1000 -> \"log\"; @size < 10 -> \"yes\"; };\n");
  }
  std::string key(const std::string& name) { return write(name, "\"" + name + "\"\n"); }

  std::string environment_;
  std::string policy_;
};

TEST_F(KeynoteVerify, PrintsTheValueOfAQuery) {
  ASSERT_EQ(run_words({"verify", "-r", "no,log,yes", "-e", environment_, "-l", policy_, "-k",
                       key("alice")}),
            0)
      << err();
  EXPECT_EQ(out(), "Query result = log\n");
  EXPECT_EQ(
      run_words({"verify", "-rno,log,yes", "-e", environment_, "-l", policy_, "-k", key("bob")}),
      0);
  EXPECT_EQ(out(), "Query result = no\n");
  EXPECT_EQ(run_words({"verify", "-e", environment_, "-e", write("env2", "size = \"9\""), "-l",
                       policy_, "-k", key("bob"), "-k", key("dave"), "-r", "no,log,yes"}),
            0);
  EXPECT_EQ(out(), "Query result = yes\n");
}

TEST_F(KeynoteVerify, ExplainsAssertionByAssertion) {
  ASSERT_EQ(run_words({"verify", "-x", "-r", "no,log,yes", "-e", environment_, "-l", policy_, "-k",
                       key("bob")}),
            0);
  EXPECT_NE(out().find("policy:1: assertion of \"POLICY\" gives \"no\": its licensees \"no\", its "
                       "conditions \"log\"\n"),
            std::string::npos)
      << out();
  EXPECT_NE(out().find("clause at 3:13 did not hold: 3:16: op == \"read\" is false, with "
                       "\"delete\" and \"read\"\n"),
            std::string::npos)
      << out();
  EXPECT_TRUE(out().ends_with("Query result = no\n"));
}

TEST_F(KeynoteVerify, NamesTheAssertionsThatDoNotCount) {
  const std::string data = std::string(IKE_TEST_DATA) + "/vectors/keynote/";
  std::string forged = read(data + "rsa_sha1.cred");
  forged.replace(forged.find("bob"), 3, "eve");
  ASSERT_EQ(run_words({"verify", "-r", "no,log,yes", "-e", environment_, "-l", policy_, "-l",
                       write("bad", "Authorizer: POLICY\n"), "-k", key("alice"),
                       write("forged", forged), data + "dsa.cred"}),
            0);
  EXPECT_EQ(out(),
            "Query result = log\n"
            "Failed assertion 2 due to syntax or semantic error.\n"
            "Failed assertion 3 due to signature verification failure.\n");
  EXPECT_NE(err().find("bad:1:13: POLICY is no local constant"), std::string::npos) << err();
}

TEST_F(KeynoteVerify, SaysWhichOptionIsMissing) {
  EXPECT_EQ(run_words({"verify", "-e", environment_, "-l", policy_, "-k", key("alice")}), 1);
  EXPECT_EQ(err(), "Should set return values before evaluations begin.\n");
  EXPECT_EQ(run_words({"verify", "-r", "a,b", "-l", policy_, "-k", key("alice")}), 1);
  EXPECT_EQ(run_words({"verify", "-r", "a,b", "-e", environment_, "-l", policy_}), 1);
  EXPECT_EQ(run_words({"verify", "-h"}), 0);
  EXPECT_EQ(run_words({"verify", "-q"}), 1);
  EXPECT_EQ(run_words({"verify", "-r"}), 1);
  EXPECT_EQ(run_words({"verify", "-r", "a,b", "-e", write("e", "x = 1\n"), "-k", key("a")}), 1);
  EXPECT_NE(err().find(":1:5: expected a string, found the number 1\n    x = 1\n        ^\n"),
            std::string::npos)
      << err();
  EXPECT_EQ(run_words({"verify", "-r", "a,b", "-e", write("e", "_x = \"1\"\n"), "-k", key("a")}),
            1);
}

// tests/config/keynote/NAME.policy against NAME.error.  With IKE_UPDATE_GOLDEN=1 in the environment
// the results are written instead; review what changes.
TEST(KeynoteGolden, DiagnosticsAreThoseThatWereReviewed) {
  const fs::path folder = fs::path(IKE_TEST_DATA) / "config" / "keynote";
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".policy") continue;
    ++files;
    const std::string text = read(entry.path());
    ike::keynote::Notes notes;
    ike::keynote::parse_assertions(text, notes);
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err};
    print_notes("isakmpd.policy", text, notes, console);
    fs::path wanted = entry.path();
    wanted.replace_extension(".error");
    if (std::getenv("IKE_UPDATE_GOLDEN") != nullptr) std::ofstream(wanted) << err.str();
    EXPECT_EQ(err.str(), read(wanted)) << entry.path();
  }
  EXPECT_GE(files, 3u);
}

}  // namespace
}  // namespace ike::tools::keynote
