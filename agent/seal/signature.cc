#include "agent/seal/signature.h"

#include <algorithm>
#include <array>

#include "agent/base/base64.h"
#include "agent/base/cursor.h"

namespace konseki {
namespace {

constexpr std::string_view kUntrusted = "untrusted comment: ";
constexpr std::string_view kTrusted = "trusted comment: ";
constexpr std::string_view kPrehashed = "ED";
constexpr std::string_view kLegacy = "Ed";
constexpr std::size_t kSignatureSize = 2 + 8 + 64;

std::string signed_comment(const Signature64& signature, std::string_view comment) {
  std::string message(as_text(signature));
  message += comment;
  return message;
}

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

tl::unexpected<Error> bad_form() {
  return fail(ErrorCode::kCorrupt, "not a minisign signature",
              {"The signature is damaged.", "署名が破損しています。"});
}

}  // namespace

std::string MinisignSignature::text() const {
  VerifyingKey key;
  key.id = key_id;
  std::string bytes(kPrehashed);
  bytes += as_text(key_id);
  bytes += as_text(signature);
  std::string out(kUntrusted);
  out += "signature of a Konseki run, key " + key.id_text() + "\n";
  out += base64_encode(bytes_of(bytes)) + "\n";
  out += kTrusted;
  out += trusted_comment + "\n";
  out += base64_encode(over_comment) + "\n";
  return out;
}

MinisignSignature sign_digest(const SigningKey& key, const Blake64& digest,
                              std::string_view trusted_comment) {
  MinisignSignature out;
  out.key_id = key.verifying.id;
  out.signature = ed25519_sign(key.secret, digest);
  out.trusted_comment = trusted_comment;
  for (char& c : out.trusted_comment) {
    const auto code = static_cast<unsigned char>(c);
    if ((code < 0x20 && c != '\t') || code == 0x7f) c = '?';
  }
  out.over_comment =
      ed25519_sign(key.secret, bytes_of(signed_comment(out.signature, out.trusted_comment)));
  return out;
}

Result<MinisignSignature> parse_signature(std::string_view text) {
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return bad_form();
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  if (!lines[0].starts_with(kUntrusted) || !lines[2].starts_with(kTrusted)) return bad_form();
  const auto bytes = base64_decode(lines[1]);
  const auto over_comment = base64_decode(lines[3]);
  MinisignSignature out;
  if (!bytes || bytes->size() != kSignatureSize || !over_comment ||
      over_comment->size() != out.over_comment.size()) {
    return bad_form();
  }
  const std::string_view algorithm = as_text(*bytes).substr(0, 2);
  if (algorithm == kLegacy) {
    return fail(
        ErrorCode::kUnsupported, "a minisign signature without prehashing",
        {"Make it again with a current minisign.", "現行の minisign で作成し直してください。"});
  }
  if (algorithm != kPrehashed) return bad_form();
  std::copy_n(bytes->begin() + 2, out.key_id.size(), out.key_id.begin());
  std::copy_n(bytes->begin() + 10, out.signature.size(), out.signature.begin());
  out.trusted_comment = lines[2].substr(kTrusted.size());
  std::copy(over_comment->begin(), over_comment->end(), out.over_comment.begin());
  return out;
}

bool verify_signature(const VerifyingKey& key, const Blake64& digest,
                      const MinisignSignature& signature) {
  return key.id == signature.key_id && ed25519_verify(key.point, digest, signature.signature) &&
         ed25519_verify(key.point,
                        bytes_of(signed_comment(signature.signature, signature.trusted_comment)),
                        signature.over_comment);
}

Blake64 blake2b_512(std::string_view text) {
  Blake2bPass pass;
  pass.update(bytes_of(text));
  return pass.finish();
}

}  // namespace konseki
