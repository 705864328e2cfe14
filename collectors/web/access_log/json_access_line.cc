#include "collectors/web/access_log/json_access_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "agent/base/json_view.h"

namespace konseki {
namespace {

constexpr std::size_t kMostTexts = 24;
constexpr std::size_t kMostMembers = 200;

enum class Part {
  kTime,
  kClient,
  kUser,
  kHost,
  kRequest,
  kMethod,
  kTarget,
  kQuery,
  kProtocol,
  kStatus,
  kBytes,
  kReferer,
  kUserAgent,
  kForwardedFor,
  kDuration,  // seconds
};

struct Name {
  std::string_view text;  // lower case, without '_', '-', '@' and '.'
  Part part;
};

constexpr auto kNames = std::to_array<Name>({
    {"agent", Part::kUserAgent},
    {"args", Part::kQuery},
    {"bodybytes", Part::kBytes},
    {"bodybytessent", Part::kBytes},
    {"bytes", Part::kBytes},
    {"bytessent", Part::kBytes},
    {"client", Part::kClient},
    {"clientaddr", Part::kClient},
    {"clienthost", Part::kClient},
    {"clientip", Part::kClient},
    {"date", Part::kTime},
    {"downstreamcontentsize", Part::kBytes},
    {"downstreamstatus", Part::kStatus},
    {"duration", Part::kDuration},
    {"host", Part::kHost},
    {"httphost", Part::kHost},
    {"httpmethod", Part::kMethod},
    {"httpreferer", Part::kReferer},
    {"httpreferrer", Part::kReferer},
    {"httpuseragent", Part::kUserAgent},
    {"httpxforwardedfor", Part::kForwardedFor},
    {"ip", Part::kClient},
    {"method", Part::kMethod},
    {"msec", Part::kTime},
    {"path", Part::kTarget},
    {"proto", Part::kProtocol},
    {"protocol", Part::kProtocol},
    {"query", Part::kQuery},
    {"querystring", Part::kQuery},
    {"referer", Part::kReferer},
    {"referrer", Part::kReferer},
    {"remoteaddr", Part::kClient},
    {"remotehost", Part::kClient},
    {"remoteip", Part::kClient},
    {"remoteuser", Part::kUser},
    {"request", Part::kRequest},
    {"requesthost", Part::kHost},
    {"requestmethod", Part::kMethod},
    {"requestpath", Part::kTarget},
    {"requestprotocol", Part::kProtocol},
    {"requestrefererheader", Part::kReferer},
    {"requesttime", Part::kDuration},
    {"requesturi", Part::kTarget},
    {"requestuseragent", Part::kUserAgent},
    {"responsestatus", Part::kStatus},
    {"servername", Part::kHost},
    {"serverprotocol", Part::kProtocol},
    {"size", Part::kBytes},
    {"startutc", Part::kTime},
    {"status", Part::kStatus},
    {"statuscode", Part::kStatus},
    {"time", Part::kTime},
    {"timeiso8601", Part::kTime},
    {"timelocal", Part::kTime},
    {"timestamp", Part::kTime},
    {"ts", Part::kTime},
    {"uri", Part::kTarget},
    {"url", Part::kTarget},
    {"user", Part::kUser},
    {"useragent", Part::kUserAgent},
    {"verb", Part::kMethod},
    {"vhost", Part::kHost},
    {"xff", Part::kForwardedFor},
    {"xforwardedfor", Part::kForwardedFor},
});

const Name* find_name(std::string_view member) {
  std::array<char, 32> folded;
  std::size_t size = 0;
  for (const char c : member) {
    if (c == '_' || c == '-' || c == '@' || c == '.') continue;
    if (size == folded.size()) return nullptr;
    folded[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  const std::string_view name(folded.data(), size);
  const auto found = std::lower_bound(
      kNames.begin(), kNames.end(), name,
      [](const Name& each, std::string_view wanted) { return each.text < wanted; });
  return found != kNames.end() && found->text == name ? &*found : nullptr;
}

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
      if (const Name* name = find_name(items.name())) take(name->part, value);
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

  void take(Part part, const JsonView& value) {
    // The first that says something counts: "time" before "timestamp".
    const auto keep = [&](std::string_view& where) {
      if (where.empty()) where = text_of(value);
    };
    switch (part) {
      case Part::kTime:
        if (!line_.time) line_.time = time_of(text_of(value));
        break;
      case Part::kClient:
        keep(line_.client);
        break;
      case Part::kUser:
        keep(line_.user);
        break;
      case Part::kHost:
        keep(line_.host);
        break;
      case Part::kRequest:
        take_request(text_of(value));
        break;
      case Part::kMethod:
        keep(line_.method);
        break;
      case Part::kTarget:
        keep(line_.target);
        break;
      case Part::kQuery:
        keep(line_.query);
        break;
      case Part::kProtocol:
        keep(line_.protocol);
        break;
      case Part::kStatus:
        if (!line_.status) line_.status = number<std::uint32_t>(text_of(value));
        break;
      case Part::kBytes:
        if (!line_.bytes) line_.bytes = number<std::uint64_t>(text_of(value));
        break;
      case Part::kReferer:
        keep(line_.referer);
        break;
      case Part::kUserAgent:
        keep(line_.user_agent);
        break;
      case Part::kForwardedFor:
        keep(line_.forwarded_for);
        break;
      case Part::kDuration:
        if (const auto seconds = decimal(text_of(value)); seconds && *seconds < 1e9) {
          line_.duration_microseconds = static_cast<std::uint64_t>(std::llround(*seconds * 1e6));
        }
        break;
    }
  }

  // "GET /x HTTP/1.1"; a path alone is what was asked for.
  void take_request(std::string_view text) {
    const std::size_t first = text.find(' ');
    if (first == std::string_view::npos) {
      if (line_.target.empty() && text.starts_with('/')) line_.target = text;
      return;
    }
    const std::size_t last = text.rfind(' ');
    line_.method = text.substr(0, first);
    line_.target = text.substr(first + 1, last > first ? last - first - 1 : std::string_view::npos);
    if (last > first) line_.protocol = text.substr(last + 1);
  }

  std::optional<Timestamp> time_of(std::string_view text) {
    if (auto time = clock_.iso(text)) return time;
    if (auto time = clock_.common(text)) return time;
    auto number = decimal(text);
    if (!number || *number < 1e8) return std::nullopt;
    // Seconds, milliseconds, microseconds or nanoseconds since 1970.
    while (*number > 1e11) *number /= 1000;
    return Timestamp::from_unix_microseconds(std::llround(*number * 1e6));
  }

  template <class T>
  static std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }

  static std::optional<double> decimal(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0)) {
      return std::nullopt;
    }
    return value;
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
