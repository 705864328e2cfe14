#include "collectors/web/access_log/access_field.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "agent/base/parse_number.h"

namespace konseki {
namespace {

using Field = AccessField;

struct FieldName {
  std::string_view name;
  Field field;
};

constexpr FieldName kNginxVariables[] = {
    {"remote_addr", Field::kClient},
    {"remote_user", Field::kUser},
    {"host", Field::kHost},
    {"http_host", Field::kHost},
    {"server_name", Field::kHost},
    {"time_local", Field::kTimeCommon},
    {"time_iso8601", Field::kTimeIso},
    {"msec", Field::kTimeSeconds},
    {"request", Field::kRequest},
    {"request_method", Field::kMethod},
    {"request_uri", Field::kTarget},
    {"uri", Field::kPath},
    {"args", Field::kQuery},
    {"query_string", Field::kQuery},
    {"server_protocol", Field::kProtocol},
    {"status", Field::kStatus},
    {"body_bytes_sent", Field::kBytes},
    {"bytes_sent", Field::kBytes},
    {"http_referer", Field::kReferer},
    {"http_user_agent", Field::kUserAgent},
    {"http_x_forwarded_for", Field::kForwardedFor},
    {"request_time", Field::kSeconds},
};

// Beyond nginx's: lower case, without '_', '-', '@' and '.'.
constexpr FieldName kMembers[] = {
    {"agent", Field::kUserAgent},
    {"bodybytes", Field::kBytes},
    {"bytes", Field::kBytes},
    {"client", Field::kClient},
    {"clientaddr", Field::kClient},
    {"clienthost", Field::kClient},
    {"clientip", Field::kClient},
    {"date", Field::kTimeAny},
    {"downstreamcontentsize", Field::kBytes},
    {"downstreamstatus", Field::kStatus},
    {"duration", Field::kSeconds},
    {"httpmethod", Field::kMethod},
    {"httpreferrer", Field::kReferer},
    {"ip", Field::kClient},
    {"method", Field::kMethod},
    {"path", Field::kTarget},
    {"proto", Field::kProtocol},
    {"protocol", Field::kProtocol},
    {"query", Field::kQuery},
    {"referer", Field::kReferer},
    {"referrer", Field::kReferer},
    {"remotehost", Field::kClient},
    {"remoteip", Field::kClient},
    {"requesthost", Field::kHost},
    {"requestpath", Field::kTarget},
    {"requestprotocol", Field::kProtocol},
    {"requestrefererheader", Field::kReferer},
    {"requestuseragent", Field::kUserAgent},
    {"responsestatus", Field::kStatus},
    {"size", Field::kBytes},
    {"startutc", Field::kTimeAny},
    {"statuscode", Field::kStatus},
    {"time", Field::kTimeAny},
    {"timestamp", Field::kTimeAny},
    {"ts", Field::kTimeAny},
    {"url", Field::kTarget},
    {"user", Field::kUser},
    {"useragent", Field::kUserAgent},
    {"verb", Field::kMethod},
    {"vhost", Field::kHost},
    {"xff", Field::kForwardedFor},
    {"xforwardedfor", Field::kForwardedFor},
};

// Lower case, without '_', '-', '@' and '.'; empty when it is longer than any name.
std::string folded(std::string_view member) {
  std::string out;
  for (const char c : member) {
    if (c == '_' || c == '-' || c == '@' || c == '.') continue;
    if (out.size() == 32) return {};
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

bool is_time(Field field) { return field >= Field::kTimeCommon && field <= Field::kTimeAny; }

// Folded name and field, sorted by name.
std::vector<std::pair<std::string, Field>> all_members() {
  std::vector<std::pair<std::string, Field>> out;
  for (const FieldName& each : kMembers) out.emplace_back(each.name, each.field);
  for (const FieldName& each : kNginxVariables) {
    out.emplace_back(folded(each.name), is_time(each.field) ? Field::kTimeAny : each.field);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string_view dash_is_empty(std::string_view text) { return text == "-" ? "" : text; }

// A decimal number times `factor`, rounded down; nothing for what is no number.
std::optional<std::uint64_t> scaled(std::string_view text, double factor) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0) || value * factor > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(value * factor));
}

void split_request(std::string_view text, AccessLine& line) {
  const std::size_t method_end = text.find(' ');
  if (method_end == std::string_view::npos || method_end > 32) {
    line.target = text;  // garbage, or a request of HTTP/0.9
    return;
  }
  line.method = text.substr(0, method_end);
  text.remove_prefix(method_end + 1);
  const std::size_t protocol = text.rfind(' ');
  if (protocol != std::string_view::npos && text.substr(protocol + 1).starts_with("HTTP/")) {
    line.protocol = text.substr(protocol + 1);
    text = text.substr(0, protocol);
  }
  line.target = text;
}

// Seconds, milliseconds, microseconds or nanoseconds since 1970, or text.
std::optional<Timestamp> time_of_any_form(std::string_view text, AccessClock& clock) {
  if (auto time = clock.iso(text)) return time;
  if (auto time = clock.common(text)) return time;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(number >= 1e8) || number > 1e21) return std::nullopt;
  while (number > 1e11) number /= 1000;
  return Timestamp::from_unix_microseconds(std::llround(number * 1e6));
}

}  // namespace

AccessField nginx_field(std::string_view variable) {
  for (const FieldName& each : kNginxVariables) {
    if (each.name == variable) return each.field;
  }
  return Field::kSkip;
}

AccessField json_field(std::string_view member) {
  static const std::vector<std::pair<std::string, Field>> kAll = all_members();
  const std::string name = folded(member);
  const auto found = std::lower_bound(
      kAll.begin(), kAll.end(), name,
      [](const auto& each, const std::string& wanted) { return each.first < wanted; });
  return found != kAll.end() && found->first == name ? found->second : Field::kSkip;
}

bool has_field(AccessField field, const AccessLine& line) {
  switch (field) {
    case Field::kSkip:
      return false;
    case Field::kClient:
      return !line.client.empty();
    case Field::kUser:
      return !line.user.empty();
    case Field::kHost:
      return !line.host.empty();
    case Field::kTimeCommon:
    case Field::kTimeIso:
    case Field::kTimeSeconds:
    case Field::kTimeMilliseconds:
    case Field::kTimeAny:
    case Field::kDate:
    case Field::kTimeOfDay:
      return line.time.has_value();
    case Field::kMethod:
      return !line.method.empty();
    case Field::kRequest:
    case Field::kTarget:
    case Field::kPath:
      return !line.target.empty();
    case Field::kQuery:
      return !line.query.empty();
    case Field::kProtocol:
      return !line.protocol.empty();
    case Field::kStatus:
      return line.status.has_value();
    case Field::kBytes:
      return line.bytes.has_value();
    case Field::kReferer:
      return !line.referer.empty();
    case Field::kUserAgent:
      return !line.user_agent.empty();
    case Field::kForwardedFor:
      return !line.forwarded_for.empty();
    case Field::kSeconds:
    case Field::kMilliseconds:
    case Field::kMicroseconds:
      return line.duration_microseconds.has_value();
  }
  return false;
}

bool set_field(AccessField field, std::string_view raw, AccessClock& clock, AccessLine& line) {
  const std::string_view value = dash_is_empty(raw);
  switch (field) {
    case Field::kSkip:
    case Field::kDate:
    case Field::kTimeOfDay:
      break;
    case Field::kClient:
      if (value.find(' ') != std::string_view::npos) return false;
      line.client = value;
      break;
    case Field::kUser:
      // Names may hold blanks, but "- -" is two fields: another format, with the site in front.
      if (value.starts_with("- ")) return false;
      line.user = value;
      break;
    case Field::kHost:
      line.host = value;
      break;
    case Field::kTimeCommon:
      if (!(line.time = clock.common(raw))) return false;
      break;
    case Field::kTimeIso:
      if (!(line.time = clock.iso(raw))) return false;
      break;
    case Field::kTimeSeconds:
    case Field::kTimeMilliseconds: {
      const auto microseconds = scaled(raw, field == Field::kTimeSeconds ? 1e6 : 1e3);
      if (!microseconds) return false;
      line.time = Timestamp::from_unix_microseconds(static_cast<std::int64_t>(*microseconds));
      break;
    }
    case Field::kTimeAny:
      if (!(line.time = time_of_any_form(raw, clock))) return false;
      break;
    case Field::kRequest:
      split_request(value, line);
      break;
    case Field::kMethod:
      line.method = value;
      break;
    case Field::kTarget:
    case Field::kPath:
      line.target = value;
      break;
    case Field::kQuery:
      line.query = value.starts_with('?') ? value.substr(1) : value;
      break;
    case Field::kProtocol:
      line.protocol = value;
      break;
    case Field::kStatus:
      line.status = parse_number<std::uint32_t>(value);
      if (!line.status && !value.empty()) return false;
      break;
    case Field::kBytes:
      line.bytes = parse_number<std::uint64_t>(value);
      if (!line.bytes && !value.empty()) return false;
      break;
    case Field::kReferer:
      line.referer = value;
      break;
    case Field::kUserAgent:
      line.user_agent = value;
      break;
    case Field::kForwardedFor:
      line.forwarded_for = value;
      break;
    case Field::kSeconds:
      line.duration_microseconds = scaled(value, 1e6);
      break;
    case Field::kMilliseconds:
      line.duration_microseconds = scaled(value, 1e3);
      break;
    case Field::kMicroseconds:
      line.duration_microseconds = scaled(value, 1);
      break;
  }
  return true;
}

}  // namespace konseki
