#include "agent/report/finding_summary.h"

#include <array>
#include <charconv>

#include "agent/base/parse_timestamp.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, kRatings> kRatingNames = {"critical", "high", "medium",
                                                                 "low",      "info", "unknown"};

// "path:stream//member +offset (length)".
std::string address_text(const JsonView& address) {
  std::string text = address["path"].text();
  if (const JsonView stream = address["stream"]) text += ':' + stream.text();
  for (const std::string& member : address["members"].texts()) text += "//" + member;
  if (const JsonView length = address["length"]) {
    text += " +" + std::to_string(address["offset"].unsigned_number()) + " (" +
            std::to_string(length.unsigned_number()) + ")";
  }
  return text;
}

WitnessSummary read_witness(const JsonView& json) {
  WitnessSummary witness;
  if (json.kind == JsonKind::kText) {
    witness.excerpt = json.text();
    return witness;
  }
  witness.name = json["witness"].text();
  witness.score = json["score"].signed_number();
  witness.text = {json["text_en"].text(), json["text_ja"].text()};
  for (JsonItems items(json["addresses"]); items.next();) {
    witness.addresses.push_back(address_text(items.value()));
  }
  witness.excerpt = json["excerpt"].text();
  if (witness.name.empty() && witness.text.empty() && witness.excerpt.empty()) {
    witness.excerpt = std::string(json.raw);
  }
  return witness;
}

std::vector<Observable> read_observables(const JsonView& list) {
  std::vector<Observable> out;
  for (JsonItems items(list); items.next();) {
    const std::uint64_t port = items.value()["port"].unsigned_number();
    out.push_back({items.value()["type"].text(), items.value()["value"].text(),
                   static_cast<std::uint16_t>(port <= 65535 ? port : 0)});
  }
  return out;
}

}  // namespace

std::string_view rating_name(Rating severity) {
  return kRatingNames[static_cast<std::size_t>(severity)];
}

Rating rating_of(std::string_view name) {
  for (std::size_t i = 0; i < kRatings; ++i) {
    if (kRatingNames[i] == name) return static_cast<Rating>(i);
  }
  return Rating::kUnknown;
}

FindingSummary read_finding(const JsonView& row) {
  FindingSummary finding;
  finding.severity = rating_of(row["severity"].plain());
  const std::string_view score = row["score"].raw;
  std::from_chars(score.data(), score.data() + score.size(), finding.score);
  finding.matcher = row["matcher"].text();
  finding.rule = row["rule"].text();
  finding.origin = row["origin"].text();
  finding.title = row["title"].text();
  finding.technique = row["technique"].text();
  finding.path = row["path"].text();
  finding.schema = row["schema"].text();
  finding.sha256 = row["sha256"].text();
  finding.reason = {row["reason_en"].text(), row["reason_ja"].text()};
  const JsonView evidence = row["evidence"];
  if (evidence.kind == JsonKind::kArray) {
    for (JsonItems items(evidence); items.next();) {
      finding.witnesses.push_back(read_witness(items.value()));
    }
  } else if (evidence) {
    finding.witnesses.push_back(read_witness(evidence));
  }
  finding.first_seen = parse_timestamp(row["first_seen"].plain());
  finding.last_seen = parse_timestamp(row["last_seen"].plain());
  if (const JsonView count = row["count"]) finding.count = count.unsigned_number();
  finding.flags = row["flags"].texts();
  finding.markings = row["markings"].texts();
  finding.listed = read_observables(row["listed"]);
  finding.seen = row["seen"] ? read_observables(row["seen"]) : finding.listed;
  return finding;
}

}  // namespace konseki
