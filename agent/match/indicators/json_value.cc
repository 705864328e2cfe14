#include "agent/match/indicators/json_value.h"

#include <charconv>
#include <string>

namespace konseki {
namespace {

constexpr std::size_t kMaxDepth = 64;

tl::unexpected<Error> no_json(std::string_view where) {
  return fail(ErrorCode::kCorrupt, std::string(where.substr(0, 40)),
              {"This is not well-formed JSON.", "正しい JSON ではありません。"});
}

// "12.0" and "1e3" are floats; whole numbers beyond 64 bits as well.
stix::Value number(std::string_view raw) {
  stix::Value value;
  const char* const end = raw.data() + raw.size();
  const auto whole = std::from_chars(raw.data(), end, value.integer);
  if (whole.ec == std::errc() && whole.ptr == end) {
    value.kind = stix::Value::Kind::kInteger;
    return value;
  }
  value.kind = stix::Value::Kind::kFloat;
  std::from_chars(raw.data(), end, value.real);
  return value;
}

std::string decoded_name(std::string_view name) {
  return json_view("\"" + std::string(name) + "\"").text();
}

Result<stix::Value> convert(const JsonView& view, std::size_t depth) {
  stix::Value value;
  if (depth > kMaxDepth) {
    return fail(ErrorCode::kLimitExceeded, std::to_string(kMaxDepth),
                {"The JSON is nested too deep.", "JSON の入れ子が深すぎます。"});
  }
  switch (view.kind) {
    case JsonKind::kNone:
      return no_json(view.raw);
    case JsonKind::kNull:
      return value;
    case JsonKind::kBoolean:
      value.kind = stix::Value::Kind::kBoolean;
      value.boolean = view.is_true();
      return value;
    case JsonKind::kNumber:
      return number(view.raw);
    case JsonKind::kText:
      return stix::Value::of(view.text());
    case JsonKind::kObject:
    case JsonKind::kArray:
      break;
  }
  const bool is_object = view.kind == JsonKind::kObject;
  value.kind = is_object ? stix::Value::Kind::kDictionary : stix::Value::Kind::kList;
  JsonItems items(view);
  while (items.next()) {
    KONSEKI_ASSIGN(stix::Value item, convert(items.value(), depth + 1));
    if (is_object) value.names.push_back(decoded_name(items.name()));
    value.items.push_back(std::move(item));
  }
  if (items.damaged()) return no_json(view.raw);
  return value;
}

}  // namespace

Result<stix::Value> to_value(const JsonView& view) { return convert(view, 0); }

Result<void> for_each_object(
    std::string_view text,
    const std::function<Result<void>(const JsonView& object, const JsonView& bundle)>& use) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const JsonView root = json_view(text);
  if (!root) return no_json(text);
  const auto after = static_cast<std::size_t>(root.raw.data() - text.data()) + root.raw.size();
  if (const auto more = text.find_first_not_of(" \t\r\n", after); more != std::string_view::npos) {
    return no_json(text.substr(more));
  }
  const bool is_bundle = root.kind == JsonKind::kObject && root["type"].text() == "bundle";
  if (root.kind == JsonKind::kObject && !is_bundle) return use(root, {});
  if (root.kind != JsonKind::kArray && !is_bundle) {
    return fail(ErrorCode::kUnsupported, std::string(root.raw.substr(0, 40)),
                {"The file must hold a STIX bundle, a list or one object.",
                 "STIX バンドル、リスト、または 1 つのオブジェクトが必要です。"});
  }
  const JsonView list = is_bundle ? root["objects"] : root;
  JsonItems items(list);
  while (items.next()) {
    KONSEKI_TRY(use(items.value(), is_bundle ? root : JsonView{}));
  }
  if (items.damaged() || (is_bundle && list && list.kind != JsonKind::kArray)) {
    return no_json(list.raw);
  }
  return {};
}

}  // namespace konseki
