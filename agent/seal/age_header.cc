#include "agent/seal/age_header.h"

#include <algorithm>

#include "agent/base/base64.h"
#include "agent/base/cursor.h"

namespace konseki {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
constexpr std::string_view kAnyVersion = "age-encryption.org/";
constexpr std::string_view kArmor = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kStanzaStart = "-> ";
constexpr std::string_view kEnd = "---";
constexpr std::size_t kColumns = 64;

const Bilingual kBadHeader{
    "The start of the encrypted file is damaged; without it nothing can be decrypted. If another "
    "copy exists, use that.",
    "暗号化ファイルの先頭が破損しており、復号できません。別の複製があればそちらをお使いください。"};

tl::unexpected<Error> bad_header(const std::string& what) {
  return fail(ErrorCode::kCorrupt, "age header: " + what, kBadHeader);
}

class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  Result<AgeHeader> run() {
    if (!text_.starts_with(kVersionLine)) return bad_header("not an age file of version 1");
    at_ = kVersionLine.size();
    while (text_.substr(at_).starts_with(kStanzaStart)) KONSEKI_TRY(stanza());
    if (header_.stanzas.empty()) return bad_header("no recipient");
    const std::size_t end = at_;
    KONSEKI_ASSIGN(std::string_view last, line());
    if (!last.starts_with(kEnd) || last.substr(kEnd.size(), 1) != " ") {
      return bad_header("neither a recipient nor its end");
    }
    last.remove_prefix(kEnd.size() + 1);
    const auto mac = strict_base64(last);
    if (!mac || mac->size() != header_.mac.size()) return bad_header("MAC is not 32 bytes");
    std::copy(mac->begin(), mac->end(), header_.mac.begin());
    header_.authenticated = text_.substr(0, end + kEnd.size());
    header_.size = at_;
    return std::move(header_);
  }

 private:
  Result<std::string_view> line() {
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) {
      if (text_.size() >= kMostAgeHeader) {
        return fail(ErrorCode::kLimitExceeded, "age header: more than 1 MiB", kBadHeader);
      }
      return bad_header("cut off");
    }
    const std::string_view found = text_.substr(at_, end - at_);
    at_ = end + 1;
    return found;
  }

  Result<void> stanza() {
    KONSEKI_ASSIGN(std::string_view words, line());
    words.remove_prefix(kStanzaStart.size());
    Stanza stanza;
    while (true) {
      const std::size_t space = std::min(words.find(' '), words.size());
      const std::string_view word = words.substr(0, space);
      const bool printable =
          std::all_of(word.begin(), word.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
      if (word.empty() || !printable) return bad_header("an argument is empty or not ASCII");
      stanza.arguments.emplace_back(word);
      if (space == words.size()) break;
      words.remove_prefix(space + 1);
    }
    std::string body;
    while (true) {
      KONSEKI_ASSIGN(const std::string_view part, line());
      if (part.size() > kColumns) return bad_header("a line is longer than 64 characters");
      body += part;
      if (part.size() < kColumns) break;
    }
    auto bytes = strict_base64(body);
    if (!bytes) return bad_header("not canonical base64");
    stanza.body = std::move(*bytes);
    header_.stanzas.push_back(std::move(stanza));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  AgeHeader header_;
};

Block32 header_mac(const FileKey& key, std::string_view authenticated) {
  const Key32 mac_key = hkdf_sha256(key.bytes(), {}, "header");
  return hmac_sha256(mac_key.bytes(), authenticated);
}

}  // namespace

std::optional<std::vector<std::byte>> strict_base64(std::string_view text) {
  auto bytes = base64_decode(text);
  if (!bytes || base64_encode(*bytes, false) != text) return std::nullopt;
  return bytes;
}

Result<AgeForm> age_form(ByteReader& file) {
  std::array<std::byte, 64> buffer{};
  KONSEKI_ASSIGN(const std::size_t got, file.read_at(0, buffer));
  const std::string_view start = as_text(std::span(buffer).first(got));
  if (start.starts_with(kVersionLine)) return AgeForm::kBinary;
  if (start.starts_with(kArmor)) return AgeForm::kArmored;
  return start.starts_with(kAnyVersion) ? AgeForm::kNewer : AgeForm::kNone;
}

Result<AgeHeader> read_age_header(ByteReader& file) {
  std::vector<std::byte> start(
      static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kMostAgeHeader)));
  KONSEKI_ASSIGN(const std::size_t got, file.read_at(0, start));
  return parse_age_header(as_text(std::span(start).first(got)));
}

Result<AgeHeader> parse_age_header(std::string_view start) { return HeaderParser(start).run(); }

Result<void> check_age_header(const AgeHeader& header, const FileKey& key) {
  if (equal_secrets(header_mac(key, header.authenticated), header.mac)) return {};
  return bad_header("MAC does not match: it was changed");
}

std::string write_age_header(std::span<const Stanza> stanzas, const FileKey& key) {
  std::string out(kVersionLine);
  for (const Stanza& stanza : stanzas) {
    out += "->";
    for (const std::string& argument : stanza.arguments) out += " " + argument;
    out += '\n';
    const std::string body = base64_encode(stanza.body, false);
    // The last line is always short, empty where need be.
    for (std::size_t at = 0; at <= body.size(); at += kColumns) {
      out += body.substr(at, kColumns) + '\n';
    }
  }
  out += kEnd;
  const Block32 mac = header_mac(key, out);
  return out + " " + base64_encode(mac, false) + "\n";
}

}  // namespace konseki
