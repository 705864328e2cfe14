#include "agent/match/indicators/stix_objects.h"

#include "agent/match/indicators/json_feed.h"
#include "agent/match/indicators/value_fields.h"

namespace konseki {
namespace {

using stix::Value;

constexpr std::size_t kMaxMembers = 256;  // of an object outside a bundle

// 2.1 objects say so themselves; 2.0 bundles say it for theirs, or nobody does and pattern_type,
// which 2.1 demands, is missing.
stix::Version version_of(const Value& object, std::string_view bundle) {
  std::string version = text_of(object, "spec_version");
  if (version.empty()) version = bundle;
  if (version.empty()) version = object.find("pattern_type") != nullptr ? "2.1" : "2.0";
  return version == "2.0" ? stix::Version::k20 : stix::Version::k21;
}

class StixVisitor : public JsonVisitor {
 public:
  StixVisitor(const std::function<void(Value&&, const StixPlace&)>& use,
              const std::function<void(std::uint64_t)>& too_large)
      : use_(use), too_large_(too_large) {}

  JsonTake wants(std::string_view path, JsonShape shape) override {
    if (path.empty()) {
      root_ = Value::dictionary();
      bundle_version_.clear();
      is_bundle_ = false;
      is_scalar_ = shape == JsonShape::kScalar;
      is_object_ = shape == JsonShape::kObject;
      return JsonTake::kEnter;
    }
    if (path == "/objects" && shape == JsonShape::kList) {
      is_bundle_ = true;
      return JsonTake::kEnter;
    }
    return JsonTake::kWhole;
  }

  void take(const JsonPlace& place, Value&& value) override {
    if (!is_object_ || place.path == "/objects/*") {
      give(std::move(value), bundle_version_, place.line);
      return;
    }
    if (place.path == "/spec_version") bundle_version_ = value.text;
    if (value.kind != Value::Kind::kDictionary && value.kind != Value::Kind::kList && is_bundle_) {
      return;
    }
    if (root_.names.size() >= kMaxMembers) return;
    if (root_.names.empty()) line_ = place.line;
    root_.add(std::string(place.path.substr(1)), std::move(value));
  }

  void too_large(const JsonPlace& place) override { too_large_(place.line); }

  // The root is whole: an object by itself counts only then, since "revoked" may stand at its end.
  void leave(std::string_view path) override {
    if (path.empty() && is_object_ && !is_bundle_ && !root_.names.empty()) {
      give(std::move(root_), {}, line_);
    }
  }

  bool is_scalar() const { return is_scalar_; }

 private:
  void give(Value value, const std::string& bundle_version, std::uint64_t line) {
    if (value.find("objects") != nullptr && text_of(value, "type") == "bundle") {
      const std::string version = text_of(value, "spec_version");
      for (const Value& object : items_of(value, "objects")) {
        use_(Value(object), {line, version_of(object, version)});
      }
      return;
    }
    const stix::Version version =
        value.kind == Value::Kind::kText ? stix::Version::k21 : version_of(value, bundle_version);
    use_(std::move(value), {line, version});
  }

  const std::function<void(Value&&, const StixPlace&)>& use_;
  const std::function<void(std::uint64_t)>& too_large_;
  Value root_ = Value::dictionary();
  std::string bundle_version_;
  std::uint64_t line_ = 1;  // of the first member
  bool is_scalar_ = false;
  bool is_object_ = false;
  bool is_bundle_ = false;
};

}  // namespace

Result<void> for_each_stix_object(FeedText& text,
                                  const std::function<void(Value&&, const StixPlace&)>& use,
                                  const std::function<void(std::uint64_t)>& too_large) {
  StixVisitor visitor(use, too_large);
  KONSEKI_TRY(read_json_feed(text, visitor));
  if (visitor.is_scalar()) {
    return fail(ErrorCode::kUnsupported, {},
                {"The file must hold a STIX bundle, a list or one object.",
                 "STIX バンドル、リスト、または 1 つのオブジェクトが必要です。"});
  }
  return {};
}

}  // namespace konseki
