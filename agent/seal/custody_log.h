// The custody log of a bundle: who had it, from the collection on. Kept beside the bundle as
// BUNDLE.custody.jsonl, one record a line, only ever added to (docs/bundle-format.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/digest.h"
#include "agent/seal/signing_key.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

// What one record says. Texts are UTF-8 as the user gave them.
struct CustodyEntry {
  std::string time;   // ISO 8601, UTC
  std::string event;  // "transfer", "opened" or "analysed"
  std::string by;     // who acted
  std::string to;     // who received it; empty where nobody did
  std::string note;
  std::string bundle_name;
  std::uint64_t bundle_size = 0;
  std::string bundle_sha256;  // of the whole file at that time, hex
};

inline constexpr std::string_view kCustodyEvents[] = {"transfer", "opened", "analysed"};
bool is_custody_event(std::string_view event);
Bilingual custody_event_text(std::string_view event);

enum class CustodySignature {
  kNone,   // the record is not signed
  kGood,   // signed by the key that it names
  kWrong,  // the signature is not of this record
};

struct CustodyRecord {
  std::uint64_t sequence = 0;
  CustodyEntry entry;
  CustodySignature signature = CustodySignature::kNone;
  std::optional<VerifyingKey> key;
};

struct CustodyProblem {
  std::uint64_t line = 0;
  Bilingual text;
};

struct CustodyLog {
  std::vector<CustodyRecord> records;
  std::vector<CustodyProblem> problems;
  Sha256 head{};  // digest of the last line: what the next record refers to

  bool sound() const { return problems.empty(); }
};

// Never fails: lines that are no records become problems.
CustodyLog read_custody_log(std::string_view text);

// The record that follows `log`, with its line feed; signed when there is a key.
std::string next_custody_line(const CustodyLog& log, const CustodyEntry& entry,
                              const SigningKey* key);

// Adds a problem for every record that was not made of the bundle with this digest (hex).
void compare_with_bundle(CustodyLog& log, std::string_view sha256);

// Adds a problem for every record that none of the keys has signed.
void require_keys(CustodyLog& log, std::span<const VerifyingKey> keys);

}  // namespace konseki
