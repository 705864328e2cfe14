#include "collectors/web/access_log/access_log_file.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "agent/base/hex.h"
#include "agent/base/line_reader.h"
#include "agent/base/percent_encoding.h"
#include "collectors/common/logs/log_family.h"
#include "collectors/web/access_log/json_access_line.h"
#include "collectors/web/access_log/schema.h"

namespace konseki {
namespace {

constexpr std::size_t kProbeLines = 1000;
constexpr std::uint64_t kMostCorruptRecords = 100;
constexpr std::size_t kMostRaw = 1024;
constexpr std::size_t kMostClients = 100'000;
constexpr std::int64_t kDay = 86'400;

// What Apache and nginx write for bytes that would spoil a line: \xHH, \", \\.
std::string unescaped(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' &&
        hex_digit(text[i + 2]) >= 0 && hex_digit(text[i + 3]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 2]) * 16 + hex_digit(text[i + 3]));
      i += 3;
    } else if (text[i] == '\\' && i + 1 < text.size() &&
               (text[i + 1] == '"' || text[i + 1] == '\\')) {
      out += text[++i];
    } else {
      out += text[i];
    }
  }
  return out;
}

class AccessLogParser {
 public:
  AccessLogParser(std::string_view path, const std::vector<ConfiguredFormat>& configured,
                  const RecordEmitter& emit)
      : family_(log_family(path)), configured_(configured), emit_(emit) {}

  Result<void> run(ByteReader& content) {
    bool known = true;
    Result<void> damage = each_line(content, [&](const TextLine& line) {
      ++lines_;
      take(line);
      known = requests_ > 0 || lines_ != kProbeLines || w3c_;
      return known;
    });
    if (!known) return no_access_log();
    if (requests_ == 0 && !w3c_ && lines_ > 0) {
      return damage ? no_access_log() : std::move(damage);
    }
    if (lines_ > 0) summarise(damage);
    return {};
  }

 private:
  static Result<void> no_access_log() {
    return fail(ErrorCode::kInvalidArgument, "no line is of a known access log format");
  }

  void take(const TextLine& line) {
    if (line.text.empty()) return;
    if (line.text[0] == '#' && take_directive(line.text)) return;
    AccessLine found;
    if (!read(line.text, found)) {
      refuse(line);
      return;
    }
    ++requests_;
    note(found);
    emit(line, found);
  }

  // "#Fields: ..." of W3C logs; may come again with other columns.
  bool take_directive(std::string_view text) {
    constexpr std::string_view kFields = "#Fields:";
    if (text.starts_with(kFields)) {
      std::string_view fields = text.substr(kFields.size());
      fields.remove_prefix(std::min(fields.find_first_not_of(' '), fields.size()));
      w3c_ = AccessFormat::w3c(fields);
      format_ = &*w3c_;
      format_text_ = fields.substr(0, kMostRaw);
      from_configuration_ = false;
      return true;
    }
    return text.starts_with("#Software:") || text.starts_with("#Version:") ||
           text.starts_with("#Date:") || text.starts_with("#Remark:") ||
           text.starts_with("#Start-Date:") || text.starts_with("#End-Date:");
  }

  // By the format that fitted the line before, else by every one that is known.
  bool read(std::string_view text, AccessLine& line) {
    json_ = false;
    if (format_ && format_->read(text, clock_, line)) return true;
    if (w3c_) return false;
    for (const ConfiguredFormat& each : configured_) {
      line = {};
      if (!each.format.read(text, clock_, line)) continue;
      choose(each.format, each.text, true);
      return true;
    }
    for (const AccessFormat& each : usual_access_formats()) {
      line = {};
      if (!each.read(text, clock_, line)) continue;
      choose(each, {}, false);
      return true;
    }
    return read_json(text, line);
  }

  // Objects by the names of their members, and what container runtimes wrap around a line.
  bool read_json(std::string_view text, AccessLine& line) {
    if (!text.starts_with('{')) return false;
    line = {};
    if (read_json_access_line(text, clock_, line)) {
      json_ = true;
      format_text_ = "json";
      return true;
    }
    line = {};
    const std::string_view inner = wrapped_line(text, line);
    if (inner.empty() || inner.starts_with('{')) return false;
    AccessLine found;
    if (!read(inner, found)) return false;
    format_ = nullptr;  // the next line is wrapped again
    found.texts = std::move(line.texts);
    line = std::move(found);
    return true;
  }

  void choose(const AccessFormat& format, std::string_view text, bool configured) {
    format_ = &format;
    format_text_ = text;
    from_configuration_ = configured;
  }

  void note(const AccessLine& line) {
    if (line.time) {
      if (last_ && line.time->seconds + kDay < last_->seconds) ++out_of_order_;
      if (!first_ || *line.time < *first_) first_ = line.time;
      if (!last_ || *last_ < *line.time) last_ = line.time;
    }
    if (clients_.size() < kMostClients) {
      clients_.insert(std::hash<std::string_view>{}(line.client));
    }
  }

  void refuse(const TextLine& line) {
    ++unreadable_;
    if (requests_ == 0 && !w3c_) return;  // perhaps no access log at all
    if (unreadable_ > kMostCorruptRecords) return;
    Record record(kWebAccessSchema);
    record.set_at(kAccessLine, lines_);
    record.set_at(kAccessRaw, std::string(line.text.substr(0, kMostRaw)));
    record.source.range = ByteRange{line.offset, line.length};
    record.status = ParseStatus::kCorrupt;
    record.note = "the line is of no known access log format";
    emit_(std::move(record));
  }

  void emit(const TextLine& line, const AccessLine& found) {
    Record record(kWebAccessSchema);
    if (found.time) record.set_at(kAccessTime, *found.time);
    set_text(record, kAccessClient, found.client);
    set_text(record, kAccessMethod, found.method);
    std::string_view path = found.target;
    std::string_view query = found.query;
    if (query.empty()) {
      if (const std::size_t mark = path.find('?'); mark != std::string_view::npos) {
        query = path.substr(mark + 1);
        path = path.substr(0, mark);
      }
    }
    set_decoded(record, kAccessPath, path);
    set_decoded(record, kAccessQuery, query);
    if (found.status) record.set_at(kAccessStatus, std::uint64_t{*found.status});
    if (found.bytes) record.set_at(kAccessBytes, *found.bytes);
    set_header(record, kAccessReferer, found.referer);
    set_header(record, kAccessUserAgent, found.user_agent);
    set_text(record, kAccessUser, found.user);
    set_text(record, kAccessHost, found.host);
    set_text(record, kAccessProtocol, found.protocol);
    set_header(record, kAccessForwardedFor, found.forwarded_for);
    if (found.duration_microseconds) {
      record.set_at(kAccessDuration, *found.duration_microseconds);
    }
    if (found.target.find_first_of("%\\") != std::string_view::npos) {
      record.set_at(kAccessTarget, std::string(found.target));
    }
    record.set_at(kAccessLine, lines_);
    record.source.range = ByteRange{line.offset, line.length};
    if (line.cut) {
      record.status = ParseStatus::kPartial;
      record.note = "the line is longer than is read";
    }
    emit_(std::move(record));
  }

  static void set_text(Record& record, WebAccessField field, std::string_view text) {
    if (!text.empty()) record.set_at(field, std::string(text));
  }
  void set_decoded(Record& record, WebAccessField field, std::string_view text) const {
    if (text.empty()) return;
    if (text.find_first_of("%\\") == std::string_view::npos) {
      record.set_at(field, std::string(text));
    } else {
      record.set_at(field, url_decoded(json_ ? std::string(text) : unescaped(text)));
    }
  }
  void set_header(Record& record, WebAccessField field, std::string_view text) const {
    if (text.empty()) return;
    std::string value = json_ ? std::string(text) : unescaped(text);
    if (format_ && format_->plus_is_blank()) std::replace(value.begin(), value.end(), '+', ' ');
    record.set_at(field, std::move(value));
  }

  void summarise(const Result<void>& damage) const {
    Record record(kWebAccessLogSchema);
    if (!format_text_.empty()) record.set("format", format_text_);
    record.set("format_from", std::string(from_configuration_ ? "configuration" : "content"));
    record.set("family", family_.family);
    if (!family_.rotation.empty()) record.set("rotation", family_.rotation);
    if (first_) record.set("first", *first_);
    if (last_) record.set("last", *last_);
    record.set("lines", lines_);
    record.set("requests", requests_);
    record.set("unreadable", unreadable_);
    record.set("clients", std::uint64_t{clients_.size()});
    if (out_of_order_ > 0) record.set("out_of_order", out_of_order_);
    if (!damage) {
      record.status = ParseStatus::kCorrupt;
      record.note = damage.error().detail;
    } else if (unreadable_ > 0) {
      record.status = ParseStatus::kPartial;
      record.note = std::to_string(unreadable_) + " lines are of no known format";
    }
    emit_(std::move(record));
  }

  const LogFamily family_;
  const std::vector<ConfiguredFormat>& configured_;
  const RecordEmitter& emit_;
  AccessClock clock_;
  std::optional<AccessFormat> w3c_;
  const AccessFormat* format_ = nullptr;
  std::string format_text_;
  bool from_configuration_ = false;
  bool json_ = false;  // lines are objects
  std::uint64_t lines_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t out_of_order_ = 0;
  std::optional<Timestamp> first_;
  std::optional<Timestamp> last_;
  std::unordered_set<std::size_t> clients_;
};

}  // namespace

Result<void> parse_access_log(ByteReader& content, std::string_view path,
                              const std::vector<ConfiguredFormat>& configured,
                              const RecordEmitter& emit) {
  return AccessLogParser(path, configured, emit).run(content);
}

}  // namespace konseki
