#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "agent/base/uuid.h"
#include "agent/share/misp_export.h"
#include "agent/share/stix_export.h"
#include "agent/share/stix_observables.h"

namespace konseki {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Uuid, OfNamesAreThoseOfTheStandard) {
  // RFC 9562, appendix A.4.
  EXPECT_EQ(uuid_of_name("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_TRUE(is_uuid("2ED6657D-e927-568b-95e1-2665a8aea6a2"));
  EXPECT_TRUE(is_uuid(uuid4_of_name({}, "x")));
  EXPECT_EQ(uuid4_of_name({}, "x")[14], '4');
  for (const char* text :
       {"", "2ed6657d-e927-068b-95e1-2665a8aea6a2", "2ed6657de927568b95e12665",
        "2ed6657d-e927-568b-c5e1-2665a8aea6a2", "2ed6657d-e927-568b-95e1-2665a8aea6ag"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

SharedFindings shared() {
  SharedFindings out;
  out.hostname = "pc1";
  out.run_id = "run";
  out.taken = Timestamp::from_unix(1'700'000'000, 123'456'789);
  return out;
}

SharedFinding finding(std::string rule, std::vector<Observable> listed) {
  SharedFinding out;
  out.finding.severity = Rating::kHigh;
  out.finding.score = 80;
  out.finding.matcher = "indicator";
  out.finding.rule = std::move(rule);
  out.finding.seen = listed;
  out.finding.listed = std::move(listed);
  out.finding.schema = "linux.socket";
  return out;
}

json stix_of(const SharedFindings& all, const ShareOptions& options = {}) {
  StixReport report;
  return json::parse(stix_bundle(all, options, report));
}

json only(const json& bundle, std::string_view type) {
  for (const json& each : bundle["objects"]) {
    if (each["type"] == type) return each;
  }
  return {};
}

// Identifiers as the reference implementation of the standard computes them.
TEST(StixObservables, IdentifiersComeFromTheProperties) {
  const auto id_of = [](Observable seen) {
    return stix_observables(finding("x", {std::move(seen)})).refs.back();
  };
  const auto name = [](std::string_view text) {
    return uuid_of_name("00abedb4-aa42-466c-9c01-fed23315a9b7", text);
  };
  EXPECT_EQ(id_of({"domain-name", "evil.example"}),
            "domain-name--" + name(R"({"value":"evil.example"})"));
  EXPECT_EQ(id_of({"ip-address", "2001:db8::1"}),
            "ipv6-addr--" + name(R"({"value":"2001:db8::1"})"));
  EXPECT_EQ(id_of({"registry-key", R"(HKEY_LOCAL_MACHINE\A)"}),
            "windows-registry-key--" + name(R"({"key":"HKEY_LOCAL_MACHINE\\A"})"));
  EXPECT_EQ(id_of({"md5", "00"}), "file--" + name(R"({"hashes":{"MD5":"00"}})"));
  EXPECT_EQ(id_of({"email-subject", "件名"}), "email-message--" + name(R"({"subject":"件名"})"));
  EXPECT_THAT(id_of({"command-line", "x"}), HasSubstr("process--"));
  const std::string folder = "directory--" + name(R"({"path":"C:\\a"})");
  EXPECT_EQ(id_of({"file-path", "C:/a/b.exe"}),
            "file--" + name(R"({"name":"b.exe","parent_directory_ref":")" + folder + "\"}"));
  const auto port = stix_observables(finding("x", {{"ip-address", "203.0.113.9", 443}}));
  EXPECT_EQ(port.objects[1]["dst_ref"], port.refs[0]);
  EXPECT_EQ(port.objects[1]["protocols"], json::array({"ipv4"}));
  EXPECT_TRUE(stix_observables(finding("x", {{"task-name", "a"}})).refs.empty());
}

TEST(StixExport, RefersToOthersIndicatorsAndWritesItsOwn) {
  SharedFindings all = shared();
  all.findings = {
      finding("indicator--11111111-1111-4111-8111-111111111111", {{"domain-name", "a.example"}}),
      finding("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", {{"url", "http://b.example/"}}),
      finding("indicator--not-a-uuid", {{"task-name", "Updater"}})};
  all.findings[1].finding.technique = "T1071.001";
  StixReport report;
  const json bundle = json::parse(stix_bundle(all, {}, report));
  EXPECT_EQ(report.sightings, 2U);
  EXPECT_EQ(report.indicators, 1U);
  EXPECT_EQ(report.unspeakable, 1U) << "a task has no pattern";
  const json indicator = only(bundle, "indicator");
  EXPECT_EQ(indicator["pattern"], "[url:value = 'http://b.example/']");
  EXPECT_EQ(indicator["external_references"][0]["external_id"], "T1071.001");
  EXPECT_EQ(indicator["external_references"][1]["external_id"],
            "5e57c739-391a-4eb3-b6be-7d15ca92d5ed");
  const json sighting = only(bundle, "sighting");
  EXPECT_EQ(sighting["sighting_of_ref"], "indicator--11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(sighting["first_seen"], "2023-11-14T22:13:20.123Z") << "no time of its own";
}

TEST(StixExport, CountsStayInBoundsAndHostileTextIsText) {
  SharedFindings all = shared();
  all.findings = {finding("x'y\"\n\xFF", {{"mutex", "a'b\\c\"\n\xFE"}})};
  all.findings[0].finding.count = 5'000'000'000;
  all.findings[0].finding.flags = {"\xFD"};
  const json bundle = stix_of(all);
  EXPECT_EQ(only(bundle, "sighting")["count"], 999'999'999);
  EXPECT_EQ(only(bundle, "observed-data")["number_observed"], 999'999'999);
  EXPECT_EQ(only(bundle, "indicator")["pattern"], "[mutex:name = 'a\\'b\\\\c\"\n%FE']");
}

TEST(StixExport, TheSameInAndOutAndAnotherForAnotherResult) {
  SharedFindings all = shared();
  all.findings = {finding("x", {{"domain-name", "a.example"}})};
  const json first = stix_of(all);
  EXPECT_EQ(first, stix_of(all));
  all.findings[0].finding.count = 7;
  const json second = stix_of(all);
  EXPECT_NE(only(first, "sighting")["id"], only(second, "sighting")["id"]);
  EXPECT_EQ(only(first, "indicator")["id"], only(second, "indicator")["id"]);
  ShareOptions anonymous;
  anonymous.anonymous = true;
  EXPECT_NE(only(second, "sighting")["id"], only(stix_of(all, anonymous), "sighting")["id"]);
}

TEST(StixExport, TheStricterMarkingStays) {
  EXPECT_EQ(stricter_tlp("TLP:GREEN", "TLP:RED"), "TLP:RED");
  EXPECT_EQ(stricter_tlp("TLP:AMBER+STRICT", "TLP:AMBER"), "TLP:AMBER+STRICT");
  EXPECT_EQ(stricter_tlp("marking-definition--x", "TLP:GREEN"), "TLP:GREEN");
  SharedFinding shared = finding("x", {});
  shared.finding.markings = {"TLP:CLEAR", "PAP:RED"};
  EXPECT_EQ(tlp_of(shared, {}), "TLP:AMBER");
}

TEST(TakeFindings, ChecksThatAreSureGiveTheirContent) {
  FindingSummary webshell;
  webshell.matcher = "webshell";
  webshell.severity = Rating::kHigh;
  webshell.sha256 = "ab";
  webshell.path = "/srv/x.php";
  FindingSummary unsure = webshell;
  unsure.severity = Rating::kMedium;
  FindingSummary log = webshell;
  log.schema = "web.access_log";
  FindingSummary note;
  note.matcher = "indicator";
  note.severity = Rating::kInfo;
  FindingSummary old;
  old.matcher = "indicator";
  old.severity = Rating::kHigh;
  SharedFindings out;
  take_findings({webshell, unsure, log, note, old}, Rating::kLow, out);
  ASSERT_EQ(out.findings.size(), 1U);
  EXPECT_EQ(out.findings[0].finding.listed, (std::vector<Observable>{{"sha256", "ab"}}));
  EXPECT_EQ(out.not_ours, 2U);
  EXPECT_EQ(out.below, 1U);
  EXPECT_EQ(out.no_value, 1U) << "a row without values, as earlier versions wrote it";
}

TEST(MispExport, AttributesCarryTheirSightings) {
  SharedFindings all = shared();
  all.findings = {finding("x", {{"domain-name", "a.example", 443}, {"command-line", "evil"}})};
  all.findings[0].finding.first_seen = Timestamp::from_unix(100);
  all.findings[0].finding.last_seen = Timestamp::from_unix(200);
  MispReport report;
  const json event = json::parse(misp_event(all, {}, report))["Event"];
  EXPECT_EQ(report.attributes, 2U);
  EXPECT_EQ(report.sightings, 4U);
  EXPECT_EQ(event["Attribute"][0]["type"], "hostname|port");
  EXPECT_EQ(event["Attribute"][0]["value"], "a.example|443");
  EXPECT_EQ(event["Attribute"][0]["Sighting"][1]["date_sighting"], "200");
  EXPECT_EQ(event["Attribute"][1]["type"], "text");
  EXPECT_EQ(event["Attribute"][1]["to_ids"], false);
  EXPECT_EQ(event["threat_level_id"], "1");
}

}  // namespace
}  // namespace konseki
