// Atoms: canonical forms and what a bare value is.
#include "agent/match/indicators/atom.h"

#include <gmock/gmock.h>

#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/punycode.h"

namespace konseki::testing {
namespace {

std::string made(AtomType type, std::string_view text) {
  const auto atom = make_atom(type, text);
  if (!atom) return "refused";
  std::string out = std::string(atom_type_name(atom->type)) + " " + atom->value;
  if (atom->port) out += " port " + std::to_string(*atom->port);
  return out;
}

std::string guessed(std::string_view text) {
  const auto atom = guess_atom(text);
  return atom ? std::string(atom_type_name(atom->type)) + " " + atom->value : "refused";
}

TEST(Atom, EveryNameLeadsBackToItsType) {
  for (int i = 0; i <= static_cast<int>(AtomType::kCertificate); ++i) {
    const auto type = static_cast<AtomType>(i);
    EXPECT_EQ(atom_type_of_name(atom_type_name(type)), type) << i;
  }
  EXPECT_EQ(atom_type_name(AtomType::kCertificate), "certificate");
  EXPECT_EQ(atom_type_name(AtomType::kCommandLine), "command-line");
  EXPECT_EQ(atom_type_of_name("ipv4-addr"), std::nullopt);
}

TEST(Atom, DigestsHaveTheirLength) {
  const std::string md5 = "D41D8CD98F00B204E9800998ECF8427E";
  EXPECT_EQ(made(AtomType::kMd5, " " + md5 + "\r\n"), "md5 d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(made(AtomType::kSha1, md5), "refused");
  EXPECT_EQ(made(AtomType::kMd5, md5.substr(1) + "g"), "refused");
  EXPECT_EQ(made(AtomType::kCertificate, "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E"),
            "certificate d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Atom, AddressesAreBroughtToOneForm) {
  EXPECT_EQ(made(AtomType::kIpAddress, "192.0.2[.]1"), "ip-address 192.0.2.1");
  EXPECT_EQ(made(AtomType::kIpAddress, "192.0.2.1:8443"), "ip-address 192.0.2.1 port 8443");
  EXPECT_EQ(made(AtomType::kIpAddress, "2001:DB8:0:0:0:0:0:1"), "ip-address 2001:db8::1");
  EXPECT_EQ(made(AtomType::kIpAddress, "[2001:db8::1]:53"), "ip-address 2001:db8::1 port 53");
  EXPECT_EQ(made(AtomType::kIpAddress, "::ffff:192.0.2.9"), "ip-address 192.0.2.9");
  EXPECT_EQ(made(AtomType::kIpNetwork, "192.0.2.77/24"), "ip-network 192.0.2.0/24");
  EXPECT_EQ(made(AtomType::kIpNetwork, "192.0.2.77/32"), "ip-address 192.0.2.77");
  EXPECT_EQ(made(AtomType::kIpNetwork, "2001:db8:1:2::/33"), "ip-network 2001:db8::/33");
  EXPECT_EQ(made(AtomType::kIpAddress, "192.0.2.256"), "refused");
  EXPECT_EQ(made(AtomType::kIpAddress, "192.0.2.1:99999"), "refused");
  EXPECT_EQ(made(AtomType::kIpAddress, "::"), "ip-address ::");
  EXPECT_EQ(made(AtomType::kIpAddress, "1:0:0:2:0:0:0:3"), "ip-address 1:0:0:2::3");
}

TEST(Atom, DomainsLoseWhatKeepsThemFromBeingClicked) {
  for (const char* text :
       {"Evil.Example", "evil[.]example", "evil(.)example", "evil[dot]example", "*.evil.example",
        "evil.example.", "\"evil.example\"", "evil\\.example", "evil[.example"}) {
    EXPECT_EQ(made(AtomType::kDomain, text), "domain-name evil.example") << text;
  }
  EXPECT_EQ(made(AtomType::kDomain, "evil.example:8080"), "domain-name evil.example port 8080");
  EXPECT_EQ(made(AtomType::kDomain, "例え。テスト"), "domain-name xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(made(AtomType::kDomain, "BÜCHER.example"), "domain-name xn--bcher-kva.example");
  EXPECT_EQ(made(AtomType::kDomain, "ｅｖｉｌ．example"), "domain-name evil.example");
  for (const char* text : {"localhost", "", "a..b", "-a.example", "a b.example", "1.2.3.4",
                           "evil.example/path", "\xFF\xFE.example"}) {
    EXPECT_EQ(made(AtomType::kDomain, text), "refused") << text;
  }
  EXPECT_EQ(made(AtomType::kDomain, std::string(64, 'a') + ".example"), "refused");
}

TEST(Atom, UrlsKeepTheirPathAndLoseTheRest) {
  EXPECT_EQ(made(AtomType::kUrl, "hXXps://Evil[.]Example/A?b=C#top"),
            "url https://evil.example/A?b=C");
  EXPECT_EQ(made(AtomType::kUrl, "hxxp[:]//evil.example:80/"), "url http://evil.example");
  EXPECT_EQ(made(AtomType::kUrl, "http[://]evil.example:8080/x"), "url http://evil.example:8080/x");
  EXPECT_EQ(made(AtomType::kUrl, "http://[2001:DB8::1]/x"), "url http://[2001:db8::1]/x");
  EXPECT_EQ(made(AtomType::kUrl, "evil.example/gate.php"), "url evil.example/gate.php");
  EXPECT_EQ(made(AtomType::kUrl, "evil.example"), "refused");
  EXPECT_EQ(made(AtomType::kUrl, "http://"), "refused");
  EXPECT_EQ(made(AtomType::kUrl, "http://a b/"), "refused");
}

TEST(Atom, MailAddressesMayStandBehindAName) {
  EXPECT_EQ(made(AtomType::kEmailAddress, "\"Boss\" <Boss@Evil.Example>"),
            "email-addr boss@evil.example");
  EXPECT_EQ(made(AtomType::kEmailAddress, "boss[at]evil[.]example"),
            "email-addr boss@evil.example");
  EXPECT_EQ(made(AtomType::kEmailAddress, "@evil.example"), "refused");
}

TEST(Atom, PathsAndKeysHaveOneKindOfSeparator) {
  EXPECT_EQ(made(AtomType::kFilePath, R"(C:\\Windows\\Temp\x.dll)"),
            "file-path C:/Windows/Temp/x.dll");
  EXPECT_EQ(made(AtomType::kFilePath, R"(\\?\C:\x\y)"), "file-path C:/x/y");
  EXPECT_EQ(made(AtomType::kFilePath, R"(\\server\share\y)"), "file-path //server/share/y");
  EXPECT_EQ(made(AtomType::kFilePath, "y.exe"), "file-name y.exe");
  EXPECT_EQ(made(AtomType::kFileName, R"(%TEMP%\y.exe)"), "file-path %TEMP%/y.exe");
  EXPECT_EQ(made(AtomType::kRegistryKey, R"(hklm\Software\\X\)"),
            R"(registry-key HKEY_LOCAL_MACHINE\Software\X)");
  EXPECT_EQ(made(AtomType::kRegistryKey, R"(HKCU:\Software\X)"),
            R"(registry-key HKEY_CURRENT_USER\Software\X)");
  EXPECT_EQ(made(AtomType::kRegistryKey, R"(\REGISTRY\USER\S-1-5-18\X)"),
            R"(registry-key HKEY_USERS\S-1-5-18\X)");
  EXPECT_EQ(made(AtomType::kNamedPipe, R"(\\.\pipe\msagent_12)"), "named-pipe msagent_12");
  EXPECT_EQ(made(AtomType::kTaskName, R"(\Updater)"), "task-name Updater");
}

TEST(Atom, ExpressionsThatDoNotCompileAreRefusedWithAReason) {
  EXPECT_EQ(made(AtomType::kPathRegex, R"(\\Temp\\[a-z]{8}\.exe$)"),
            R"(path-regex \\Temp\\[a-z]{8}\.exe$)");
  EXPECT_EQ(made(AtomType::kPathRegex, "(?<=a)b"), "path-regex (?<=a)b");
  const auto broken = make_atom(AtomType::kPathRegex, "a(b");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(broken.error().advice.ja.empty());
}

TEST(Atom, LongAndEmptyValuesAreRefused) {
  EXPECT_EQ(made(AtomType::kCommandLine, std::string(40'000, 'a')), "refused");
  EXPECT_EQ(made(AtomType::kMutex, " \xEF\xBB\xBF "), "refused");
}

TEST(Guess, TellsValuesApart) {
  EXPECT_EQ(guessed(std::string(64, 'A')), "sha256 " + std::string(64, 'a'));
  EXPECT_EQ(guessed(std::string(32, '0')), "md5 " + std::string(32, '0'));
  EXPECT_EQ(guessed("198.51.100.0/24"), "ip-network 198.51.100.0/24");
  EXPECT_EQ(guessed("198[.]51[.]100[.]7"), "ip-address 198.51.100.7");
  EXPECT_EQ(guessed("hxxps://evil[.]example/a"), "url https://evil.example/a");
  EXPECT_EQ(guessed("evil.example/a.php"), "url evil.example/a.php");
  EXPECT_EQ(guessed("Evil[.]example"), "domain-name evil.example");
  EXPECT_EQ(guessed("a@evil[.]example"), "email-addr a@evil.example");
  EXPECT_EQ(guessed("setup.exe"), "refused");
  EXPECT_EQ(guessed("hello world"), "refused");
  EXPECT_EQ(guessed(""), "refused");
}

TEST(Punycode, HoldsAtItsLimits) {
  EXPECT_EQ(to_ascii_host("ABC.Example"), "abc.example");
  std::string label;
  for (int i = 0; i < 100; ++i) label += "あ";
  EXPECT_EQ(to_ascii_host(label), std::nullopt);
  EXPECT_EQ(to_ascii_host("\xFF.example"), std::nullopt);
}

}  // namespace
}  // namespace konseki::testing
