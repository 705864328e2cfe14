// AgeReader: the clear text of an age file as a ByteReader, decrypted where it is read.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "agent/seal/age_payload.h"
#include "agent/seal/age_wrap.h"
#include "konseki/byte_reader.h"

namespace konseki {

// What is wrong with a payload that is read for salvage. Grows while it is read.
struct AgeDamage {
  // Chunks that are not as they were written; they read as zeros.
  std::set<std::uint64_t> chunks;
  // The file does not end with its last chunk: cut off, or something follows.
  bool bad_end = false;

  bool empty() const { return chunks.empty() && !bad_end; }
};

// Every byte that read_at() answers is authenticated. Not thread-safe.
class AgeReader : public ByteReader {
 public:
  // Opens with an identity, or with the key of AgeWriter::file_key(). The last chunk is checked
  // at once, so that size() is true: kCorrupt when the file is cut off or something follows it.
  static Result<std::unique_ptr<AgeReader>> open(std::unique_ptr<ByteReader> file,
                                                 const AgeIdentities& identities);
  static Result<std::unique_ptr<AgeReader>> open(std::unique_ptr<ByteReader> file,
                                                 const FileKey& key);
  // Takes what is there of a damaged file: a chunk that is not right reads as zeros, one that the
  // end of the file cuts is left out, and `damage` says so. A damaged header is an error: without
  // the key it holds there is nothing to take.
  static Result<std::unique_ptr<AgeReader>> salvage(std::unique_ptr<ByteReader> file,
                                                    const AgeIdentities& identities,
                                                    std::shared_ptr<AgeDamage> damage);
  ~AgeReader() override;

  std::uint64_t size() const override { return size_; }
  // kCorrupt at a chunk that is not as it was written.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  AgeReader(std::unique_ptr<ByteReader> file, ChunkCipher cipher, std::uint64_t start,
            std::shared_ptr<AgeDamage> damage);
  static Result<std::unique_ptr<AgeReader>> open(std::unique_ptr<ByteReader> file,
                                                 const AgeHeader& header, const FileKey& key,
                                                 std::shared_ptr<AgeDamage> damage);
  Result<void> find_end();
  Result<bool> load(std::uint64_t number, bool last, std::span<std::byte> out);
  Result<void> load_held(std::uint64_t number);
  std::size_t length_of(std::uint64_t number) const;

  std::unique_ptr<ByteReader> file_;
  ChunkCipher cipher_;
  std::uint64_t start_;  // of the first chunk
  std::uint64_t chunks_ = 0;
  std::uint64_t size_ = 0;             // of the clear text
  bool has_last_ = true;               // the last of `chunks_` is the one that was written as such
  std::shared_ptr<AgeDamage> damage_;  // null unless salvaging
  std::vector<std::byte> sealed_;
  std::vector<std::byte> held_;  // one chunk in the clear
  std::optional<std::uint64_t> held_number_;
};

}  // namespace konseki
