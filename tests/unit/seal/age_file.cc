#include "tests/unit/seal/age_file.h"

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "tests/unit/bundle/memory_output.h"

namespace konseki::testing {

AgeTargets to_recipient(const AgeIdentity& identity) {
  AgeTargets targets;
  targets.recipients.push_back(identity.recipient());
  return targets;
}

AgeTargets by_passphrase(std::string_view passphrase) {
  AgeTargets targets;
  targets.passphrase.emplace(passphrase);
  targets.scrypt_log_n = kTestLogN;
  return targets;
}

AgeIdentities with_identity(const AgeIdentity& identity) {
  AgeIdentities identities;
  identities.keys.push_back(identity);
  return identities;
}

AgeIdentities with_passphrase(std::string_view passphrase) {
  AgeIdentities identities;
  identities.passphrase.emplace(passphrase);
  return identities;
}

std::string encrypt(std::string_view plain, const AgeTargets& targets) {
  MemoryOutput output;
  const auto writer = AgeWriter::create(output, targets).value();
  if (!writer->write(std::as_bytes(std::span(plain))) || !writer->finish()) return "failed";
  return output.bytes();
}

FileKey test_file_key() {
  FileKey key;
  for (std::size_t i = 0; i < key.bytes().size(); ++i) key.bytes()[i] = static_cast<std::byte>(i);
  return key;
}

std::string clear_text(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

std::string age_file(const FileKey& key, const std::vector<Stanza>& stanzas,
                     const std::vector<std::size_t>& lengths, bool marked_last) {
  std::string file = write_age_header(stanzas, key);
  std::array<std::byte, kAgeNonce> nonce{std::byte{9}};
  file += as_text(nonce);
  const ChunkCipher cipher(key, nonce);
  std::size_t at = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::string plain = clear_text(at + lengths[i]).substr(at);
    std::vector<std::byte> sealed(plain.size() + kAeadTag);
    cipher.seal(i, marked_last && i + 1 == lengths.size(), std::as_bytes(std::span(plain)), sealed);
    file += as_text(sealed);
    at += lengths[i];
  }
  return file;
}

Result<std::unique_ptr<AgeReader>> open_age(std::string_view file,
                                            const AgeIdentities& identities) {
  const auto bytes = std::as_bytes(std::span(file));
  return AgeReader::open(
      std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end())),
      identities);
}

Result<std::string> decrypt(std::string_view file, const AgeIdentities& identities) {
  KONSEKI_ASSIGN(const auto reader, open_age(file, identities));
  std::string text(static_cast<std::size_t>(reader->size()), '\0');
  std::size_t at = 0;
  while (at < text.size()) {
    KONSEKI_ASSIGN(const std::size_t got,
                   reader->read_at(at, std::as_writable_bytes(std::span(text)).subspan(at)));
    if (got == 0) return fail(ErrorCode::kInternal, "short read");
    at += got;
  }
  return text;
}

}  // namespace konseki::testing
