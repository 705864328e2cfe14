#include "collectors/web/access_log/json_access_line.h"

#include "agent/base/json_view.h"

namespace konseki {
namespace {

constexpr std::size_t kMostTexts = 24;
constexpr std::size_t kMostMembers = 200;

class LineParts {
 public:
  LineParts(AccessClock& clock, AccessLine& line) : clock_(clock), line_(line) {
    line_.texts.reserve(kMostTexts);  // views into them must stay
  }

  bool read(std::string_view text) {
    const JsonView whole = json_view(text);
    if (whole.kind != JsonKind::kObject) return false;
    take_members(whole, true);
    return line_.time && !line_.target.empty();
  }

 private:
  void take_members(const JsonView& object, bool outer) {
    JsonItems items(object);
    for (std::size_t count = 0; count < kMostMembers && items.next(); ++count) {
      const JsonView& value = items.value();
      if (value.kind == JsonKind::kObject) {
        // {"request": {...}}, and {"headers": {"User-Agent": ["..."]}} in it.
        if (outer) take_members(value, items.name() == "request");
        continue;
      }
      const AccessField field = json_field(items.name());
      if (field != AccessField::kSkip) take(field, value);
    }
  }

  // Decoded, and kept; the first of a list.
  std::string_view text_of(const JsonView& value) {
    std::string text;
    if (value.kind == JsonKind::kArray) {
      JsonItems items(value);
      if (items.next()) text = items.value().text();
    } else {
      text = value.text();
    }
    if (text == "-" || line_.texts.size() >= kMostTexts) return {};
    line_.texts.push_back(std::move(text));
    return line_.texts.back();
  }

  // The first that says something counts: "time" before "timestamp"; a whole request says more.
  void take(AccessField field, const JsonView& value) {
    const bool request = field == AccessField::kRequest;
    if (!request && has_field(field, line_)) return;
    const std::string_view text = text_of(value);
    // Not a request's number: a path alone is what was asked for.
    if (request && text.find(' ') == std::string_view::npos &&
        (!text.starts_with('/') || !line_.target.empty())) {
      return;
    }
    if (!text.empty()) set_field(field, text, clock_, line_);
  }

  AccessClock& clock_;
  AccessLine& line_;
};

}  // namespace

bool read_json_access_line(std::string_view text, AccessClock& clock, AccessLine& line) {
  return LineParts(clock, line).read(text);
}

std::string_view wrapped_line(std::string_view text, AccessLine& line) {
  const JsonView log = json_view(text)["log"];
  if (log.kind != JsonKind::kText) return {};
  std::string inner = log.text();
  while (inner.ends_with('\n') || inner.ends_with('\r')) inner.pop_back();
  line.texts.push_back(std::move(inner));
  return line.texts.back();
}

}  // namespace konseki
