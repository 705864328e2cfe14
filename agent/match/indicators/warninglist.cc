#include "agent/match/indicators/warninglist.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "agent/match/indicators/json_feed.h"
#include "agent/match/stix/ip_network.h"
#include "agent/match/stix/text_pattern.h"

namespace konseki {
namespace {

using stix::Value;

constexpr std::array<std::string_view, 5> kNames = {"string", "substring", "hostname", "cidr",
                                                    "regex"};

std::optional<WarninglistType> type_of_name(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<WarninglistType>(found - kNames.begin());
}

class WarninglistVisitor : public JsonVisitor {
 public:
  explicit WarninglistVisitor(Warninglist& out) : out_(out) {}

  JsonTake wants(std::string_view path, JsonShape shape) override {
    if (path.empty() || path == "/list" || path == "/matching_attributes") return JsonTake::kEnter;
    return shape == JsonShape::kScalar ? JsonTake::kWhole : JsonTake::kSkip;
  }
  void take(const JsonPlace& place, Value&& value) override {
    if (value.kind != Value::Kind::kText) return;
    if (place.path == "/list/*") out_.values.push_back(std::move(value.text));
    if (place.path == "/matching_attributes/*") {
      out_.matching_attributes.push_back(std::move(value.text));
    }
    if (place.path == "/name") out_.name = std::move(value.text);
    if (place.path == "/description") out_.description = std::move(value.text);
    if (place.path == "/type") type = std::move(value.text);
  }
  void too_large(const JsonPlace&) override {}

  std::string type;

 private:
  Warninglist& out_;
};

// "/x/i" as PHP writes it.
std::string without_delimiters(std::string expression) {
  const std::size_t end = expression.rfind('/');
  if (!expression.starts_with('/') || end == 0) return expression;
  const std::string flags = expression.substr(end + 1);
  const std::string inner = expression.substr(1, end - 1);
  return flags.find('i') == std::string::npos ? inner : "(?i)" + inner;
}

}  // namespace

std::string_view warninglist_type_name(WarninglistType type) {
  return kNames[static_cast<std::size_t>(type)];
}

Warninglist read_warninglist(FeedText& text, FeedReport& report) {
  Warninglist out;
  out.file = report.file;
  WarninglistVisitor visitor(out);
  if (const auto read = read_json_feed(text, visitor); !read) report.error = read.error();
  const auto type = type_of_name(visitor.type);
  if (!type && !report.error) {
    report.error = Error{ErrorCode::kUnsupported,
                         visitor.type,
                         {"The type of a warninglist must be string, substring, hostname, cidr or "
                          "regex.",
                          "警告リストの type は string、substring、hostname、cidr、regex の"
                          "どれかでなければなりません。"}};
  }
  out.type = type.value_or(WarninglistType::kString);
  const std::size_t all = out.values.size();
  if (out.type == WarninglistType::kCidr) {
    std::erase_if(out.values,
                  [](const std::string& each) { return !stix::parse_ip_network(each); });
  } else if (out.type == WarninglistType::kRegex) {
    for (std::string& each : out.values) each = without_delimiters(std::move(each));
    std::erase_if(out.values, [](const std::string& each) { return !stix::compile_matches(each); });
  }
  if (const std::size_t dropped = all - out.values.size(); dropped > 0) {
    report.notes.push_back({fmt::format("{} entries are not of the type of the list", dropped),
                            fmt::format("リストの種類に合わない項目が {} 件あります", dropped)});
  }
  return out;
}

}  // namespace konseki
