#include <gmock/gmock.h>

#include <set>

#include "agent/match/indicators/cybox_object.h"
#include "agent/match/indicators/openioc_terms.h"
#include "tests/unit/match/feed_support.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string item(const std::string& id, const std::string& term, const std::string& condition,
                 const std::string& value, const std::string& more = "") {
  return "<IndicatorItem id=\"" + id + "\" condition=\"" + condition + "\"" + more +
         "><Context document=\"x\" search=\"" + term +
         "\" type=\"mir\"/><Content type=\"string\">" + value + "</Content></IndicatorItem>";
}

std::string ioc10(const std::string& items) {
  return "<?xml version=\"1.0\"?><ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"i\" "
         "last-modified=\"2026-01-02T03:04:05\"><short_description>Tool</short_description>"
         "<authored_by>Team</authored_by><links><link rel=\"grade\">A</link></links><definition>"
         "<Indicator operator=\"OR\" id=\"top\">" +
         items + "</Indicator></definition></ioc>";
}

TEST(OpenIoc, AlternativesBecomeIndicators) {
  const auto feed = read_texts({ioc10(
      item("1", "FileItem/Md5sum", "is", "D41D8CD98F00B204E9800998ECF8427E") +
      item("2", "FileItem/FileName", "is", "evil.exe") +
      item("3", "FileItem/FullPath", "contains", "\\Temp\\a.exe") +
      item("4", "DnsEntryItem/Host", "contains", "evil.example") +
      item("5", "PortItem/remoteIP", "is", "192.0.2.1") +
      item("6", "TaskItem/Name", "is", "Updater") +
      item("7", "ProcessItem/arguments", "contains", "-enc AAAA") +
      item("8", "FileItem/Md5sum", "is", "not a digest") +
      item("9", "SystemInfoItem/uptime", "is", "1") + "<Indicator operator=\"AND\" id=\"and\">" +
      item("10", "FileItem/FileName", "contains", "x.dll") +
      item("11", "FileItem/SizeInBytes", "is", "[10 TO 20]") + "</Indicator>")});
  EXPECT_EQ(feed->report().format, FeedFormat::kOpenIoc);
  EXPECT_THAT(
      feed->lines(),
      ElementsAre(
          "i/1|md5=d41d8cd98f00b204e9800998ecf8427e", "i/2|file-name=evil.exe",
          "i/3|path-regex=(?i)[\\\\/]+Temp[\\\\/]+a\\.exe", "i/4|domain-name=evil.example",
          "i/5|ip-address=192.0.2.1", "i/6|task-name=Updater", "i/7|command-line=-enc AAAA",
          "i/and|[file:name MATCHES '(?i)x\\\\.dll' AND file:size >= 10 AND file:size <= 20]"));
  EXPECT_THAT(feed->sink.refused,
              ElementsAre(HasSubstr("i/8|FileItem/Md5sum: not a digest"),
                          HasSubstr("i/9|SystemInfoItem/uptime: this OpenIOC term")));
  EXPECT_EQ(feed->info(0).name, "Tool");
  EXPECT_EQ(feed->info(0).source, "Team");
  EXPECT_THAT(feed->info(0).labels, ElementsAre("grade=A"));
}

TEST(OpenIoc, AndTakesAllOrNothing) {
  const auto feed = read_texts({ioc10(
      "<Indicator operator=\"AND\" id=\"a\">" + item("1", "FileItem/FileName", "is", "x") +
      item("2", "FileItem/StringList/string", "is", "y") + "</Indicator>" +
      "<Indicator operator=\"AND\" id=\"b\">" + item("3", "ProcessItem/name", "is", "p.exe") +
      item("4", "PortItem/remotePort", "greater-than", "1024") + "</Indicator>")});
  EXPECT_THAT(feed->lines(),
              ElementsAre("i/b|[process:image_ref.name MATCHES '(?i)^p\\\\.exe$'] AND "
                          "[network-traffic:dst_port > 1024]"));
  EXPECT_THAT(feed->sink.refused,
              ElementsAre(HasSubstr("i/a|FileItem/StringList/string: this AND group")));
}

TEST(OpenIoc, Version11NegatesAndKeepsCase) {
  const auto feed =
      read_texts({"<OpenIOC xmlns=\"http://openioc.org/schemas/OpenIOC_1.1\" id=\"o\"><metadata>"
                  "<short_description>New</short_description></metadata><criteria>"
                  "<Indicator operator=\"AND\" id=\"t\">" +
                  item("1", "FileItem/FileName", "starts-with", "Run", " preserve-case=\"true\"") +
                  item("2", "FileItem/FileName", "ends-with", ".txt", " negate=\"true\"") +
                  item("3", "RegistryItem/ValueName", "matches", "^[a-f]+$") +
                  "</Indicator></criteria></OpenIOC>"});
  EXPECT_THAT(
      feed->lines(),
      ElementsAre("o/t|[file:name MATCHES '^Run' AND file:name NOT MATCHES '(?i)\\\\.txt$'] "
                  "AND [windows-registry-key:values[*].name MATCHES '(?i)^[a-f]+$']"));
  EXPECT_EQ(feed->info(0).name, "New");
}

TEST(OpenIoc, EveryTermMakesAPattern) {
  for (const OpenIocTerm& term : openioc_terms()) {
    std::string value = "10";
    if (term.field.atom == AtomType::kMd5) value = "d41d8cd98f00b204e9800998ecf8427e";
    if (term.field.atom == AtomType::kSha1) value = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    if (term.field.atom == AtomType::kSha256) value = std::string(64, 'a');
    if (term.field.atom == AtomType::kDomain) value = "evil.example";
    if (term.field.atom == AtomType::kIpAddress) value = "192.0.2.1";
    if (term.field.atom == AtomType::kUrl) value = "http://evil.example/x";
    if (term.field.atom == AtomType::kEmailAddress) value = "a@evil.example";
    if (term.field.kind == FieldKind::kTime) value = "2026-01-01T00:00:00Z";
    const auto feed = read_texts({ioc10(item("1", std::string(term.term), "is", value))});
    EXPECT_EQ(feed->lines().size(), 1U) << term.term;
    if (term.field.path.empty()) continue;
    const auto pattern =
        read_texts({ioc10(item("1", std::string(term.term), "is", value))}, {.atoms = false});
    EXPECT_EQ(pattern->lines().size(), 1U) << term.term;
    EXPECT_THAT(pattern->lines()[0], HasSubstr("|[")) << term.term;
  }
}

std::string package(const std::string& inside) {
  return R"(<s:STIX_Package xmlns:s="http://stix.mitre.org/stix-1"
    xmlns:i="http://stix.mitre.org/Indicator-2" xmlns:c="http://cybox.mitre.org/cybox-2"
    xmlns:cc="http://cybox.mitre.org/common-2" xmlns:sc="http://stix.mitre.org/common-1"
    xmlns:A="http://cybox.mitre.org/objects#AddressObject-2"
    xmlns:F="http://cybox.mitre.org/objects#WinExecutableFileObject-2"
    xmlns:FO="http://cybox.mitre.org/objects#FileObject-2"
    xmlns:M="http://cybox.mitre.org/objects#EmailMessageObject-2"
    xmlns:R="http://cybox.mitre.org/objects#WinRegistryKeyObject-2"
    xmlns:U="http://cybox.mitre.org/objects#URIObject-2"
    xmlns:y="http://stix.mitre.org/extensions/TestMechanism#YARA-1"
    xmlns:sn="http://stix.mitre.org/extensions/TestMechanism#Snort-1"
    xmlns:m="http://data-marking.mitre.org/Marking-1"
    xmlns:t="http://data-marking.mitre.org/extensions/MarkingStructure#TLP-1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="p" version="1.2">
    <s:STIX_Header><s:Handling><m:Marking><m:Marking_Structure xsi:type="t:TLPMarkingStructureType"
      color="AMBER"/></m:Marking></s:Handling></s:STIX_Header>)" +
         inside + "</s:STIX_Package>";
}

std::string address(const std::string& value, const std::string& attributes = "") {
  return "<c:Object><c:Properties xsi:type=\"A:AddressObjectType\" category=\"ipv4-addr\">"
         "<A:Address_Value " +
         attributes + ">" + value + "</A:Address_Value></c:Properties></c:Object>";
}

std::string indicator(const std::string& id, const std::string& inside,
                      const std::string& time = "2026-01-01T00:00:00Z") {
  return "<s:Indicator id=\"" + id + "\" timestamp=\"" + time + "\"><i:Title>T " + id +
         "</i:Title>" + inside + "</s:Indicator>";
}

TEST(Stix1, IndicatorsObservablesAndReferences) {
  const auto feed = read_texts({package(
      "<s:Observables><c:Observable id=\"o-1\">" +
      address("192.0.2.1##comma##192.0.2.2", "condition=\"Equals\" apply_condition=\"ANY\"") +
      "</c:Observable><c:Observable id=\"o-2\">" + address("192.0.2.3") +
      "</c:Observable><c:Observable id=\"o-3\">" + address("192.0.2.4") +
      "</c:Observable></s:Observables><s:Indicators>" +
      indicator(
          "n-1",
          "<i:Valid_Time_Position><i:Start_Time>2026-01-01T00:00:00Z</i:Start_Time>"
          "<i:End_Time>2026-02-01T00:00:00+09:00</i:End_Time></i:Valid_Time_Position>"
          "<i:Observable idref=\"o-1\"/><i:Confidence><sc:Value>High</sc:Value></i:Confidence>") +
      indicator("n-2",
                "<i:Observable><c:Observable_Composition operator=\"AND\">"
                "<c:Observable idref=\"o-3\"/><c:Observable><c:Object><c:Properties "
                "xsi:type=\"U:URIObjectType\">"
                "<U:Value "
                "condition=\"StartsWith\">http://evil.example/</U:Value></c:Properties></c:Object>"
                "</c:Observable></c:Observable_Composition></i:Observable>") +
      indicator("n-3", "<i:Observable idref=\"nowhere\"/>") +
      indicator(
          "n-4",
          "<i:Observable><c:Object><c:Properties xsi:type=\"F:WinExecutableFileObjectType\">"
          "<FO:File_Name>x.exe</FO:File_Name><FO:Hashes><cc:Hash><cc:Type>MD5</cc:Type>"
          "<cc:Simple_Hash_Value>d41d8cd98f00b204e9800998ecf8427e</cc:Simple_Hash_Value></cc:Hash>"
          "</FO:Hashes></c:Properties></c:Object></i:Observable>") +
      indicator("n-4", "<i:Observable>" + address("192.0.2.9") + "</i:Observable>",
                "2025-01-01T00:00:00Z") +
      "</s:Indicators><s:Incidents><s:Incident><i:Observable id=\"v\">" + address("10.0.0.1") +
      "</i:Observable></s:Incident></s:Incidents>")});
  EXPECT_EQ(feed->report().format, FeedFormat::kStix1);
  EXPECT_THAT(feed->lines(), ElementsAre("o-2|ip-address=192.0.2.3",
                                         "n-1|ip-address=192.0.2.1 ip-address=192.0.2.2",
                                         "n-2|[ipv4-addr:value = '192.0.2.4'] AND "
                                         "[url:value MATCHES '(?i)^http://evil\\\\.example/']",
                                         "n-4|md5=d41d8cd98f00b204e9800998ecf8427e"));
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("n-3|nowhere")));
  EXPECT_EQ(feed->report().not_detection, 1U);
  EXPECT_EQ(feed->report().superseded, 1U);
  EXPECT_THAT(feed->info(1).markings, ElementsAre("TLP:AMBER"));
  EXPECT_EQ(feed->info(1).confidence, 85);
  EXPECT_EQ(feed->info(1).valid_until, stix::parse_instant("2026-01-31T15:00:00Z"));
}

TEST(Stix1, ObjectsThatReferAndConditions) {
  const auto feed = read_texts({package(
      "<s:Indicators>" +
      indicator(
          "m",
          "<i:Observable><c:Object><c:Properties xsi:type=\"M:EmailMessageObjectType\"><M:Header>"
          "<M:Subject condition=\"StartsWith\">[IMPORTANT]</M:Subject></M:Header><M:Attachments>"
          "<M:File object_reference=\"f\"/></M:Attachments></c:Properties><c:Related_Objects>"
          "<c:Related_Object id=\"f\"><c:Properties xsi:type=\"FO:FileObjectType\">"
          "<FO:File_Extension>doc.exe</FO:File_Extension></c:Properties></c:Related_Object>"
          "</c:Related_Objects></c:Object></i:Observable>") +
      indicator("r",
                "<i:Observable><c:Object><c:Properties xsi:type=\"R:WindowsRegistryKeyObjectType\">"
                "<R:Key>Software\\Run</R:Key><R:Hive>HKEY_LOCAL_MACHINE</R:Hive></c:Properties></"
                "c:Object>"
                "</i:Observable>") +
      indicator("b",
                "<i:Observable><c:Object><c:Properties xsi:type=\"FO:FileObjectType\">"
                "<FO:Size_In_Bytes condition=\"InclusiveBetween\">10##comma##20</FO:Size_In_Bytes>"
                "</c:Properties></c:Object></i:Observable>") +
      indicator(
          "z",
          "<i:Observable><c:Object><c:Properties xsi:type=\"FO:FileObjectType\">"
          "<FO:Packer_List condition=\"Equals\">UPX</FO:Packer_List></c:Properties></c:Object>"
          "</i:Observable>") +
      "</s:Indicators>")});
  EXPECT_THAT(feed->lines(),
              ElementsAre("m|[email-message:subject MATCHES '(?i)^\\\\[IMPORTANT\\\\]'] AND "
                          "[file:name MATCHES '(?i)\\\\.doc\\\\.exe$']",
                          "r|registry-key=HKEY_LOCAL_MACHINE\\Software\\Run",
                          "b|[file:size >= 10 AND file:size <= 20]"));
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("z|FileObject/Packer_List")));
}

TEST(Stix1, TestMechanisms) {
  const std::string ioc = ioc10(item("1", "FileItem/FileName", "is", "evil.exe"));
  const auto feed = read_texts({package(
      "<s:Indicators>" +
      indicator(
          "t",
          "<i:Test_Mechanisms><i:Test_Mechanism id=\"y\" xsi:type=\"y:YaraTestMechanismType\">"
          "<y:Rule><![CDATA[rule x {condition: true}]]></y:Rule></i:Test_Mechanism>"
          "<i:Test_Mechanism xsi:type=\"sn:SnortTestMechanismType\"><sn:Rule>alert</sn:Rule>"
          "</i:Test_Mechanism><i:Test_Mechanism id=\"o\" xsi:type=\"q:OpenIOC\">" +
              ioc.substr(ioc.find("<ioc")) + "</i:Test_Mechanism></i:Test_Mechanisms>") +
      "</s:Indicators>")});
  EXPECT_THAT(feed->lines(),
              ElementsAre("t/y|yara rule x {condition: true}", "t/o/i/1|file-name=evil.exe"));
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("t|Snort-1: test mechanisms")));
}

TEST(Xml, BombsEndEarly) {
  const auto laughs =
      read_texts({"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\">"
                  "<!ENTITY b \"&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>" +
                  ioc10(item("1", "FileItem/FileName", "is", "&b;&f;")).substr(21)});
  EXPECT_THAT(laughs->report().notes.at(0).en, HasSubstr("never expanded"));
  EXPECT_THAT(laughs->lines(), ElementsAre("i/1|file-name=&b;&f;"));

  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_TRUE(read_texts({deep})->report().error);

  // Compositions that name each other twice: 2^30 parts.
  std::string chain;
  for (int i = 0; i < 30; ++i) {
    const std::string next = "o-" + std::to_string(i + 1);
    chain += "<c:Observable id=\"o-" + std::to_string(i) +
             "\"><c:Observable_Composition operator=\"OR\"><c:Observable idref=\"" + next +
             "\"/><c:Observable idref=\"" + next + "\"/></c:Observable_Composition></c:Observable>";
  }
  chain += "<c:Observable id=\"o-30\">" + address("192.0.2.1") + "</c:Observable>";
  const auto circle =
      read_texts({package("<s:Indicators>" + indicator("n", "<i:Observable idref=\"o-0\"/>") +
                          "</s:Indicators><s:Observables>" + chain + "</s:Observables>")});
  ASSERT_FALSE(circle->sink.refused.empty());
  EXPECT_THAT(circle->sink.refused[0], HasSubstr("circle"));
}

TEST(Xml, DamageKeepsWhatComesBefore) {
  std::string text = ioc10(item("1", "FileItem/FileName", "is", "a.exe") + "\n" +
                           item("2", "FileItem/FileName", "is", "b.exe"));
  text.resize(text.find("b.exe"));
  const auto feed = read_texts({text});
  EXPECT_THAT(feed->lines(), ::testing::Contains("i/1|file-name=a.exe"));
  ASSERT_TRUE(feed->report().error);
  EXPECT_THAT(feed->report().error->detail, HasSubstr("line 2"));
}

TEST(Cybox, PropertiesAreUnique) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const CyboxProperty& each : cybox_properties()) {
    EXPECT_TRUE(seen.emplace(each.object, each.element).second) << each.object << each.element;
  }
}

}  // namespace
}  // namespace konseki
