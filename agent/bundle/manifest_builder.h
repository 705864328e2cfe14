// ManifestBuilder: konseki/manifest.json as it grows, kept compressed until it is written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "konseki/bundle.h"

namespace konseki {

inline constexpr std::string_view kRunName = "konseki/run.json";
inline constexpr std::string_view kManifestName = "konseki/manifest.json";
// The manifest's signature, the only member that may follow it.
inline constexpr std::string_view kSignatureName = "konseki/manifest.json.minisig";

// One JSON document, one member a line. Two million members take some 80 MB. Not thread-safe.
class ManifestBuilder {
 public:
  ManifestBuilder();
  ~ManifestBuilder();

  // A row. `sha256` is the digest of the content as extracted; null for what has none.
  void add(const MemberHeader& header, const Sha256* sha256);
  // Closes the document. `headers` is the digest over the header blocks of every member,
  // `trailer` a JSON object for "run" or "".
  void close(const Sha256& headers, std::string_view trailer);

  // After close(): length in bytes, and the document in pieces.
  std::uint64_t size() const;
  Result<void> for_each_piece(
      const std::function<Result<void>(std::span<const std::byte>)>& piece) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace konseki
