// BundleWriter and BundleReader: the evidence bundle, docs/bundle-format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/digests.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

enum class MemberType {
  kFile,
  kDirectory,
  kSymlink,
  kHardLink,
  kFifo,
  kCharacterDevice,
  kBlockDevice
};

// One tar member's header. `name` is final: valid UTF-8 and unique (MemberNames makes it so).
struct MemberHeader {
  std::string name;  // no trailing '/', for directories neither
  MemberType type = MemberType::kFile;
  std::uint64_t size = 0;  // content bytes; apparent size where `data` is given; hard links: of
                           // the content they repeat
  std::uint32_t mode = 0644;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<Timestamp> modified;
  std::string link_target;      // symlink text, or the member a hard link repeats
  std::vector<ByteRange> data;  // sparse: the stored ranges as stored_ranges() in
                                // agent/bundle/sparse.h answers them; empty = all of it
  // Digest of the content as extracted (holes as zeros), where the caller knows it, so that the
  // writer need not hash again. Required for hard links.
  std::optional<Sha256> sha256;
  // The caller promises the digest to end(), for content it hashes itself on the way.
  bool digest_follows = false;
};

// Writes one bundle, append-only, to a stream that may be a pipe. Not thread-safe; compresses on
// threads of its own. Bytes out depend on the calls alone, never on timing or thread count.
// After an error of write the bundle is unsafe: every later call answers the same error.
class BundleWriter {
 public:
  virtual ~BundleWriter() = default;

  // A member whose content is at hand, or which has none.
  virtual Result<void> add(const MemberHeader& header, std::span<const std::byte> content) = 0;

  // A member that is streamed: begin, write exactly the stored bytes (header.size, or the sum of
  // header.data), end. write() past that is an Internal error; end() before it pads with zeros
  // and answers how many, so that the container stays in step when a file shrinks. `digest`
  // answers header.digest_follows and covers the padding too: a caller that hashes by itself
  // writes (and hashes) the missing zeros before end().
  virtual Result<void> begin(const MemberHeader& header) = 0;
  virtual Result<void> write(std::span<const std::byte> content) = 0;
  virtual Result<std::uint64_t> end(const std::optional<Sha256>& digest = std::nullopt) = 0;

  // Appends one JSON line (no newline inside) to konseki/<stream>.jsonl, kept as numbered
  // segments: stream is "files", "findings" or "records/<schema>". Allowed while a member is open.
  virtual Result<void> append_line(std::string_view stream, std::string_view json) = 0;

  // Appends an event to the hash-chained konseki/audit.jsonl. `details` is a JSON object or "".
  virtual Result<void> audit(Timestamp time, std::string_view event, std::string_view details) = 0;

  // Flushes segments, writes konseki/manifest.json as the last member and the seek table. The
  // answer is the SHA-256 of manifest.json, the number a witness copies by hand. `trailer` is a
  // JSON object that the manifest carries under "run" (end time, counts, interrupted, ...).
  virtual Result<Sha256> seal(std::string_view trailer) = 0;

  // Bytes of tar and of compressed output so far.
  virtual std::uint64_t content_bytes() const = 0;
  virtual std::uint64_t written_bytes() const = 0;
};

// A member as found in a bundle.
struct Member {
  MemberHeader header;
  std::uint64_t content_offset = 0;  // of the stored bytes in the uncompressed tar
};

// Reads a sealed bundle, or the sound part of a damaged one. Not thread-safe.
class BundleReader {
 public:
  virtual ~BundleReader() = default;

  // In order of the tar.
  virtual std::span<const Member> members() const = 0;
  virtual const Member* find(std::string_view name) const = 0;
  // Content of a file or hard link, holes as zeros.
  virtual Result<std::unique_ptr<ByteReader>> open(const Member& member) = 0;
  // Every line of konseki/<stream>.jsonl over all its segments, in order.
  virtual Result<void> for_each_line(std::string_view stream,
                                     const std::function<void(std::string_view)>& line) = 0;
  // True when the bundle ends with its manifest.
  virtual bool sealed() const = 0;
};

}  // namespace konseki
