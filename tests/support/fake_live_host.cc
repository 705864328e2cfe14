#include "tests/support/fake_live_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "agent/base/digest.h"
#include "agent/base/record_json.h"

namespace konseki::testing {
namespace {

// Answers size 0 and little at a time, as seq_file does.
class PseudoReader : public ByteReader {
 public:
  PseudoReader(std::string content, std::uint64_t size)
      : content_(std::move(content)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= content_.size()) return std::size_t{0};
    constexpr std::size_t kPiece = 1000;
    const std::size_t count =
        std::min({out.size(), content_.size() - static_cast<std::size_t>(offset), kPiece});
    std::memcpy(out.data(), content_.data() + offset, count);
    return count;
  }

 private:
  std::string content_;
  std::uint64_t size_;
};

bool is_pseudo(std::string_view path) {
  return path.starts_with("proc/") || path.starts_with("sys/");
}

bool is_below(const std::string& path, const std::string& top) {
  return path == top || (path.starts_with(top) && path[top.size()] == '/');
}

}  // namespace

Entry& FakeKernel::add_file(const std::string& path, std::string content) {
  Entry& entry = files_.add_file(path, std::move(content));
  if (is_pseudo(path)) entry.size = 0;
  return entry;
}

Entry& FakeKernel::add_symlink(const std::string& path, std::string target) {
  Entry& entry = files_.add_symlink(path, std::move(target));
  entry.mode = 0777;
  return entry;
}

void FakeKernel::add_magic_link(const std::string& path, std::string target, std::string content) {
  add_symlink(path, std::move(target));
  magic_[path] = std::move(content);
}

std::string FakeKernel::real_path(std::string_view path) const {
  constexpr std::string_view kRoot = "/root/";
  std::string text(path);
  if (const auto at = text.find(kRoot); at != std::string::npos && text.starts_with("proc/")) {
    if (std::all_of(text.begin() + 5, text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char c) { return c >= '0' && c <= '9'; })) {
      return text.substr(at + kRoot.size());
    }
  }
  return text;
}

bool FakeKernel::is_gone(const std::string& path) {
  for (auto& [top, uses] : fuses_) {
    if (is_below(path, top) && uses-- <= 0) return true;
  }
  return std::ranges::any_of(gone_, [&](const std::string& top) { return is_below(path, top); });
}

Result<Entry> FakeKernel::stat(std::string_view path) {
  const std::string real = real_path(path);
  if (is_gone(real)) return fail(ErrorCode::kNotFound, real);
  auto entry = files_.stat(real);
  if (entry && entry->type == FileType::kSymlink && denied_.contains(real)) {
    entry->link_target.clear();
  }
  return entry;
}

Result<void> FakeKernel::list(std::string_view directory, const EntryVisitor& visit) {
  const std::string real = real_path(directory);
  if (is_gone(real)) return fail(ErrorCode::kNotFound, real);
  if (denied_.contains(real)) return fail(ErrorCode::kPermissionDenied, real);
  return files_.list(real, [&](const Entry& entry) {
    if (unlisted_.contains(entry.path)) return WalkAction::kContinue;
    if (!denied_.contains(entry.path)) return visit(entry);
    Entry withheld = entry;
    withheld.link_target.clear();
    return visit(withheld);
  });
}

Result<std::unique_ptr<ByteReader>> FakeKernel::open(const Entry& entry, std::string_view stream) {
  const std::string real = real_path(entry.path);
  if (is_gone(real)) return fail(ErrorCode::kNotFound, real);
  if (denied_.contains(real)) return fail(ErrorCode::kPermissionDenied, real);
  if (const auto magic = magic_.find(real); magic != magic_.end()) {
    return std::make_unique<PseudoReader>(magic->second, magic->second.size());
  }
  KONSEKI_ASSIGN(const Entry now, files_.stat(real));
  if (now.type == FileType::kSymlink) {
    if (!now.link_target.starts_with('/')) return fail(ErrorCode::kNotFound, now.link_target);
    KONSEKI_ASSIGN(const Entry target, files_.stat(now.link_target.substr(1)));
    return open(target, stream);
  }
  KONSEKI_ASSIGN(const auto reader, files_.open(now, stream));
  std::string content(static_cast<std::size_t>(reader->size()), '\0');
  KONSEKI_TRY(reader->read_at(0, std::as_writable_bytes(std::span(content))));
  const std::uint64_t size = is_pseudo(real) ? 0 : content.size();
  return std::make_unique<PseudoReader>(std::move(content), size);
}

FakeLiveHost::FakeLiveHost() {
  kernel_.add_file("proc/stat", "cpu  1 2 3\nintr 5 0\nctxt 7\nbtime 1700000000\nprocesses 99\n");
  kernel_.add_file("proc/loadavg", "0.10 0.20 0.30 1/90 60\n");
  kernel_.add_file("proc/self/mountinfo", "22 1 254:0 / / rw - ext4 /dev/vda rw\n");
  add_process({.pid = 1,
               .parent = 0,
               .name = "systemd",
               .start_ticks = 0,
               .exe = "/usr/lib/systemd/systemd",
               .command_line = {"/sbin/init"},
               .cgroup = "0::/init.scope\n"});
}

void FakeLiveHost::add_process(const FakeProcess& process) {
  const std::string base = "proc/" + std::to_string(process.pid) + "/";
  const std::string uid = std::to_string(process.uid);
  const std::string pid = std::to_string(process.pid);
  kernel_.add_file(base + "stat", pid + " (" + process.name + ") " + process.state + " " +
                                      std::to_string(process.parent) + " 1 1 " +
                                      std::to_string(static_cast<std::int32_t>(process.terminal)) +
                                      " -1 " + std::to_string(process.flags) +
                                      " 0 0 0 0 150 50 0 0 20 0 1 0 " +
                                      std::to_string(process.start_ticks) + " 1000 10 0\n");
  std::string status = "Name:\t" + process.name + "\nTgid:\t" + pid + "\nPid:\t" + pid +
                       "\nTracerPid:\t0\nUid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid +
                       "\nGid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid + "\nNSpid:\t" +
                       pid + "\n";
  if (!process.exe.empty()) status += "VmRSS:\t    2048 kB\n";
  status += "Threads:\t1\nCapEff:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t0\n";
  kernel_.add_file(base + "status", status);
  std::string command_line;
  for (const std::string& argument : process.command_line) command_line += argument + '\0';
  kernel_.add_file(base + "cmdline", command_line);
  kernel_.add_file(base + "comm", process.name + "\n");
  kernel_.add_file(base + "cgroup", process.cgroup);
  kernel_.add_file(base + "maps", process.maps);
  kernel_.add_file(base + "environ", process.environment);
  kernel_.add_file(base + "loginuid", "4294967295");
  kernel_.add_magic_link(base + "exe", process.exe, process.exe_content);
  kernel_.add_symlink(base + "cwd", "/");
  kernel_.add_symlink(base + "root", "/");
  kernel_.add_directory(base + "fd");
  auto space = [&](const std::string& kind, std::uint64_t number) {
    kernel_.add_symlink(base + "ns/" + kind, kind + ":[" + std::to_string(number) + "]");
  };
  space("mnt", process.mount_namespace);
  space("pid", process.pid_namespace);
  space("net", process.network_namespace);
  space("user", 4026531837);
  space("uts", 4026531838);
}

void FakeLiveHost::add_descriptor(std::uint32_t pid, int number, const std::string& target) {
  kernel_.add_symlink("proc/" + std::to_string(pid) + "/fd/" + std::to_string(number), target);
}

void CapturingSink::collect(FileSystem& file_system, const Entry& entry, std::string_view reason) {
  Collected item{entry.path, std::string(reason), {}};
  if (auto reader = file_system.open(entry)) {
    std::string piece(4096, '\0');
    while (true) {
      auto count =
          (*reader)->read_at(item.content.size(), std::as_writable_bytes(std::span(piece)));
      if (!count || *count == 0) break;
      item.content.append(piece, 0, *count);
    }
  }
  collected.push_back(std::move(item));
}

std::string CapturingSink::json(std::string_view schema) const {
  std::string text;
  for (const Record& record : records) {
    if (record.schema().name == schema) text += record_json_without_source(record) + "\n";
  }
  return text;
}

const Record& CapturingSink::find(std::string_view schema, std::string_view field,
                                  std::string_view value) const {
  for (const Record& record : records) {
    if (record.schema().name == schema && field_text(record, field) == value) return record;
  }
  static const FieldSpec kNoField{"none", FieldType::kText, ""};
  static const RecordSchema kNoSchema{"none", "", std::span(&kNoField, 1)};
  static const Record kNone(kNoSchema);
  ADD_FAILURE() << "no " << schema << " with " << field << " = " << value << " in\n"
                << json(schema);
  return kNone;
}

std::size_t CapturingSink::count(std::string_view schema) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      records, [&](const Record& record) { return record.schema().name == schema; }));
}

std::string field_text(const Record& record, std::string_view field) {
  const Value& value = record.get(field);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return std::to_string(*number);
  if (const auto* time = std::get_if<Timestamp>(&value)) return time->iso8601();
  if (const auto* bytes = std::get_if<Bytes>(&value)) return to_hex(*bytes);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::string text;
    for (const std::string& item : *list) text += (text.empty() ? "" : "|") + item;
    return text;
  }
  return {};
}

}  // namespace konseki::testing
