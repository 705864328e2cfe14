#include "tests/fuzz/seal_input.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "agent/seal/age_reader.h"
#include "agent/seal/custody_log.h"
#include "agent/seal/signature.h"

namespace konseki::testing {
namespace {

// A check that also holds where assertions are compiled out.
void must(bool fact) {
  if (!fact) std::abort();
}

AgeIdentity fixed_identity() {
  AgeIdentity identity;
  for (std::byte& byte : identity.scalar.bytes()) byte = std::byte{7};
  return identity;
}

std::unique_ptr<ByteReader> reader_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

void read_through(ByteReader& reader, std::size_t input_size) {
  must(reader.size() <= input_size);
  std::vector<std::byte> buffer(100'000);
  std::uint64_t at = 0;
  while (at < reader.size()) {
    const auto got = reader.read_at(at, buffer);
    if (!got) {
      at += kAgeChunk;
      continue;
    }
    must(*got > 0 && at + *got <= reader.size());
    at += *got;
  }
  (void)reader.read_at(reader.size(), buffer);
}

void open_both_ways(const std::string& file) {
  AgeIdentities identities;
  identities.keys.push_back(fixed_identity());
  if (const auto reader = AgeReader::open(reader_of(file), identities)) {
    read_through(**reader, file.size());
  }
  const auto damage = std::make_shared<AgeDamage>();
  if (const auto reader = AgeReader::salvage(reader_of(file), identities, damage)) {
    read_through(**reader, file.size());
  }
}

}  // namespace

void offer_seal_text(std::span<const std::byte> bytes) {
  const std::string_view text = as_text(bytes);
  if (const auto header = parse_age_header(text)) {
    must(header->size <= text.size());
    const FileKey key;
    const auto again = parse_age_header(write_age_header(header->stanzas, key));
    must(again.has_value() && check_age_header(*again, key).has_value());
    // The form is canonical: only the MAC may differ.
    must(again->authenticated == header->authenticated);
  }
  if (const auto key = parse_age_recipient(text)) must(key->text() == text);
  if (const auto key = parse_age_identity(text)) must(key->text().view() == text);
  (void)parse_recipients_file(text, "fuzz");
  (void)parse_identities_file(text, "fuzz");
  if (const auto signature = parse_signature(text)) {
    must(parse_signature(signature->text())->text() == signature->text());
  }
  (void)parse_verifying_key(text);
  if (!needs_password(text)) (void)parse_signing_key(text, std::nullopt);
  const CustodyLog log = read_custody_log(text);
  must(log.sound() || !text.empty());
}

void offer_age_file(std::span<const std::byte> bytes) {
  open_both_ways(std::string(as_text(bytes)));
  static const std::string header = [] {
    AgeTargets targets;
    targets.recipients.push_back(fixed_identity().recipient());
    const FileKey key;
    return write_age_header(wrap_file_key(key, targets).value(), key);
  }();
  open_both_ways(header + std::string(as_text(bytes)));
}

}  // namespace konseki::testing
