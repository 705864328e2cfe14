#include "agent/match/stix/pcre_expression.h"

#include <array>
#include <string>

#include "agent/base/handles/pcre2.h"

namespace konseki::stix {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;  // steps of the search; some tens of milliseconds
constexpr std::uint32_t kDepthLimit = 10'000;
constexpr std::uint32_t kHeapLimit = 16 * 1024;  // KiB

std::string words_of(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

class Expression : public PcreExpression {
 public:
  explicit Expression(Pcre2Code code) : code_(std::move(code)) {}

  Result<bool> search(std::string_view text) const override {
    const Pcre2MatchData data(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    const Pcre2MatchContext context(pcre2_match_context_create(nullptr));
    if (!data || !context) return fail(ErrorCode::kInternal, "PCRE2: out of memory");
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_depth_limit(context.get(), kDepthLimit);
    pcre2_set_heap_limit(context.get(), kHeapLimit);
    const int found = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()),
                                  text.size(), 0, 0, data.get(), context.get());
    if (found >= 0) return true;
    if (found == PCRE2_ERROR_NOMATCH) return false;
    return fail(ErrorCode::kLimitExceeded, "PCRE2: " + words_of(found),
                {"The regular expression costs too much on this text.",
                 "この文字列に対する正規表現の計算量が上限を超えました。"});
  }

 private:
  Pcre2Code code_;
};

}  // namespace

Result<std::unique_ptr<const PcreExpression>> compile_pcre(std::string_view pattern, bool unicode) {
  int code = 0;
  PCRE2_SIZE offset = 0;
  const std::uint32_t options =
      PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | (unicode ? PCRE2_UTF | PCRE2_UCP : 0);
  Pcre2Code compiled(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   options, &code, &offset, nullptr));
  if (!compiled) {
    return fail(ErrorCode::kInvalidArgument, words_of(code) + " at byte " + std::to_string(offset),
                {"The regular expression cannot be read.", "正規表現を解釈できません。"});
  }
  return std::make_unique<const Expression>(std::move(compiled));
}

}  // namespace konseki::stix
