#include "agent/seal/age_writer.h"

#include <algorithm>
#include <cstring>

namespace konseki {

Result<std::unique_ptr<AgeWriter>> AgeWriter::create(OutputStream& out, const AgeTargets& targets) {
  FileKey key;
  random_bytes(key.bytes());
  KONSEKI_ASSIGN(const std::vector<Stanza> stanzas, wrap_file_key(key, targets));
  const std::string header = write_age_header(stanzas, key);
  std::array<std::byte, kAgeNonce> nonce;
  random_bytes(nonce);
  KONSEKI_TRY(out.write(std::as_bytes(std::span(header))));
  KONSEKI_TRY(out.write(nonce));
  return std::unique_ptr<AgeWriter>(new AgeWriter(out, key, nonce));
}

AgeWriter::~AgeWriter() { wipe(held_); }

// A chunk leaves only when more follows, for the last one must be known as such.
Result<void> AgeWriter::write(std::span<const std::byte> bytes) {
  if (finished_) return fail(ErrorCode::kInternal, "write after the last chunk");
  while (!bytes.empty()) {
    if (held_size_ == kAgeChunk) {
      KONSEKI_TRY(put_chunk(held_, false));
      held_size_ = 0;
    }
    // Whole chunks need not be copied first.
    while (held_size_ == 0 && bytes.size() > kAgeChunk) {
      KONSEKI_TRY(put_chunk(bytes.first(kAgeChunk), false));
      bytes = bytes.subspan(kAgeChunk);
    }
    const std::size_t count = std::min(bytes.size(), kAgeChunk - held_size_);
    std::memcpy(held_.data() + held_size_, bytes.data(), count);
    held_size_ += count;
    bytes = bytes.subspan(count);
  }
  return {};
}

Result<void> AgeWriter::finish() {
  if (finished_) return fail(ErrorCode::kInternal, "second last chunk");
  finished_ = true;
  return put_chunk(std::span(held_).first(held_size_), true);
}

Result<void> AgeWriter::put_chunk(ByteView plain, bool last) {
  const auto sealed = std::span(sealed_).first(plain.size() + kAeadTag);
  cipher_.seal(number_++, last, plain, sealed);
  return out_.write(sealed);
}

}  // namespace konseki
