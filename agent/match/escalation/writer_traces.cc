#include "agent/match/escalation/writer_traces.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "agent/base/memory_reader.h"
#include "agent/match/escalation/write_log.h"
#include "agent/match/record_values.h"

namespace konseki {
namespace {

constexpr std::size_t kMostCommand = 200;

// Programs that serve pages; by the beginning of the name (php-fpm8.2, httpd.worker).
constexpr auto kServers = std::to_array<std::string_view>(
    {"nginx", "apache2", "httpd", "php-fpm", "php-cgi", "lighttpd", "caddy", "java", "tomcat",
     "w3wp", "litespeed", "lsphp", "openresty", "uwsgi", "gunicorn", "node", "puma"});

bool is_server(std::string_view name) {
  return std::any_of(kServers.begin(), kServers.end(),
                     [&](std::string_view server) { return name.starts_with(server); });
}

// The same file: the whole path, or, where one side is inside a chroot, two names of its end.
bool speaks_of(std::string_view logged, std::string_view path) {
  if (logged == path) return true;
  if (logged.size() >= path.size() || !path.ends_with(logged) || !logged.starts_with('/')) {
    return false;
  }
  return std::count(logged.begin(), logged.end(), '/') >= 2;
}

}  // namespace

void WriterTraces::see_log(const MatchFile& file, ByteReader& content, FindingSink& sink) {
  SpanReader memory(file.content);
  ByteReader& reader = file.content.empty() ? content : memory;
  const auto read = read_write_log(reader, [&](WriteLine&& write) {
    const std::string time = write.time ? write.time->iso8601().substr(0, 19) + "Z" : "";
    Line line{(time.empty() ? "" : time + ' ') + write.text, file.address};
    line.address.range = write.range;
    std::lock_guard lock(mutex_);
    lines_.try_emplace(
        std::tuple(std::move(write.path), time, write.range.offset, std::string(file.item.path)),
        std::move(line));
    if (lines_.size() > kMostLines) {
      lines_.erase(std::prev(lines_.end()));
      ++left_out_;
    }
  });
  if (!read) sink.gap(file.item.path, read.error());
}

void WriterTraces::see_record(const Record& record) {
  if (!record.schema().name.ends_with(".process")) return;
  Process process;
  process.name = joined_text_of(record, "name");
  process.exe = joined_text_of(record, "exe");
  process.command = joined_text_of(record, "command_line").substr(0, kMostCommand);
  process.user = joined_text_of(record, "user");
  if (const auto* uid = std::get_if<std::uint64_t>(&record.get("uid"))) {
    process.uid = std::to_string(*uid);
  } else {
    process.uid = joined_text_of(record, "user_sid");
  }
  process.parent = std::to_string(number_of(record, "parent_pid"));
  process.address = record.source;
  std::lock_guard lock(mutex_);
  processes_.insert_or_assign(number_of(record, "pid"), std::move(process));
  if (processes_.size() > kMostProcesses) {
    processes_.erase(std::prev(processes_.end()));
    ++left_out_;
  }
}

std::vector<Trace> WriterTraces::writes_of(const std::string& path) const {
  std::vector<std::pair<std::string, Trace>> found;
  for (const auto& [key, line] : lines_) {
    if (!speaks_of(std::get<0>(key), path)) continue;
    found.emplace_back(std::get<1>(key), Trace{line.text, line.address});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Trace> out;
  for (auto& [time, trace] : found) out.push_back(std::move(trace));
  return out;
}

std::string WriterTraces::line_of(const Process& process) const {
  std::string parent = process.parent;
  std::uint64_t pid = 0;
  std::from_chars(parent.data(), parent.data() + parent.size(), pid);
  if (const auto found = processes_.find(pid); found != processes_.end()) {
    parent += ' ' + found->second.name;
  }
  return fmt::format("{} {} [{}] parent {}: {}", process.user.empty() ? process.uid : process.user,
                     process.name, process.exe, parent, process.command);
}

std::vector<Trace> WriterTraces::processes_at(const std::string& path) const {
  std::vector<Trace> out;
  for (const auto& [pid, process] : processes_) {
    if (process.exe != path && process.command.find(path) == std::string::npos) continue;
    out.push_back({fmt::format("{} {}", pid, line_of(process)), process.address});
  }
  return out;
}

std::vector<Trace> WriterTraces::processes_of(const std::string& owner) const {
  std::vector<Trace> out;
  if (owner.empty() || owner == "0") return out;
  for (const auto& [pid, process] : processes_) {
    if (process.uid != owner || is_server(process.name)) continue;
    out.push_back({fmt::format("{} {}", pid, line_of(process)), process.address});
  }
  return out;
}

std::string WriterTraces::servers_of(const std::string& owner) const {
  std::set<std::string> names;
  if (owner.empty() || owner == "0") return {};
  for (const auto& [pid, process] : processes_) {
    if (process.uid == owner && is_server(process.name)) names.insert(process.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace konseki
