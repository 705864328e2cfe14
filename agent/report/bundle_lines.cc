#include "agent/report/bundle_lines.h"

#include <algorithm>
#include <optional>

#include "agent/base/digest.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxMemberText = std::uint64_t{64} << 20;
constexpr std::size_t kMaxRunText = std::size_t{4} << 20;
constexpr std::size_t kChunk = std::size_t{256} << 10;

bool is_segment_number(std::string_view text) {
  return text.size() >= 4 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "konseki/records/linux.cron.0001.jsonl" -> "linux.cron"; empty when it is something else.
std::string_view schema_of_member(std::string_view name) {
  constexpr std::string_view kPrefix = "konseki/records/";
  constexpr std::string_view kSuffix = ".jsonl";
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return {};
  name.remove_prefix(kPrefix.size());
  if (name.size() < kSuffix.size()) return {};
  name.remove_suffix(kSuffix.size());
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos && is_segment_number(name.substr(dot + 1))) {
    name = name.substr(0, dot);
  }
  return name;
}

Result<void> each_chunk(BundleReader& bundle, const Member& member,
                        const std::function<void(std::string_view)>& chunk) {
  KONSEKI_ASSIGN(auto content, bundle.open(member));
  std::vector<std::byte> buffer(kChunk);
  for (std::uint64_t offset = 0; offset < content->size();) {
    KONSEKI_ASSIGN(const std::size_t got, content->read_at(offset, buffer));
    if (got == 0) return fail(ErrorCode::kCorrupt, member.header.name + ": shorter than stated");
    chunk(std::string_view(reinterpret_cast<const char*>(buffer.data()), got));
    offset += got;
  }
  return {};
}

Result<const Member*> named(const BundleReader& bundle, std::string_view name) {
  if (const Member* member = bundle.find(name)) return member;
  return fail(ErrorCode::kNotFound, std::string(name));
}

// Picks the value of the top-level member "run" out of JSON that comes in pieces.
class RunPicker {
 public:
  void feed(std::string_view text) {
    for (const char c : text) step(c);
  }
  std::string take() { return std::move(value_); }

 private:
  void step(char c) {
    if (picking_ && !ends_value(c) && value_.size() < kMaxRunText) value_ += c;
    if (in_text_) return step_in_text(c);
    switch (c) {
      case '"':
        in_text_ = true;
        if (depth_ == 1 && !in_value_) key_.clear();
        break;
      case '{':
      case '[':
        ++depth_;
        break;
      case '}':
      case ']':
        if (--depth_ == 0) picking_ = false;
        break;
      case ':':
        if (depth_ == 1 && !in_value_) {
          in_value_ = true;
          picking_ = key_ == "run";
        }
        break;
      case ',':
        if (depth_ == 1) in_value_ = picking_ = false;
        break;
      default:
        break;
    }
  }

  void step_in_text(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_text_ = false;
    } else if (depth_ == 1 && !in_value_ && key_.size() < 8) {
      key_ += c;
    }
  }

  bool ends_value(char c) const { return !in_text_ && depth_ == 1 && (c == ',' || c == '}'); }

  std::string key_;
  std::string value_;
  std::int64_t depth_ = 0;
  bool in_text_ = false;
  bool escaped_ = false;
  bool in_value_ = false;
  bool picking_ = false;
};

}  // namespace

std::vector<std::string> record_schemas(const BundleReader& bundle) {
  std::vector<std::string> names;
  for (const Member& member : bundle.members()) {
    const std::string_view schema = schema_of_member(member.header.name);
    if (!schema.empty() && (names.empty() || names.back() != schema)) names.emplace_back(schema);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<void> each_line(BundleReader& bundle, std::string_view stream,
                       const std::function<Result<void>(std::string_view)>& line) {
  std::optional<Error> stopped;
  auto read = bundle.for_each_line(stream, [&](std::string_view text) {
    if (stopped) return;
    if (auto done = line(text); !done) stopped = std::move(done).error();
  });
  if (stopped) return fail(*std::move(stopped));
  if (!read && read.error().code != ErrorCode::kNotFound) return fail(std::move(read).error());
  return {};
}

Result<std::string> member_text(BundleReader& bundle, std::string_view name) {
  KONSEKI_ASSIGN(const Member* member, named(bundle, name));
  if (member->header.size > kMaxMemberText) {
    return fail(ErrorCode::kLimitExceeded, std::string(name) + ": larger than 64 MiB");
  }
  std::string text;
  KONSEKI_TRY(each_chunk(bundle, *member, [&](std::string_view chunk) { text += chunk; }));
  return text;
}

Result<ManifestFacts> manifest_facts(BundleReader& bundle) {
  KONSEKI_ASSIGN(const Member* member, named(bundle, "konseki/manifest.json"));
  Sha256Pass digest;
  Blake2bPass to_sign;
  RunPicker run;
  KONSEKI_TRY(each_chunk(bundle, *member, [&](std::string_view chunk) {
    digest.update(chunk);
    to_sign.update(std::as_bytes(std::span(chunk)));
    run.feed(chunk);
  }));
  return ManifestFacts{digest.finish(), to_sign.finish(), run.take()};
}

}  // namespace konseki
