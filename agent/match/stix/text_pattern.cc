#include "agent/match/stix/text_pattern.h"

#include <re2/re2.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>

#include "agent/base/unicode.h"
#include "agent/match/stix/pcre_expression.h"
#include "agent/match/stix/re2_form.h"

namespace konseki::stix {
namespace {

constexpr std::int64_t kRe2Memory = std::int64_t{8} << 20;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// One expression in one of the two engines, or neither where no text can fit.
class Search {
 public:
  static Result<Search> by_re2(const std::string& form, bool unicode) {
    re2::RE2::Options options;
    options.set_dot_nl(true);
    options.set_log_errors(false);
    options.set_max_mem(kRe2Memory);
    options.set_encoding(unicode ? re2::RE2::Options::EncodingUTF8
                                 : re2::RE2::Options::EncodingLatin1);
    Search search;
    search.re2_ = std::make_unique<const re2::RE2>(form, options);
    if (!search.re2_->ok()) return fail(ErrorCode::kUnsupported, search.re2_->error());
    return search;
  }
  static Result<Search> by_any(std::string_view pattern, bool unicode) {
    if (const auto form = re2_form(pattern, unicode)) {
      if (auto search = by_re2(*form, unicode)) return search;
    }
    Search search;
    KONSEKI_ASSIGN(search.pcre_, compile_pcre(pattern, unicode));
    return search;
  }
  static Search never() { return {}; }

  Result<bool> run(std::string_view text) const {
    if (re2_) return re2::RE2::PartialMatch({text.data(), text.size()}, *re2_);
    if (pcre_) return pcre_->search(text);
    return false;
  }

 private:
  std::unique_ptr<const re2::RE2> re2_;
  std::unique_ptr<const PcreExpression> pcre_;
};

class Both : public TextPattern {
 public:
  Both(Search text, Search bytes) : text_(std::move(text)), bytes_(std::move(bytes)) {}

  Result<bool> matches_text(std::string_view text) const override {
    return is_ascii(text) ? text_.run(text) : text_.run(to_nfc(text));
  }
  Result<bool> matches_bytes(std::string_view bytes) const override { return bytes_.run(bytes); }

 private:
  Search text_;
  Search bytes_;
};

std::string like_form(std::string_view pattern) {
  std::string form = "\\A";
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '%') {
      while (at < pattern.size() && pattern[at] == '%') ++at;  // "%%" means no more than "%"
      form += ".*";
    } else if (pattern[at] == '_') {
      form += '.';
      ++at;
    } else {
      const std::size_t start = at;
      next_code_point(pattern, at);
      form += re2::RE2::QuoteMeta({pattern.data() + start, at - start});
    }
  }
  return form + "\\z";
}

}  // namespace

std::string to_nfc(std::string_view text) {
  const std::string sound = to_well_formed(text);
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(sound.data()),
                   static_cast<utf8proc_ssize_t>(sound.size()), &out,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, &std::free);
  if (length < 0) return sound;
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(length)};
}

std::optional<std::string> to_bytes(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_code_point(text, at);
    if (c > 0xFF) return std::nullopt;
    bytes += static_cast<char>(c);
  }
  return bytes;
}

Result<std::shared_ptr<const TextPattern>> compile_like(std::string_view pattern) {
  auto text = Search::by_re2(like_form(to_nfc(pattern)), true);
  const auto bytes_pattern = to_bytes(pattern);
  auto bytes = bytes_pattern ? Search::by_re2(like_form(*bytes_pattern), false) : Search::never();
  if (!text || !bytes) {
    return fail(ErrorCode::kLimitExceeded, text ? bytes.error().detail : text.error().detail,
                {"The text after LIKE is too long to search for.",
                 "LIKE の後の文字列が長すぎて検索できません。"});
  }
  return std::make_shared<const Both>(*std::move(text), *std::move(bytes));
}

Result<std::shared_ptr<const TextPattern>> compile_matches(std::string_view pattern) {
  KONSEKI_ASSIGN(auto text, Search::by_any(to_nfc(pattern), true));
  const auto bytes_pattern = to_bytes(pattern);
  if (!bytes_pattern) return std::make_shared<const Both>(std::move(text), Search::never());
  KONSEKI_ASSIGN(auto bytes, Search::by_any(*bytes_pattern, false));
  return std::make_shared<const Both>(std::move(text), std::move(bytes));
}

}  // namespace konseki::stix
