// Verify: reads every byte of a bundle and says what is not as it was sealed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/seal/age_reader.h"
#include "agent/seal/signing_key.h"
#include "konseki/bundle.h"
#include "konseki/text.h"

namespace konseki {

// One thing that is wrong. `member` is a member's name, or a part of the file in parentheses:
// "(frame 3)", "(tables)", "(end)", "(manifest)".
struct BundleProblem {
  std::string member;
  Bilingual text;
};

struct VerifyReport {
  static constexpr std::size_t kMostProblems = 1000;

  std::vector<BundleProblem> problems;  // in the order found, at most kMostProblems
  std::uint64_t problem_count = 0;      // all of them
  std::vector<Bilingual> notes;         // worth knowing, but nothing wrong

  bool sealed = false;                    // ends with its manifest, and its signature if it has one
  std::optional<Sha256> manifest;         // digest of manifest.json as it is in the file
  std::optional<VerifyingKey> signed_by;  // the signature is right, and by this key
  std::string trusted_comment;            // of that signature
  std::string run;  // the manifest's "run" object, JSON; empty when unreadable
  std::uint64_t members = 0;
  std::uint64_t rows = 0;         // lines of all *.jsonl members
  std::uint64_t audit_lines = 0;  // of these, links of the audit chain
  std::uint64_t frames = 0;
  std::uint64_t content_bytes = 0;  // of the uncompressed tar
  std::uint64_t file_bytes = 0;

  bool sound() const { return problem_count == 0; }
  void add(std::string member, Bilingual text);
};

// Told of the progress in bytes of tar.
using VerifyProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct VerifyOptions {
  VerifyProgress progress;
  // The bundle must be signed by this key. Without it the key that run.json names is taken, which
  // whoever forges a whole bundle names as well: it must be compared by a person.
  std::optional<VerifyingKey> expected_key;
  // What AgeReader::salvage() met under `file`, for encrypted bundles.
  std::shared_ptr<const AgeDamage> encryption;
};

// A bundle as sealed: every bit of the file is covered. As plain tar, or re-packed by other tools:
// members, names, rows and chains are checked against the manifest, the container is not. An
// Error only when `file` cannot be read or is no bundle at all.
Result<VerifyReport> verify_bundle(std::unique_ptr<ByteReader> file,
                                   const VerifyOptions& options = {});

}  // namespace konseki
