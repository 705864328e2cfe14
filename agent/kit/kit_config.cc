#include "agent/kit/kit_config.h"

#include <algorithm>
#include <set>

#include "agent/base/json_view.h"
#include "agent/base/json_writer.h"
#include "agent/base/local_path.h"
#include "agent/base/parse_timestamp.h"
#include "agent/base/quantities.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::string_view kFormat = "konseki-kit";
constexpr std::uint64_t kVersion = 1;
constexpr std::string_view kFields[] = {"format",     "version",    "konseki",    "created",
                                        "public_key", "data_key",   "language",   "profile",
                                        "artifacts",  "include",    "recipients", "case",
                                        "limits",     "indicators", "rules",      "output"};

constexpr std::pair<std::string_view, Language> kLanguages[] = {{"ja", Language::kJapanese},
                                                                {"en", Language::kEnglish}};

tl::unexpected<Error> bad_field(const std::string& field, Bilingual advice) {
  return fail(ErrorCode::kInvalidArgument, std::string(kKitConfigName) + ": " + field,
              std::move(advice));
}

const Bilingual kNotNumber{"It must be a number.", "数でなければなりません。"};
const Bilingual kNotText{"It must be text.", "文字列でなければなりません。"};

// Text that a person may read on a screen or a page: one line.
bool one_line(std::string_view text) {
  return is_well_formed_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// A plain name for a folder on any file system.
bool folder_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  };
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), plain);
}

bool good_limit(std::string_view name, const std::string& value) {
  if (name == "max_time") {
    const auto time = parse_duration(value);
    return time && time->count() > 0;
  }
  const auto number = parse_size(value);
  if (name == "cpu_limit") return number && *number >= 1 && *number <= 100;
  return number && *number > 0;
}

class ConfigReader {
 public:
  ConfigReader(std::string_view text, std::span<const std::string_view> case_keys)
      : root_(json_view(text)), case_keys_(case_keys) {}

  Result<KitConfig> run() {
    KONSEKI_TRY(check_shape());
    KONSEKI_ASSIGN(config_.program_version, text("konseki"));
    KONSEKI_ASSIGN(config_.created, text("created"));
    if (!parse_timestamp(config_.created)) {
      return bad_field("created", {"It must be a time.", "日時でなければなりません。"});
    }
    KONSEKI_TRY(read_keys());
    KONSEKI_TRY(read_language());
    KONSEKI_ASSIGN(config_.profile, text("profile"));
    if (config_.profile.empty()) {
      return bad_field("profile", {"It is empty.", "空です。"});
    }
    KONSEKI_ASSIGN(config_.artifacts, texts("artifacts"));
    KONSEKI_ASSIGN(config_.include, texts("include"));
    KONSEKI_ASSIGN(config_.recipients, texts("recipients"));
    for (std::size_t i = 0; i < config_.recipients.size(); ++i) {
      if (auto key = parse_age_recipient(config_.recipients[i]); !key) {
        return bad_field("recipients[" + std::to_string(i) + "]", key.error().advice);
      }
    }
    KONSEKI_TRY(read_case());
    KONSEKI_TRY(read_limits());
    KONSEKI_ASSIGN(config_.indicators, count("indicators"));
    KONSEKI_ASSIGN(config_.rules, count("rules"));
    KONSEKI_ASSIGN(config_.output, text("output"));
    if (!folder_name(config_.output)) {
      return bad_field("output", {"It must be a name of at most 32 letters, digits, - and _.",
                                  "英数字と - _ による 32 文字以内の名前でなければなりません。"});
    }
    return std::move(config_);
  }

 private:
  Result<void> check_shape() {
    if (root_.kind != JsonKind::kObject || root_["format"].text() != kFormat) {
      return fail(ErrorCode::kInvalidArgument, std::string(kKitConfigName),
                  {"This is not the configuration of a rescue kit.",
                   "救助キットの設定ファイルではありません。"});
    }
    KONSEKI_ASSIGN(const std::uint64_t version, count("version"));
    if (version == 0) return bad_field("version", kNotNumber);
    if (version > kVersion) {
      return fail(ErrorCode::kUnsupported, std::string(kKitConfigName) + ": version",
                  {"The kit was made by a newer Konseki; use the program that lies in it.",
                   "より新しい Konseki で作成されたキットです。キットに同梱のプログラムを使って"
                   "ください。"});
    }
    KONSEKI_TRY(only_known(root_, "", kFields));
    for (const std::string_view field : kFields) {
      if (!root_[field]) {
        return bad_field(std::string(field), {"It is missing.", "項目がありません。"});
      }
    }
    return {};
  }

  // Every member has a name of `known`, and none is there twice.
  static Result<void> only_known(const JsonView& object, const std::string& prefix,
                                 std::span<const std::string_view> known) {
    std::set<std::string_view> seen;
    JsonItems items(object);
    while (items.next()) {
      const std::string field = prefix + to_well_formed(items.name());
      if (std::find(known.begin(), known.end(), items.name()) == known.end()) {
        return bad_field(field, {"This program does not know it.", "未知の項目です。"});
      }
      if (!seen.insert(items.name()).second) {
        return bad_field(field, {"It is there twice.", "同じ項目が 2 つあります。"});
      }
    }
    if (items.damaged()) {
      return bad_field(prefix.empty() ? "JSON" : prefix, {"It is damaged.", "破損しています。"});
    }
    return {};
  }

  static Result<std::string> line_of(const JsonView& value, const std::string& field) {
    if (value.kind != JsonKind::kText) return bad_field(field, kNotText);
    std::string out = value.text();
    if (!one_line(out)) {
      return bad_field(field,
                       {"It must be one line of text.", "1 行の文字列でなければなりません。"});
    }
    return out;
  }
  Result<std::string> text(std::string_view field) const {
    return line_of(root_[field], std::string(field));
  }

  Result<std::uint64_t> count(std::string_view field) const {
    if (root_[field].kind != JsonKind::kNumber) return bad_field(std::string(field), kNotNumber);
    return root_[field].unsigned_number();
  }

  Result<std::vector<std::string>> texts(std::string_view field) const {
    if (root_[field].kind != JsonKind::kArray) {
      return bad_field(std::string(field), {"It must be a list.", "リストでなければなりません。"});
    }
    std::vector<std::string> out;
    JsonItems items(root_[field]);
    while (items.next()) {
      const std::string name = std::string(field) + "[" + std::to_string(out.size()) + "]";
      KONSEKI_ASSIGN(std::string line, line_of(items.value(), name));
      if (line.empty()) return bad_field(name, {"It is empty.", "空です。"});
      out.push_back(std::move(line));
    }
    if (items.damaged()) {
      return bad_field(std::string(field), {"It is damaged.", "破損しています。"});
    }
    return out;
  }

  Result<void> read_keys() {
    KONSEKI_ASSIGN(const std::string signing, text("public_key"));
    auto verifying = parse_verifying_key(signing);
    if (!verifying) return bad_field("public_key", verifying.error().advice);
    config_.public_key = *verifying;
    KONSEKI_ASSIGN(const std::string data, text("data_key"));
    auto identity = parse_age_identity(data);
    if (!identity) return bad_field("data_key", identity.error().advice);
    config_.data_key = *identity;
    return {};
  }

  Result<void> read_language() {
    // As written: a code needs no escapes.
    const std::string_view code = root_["language"].plain();
    if (code == "system") return {};
    for (const auto& [name, language] : kLanguages) {
      if (code != name) continue;
      config_.language = language;
      return {};
    }
    return bad_field("language",
                     {"Use ja, en or system.", "ja、en、system のどれかでなければなりません。"});
  }

  Result<void> read_case() {
    const JsonView fields = root_["case"];
    if (fields.kind != JsonKind::kObject) {
      return bad_field("case", {"It must be an object.", "オブジェクトでなければなりません。"});
    }
    KONSEKI_TRY(only_known(fields, "case.", case_keys_));
    JsonItems items(fields);
    while (items.next()) {
      const std::string name(items.name());
      KONSEKI_ASSIGN(config_.case_fields[name], line_of(items.value(), "case." + name));
    }
    return {};
  }

  Result<void> read_limits() {
    const JsonView limits = root_["limits"];
    if (limits.kind != JsonKind::kObject) {
      return bad_field("limits", {"It must be an object.", "オブジェクトでなければなりません。"});
    }
    KONSEKI_TRY(only_known(limits, "limits.", kKitLimits));
    JsonItems items(limits);
    while (items.next()) {
      const std::string name(items.name());
      KONSEKI_ASSIGN(std::string value, line_of(items.value(), "limits." + name));
      if (!good_limit(name, value)) {
        return bad_field("limits." + name,
                         {"Write a size such as \"500M\", a time such as \"2h\", or for cpu_limit "
                          "a number from 1 to 100.",
                          "大きさは \"500M\"、時間は \"2h\"、cpu_limit は 1 から 100 の数の形で"
                          "書いてください。"});
      }
      config_.limits[name] = std::move(value);
    }
    return {};
  }

  JsonView root_;
  std::span<const std::string_view> case_keys_;
  KitConfig config_;
};

std::string json_string(std::string_view text) {
  std::string out;
  JsonWriter(out).text(text);
  return out;
}

std::string list_json(const std::vector<std::string>& texts) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
  return out;
}

template <class Map>
std::string object_json(const Map& fields) {
  std::string out = "{";
  for (const auto& [key, value] : fields) {
    out += (out.size() > 1 ? ", " : "") + json_string(key) + ": " + json_string(value);
  }
  return out + "}";
}

}  // namespace

std::string KitConfig::json() const {
  const std::string_view tongue = !language                          ? "system"
                                  : *language == Language::kJapanese ? "ja"
                                                                     : "en";
  const SecretText data = data_key.text();
  const std::pair<std::string_view, std::string> fields[] = {
      {"format", json_string(kFormat)},
      {"version", std::to_string(kVersion)},
      {"konseki", json_string(program_version)},
      {"created", json_string(created)},
      {"public_key", json_string(public_key.text())},
      {"data_key", json_string(data.view())},
      {"language", json_string(tongue)},
      {"profile", json_string(profile)},
      {"artifacts", list_json(artifacts)},
      {"include", list_json(include)},
      {"recipients", list_json(recipients)},
      {"case", object_json(case_fields)},
      {"limits", object_json(limits)},
      {"indicators", std::to_string(indicators)},
      {"rules", std::to_string(rules)},
      {"output", json_string(output)},
  };
  std::string out = "{\n";
  for (const auto& [name, value] : fields) {
    if (out.size() > 2) out += ",\n";
    out += "  " + json_string(name) + ": " + value;
  }
  return out + "\n}\n";
}

std::optional<std::chrono::seconds> KitConfig::max_time() const {
  const auto found = limits.find("max_time");
  return found == limits.end() ? std::nullopt : parse_duration(found->second);
}

std::vector<std::string> KitConfig::collect_words(const std::string& folder) const {
  std::vector<std::string> words{"--kit=" + folder, "--output=" + path_in(folder, output),
                                 "--profile=" + profile};
  const auto add = [&](std::string name, const std::string& value) {
    std::replace(name.begin(), name.end(), '_', '-');
    if (!value.empty()) words.push_back("--" + name + "=" + value);
  };
  for (const std::string& name : artifacts) add("artifact", name);
  for (const std::string& glob : include) add("include", glob);
  for (const std::string& key : recipients) add("recipient", key);
  for (const auto& [key, value] : case_fields) add(key, value);
  for (const auto& [key, value] : limits) add(key, value);
  return words;
}

Result<KitConfig> parse_kit_config(std::string_view text,
                                   std::span<const std::string_view> case_keys) {
  return ConfigReader(text, case_keys).run();
}

}  // namespace konseki
