// AgeWriter: encrypts a stream on its way out.
#pragma once

#include <memory>
#include <vector>

#include "agent/base/output_stream.h"
#include "agent/seal/age_payload.h"
#include "agent/seal/age_wrap.h"

namespace konseki {

// Holds back at most one chunk of clear text, in memory that is wiped. Nothing readable reaches
// `out`, which must outlive it. Used by one thread at a time.
class AgeWriter : public OutputStream {
 public:
  // Writes the header. Errors of wrap_file_key() and of `out`.
  static Result<std::unique_ptr<AgeWriter>> create(OutputStream& out, const AgeTargets& targets);
  ~AgeWriter() override;

  Result<void> write(std::span<const std::byte> bytes) override;
  // Writes the last chunk; without it the file counts as cut off. Nothing may follow.
  Result<void> finish();

  // Opens what was written, as long as this object lives: for reading it back.
  const FileKey& file_key() const { return key_; }

 private:
  AgeWriter(OutputStream& out, const FileKey& key, std::span<const std::byte, kAgeNonce> nonce)
      : out_(out), key_(key), cipher_(key, nonce) {}
  Result<void> put_chunk(ByteView plain, bool last);

  OutputStream& out_;
  FileKey key_;
  ChunkCipher cipher_;
  std::uint64_t number_ = 0;
  bool finished_ = false;
  std::vector<std::byte> held_ = std::vector<std::byte>(kAgeChunk);
  std::size_t held_size_ = 0;
  std::vector<std::byte> sealed_ = std::vector<std::byte>(kSealedChunk);
};

}  // namespace konseki
