#include "collectors/web/access_log/access_format.h"

#include <algorithm>

namespace konseki {
namespace {

using Field = AccessField;

struct FieldName {
  std::string_view name;
  Field field;
};

// mod_log_config: the letter behind % and {...}.
constexpr FieldName kApacheLetters[] = {
    {"h", Field::kClient},       {"a", Field::kClient},  {"u", Field::kUser},
    {"t", Field::kTimeCommon},   {"r", Field::kRequest}, {"m", Field::kMethod},
    {"U", Field::kPath},         {"q", Field::kQuery},   {"H", Field::kProtocol},
    {"s", Field::kStatus},       {"b", Field::kBytes},   {"B", Field::kBytes},
    {"O", Field::kBytes},        {"v", Field::kHost},    {"V", Field::kHost},
    {"D", Field::kMicroseconds}, {"T", Field::kSeconds},
};

constexpr FieldName kW3cFields[] = {
    {"date", Field::kDate},
    {"time", Field::kTimeOfDay},
    {"c-ip", Field::kClient},
    {"cs-username", Field::kUser},
    {"cs-host", Field::kHost},
    {"cs-method", Field::kMethod},
    {"cs-uri", Field::kTarget},
    {"cs-uri-stem", Field::kPath},
    {"cs-uri-query", Field::kQuery},
    {"cs-version", Field::kProtocol},
    {"sc-status", Field::kStatus},
    {"sc-bytes", Field::kBytes},
    {"cs(Referer)", Field::kReferer},
    {"cs(User-Agent)", Field::kUserAgent},
    {"X-Forwarded-For", Field::kForwardedFor},
    {"time-taken", Field::kMilliseconds},
};

template <std::size_t kCount>
Field find(const FieldName (&names)[kCount], std::string_view name) {
  for (const FieldName& each : names) {
    if (each.name == name) return each.field;
  }
  return Field::kSkip;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

Field apache_field(std::string_view argument, char letter) {
  if (letter == 'i') {
    if (equals_ignoring_case(argument, "referer")) return Field::kReferer;
    if (equals_ignoring_case(argument, "user-agent")) return Field::kUserAgent;
    if (equals_ignoring_case(argument, "host")) return Field::kHost;
    if (equals_ignoring_case(argument, "x-forwarded-for")) return Field::kForwardedFor;
    return Field::kSkip;
  }
  if (letter == 't' && !argument.empty()) {
    if (argument.starts_with("begin:")) argument.remove_prefix(6);
    if (argument == "sec") return Field::kTimeSeconds;
    if (argument == "msec") return Field::kTimeMilliseconds;
    if (argument.starts_with("%Y-%m-%dT%H:%M:%S") || argument.starts_with("%Y-%m-%d %H:%M:%S") ||
        argument.starts_with("%FT%T") || argument.starts_with("%F %T")) {
      return Field::kTimeIso;
    }
    if (argument.starts_with("%d/%b/%Y:%H:%M:%S") || argument.starts_with("%d/%b/%Y:%T")) {
      return Field::kTimeCommon;
    }
    return Field::kSkip;
  }
  if (letter == 'T' && argument == "ms") return Field::kMilliseconds;
  if (letter == 'T' && argument == "us") return Field::kMicroseconds;
  if (!argument.empty() && letter != 'a') return Field::kSkip;
  return find(kApacheLetters, std::string_view(&letter, 1));
}

}  // namespace

void AccessFormat::add_literal(std::string_view text) {
  (parts_.empty() ? prefix_ : parts_.back().literal) += text;
}

// A field knows of quotes around it, since escaped ones may stand inside it.
void AccessFormat::add_field(Field field) {
  std::string& before = parts_.empty() ? prefix_ : parts_.back().literal;
  if (!parts_.empty() && before.empty() &&
      (parts_.back().field == Field::kPath || parts_.back().field == Field::kTarget)) {
    parts_.back().field = Field::kTarget;  // "%U%q", "$uri$is_args$args": path and query in one
    return;
  }
  Part part;
  part.field = field;
  if (before.ends_with('"')) part.quoted = true;
  parts_.push_back(std::move(part));
}

void AccessFormat::close() {
  for (Part& part : parts_) {
    part.quoted = part.quoted && part.literal.starts_with('"');
  }
}

AccessFormat AccessFormat::apache(std::string_view format) {
  if (format == "common") format = "%h %l %u %t \"%r\" %>s %b";
  if (format == "combined") {
    format = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";
  }
  AccessFormat out;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] == '\\' && at + 1 < format.size()) {
      const char next = format[at + 1];
      out.add_literal(next == 't' ? "\t" : next == 'n' ? "\n" : format.substr(at + 1, 1));
      at += 2;
      continue;
    }
    if (format[at] != '%' || at + 1 >= format.size()) {
      out.add_literal(format.substr(at++, 1));
      continue;
    }
    ++at;
    if (format[at] == '%') {
      out.add_literal("%");
      ++at;
      continue;
    }
    // Conditions ("!200,304") and "<", ">" say nothing about the form.
    at = std::min(format.find_first_not_of("!0123456789,<>", at), format.size());
    std::string_view argument;
    if (at < format.size() && format[at] == '{') {
      const std::size_t end = std::min(format.find('}', at), format.size());
      argument = format.substr(at + 1, end - at - 1);
      at = std::min(end + 1, format.size());
    }
    if (at >= format.size()) break;
    if (format[at] == '^') ++at;  // "^ti", "^to": trailers
    if (at >= format.size()) break;
    const Field field = apache_field(argument, format[at]);
    if (format[at] == 't' && argument.empty()) {  // %t brings its own brackets
      out.add_literal("[");
      out.add_field(field);
      out.add_literal("]");
    } else {
      out.add_field(field);
    }
    ++at;
  }
  out.close();
  return out;
}

AccessFormat AccessFormat::nginx(std::string_view format) {
  AccessFormat out;
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '$' || at + 1 >= format.size()) {
      out.add_literal(format.substr(at++, 1));
      continue;
    }
    ++at;
    const bool braced = format[at] == '{';
    if (braced) ++at;
    std::size_t end = at;
    while (end < format.size() && is_name(format[end])) ++end;
    out.add_field(nginx_field(format.substr(at, end - at)));
    at = braced && end < format.size() ? end + 1 : end;
  }
  out.close();
  return out;
}

AccessFormat AccessFormat::w3c(std::string_view fields) {
  AccessFormat out;
  out.plus_is_blank_ = true;
  while (true) {
    const std::size_t start = fields.find_first_not_of(" \t");
    if (start == std::string_view::npos) break;
    fields.remove_prefix(start);
    const std::size_t end = std::min(fields.find_first_of(" \t"), fields.size());
    if (!out.parts_.empty()) out.add_literal(" ");
    out.add_field(find(kW3cFields, fields.substr(0, end)));
    fields.remove_prefix(end);
  }
  return out;
}

bool AccessFormat::useful() const {
  bool time = false;
  bool target = false;
  for (const Part& part : parts_) {
    const Field field = part.field;
    time = time || (field >= Field::kTimeCommon && field <= Field::kTimeOfDay);
    target = target || field == Field::kRequest || field == Field::kTarget || field == Field::kPath;
  }
  return time && target;
}

bool AccessFormat::read(std::string_view text, AccessClock& clock, AccessLine& line) const {
  if (parts_.empty() || !text.starts_with(prefix_)) return false;
  text.remove_prefix(prefix_.size());
  std::string_view date;
  std::string_view time_of_day;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    std::size_t end;
    if (part.quoted) {
      // Apache and nginx escape a quote inside, so the first free one ends the field.
      end = text.find('"');
      while (end != std::string_view::npos && end > 0 && text[end - 1] == '\\') {
        std::size_t slashes = 0;
        while (slashes < end && text[end - 1 - slashes] == '\\') ++slashes;
        if (slashes % 2 == 0) break;
        end = text.find('"', end + 1);
      }
    } else if (part.literal.empty()) {
      if (i + 1 < parts_.size()) return false;  // two fields with nothing between: no telling
      end = text.size();
    } else if (part.literal.size() == 1) {
      end = text.find(part.literal[0]);
    } else {
      end = text.find(part.literal);
    }
    if (end == std::string_view::npos) return false;
    const std::string_view raw = text.substr(0, end);
    text.remove_prefix(end);
    if (!text.starts_with(part.literal)) return false;
    text.remove_prefix(part.literal.size());
    if (part.field == Field::kDate) {
      date = raw;
    } else if (part.field == Field::kTimeOfDay) {
      time_of_day = raw;
    } else if (!set_field(part.field, raw, clock, line)) {
      return false;
    }
  }
  if (!date.empty() && !time_of_day.empty() && date.size() == 10 && time_of_day.size() <= 16) {
    char joined[32];
    date.copy(joined, 10);
    joined[10] = 'T';
    time_of_day.copy(joined + 11, time_of_day.size());
    line.time = clock.iso(std::string_view(joined, 11 + time_of_day.size()));
    if (!line.time) return false;
  }
  return text.empty();
}

const std::vector<AccessFormat>& usual_access_formats() {
  static const std::vector<AccessFormat> kFormats = {
      AccessFormat::apache("combined"),
      AccessFormat::apache("common"),
      AccessFormat::apache("%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""),
      AccessFormat::apache("%v %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""),
      // nginx's "main" of many packages, and Apache with durations behind.
      AccessFormat::apache("%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" "
                           "\"%{X-Forwarded-For}i\""),
      AccessFormat::apache("%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D"),
      AccessFormat::apache("%h %l %u %t \"%r\" %>s %b %D"),
  };
  return kFormats;
}

}  // namespace konseki
