#include "agent/artifact/profile_reader.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

#include "agent/artifact/definition_reader.h"
#include "agent/base/quantities.h"

namespace konseki {
namespace {

constexpr std::string_view kKeys[] = {"name",    "description", "includes", "artifacts",
                                      "core",    "collectors",  "volatile", "listing",
                                      "digests", "snapshots",   "limits"};

class ProfileReader {
 public:
  ProfileReader(const YamlNode& root, ProblemReporter& problems)
      : root_(root), problems_(problems) {}

  std::optional<ProfileText> read() {
    Profile& profile = text_.profile;
    profile.file = problems_.file();
    profile.line = root_.line;
    profile.name = scalar("name");
    problems_.set_subject(profile.name);
    if (profile.name.empty()) {
      problems_.error(root_.line, "profile without a name",
                      "プロファイルに名前 (name) がありません");
      return std::nullopt;
    }
    for (const YamlNode& member : root_.items) {
      if (std::find(std::begin(kKeys), std::end(kKeys), member.key) == std::end(kKeys)) {
        refuse(member, "undefined key", "未定義のキーです", member.key);
      }
    }
    read_description();
    text_.includes = list("includes");
    profile.artifacts = list("artifacts");
    profile.core = list("core");
    if (scalar("collectors") != "all") profile.collectors = list("collectors");
    profile.volatile_state = choice("volatile", {"false", "true"}) == 1;
    profile.listing =
        choice("listing", {"none", "all"}) == 1 ? Profile::Listing::kAll : Profile::Listing::kNone;
    profile.digests = choice("digests", {"collected", "all"}) == 1
                          ? Profile::DigestScope::kAll
                          : Profile::DigestScope::kCollected;
    profile.snapshots = static_cast<SnapshotChoice>(choice("snapshots", {"none", "newest", "all"}));
    read_limits();
    if (!sound_) return std::nullopt;
    return std::move(text_);
  }

 private:
  void refuse(const YamlNode& node, std::string_view en, std::string_view ja,
              std::string_view what = {}) {
    problems_.error(node.line, en, ja, what);
    sound_ = false;
  }

  std::string scalar(std::string_view name) const {
    const YamlNode* node = root_.find(name);
    return node != nullptr && node->is_scalar() ? node->text : std::string();
  }

  std::vector<std::string> list(std::string_view name) {
    const YamlNode* node = root_.find(name);
    if (node == nullptr || node->is_null()) return {};
    return read_text_list(*node, problems_);
  }

  // The index of the member's value among `words`; 0 when the member is absent.
  std::size_t choice(std::string_view name, std::vector<std::string_view> words) {
    const YamlNode* node = root_.find(name);
    if (node == nullptr) return 0;
    auto found = std::find(words.begin(), words.end(), node->text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    refuse(*node, "value not known here", "この項目に指定できない値です", node->text);
    return 0;
  }

  void read_description() {
    const YamlNode* node = root_.find("description");
    const YamlNode* en = node ? node->find("en") : nullptr;
    const YamlNode* ja = node ? node->find("ja") : nullptr;
    if (en == nullptr || ja == nullptr || en->text.empty() || ja->text.empty()) {
      refuse(node ? *node : root_, "description must hold `en` and `ja`",
             "description には en と ja の両方が必要です");
      return;
    }
    text_.profile.description = {en->text, ja->text};
  }

  void read_limits() {
    const YamlNode* node = root_.find("limits");
    if (node == nullptr || node->is_null()) return;
    if (!node->is_map())
      return refuse(*node, "limits must be a mapping", "limits はマップ形式が必要です");
    Profile::Limits& limits = text_.profile.limits;
    for (const YamlNode& member : node->items) {
      std::optional<std::uint64_t> value;
      if (member.key == "max_file_size") {
        value = parse_size(member.text);
        limits.max_file_size = value.value_or(0);
      } else if (member.key == "max_total_size") {
        value = parse_size(member.text);
        limits.max_total_size = value.value_or(0);
      } else if (member.key == "max_time") {
        if (const auto seconds = parse_duration(member.text)) {
          value = static_cast<std::uint64_t>(seconds->count());
        }
        limits.max_seconds = value.value_or(0);
      }
      if (!value)
        refuse(member, "limit not understood", "制限の指定を解釈できません",
               member.key + ": " + member.text);
    }
  }

  const YamlNode& root_;
  ProblemReporter& problems_;
  ProfileText text_;
  bool sound_ = true;
};

}  // namespace

std::optional<ProfileText> read_profile(const YamlNode& root, ProblemReporter& problems) {
  problems.set_subject("");
  if (!root.is_map()) {
    problems.error(root.line, "a profile must be a mapping", "プロファイルはマップ形式が必要です");
    return std::nullopt;
  }
  return ProfileReader(root, problems).read();
}

}  // namespace konseki
