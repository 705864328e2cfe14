// ContentReader: the uncompressed tar of a bundle as a ByteReader, whatever form it is kept in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/bundle/frame_decoder.h"
#include "agent/bundle/frame_index.h"
#include "konseki/byte_reader.h"

namespace konseki {

// What to do with a frame whose bytes are damaged.
enum class OnDamage {
  kFail,     // its content cannot be read: kCorrupt
  kSalvage,  // answer what it still gives, zeros for the rest; damage() tells of it
};

// A frame that could not be read as it should be.
struct FrameDamage {
  std::size_t frame = 0;
  std::string what;
};

// Reads a zstd-compressed bundle by its frames, keeping the last few decompressed, or a plain tar
// as it is. Thread-safe. Memory: some 40 MiB, more only for foreign frames with large windows.
class ContentReader : public ByteReader {
 public:
  // Told apart by the first bytes. An Error when neither zstd nor a file that could be a tar.
  static Result<std::shared_ptr<ContentReader>> open(std::unique_ptr<ByteReader> file,
                                                     OnDamage on_damage);

  std::uint64_t size() const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

  bool compressed() const { return index_.has_value(); }
  // Only where compressed.
  const FrameIndex& index() const { return *index_; }
  ByteReader& file() { return *file_; }

  // Computes XXH64 of every frame as it is first loaded, for verify.
  void collect_digests();
  struct Seen {
    bool loaded = false;
    std::uint64_t digest = 0;
    std::uint32_t checksum = 0;  // the last four bytes of the frame
  };
  const std::vector<Seen>& seen() const { return seen_; }
  const std::vector<FrameDamage>& damage() const { return damage_; }

 private:
  ContentReader(std::unique_ptr<ByteReader> file, OnDamage on_damage)
      : file_(std::move(file)), on_damage_(on_damage) {}

  // A decompressed frame, or a part of a long one. Kept with how recently it was used.
  struct Piece {
    std::size_t frame = 0;
    std::uint64_t start = 0;  // in the frame's content
    std::vector<std::byte> bytes;
    std::string damage;
    std::uint64_t used = 0;
  };
  // A decoder somewhere inside a long frame.
  struct Stream {
    std::size_t frame = 0;
    std::unique_ptr<FrameDecoder> decoder;
    std::uint64_t used = 0;
  };

  Result<const Piece*> piece_at(std::uint64_t offset);
  Result<void> load_frame(Piece& piece);
  Result<void> load_part(Piece& piece);
  Stream& stream_before(std::size_t frame, std::uint64_t start);
  Result<void> salvage(Piece& piece, std::string why);

  std::unique_ptr<ByteReader> file_;
  OnDamage on_damage_;
  std::optional<FrameIndex> index_;
  std::mutex mutex_;
  std::uint64_t clock_ = 0;
  std::vector<std::unique_ptr<Piece>> pieces_;
  std::vector<Stream> streams_;
  ZstdDecompressor decompressor_;
  std::vector<std::byte> compressed_;
  std::vector<Seen> seen_;
  std::vector<FrameDamage> damage_;
};

}  // namespace konseki
