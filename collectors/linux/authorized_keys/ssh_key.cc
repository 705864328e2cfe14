#include "collectors/linux/authorized_keys/ssh_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "agent/base/base64.h"
#include "agent/base/cursor.h"
#include "agent/base/digest.h"

namespace konseki {
namespace {

using Blob = std::span<const std::byte>;

// A string of RFC 4251 section 5: big-endian length, then bytes.
std::optional<Blob> take_string(Cursor& cursor) {
  const Blob length = cursor.bytes(4);
  if (!cursor.ok()) return std::nullopt;
  std::uint32_t count = 0;
  for (std::byte byte : length) count = count << 8 | std::to_integer<std::uint32_t>(byte);
  const Blob value = cursor.bytes(count);
  if (!cursor.ok()) return std::nullopt;
  return value;
}

std::uint32_t bits_of_number(Blob number) {
  while (!number.empty() && number.front() == std::byte{0}) number = number.subspan(1);
  if (number.empty()) return 0;
  const auto first = std::to_integer<unsigned>(number.front());
  return static_cast<std::uint32_t>((number.size() - 1) * 8) +
         static_cast<std::uint32_t>(std::bit_width(first));
}

// How many strings after the type are the public key itself; 0 for types that are not known.
std::size_t key_fields(std::string_view type) {
  const bool security_key = type.starts_with("sk-");  // with the application at the end
  if (type.find("ed25519") != std::string_view::npos) return security_key ? 2 : 1;
  if (type.find("ecdsa") != std::string_view::npos) return security_key ? 3 : 2;
  if (type.find("rsa") != std::string_view::npos) return 2;
  if (type.find("dss") != std::string_view::npos) return 4;
  return 0;
}

std::uint32_t bits_of(std::string_view type, const std::vector<Blob>& fields) {
  if (type.find("ed25519") != std::string_view::npos) return 256;
  for (std::uint32_t bits : {256U, 384U, 521U}) {
    if (type.find("nistp" + std::to_string(bits)) != std::string_view::npos) return bits;
  }
  if (type.find("rsa") != std::string_view::npos) return bits_of_number(fields[1]);  // modulus
  return type.find("dss") != std::string_view::npos ? bits_of_number(fields[0]) : 0;
}

void append_string(std::vector<std::byte>& out, Blob value) {
  const auto size = static_cast<std::uint32_t>(value.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(std::byte(size >> shift & 0xFF));
  out.insert(out.end(), value.begin(), value.end());
}

std::string fingerprint_of(Blob blob) { return "SHA256:" + base64_encode(sha256_of(blob), false); }

}  // namespace

bool is_ssh_key_type(std::string_view word) {
  constexpr auto kTypes = std::to_array<std::string_view>(
      {"ssh-rsa", "ssh-dss", "ssh-ed25519", "ssh-ed448", "ssh-xmss@openssh.com",
       "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
       "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"});
  if (std::find(kTypes.begin(), kTypes.end(), word) != kTypes.end()) return true;
  return word.ends_with("-cert-v01@openssh.com") || word.ends_with("-cert-v00@openssh.com");
}

std::optional<SshKeyFacts> ssh_key_facts(std::span<const std::byte> blob) {
  constexpr std::string_view kCertificate = "-cert-v01";
  Cursor cursor(blob);
  const auto type = take_string(cursor);
  if (!type || type->empty() || type->size() > 64) return std::nullopt;
  SshKeyFacts facts;
  facts.type = as_text(*type);
  std::string plain_type = facts.type;
  const std::size_t mark = plain_type.find(kCertificate);
  const bool certificate = mark != std::string::npos;
  if (certificate) {
    plain_type.erase(mark, kCertificate.size());
    if (!plain_type.starts_with("sk-")) plain_type.resize(mark);  // "@openssh.com"
    if (!take_string(cursor)) return std::nullopt;                // nonce
  }
  std::vector<Blob> fields;
  while (fields.size() < key_fields(plain_type)) {
    const auto field = take_string(cursor);
    if (!field) return std::nullopt;
    fields.push_back(*field);
  }
  if (!certificate) {
    facts.bits = fields.empty() ? 0 : bits_of(plain_type, fields);
    facts.fingerprint = fingerprint_of(blob);
    return facts;
  }
  if (fields.empty()) return std::nullopt;
  facts.bits = bits_of(plain_type, fields);
  std::vector<std::byte> plain;
  append_string(plain, std::as_bytes(std::span(plain_type)));
  for (Blob field : fields) append_string(plain, field);
  facts.fingerprint = fingerprint_of(plain);
  return facts;
}

}  // namespace konseki
