#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "agent/match/indicators/feed_reader.h"
#include "agent/match/indicators/list_feed.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 12> kFormatNames = {
    "unknown",  "stix-2",  "stix-1",           "misp-event", "misp-manifest", "misp-hashes",
    "misp-csv", "openioc", "misp-warninglist", "yara",       "csv",           "list"};

std::string_view without_space(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  return from == std::string_view::npos ? std::string_view() : text.substr(from);
}

// The names in the root of a JSON text, and those one step below an element or a member.
class NameCollector : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& value) override {
    if (depth_ == 1 && last_ == "type") type = value;
    return true;
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object = true;
    return ++depth_ < 64;
  }
  bool start_array(std::size_t) override { return ++depth_ < 64; }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(string_t& name) override {
    last_ = name;
    if (names.size() > 4096) return true;
    if (depth_ == 1) names.insert(name);
    if (depth_ == 2) inner.insert(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  bool is_object = false;
  std::string type;
  std::set<std::string, std::less<>> names;
  std::set<std::string, std::less<>> inner;

 private:
  std::size_t depth_ = 0;
  std::string last_;
};

bool is_uuid(std::string_view text) {
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
         text[23] == '-';
}

FeedFormat tell_json(std::string_view head) {
  NameCollector found;
  try {
    (void)nlohmann::json::sax_parse(head.begin(), head.end(), &found);
  } catch (const nlohmann::json::exception&) {  // only what comes before is of interest
  }
  const auto has = [&](std::string_view name) { return found.names.contains(name); };
  const auto has_inner = [&](std::string_view name) { return found.inner.contains(name); };
  if (has("list")) return FeedFormat::kWarninglist;
  const bool is_bare_event = has("info") && (has("threat_level_id") || has("analysis"));
  if (has("Event") || has("response") || has("Attribute") || has("Object") || is_bare_event) {
    return FeedFormat::kMispEvent;
  }
  if (found.is_object && !found.names.empty() && is_uuid(*found.names.begin()) &&
      (has_inner("info") || has_inner("Orgc"))) {
    return FeedFormat::kMispManifest;
  }
  if (has("objects") || has("spec_version") || (has("type") && has("id"))) {
    return FeedFormat::kStix2;
  }
  if (!found.is_object) {
    const bool is_misp = has_inner("Event") || has_inner("Attribute") ||
                         (has_inner("to_ids") && has_inner("category"));
    if (is_misp) return FeedFormat::kMispEvent;
    const bool is_objects = found.inner.empty() || has_inner("type") || has_inner("pattern");
    if (is_objects) return FeedFormat::kStix2;
  }
  return FeedFormat::kUnknown;
}

// "rule NAME {" or "rule NAME : tags {" at the start of a line, and a condition.
bool is_yara(std::string_view head) {
  bool in_comment = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = without_space(head.substr(0, end));
    head.remove_prefix(std::min(end + 1, head.size()));
    if (in_comment || line.starts_with("/*")) {
      in_comment = line.find("*/") == std::string_view::npos;
      continue;
    }
    for (const std::string_view word : {"private ", "global "}) {
      if (line.starts_with(word)) line = without_space(line.substr(word.size()));
    }
    if (line.starts_with("import \"") || line.starts_with("include \"")) return true;
    if (line.starts_with("rule ") && line.size() > 5) {
      const unsigned char first = static_cast<unsigned char>(line[5]);
      const bool is_name = std::isalpha(first) != 0 || first == '_';
      return is_name &&
             (line.find('{') != std::string_view::npos || without_space(head).starts_with('{') ||
              line.find(':') != std::string_view::npos);
    }
    if (!line.empty() && !line.starts_with("//")) return false;
  }
  return false;
}

}  // namespace

std::string_view feed_format_name(FeedFormat format) {
  return kFormatNames[static_cast<std::size_t>(format)];
}

FeedFormat tell_feed_format(std::string_view head) {
  const std::string_view text = without_space(head);
  if (text.empty()) return FeedFormat::kUnknown;
  // Which XML it is, its root says.
  if (text.starts_with('<')) return FeedFormat::kStix1;
  const std::string_view inside = without_space(text.substr(1));
  const bool is_list_of =
      text.starts_with('[') &&
      (inside.empty() || std::string_view("{\"[]").find(inside[0]) != std::string_view::npos);
  if (text.starts_with('{') || is_list_of) return tell_json(text);
  if (is_yara(text)) return FeedFormat::kYara;
  const ListShape shape = tell_list(head);
  switch (shape.kind) {
    case ListShape::Kind::kNone:
      return FeedFormat::kUnknown;
    case ListShape::Kind::kMispHashes:
      return FeedFormat::kMispHashes;
    case ListShape::Kind::kTable:
      return shape.header->is_misp ? FeedFormat::kMispCsv : FeedFormat::kCsv;
    default:
      return FeedFormat::kList;
  }
}

}  // namespace konseki
