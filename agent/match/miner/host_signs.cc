#include "agent/match/miner/host_signs.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/base/inode_flags.h"
#include "agent/base/unicode.h"
#include "agent/match/record_values.h"
#include "agent/match/startup_place.h"

namespace konseki {
namespace {

using Found = std::optional<MinerSighting>;

constexpr std::int64_t kBusyFrom = 600'000;  // milliseconds of processor time worth a look

MinerSign driver_sign(std::string excerpt) {
  return {"host.winring0",
          MinerSignKind::kHostChange,
          50,
          {"the driver that miners bring (WinRing0)", "マイナーが持ち込むドライバー (WinRing0)"},
          std::move(excerpt)};
}

// Folders that anyone may write to.
bool is_temporary(std::string_view path) {
  for (const std::string_view folder : {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/"}) {
    if (path.starts_with(folder)) return true;
  }
  const std::string folded = fold_case(path);
  for (const std::string_view folder :
       {"/windows/temp/", "/appdata/local/temp/", "/users/public/", "/$recycle.bin/"}) {
    if (folded.find(folder) != std::string::npos) return true;
  }
  return false;
}

// Who may log in, and as whom.
bool is_login_file(std::string_view path) {
  return path.ends_with("/.ssh/authorized_keys") || path.ends_with("/.ssh") ||
         path == "/etc/passwd" || path == "/etc/shadow" || path == "/etc/sudoers" ||
         path.starts_with("/etc/sudoers.d/") || path == "/etc/ssh/sshd_config";
}

std::vector<std::string> texts_of(const Record& record, std::string_view field) {
  const auto* list = std::get_if<std::vector<std::string>>(&record.get(field));
  return list ? *list : std::vector<std::string>();
}

bool has_sign(const Record& record, std::string_view sign) {
  const auto* list = std::get_if<std::vector<std::string>>(&record.get("signs"));
  return list && std::find(list->begin(), list->end(), sign) != list->end();
}

bool is_true(const Record& record, std::string_view field) {
  const auto* value = std::get_if<bool>(&record.get(field));
  return value && *value;
}

// WinRing0.sys, WinRing0x64.sys: the driver by its file.
bool is_driver(const MatchFile& file) {
  const Entry& entry = file.item.entry;
  if (entry.type != FileType::kRegular || !file.item.stream.empty() || file.again) return false;
  const std::string_view exact = entry.name();
  if (exact.size() < 12 || (exact.back() | 0x20) != 's') return false;
  const std::string name = fold_case(exact);
  return name.starts_with("winring0") && name.ends_with(".sys");
}

bool is_locked(const MatchFile& file) {
  const Entry& entry = file.item.entry;
  return is_immutable(entry, file.item.volume.style) && file.item.stream.empty() && !file.again &&
         entry.allocation == Allocation::kAllocated;
}

MinerSubject subject_of(const Record& record, CommandPlace place, std::string what) {
  MinerSubject subject;
  subject.address = record.source;
  subject.schema = record.schema().name;
  subject.place = place;
  subject.what = std::move(what);
  return subject;
}

Found in_persistence(const Record& record, const MinerData& data) {
  const std::string command = text_of(record, "command");
  const std::string location = text_of(record, "location");
  std::vector<MinerSign> signs = signs_in_command(command, CommandPlace::kStartsByItself, data);
  const std::string named = text_of(record, "name") + ' ' + text_of(record, "target");
  if (fold_case(named).find("winring0") != std::string::npos) {
    signs.push_back(driver_sign(named));
  }
  if (location.ends_with("/ld.so.preload") && text_of(record, "target_package_state") != "intact") {
    signs.push_back({"host.preload",
                     MinerSignKind::kHostChange,
                     35,
                     {"a library of no package is loaded into every program (ld.so.preload)",
                      "パッケージ外のライブラリを全プログラムに読み込ませる設定 "
                      "(ld.so.preload)"},
                     text_of(record, "target")});
  }
  if (signs.empty()) return std::nullopt;
  MinerSubject subject = subject_of(record, CommandPlace::kStartsByItself, location);
  std::string key = "entry " + location + ' ' + text_of(record, "name");
  // An entry that is a file of its own is judged together with that file.
  if (location == record.source.path) {
    subject.schema.clear();
    key = file_key(record.source);
  }
  return MinerSighting{std::move(key), std::move(subject), std::move(signs)};
}

Found in_process(const Record& record, const MinerData& data) {
  if (is_true(record, "own") || is_true(record, "kernel_thread")) return std::nullopt;
  std::vector<MinerSign> signs =
      signs_in_command(joined_text_of(record, "command_line"), CommandPlace::kProcess, data);
  const auto add = [&](MinerSign sign) {
    for (const MinerSign& each : signs) {
      if (each.name == sign.name) return;
    }
    signs.push_back(std::move(sign));
  };
  const std::string name = text_of(record, "name");
  const std::string exe = text_of(record, "exe");
  const std::string_view exe_name =
      std::string_view(exe).substr(std::min(exe.find_last_of("/\\") + 1, exe.size()));
  for (const std::string_view each : {std::string_view(name), exe_name}) {
    const MinerName kind = data.kind_of(each);
    if (kind == MinerName::kMiner) {
      add({"name.miner",
           MinerSignKind::kMining,
           60,
           {"a program with a miner's name", "マイナーと同名のプログラム"},
           std::string(each)});
    } else if (kind == MinerName::kDisguise) {
      add({"name.disguise",
           MinerSignKind::kMining,
           70,
           {"a name that mining intrusions use", "マイニング目的の侵害で使われる名前"},
           std::string(each)});
    }
  }
  if (has_sign(record, "kernel_thread_disguise")) {
    add({"name.imitates_system",
         MinerSignKind::kHostChange,
         40,
         {"a program named like a thread of the kernel",
          "カーネルスレッドに似せた名前のプログラム"},
         name});
  }
  if (is_true(record, "exe_memfd")) {
    add({"process.from_memory",
         MinerSignKind::kHostChange,
         40,
         {"its program was run from memory", "プログラムがメモリから実行されています"},
         exe});
  } else if (is_true(record, "exe_deleted")) {
    add({"process.deleted",
         MinerSignKind::kHostChange,
         35,
         {"its program file was deleted", "プログラムファイルが削除されています"},
         exe});
  }
  if (is_true(record, "hidden")) {
    add({"process.hidden",
         MinerSignKind::kHostChange,
         40,
         {"it is hidden from the list of processes", "プロセス一覧から隠されています"}});
  }
  if (is_temporary(exe)) {
    add({"path.hidden",
         MinerSignKind::kHostChange,
         25,
         {"runs from a temporary or hidden folder", "一時フォルダーまたは隠しフォルダーからの実行"},
         exe});
  }
  const auto busy = static_cast<std::int64_t>(
      std::min<std::uint64_t>(number_of(record, "cpu_milliseconds"), INT64_MAX));
  if (busy >= kBusyFrom && !signs.empty()) {
    add({"process.busy",
         MinerSignKind::kNote,
         15,
         {"it has used " + std::to_string(busy / 60'000) + " minutes of processor time",
          "CPU 時間を " + std::to_string(busy / 60'000) + " 分使用しています"}});
  }
  if (signs.empty()) return std::nullopt;
  const std::uint64_t pid = number_of(record, "pid");
  MinerSubject subject =
      subject_of(record, CommandPlace::kProcess, name + " (" + std::to_string(pid) + ")");
  if (subject.address.path.empty()) subject.address.path = exe.empty() ? name : exe;
  subject.processor_time = busy;
  subject.program = exe;
  subject.open_files = texts_of(record, "deleted_paths");
  for (std::string& each : texts_of(record, "open_paths")) {
    subject.open_files.push_back(std::move(each));
  }
  if (const auto* started = std::get_if<Timestamp>(&record.get("started"))) {
    subject.started = *started;
  }
  return MinerSighting{process_key(pid), std::move(subject), std::move(signs)};
}

// A port says something only about a process that is suspect anyway; finish() drops the rest.
Found in_socket(const Record& record, const MinerData& data) {
  const std::uint64_t pid = number_of(record, "pid");
  if (pid == 0) return std::nullopt;
  std::vector<MinerSign> signs;
  const std::uint64_t remote = number_of(record, "remote_port");
  if (data.is_port(remote)) {
    signs.push_back({"socket.port",
                     MinerSignKind::kNote,
                     15,
                     {"connected to a port that pools use", "プールで使われるポートへの接続"},
                     text_of(record, "remote_address") + ":" + std::to_string(remote)});
  }
  const std::uint64_t local = number_of(record, "local_port");
  if (text_of(record, "state").starts_with("LISTEN") && data.is_port(local)) {
    signs.push_back({"socket.listens",
                     MinerSignKind::kNote,
                     10,
                     {"listens on a port that miners and their proxies use",
                      "マイナーやその中継で使われるポートで待ち受け"},
                     text_of(record, "local_address") + ":" + std::to_string(local)});
  }
  if (signs.empty()) return std::nullopt;
  return MinerSighting{process_key(pid), subject_of(record, CommandPlace::kScript, {}),
                       std::move(signs)};
}

// What Defender is told not to look at.
Found in_exclusion(const Record& record, const MinerData& data) {
  const std::string value = text_of(record, "value");
  std::vector<MinerSign> signs = signs_in_command(value, CommandPlace::kProcess, data);
  signs.push_back({"host.defender_exclusion",
                   MinerSignKind::kHostChange,
                   35,
                   {"kept from Defender (exclusion)", "Defender の除外設定"},
                   value});
  return MinerSighting{"exclusion " + text_of(record, "key") + ' ' + value,
                       subject_of(record, CommandPlace::kProcess, value), std::move(signs)};
}

// Nobody has it by default; RandomX wants it for large pages, and database servers do as well.
Found in_account_right(const Record& record) {
  const std::vector<std::string> privileges = texts_of(record, "privileges");
  if (std::ranges::find(privileges, "SeLockMemoryPrivilege") == privileges.end()) {
    return std::nullopt;
  }
  const std::string sid = text_of(record, "sid");
  const std::string account = text_of(record, "account");
  const std::string& who = account.empty() ? sid : account;
  std::vector<MinerSign> signs;
  signs.push_back({"host.lock_memory",
                   MinerSignKind::kHostChange,
                   35,
                   {"an account may lock pages in memory: " + who,
                    "メモリ内ページのロック権限を持つアカウント: " + who},
                   who});
  return MinerSighting{"account " + sid, subject_of(record, CommandPlace::kProcess, who),
                       std::move(signs)};
}

// How the running kernel is tuned, whatever its files say.
Found in_system(const Record& record) {
  std::vector<MinerSign> signs;
  if (has_sign(record, "huge_pages_reserved")) {
    signs.push_back({"host.huge_pages",
                     MinerSignKind::kHostChange,
                     30,
                     {"huge pages are reserved now, as RandomX wants them",
                      "RandomX が使う huge pages が現在確保されています"},
                     std::to_string(number_of(record, "huge_pages")) + " bytes"});
  }
  if (has_sign(record, "msr_writes_allowed")) {
    signs.push_back({"host.msr",
                     MinerSignKind::kHostChange,
                     40,
                     {"the processor's registers may be written now (msr)",
                      "CPU レジスター (msr) への書き込みが現在許可されています"}});
  }
  if (signs.empty()) return std::nullopt;
  return MinerSighting{"system", subject_of(record, CommandPlace::kProcess, "linux.system"),
                       std::move(signs)};
}

Found in_container(const Record& record, const MinerData& data) {
  const std::string name = text_of(record, "name");
  // "docker.io/xmrig/xmrig:6.21" by the name of the image; each part is a command of its own.
  std::string image = text_of(record, "image");
  image.resize(std::min(image.find_first_of(":@", image.rfind('/') + 1), image.size()));
  std::vector<MinerSign> signs =
      signs_in_command(image + " ; " + joined_text_of(record, "command") + " ; " +
                           joined_text_of(record, "entrypoint") + " ; " + name,
                       CommandPlace::kProcess, data);
  if (signs.empty()) return std::nullopt;
  return MinerSighting{"container " + text_of(record, "id") + name,
                       subject_of(record, CommandPlace::kProcess, name), std::move(signs)};
}

Found in_any(const Record& record, const MinerData& data) {
  const std::string_view schema = record.schema().name;
  if (schema == "persistence") return in_persistence(record, data);
  if (schema.ends_with(".process")) return in_process(record, data);
  if (schema.ends_with(".socket")) return in_socket(record, data);
  if (schema == "linux.container") return in_container(record, data);
  if (schema == "windows.security_exclusion") return in_exclusion(record, data);
  if (schema == "windows.account_right") return in_account_right(record);
  if (schema == "linux.system") return in_system(record);
  return std::nullopt;
}

}  // namespace

// Facts of the file system, not of the file's content.
std::optional<MinerSighting> sighting_in_entry(const MatchFile& file) {
  std::vector<MinerSign> signs;
  if (is_driver(file)) signs.push_back(driver_sign(std::string(file.item.path)));
  if (is_locked(file)) {
    const bool starts =
        is_startup_place(file.item.path) || is_startup_place(std::string(file.item.path) + "/");
    if (starts || is_login_file(file.item.path) || is_temporary(file.item.path)) {
      signs.push_back({starts ? "host.immutable_startup" : "host.immutable",
                       MinerSignKind::kHostChange,
                       40,
                       {"cannot be changed or deleted before its flag is taken off (chattr -i)",
                        "変更・削除禁止の属性が付いています (解除は chattr -i)"}});
    }
  }
  if (signs.empty()) return std::nullopt;
  return MinerSighting{file_key(file.address), subject_of(file), std::move(signs)};
}

std::optional<MinerSighting> sighting_in_record(const Record& record, const MinerData& data) {
  Found found = in_any(record, data);
  // Ranges of signs count in the subject's file; in records they have none.
  if (found) {
    for (MinerSign& sign : found->signs) sign.range = {};
  }
  return found;
}

}  // namespace konseki
