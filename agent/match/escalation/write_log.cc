#include "agent/match/escalation/write_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/base/line_reader.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = 400;
constexpr std::size_t kMostPaths = 64;  // of one event
constexpr auto kLogs = std::to_array<std::string_view>(
    {"audit.log", "auth.log", "messages", "secure", "syslog", "vsftpd.log", "xferlog"});

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// "\"name\"", or hex digits where the name has odd characters; "(null)" is none.
std::string audit_text(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    return std::string(value.substr(1, value.size() - 2));
  }
  std::string out;
  if (value.size() % 2 != 0) return std::string(value);
  for (std::size_t i = 0; i + 1 < value.size(); i += 2) {
    const int high = digit(value[i]), low = digit(value[i + 1]);
    if (high < 0 || low < 0) return value == "(null)" ? std::string() : std::string(value);
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

// Calls `visit(key, value)` for KEY=VALUE words; quotes hold blanks together.
template <class Visit>
void each_field(std::string_view text, Visit&& visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) return;
    // Enriched logs part the names from the numbers by 0x1d.
    const std::size_t key = text.find_last_of(" \x1d", equals);
    const std::size_t from = key == std::string_view::npos || key < at ? at : key + 1;
    std::size_t end = equals + 1;
    if (end < text.size() && text[end] == '"') {
      end = text.find('"', end + 1);
      end = end == std::string_view::npos ? text.size() : end + 1;
    } else {
      end = std::min(text.find_first_of(" \x1d", end), text.size());
    }
    visit(text.substr(from, equals - from), text.substr(equals + 1, end - equals - 1));
    at = end + 1;
  }
}

std::optional<Timestamp> time_of(std::string_view event) {
  std::int64_t seconds = 0;
  const auto [last, error] = std::from_chars(event.data(), event.data() + event.size(), seconds);
  if (error != std::errc() || last == event.data()) return std::nullopt;
  Timestamp time{seconds, 0};
  const std::size_t at = static_cast<std::size_t>(last - event.data());
  int milliseconds = 0;
  if (at + 4 <= event.size() && event[at] == '.' &&
      std::from_chars(event.data() + at + 1, event.data() + at + 4, milliseconds).ec ==
          std::errc()) {
    time.nanoseconds = milliseconds * 1'000'000;
  }
  return time;
}

// The text between the first `open` behind `from` and the next `close`.
std::string_view between(std::string_view text, std::size_t from, char open, char close) {
  const std::size_t begin = text.find(open, from);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find(close, begin + 1);
  return end == std::string_view::npos ? std::string_view()
                                       : text.substr(begin + 1, end - begin - 1);
}

}  // namespace

bool is_write_log(std::string_view path) {
  const std::string_view name = file_name(path);
  return std::any_of(kLogs.begin(), kLogs.end(),
                     [&](std::string_view log) { return name.starts_with(log); });
}

void WriteLogReader::take(std::string_view line, ByteRange range) {
  if (!take_audit(line, range)) take_transfer(line, range);
}

bool WriteLogReader::take_audit(std::string_view line, ByteRange range) {
  const std::size_t type = line.find("type=");
  const std::size_t message = line.find("msg=audit(");
  if (type == std::string_view::npos || message == std::string_view::npos || type > message) {
    return false;
  }
  const std::string_view event = between(line, message, '(', ')');
  if (event.empty()) return true;
  if (event != event_) {
    finish();
    event_ = event;
  }
  std::string_view kind = line.substr(type + 5);
  kind = kind.substr(0, kind.find(' '));
  const std::string_view fields =
      line.substr(std::min(line.size(), message + 10 + event.size() + 2));
  if (kind == "SYSCALL") {
    each_field(fields, [&](std::string_view key, std::string_view value) {
      call_[std::string(key)] = value;
    });
  } else if (kind == "CWD") {
    each_field(fields, [&](std::string_view key, std::string_view value) {
      if (key == "cwd") folder_ = audit_text(value);
    });
  } else if (kind == "PATH" && paths_.size() < kMostPaths) {
    NamedPath path;
    bool parent = false;
    each_field(fields, [&](std::string_view key, std::string_view value) {
      if (key == "name") path.name = audit_text(value);
      if (key == "nametype") {
        path.created = value == "CREATE";
        parent = value == "PARENT" || value == "DELETE";
      }
    });
    path.range = range;
    if (!parent && !path.name.empty()) paths_.push_back(std::move(path));
  }
  return true;
}

void WriteLogReader::finish() {
  // Programs that were started are named by PATH as well.
  const bool ran =
      call_.contains("a0") && (call_["syscall"] == "59" || call_["SYSCALL"] == "execve");
  const bool failed = call_["success"] == "no";
  for (NamedPath& path : paths_) {
    if (ran || failed || call_["exe"].empty()) break;
    WriteLine line;
    line.path = path.name.starts_with('/')
                    ? std::move(path.name)
                    : folder_ + (folder_.ends_with('/') ? "" : "/") + path.name;
    line.time = time_of(event_);
    std::string account = call_["uid"];
    if (const std::string name = audit_text(call_["UID"]); !name.empty())
      account = name + " (" + account + ")";
    line.text = fmt::format("auditd: {} {} by {}, pid {}, parent {}, uid {}, login uid {}",
                            path.created ? "created" : "opened", line.path,
                            audit_text(call_["exe"]), call_["pid"], call_["ppid"], account,
                            call_["auid"] == "4294967295" ? "none" : call_["auid"]);
    line.text.resize(std::min(line.text.size(), kMostText));
    line.range = path.range;
    visit_(std::move(line));
  }
  event_.clear();
  call_.clear();
  folder_.clear();
  paths_.clear();
}

bool WriteLogReader::take_transfer(std::string_view line, ByteRange range) {
  std::string_view path;
  if (const std::size_t at = line.find(" OK UPLOAD: Client "); at != std::string_view::npos) {
    // [pid 1] [user] OK UPLOAD: Client "192.0.2.1", "/x.php", 34 bytes, 1.2Kbyte/sec
    const std::size_t comma = line.find(", \"", at);
    if (comma == std::string_view::npos) return false;
    path = between(line, comma, '"', '"');
  } else if (line.find("sftp") != std::string_view::npos &&
             line.find(" flags ") != std::string_view::npos &&
             line.find("WRITE", line.find(" flags ")) != std::string_view::npos) {
    // internal-sftp[123]: open "/x.php" flags WRITE,CREATE,TRUNCATE mode 0644
    const std::size_t open = line.find("open \"");
    if (open == std::string_view::npos) return false;
    path = between(line, open, '"', '"');
  } else {
    // Thu Jan  2 10:00:10 2026 1 192.0.2.1 34 /x.php b _ i r user ftp 0 * c
    std::array<std::string_view, 18> words{};
    std::size_t count = 0;
    for (std::size_t end = 0; end < line.size() && count < words.size();) {
      const std::size_t from = line.find_first_not_of(' ', end);
      if (from == std::string_view::npos) break;
      end = std::min(line.find(' ', from), line.size());
      words[count++] = line.substr(from, end - from);
    }
    if (count != 18 || words[11] != "i" || !words[8].starts_with('/') || words[4].size() != 4) {
      return false;
    }
    path = words[8];
  }
  if (path.empty()) return false;
  visit_({std::string(path), {}, std::string(line.substr(0, kMostText)), range});
  return true;
}

Result<void> read_write_log(ByteReader& content, const WriteLogReader::Visit& visit) {
  WriteLogReader reader(visit);
  Result<void> read = each_line(content, [&](const TextLine& line) {
    reader.take(line.text, {line.offset, line.length});
    return true;
  });
  reader.finish();
  return read;
}

}  // namespace konseki
