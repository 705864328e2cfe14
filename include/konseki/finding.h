// Finding: what a rule or an indicator says about a file or a record, with its reasons.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/path_spec.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

enum class Severity : std::uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };

std::string_view severity_name(Severity severity);  // "info", "low", "medium", "high", "critical"
std::optional<Severity> severity_of_name(std::string_view name);

// 100*(1-Π(1-s_i/100/2^i)), the sub-scores in descending order, rounded to the nearest integer.
// Each is clamped to 0..100 first; none at all is 0.
int combine_scores(std::span<const int> scores);

// 0 is info, 1 to 29 low, 30 to 69 medium, 70 to 100 high (STIX 2.1's scale of confidence). From
// 90 on it is critical when `witnesses` of different kinds, two or more, spoke.
Severity severity_of_score(int score, std::size_t witnesses = 1);

// One thing that a finding rests on.
struct Witness {
  std::string name;  // stable: "code.flow", "log.few_clients", "yara", "file.owner"
  int score = 0;     // 0 to 100; 0 explains and adds nothing
  Bilingual text;
  std::vector<PathSpec> addresses;  // where it stands; empty: in the finding's subject
  std::string excerpt;              // a few lines of evidence, UTF-8, not yet escaped; may be empty
};

inline constexpr std::size_t kMostObservables = 1000;  // of a finding, of each kind

// A value of one kind, as a feed lists it or as it stood in the evidence.
struct Observable {
  std::string type;        // "domain-name", "sha256", ... (atom_type_name()), or "stix-pattern"
  std::string value;       // canonical
  std::uint16_t port = 0;  // 0: any

  auto operator<=>(const Observable&) const = default;
};

// A plain value. Two findings of one matcher, rule and subject are the same one.
struct Finding {
  std::string matcher;  // who says so: "indicator", "yara", "webshell", "miner", "escalation"
  std::string rule;     // stable id of the rule or indicator
  std::string origin;   // where that came from: a file, a feed; "konseki" for our own
  std::string title;    // the rule's or indicator's own name, where it has one
  Severity severity = Severity::kInfo;
  int score = 0;          // 0 to 100
  std::string technique;  // ATT&CK id, "T1505.003"; may be empty
  PathSpec subject;       // the file or record it speaks of
  std::string schema;     // of the record; empty where the subject is a file
  std::string sha256;     // of the file, lower-case hex; may be empty
  Bilingual reason;       // one or two sentences for a person
  std::vector<Witness> witnesses;
  // When the evidence itself says that the thing was there; absent when it does not.
  std::optional<Timestamp> first_seen;
  std::optional<Timestamp> last_seen;
  std::uint64_t count = 1;            // how often it was seen
  std::vector<std::string> flags;     // "expired", "revoked", "subdomain", "allow_listed", ...
  std::vector<std::string> markings;  // "TLP:AMBER", ... of the rule or indicator
  // What indicators list and was found, and what stood there ("sub.evil.example", an address of
  // the network); sorted, each once, the first kMostObservables. A row leaves `seen` out where it
  // is the same.
  std::vector<Observable> listed;
  std::vector<Observable> seen;
};

// The subject as files.jsonl writes its path, with stream and members: "C:/a.zip//b/c.exe",
// "C:/x:stream".
std::string subject_path(const PathSpec& subject);

// Order of findings.jsonl: worst first, then by subject, matcher and rule. A total order over
// everything that tells two findings apart.
bool comes_before(const Finding& a, const Finding& b);

// The row of findings.jsonl, without a newline; docs/bundle-format.md lists the fields.
std::string finding_json(const Finding& finding);

}  // namespace konseki
