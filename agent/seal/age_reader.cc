#include "agent/seal/age_reader.h"

#include <algorithm>
#include <cstring>

namespace konseki {
namespace {

const Bilingual kCutAdvice{
    "The encrypted file is not whole: it was cut off, or something was added. For a bundle, try: "
    "konseki recover",
    "暗号化ファイルが途中で切れているか、末尾に余分なデータがあります。バンドルであれば "
    "konseki recover をお試しください。"};

const Bilingual kChunkAdvice{
    "The encrypted file was changed or damaged. For a bundle, try: konseki recover",
    "暗号化ファイルが変更または破損しています。バンドルであれば konseki recover をお試し"
    "ください。"};

}  // namespace

AgeReader::AgeReader(std::unique_ptr<ByteReader> file, ChunkCipher cipher, std::uint64_t start,
                     std::shared_ptr<AgeDamage> damage)
    : file_(std::move(file)),
      cipher_(std::move(cipher)),
      start_(start),
      damage_(std::move(damage)),
      sealed_(kSealedChunk),
      held_(kAgeChunk) {}

AgeReader::~AgeReader() { wipe(held_); }

Result<std::unique_ptr<AgeReader>> AgeReader::open(std::unique_ptr<ByteReader> file,
                                                   const AgeIdentities& identities) {
  KONSEKI_ASSIGN(const AgeHeader header, read_age_header(*file));
  KONSEKI_ASSIGN(const FileKey key, unwrap_file_key(header, identities));
  return open(std::move(file), header, key, nullptr);
}

Result<std::unique_ptr<AgeReader>> AgeReader::open(std::unique_ptr<ByteReader> file,
                                                   const FileKey& key) {
  KONSEKI_ASSIGN(const AgeHeader header, read_age_header(*file));
  KONSEKI_TRY(check_age_header(header, key));
  return open(std::move(file), header, key, nullptr);
}

Result<std::unique_ptr<AgeReader>> AgeReader::salvage(std::unique_ptr<ByteReader> file,
                                                      const AgeIdentities& identities,
                                                      std::shared_ptr<AgeDamage> damage) {
  KONSEKI_ASSIGN(const AgeHeader header, read_age_header(*file));
  KONSEKI_ASSIGN(const FileKey key, unwrap_file_key(header, identities));
  return open(std::move(file), header, key, std::move(damage));
}

Result<std::unique_ptr<AgeReader>> AgeReader::open(std::unique_ptr<ByteReader> file,
                                                   const AgeHeader& header, const FileKey& key,
                                                   std::shared_ptr<AgeDamage> damage) {
  std::array<std::byte, kAgeNonce> nonce;
  KONSEKI_ASSIGN(const std::size_t got, file->read_at(header.size, nonce));
  if (got != nonce.size()) {
    return fail(ErrorCode::kCorrupt, "age payload: no nonce: cut off", kCutAdvice);
  }
  std::unique_ptr<AgeReader> reader(new AgeReader(std::move(file), ChunkCipher(key, nonce),
                                                  header.size + kAgeNonce, std::move(damage)));
  KONSEKI_TRY(reader->find_end());
  return reader;
}

// Settles how many chunks there are and how long the last one is.
Result<void> AgeReader::find_end() {
  const std::uint64_t sealed = file_->size() > start_ ? file_->size() - start_ : 0;
  const std::uint64_t whole = sealed / kSealedChunk;
  const std::size_t rest = static_cast<std::size_t>(sealed % kSealedChunk);
  chunks_ = whole + (rest > 0 ? 1 : 0);
  const std::size_t last = chunks_ == 0 ? 0 : rest > 0 ? rest : kSealedChunk;
  const bool fits = last >= kAeadTag && (last > kAeadTag || chunks_ == 1);
  if (fits) {
    size_ = (chunks_ - 1) * kAgeChunk + (last - kAeadTag);
    const auto room = std::span(held_).first(last - kAeadTag);
    KONSEKI_ASSIGN(const bool right, load(chunks_ - 1, true, room));
    if (right) {
      held_number_ = chunks_ - 1;
      return {};
    }
  }
  if (!damage_)
    return fail(ErrorCode::kCorrupt, "age payload: its last chunk is missing", kCutAdvice);
  damage_->bad_end = true;
  has_last_ = false;
  chunks_ = whole;
  size_ = whole * kAgeChunk;
  return {};
}

std::size_t AgeReader::length_of(std::uint64_t number) const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kAgeChunk, size_ - number * kAgeChunk));
}

// False when the chunk is not as it was written, or the file ends in it.
Result<bool> AgeReader::load(std::uint64_t number, bool last, std::span<std::byte> out) {
  const auto sealed = std::span(sealed_).first(out.size() + kAeadTag);
  KONSEKI_ASSIGN(const std::size_t got, file_->read_at(start_ + number * kSealedChunk, sealed));
  return got == sealed.size() && cipher_.open(number, last, sealed, out);
}

Result<void> AgeReader::load_held(std::uint64_t number) {
  held_number_.reset();
  const auto room = std::span(held_).first(length_of(number));
  const bool last = has_last_ && number + 1 == chunks_;
  KONSEKI_ASSIGN(const bool right, load(number, last, room));
  if (!right) {
    if (!damage_) {
      return fail(ErrorCode::kCorrupt,
                  "age payload: chunk " + std::to_string(number) + " is damaged", kChunkAdvice);
    }
    std::fill(room.begin(), room.end(), std::byte{});
    damage_->chunks.insert(number);
  }
  held_number_ = number;
  return {};
}

Result<std::size_t> AgeReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size() && offset + filled < size_) {
    const std::uint64_t at = offset + filled;
    const std::uint64_t number = at / kAgeChunk;
    if (held_number_ != number) {
      auto loaded = load_held(number);
      if (!loaded) {
        if (filled > 0) break;  // the sound bytes first; the next call meets the damage again
        return fail(std::move(loaded).error());
      }
    }
    const auto skip = static_cast<std::size_t>(at % kAgeChunk);
    const std::size_t count = std::min(out.size() - filled, length_of(number) - skip);
    std::memcpy(out.data() + filled, held_.data() + skip, count);
    filled += count;
  }
  return filled;
}

}  // namespace konseki
