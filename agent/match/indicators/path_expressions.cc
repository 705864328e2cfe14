#include "agent/match/indicators/path_expressions.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "agent/match/stix/re2_form.h"

namespace konseki {
namespace {

constexpr std::int64_t kSetMemory = std::int64_t{32} << 20;

// re2_form() leaves flags to PCRE; "(?i)" in front means the same to both.
std::optional<std::string> form_of(std::string_view pattern) {
  constexpr std::string_view kBlind = "(?i)";
  const bool is_blind = pattern.starts_with(kBlind);
  if (is_blind) pattern.remove_prefix(kBlind.size());
  auto form = stix::re2_form(stix::to_nfc(pattern), true);
  if (form && is_blind) form->insert(0, kBlind);
  return form;
}

RE2::Options options() {
  RE2::Options out;
  out.set_dot_nl(true);
  out.set_log_errors(false);
  out.set_max_mem(kSetMemory);
  return out;
}

}  // namespace

struct PathExpressions::Unfiltered {
  RE2::Set set{options(), RE2::UNANCHORED};
  std::vector<std::uint32_t> numbers;  // by index in the set
  std::vector<std::uint32_t> others;   // run one by one
  bool is_usable = false;
};

PathExpressions::PathExpressions(std::vector<StoredExpression> expressions, AtomType type)
    : type_(type), expressions_(std::move(expressions)), compiled_(expressions_.size()) {
  auto rest = std::make_unique<Unfiltered>();
  for (std::uint32_t i = 0; i < expressions_.size(); ++i) {
    const StoredExpression& each = expressions_[i];
    for (const std::string& literal : each.literals) filter_.add(literal, i);
    if (!each.literals.empty()) continue;
    ++stats_.without_literal;
    const auto form = type == AtomType::kPathRegex ? form_of(each.text) : std::nullopt;
    if (form && rest->set.Add(*form, nullptr) >= 0) {
      rest->numbers.push_back(i);
    } else {
      rest->others.push_back(i);
    }
  }
  filter_.seal();
  rest->is_usable = !rest->numbers.empty() && rest->set.Compile();
  if (!rest->is_usable) {
    rest->others.insert(rest->others.end(), rest->numbers.begin(), rest->numbers.end());
  }
  stats_.expressions = expressions_.size();
  stats_.one_by_one = rest->others.size();
  unfiltered_ = std::move(rest);
}

PathExpressions::~PathExpressions() = default;

const PathExpressions::Compiled& PathExpressions::compiled(std::uint32_t number) const {
  if (const Compiled* ready = compiled_[number].load(std::memory_order_acquire)) return *ready;
  const std::lock_guard lock(mutex_);
  if (const Compiled* ready = compiled_[number].load(std::memory_order_acquire)) return *ready;
  const StoredExpression& expression = expressions_[number];
  auto made = std::make_unique<Compiled>();
  if (auto wanted = stix::compile_matches(expression.text)) made->wanted = *std::move(wanted);
  if (!expression.excluded.empty()) {
    if (auto excluded = stix::compile_matches(expression.excluded)) {
      made->excluded = *std::move(excluded);
    }
  }
  owned_.push_back(std::move(made));
  compiled_[number].store(owned_.back().get(), std::memory_order_release);
  return *owned_.back();
}

bool PathExpressions::fits(std::uint32_t number, std::string_view text,
                           std::string& with_backslashes, const Trouble& trouble) const {
  if (with_backslashes.empty()) {
    with_backslashes = text;
    std::replace(with_backslashes.begin(), with_backslashes.end(), '/', '\\');
  }
  const Compiled& its = compiled(number);
  if (!its.wanted) return false;
  const auto found_by = [&](const stix::TextPattern& pattern) {
    for (const std::string_view form : {text, std::string_view(with_backslashes)}) {
      const auto found = pattern.matches_text(form);
      if (!found) {
        trouble(expressions_[number], found.error());
      } else if (*found) {
        return true;
      }
    }
    return false;
  };
  return found_by(*its.wanted) && !(its.excluded && found_by(*its.excluded));
}

void PathExpressions::find(std::string_view text, std::vector<std::uint32_t>& found,
                           const Trouble& trouble) const {
  found.clear();
  if (expressions_.empty()) return;
  thread_local std::string folded;
  fold_for_filter(text, folded);
  filter_.scan(folded, [&](std::uint32_t number) { found.push_back(number); });
  if (type_ == AtomType::kCommandLine) {
    // A literal is part of what is looked for; all of it must be there.
    std::string wanted;
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    found.insert(found.end(), unfiltered_->others.begin(), unfiltered_->others.end());
    std::erase_if(found, [&](std::uint32_t number) {
      fold_for_filter(expressions_[number].text, wanted);
      return folded.find(wanted) == std::string::npos;
    });
    std::sort(found.begin(), found.end());
    return;
  }
  std::string with_backslashes;
  if (unfiltered_->is_usable) {
    thread_local std::vector<int> numbers;
    for (const bool backslashes : {false, true}) {
      if (backslashes) {
        with_backslashes = text;
        std::replace(with_backslashes.begin(), with_backslashes.end(), '/', '\\');
      }
      numbers.clear();
      RE2::Set::ErrorInfo error{};
      if (unfiltered_->set.Match(backslashes ? std::string_view(with_backslashes) : text, &numbers,
                                 &error)) {
        for (const int each : numbers) {
          found.push_back(unfiltered_->numbers[static_cast<std::size_t>(each)]);
        }
      } else if (error.kind != RE2::Set::kNoError) {
        // The automaton grew too large for this text; each then speaks for itself.
        found.insert(found.end(), unfiltered_->numbers.begin(), unfiltered_->numbers.end());
      }
    }
  }
  found.insert(found.end(), unfiltered_->others.begin(), unfiltered_->others.end());
  if (found.empty()) return;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::erase_if(
      found, [&](std::uint32_t number) { return !fits(number, text, with_backslashes, trouble); });
}

}  // namespace konseki
