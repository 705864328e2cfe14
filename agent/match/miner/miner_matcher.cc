#include "agent/match/miner/miner_matcher.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "agent/base/digest.h"
#include "agent/base/inode_flags.h"
#include "agent/base/unicode.h"
#include "agent/match/miner/memory_signs.h"
#include "agent/match/miner/miner_sign.h"
#include "agent/match/miner/text_place.h"
#include "agent/match/process_text.h"
#include "agent/match/record_values.h"
#include "agent/match/startup_place.h"

namespace konseki {
namespace {

constexpr std::string_view kTechnique = "T1496";
constexpr std::uint64_t kMostContent = std::uint64_t{1} << 20;
constexpr std::size_t kMostSubjects = 50'000;
constexpr std::int64_t kBusyFrom = 600'000;  // milliseconds of processor time worth a look
constexpr std::size_t kMostOpenFiles = 20;   // told of a process
constexpr std::int64_t kAgeFrom = 600;       // seconds a process lives before its share counts

// What was seen on one file, process or entry.
struct Subject {
  PathSpec address;
  std::string schema;
  std::string sha256;
  std::string what;        // how a person would call it
  bool is_memory = false;  // the memory of a process: what the kernel tells of it says more
  CommandPlace place = CommandPlace::kScript;
  std::map<std::string, MinerSign> signs;  // by name
  // Of processes.
  std::int64_t processor_time = 0;  // milliseconds
  std::optional<Timestamp> started;
  std::string program;                  // its file
  std::vector<std::string> open_files;  // "DESCRIPTOR PATH", deleted ones first
};

// What the signs of a subject amount to.
enum class Verdict {
  kNothing,
  kMiner,
  kLoader,
  kDisguise,    // named like a part of the kernel and run from where nothing of it lies
  kLocked,      // starts by itself, and nobody can change it before its flag is taken off
  kDriver,      // WinRing0, which programs that watch temperatures bring as well
  kHostChange,  // worth a word beside a miner on the same host
};

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

// "DESCRIPTOR PATH" without the descriptor and " (deleted)".
std::string_view path_of_descriptor(std::string_view text) {
  constexpr std::string_view kDeleted = " (deleted)";
  text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  if (text.ends_with(kDeleted)) text.remove_suffix(kDeleted.size());
  return text;
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

MinerSign note(std::string_view name, MinerSignKind kind, int score, Bilingual text,
               std::string excerpt = {}) {
  MinerSign sign;
  sign.name = name;
  sign.kind = kind;
  sign.score = score;
  sign.text = std::move(text);
  sign.excerpt = std::move(excerpt);
  return sign;
}

class MinerMatcher : public Matcher {
 public:
  explicit MinerMatcher(std::shared_ptr<const MinerData> data)
      : owner_(std::move(data)), data_(*owner_), memory_signs_(data_) {}

  std::string_view name() const override { return "miner"; }

  bool wants_content(const MatchFile& file) const override {
    return file.size > 0 && file.size <= kMostContent && file.package_state != "intact";
  }

  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    if (file.package_state == "intact" || file.content.size() > kMostContent) return;
    (void)content;  // what is small enough to be a script is in memory
    ++files_;
    const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                                file.content.size());
    if (!is_plain_text(text)) return;
    CommandPlace place = CommandPlace::kScript;
    std::vector<MinerSign> signs = signs_in_configuration(text, data_);
    const bool configuration = !signs.empty() && signs.front().name == "configuration";
    // In other JSON a pool or a wallet proves little; with Stratum's own scheme it does.
    if (!configuration) {
      const auto commands = place_of_text(file.item.path, text);
      if (commands) {
        place = *commands;
        signs = signs_in_script(text, place, data_);
      } else if (std::none_of(signs.begin(), signs.end(), [](const MinerSign& sign) {
                   return sign.name == "stratum" || sign.name == "wallet.monero";
                 })) {
        return;
      }
    }
    if (signs.empty()) return;
    if (std::any_of(signs.begin(), signs.end(),
                    [](const MinerSign& sign) { return sign.score >= 30; })) {
      sink.keep();
    }
    Subject subject;
    subject.address = file.address;
    if (file.digests) subject.sha256 = to_hex(file.digests->sha256);
    subject.what = file.item.path;
    subject.place = place;
    keep("file " + subject_path(file.address), std::move(subject), std::move(signs));
  }

  void match_memory(const MatchProcess& process, ByteReader& memory, FindingSink& sink) override {
    MemorySigns::State state(memory_signs_);
    std::vector<std::byte> bytes;
    for (const MemoryBlock& block : process.blocks) {
      bytes.resize(static_cast<std::size_t>(block.range.length));
      const auto count = memory.read_at(block.range.offset, bytes);
      if (!count) return sink.gap(process.address.path, count.error());
      if (*count == 0) break;  // whoever shows it says why
      memory_signs_.look(std::span(bytes).first(*count), block.range.offset, state);
    }
    ++processes_;
    std::vector<MinerSign> signs = memory_signs_.take(state);
    if (signs.empty()) return;
    const Bilingual who = process_text(process.process);
    for (MinerSign& sign : signs) {
      const Bilingual place = place_in_memory(process, sign.range.offset);
      sign.text.en += " in the memory of " + who.en + " at " + place.en;
      sign.text.ja = who.ja + " のメモリ " + place.ja + " にある" + sign.text.ja;
      sign.address = process.address;
      sign.address->range = std::exchange(sign.range, {});
    }
    Subject subject;
    subject.address = process.address;
    subject.place = CommandPlace::kProcess;
    subject.what = who.en;
    subject.is_memory = true;
    keep(process_key(process.process.pid), std::move(subject), std::move(signs));
  }

  // Files that nobody can change are facts of the file system, not of their content.
  void match_entry(const MatchFile& file, FindingSink&) override {
    const Entry& entry = file.item.entry;
    if (entry.type == FileType::kRegular && file.item.stream.empty() && !file.again) {
      take_driver(file);
    }
    if (!is_immutable(entry, file.item.volume.style) || !file.item.stream.empty() || file.again ||
        entry.allocation != Allocation::kAllocated) {
      return;
    }
    const bool starts =
        is_startup_place(file.item.path) || is_startup_place(std::string(file.item.path) + "/");
    if (!starts && !is_login_file(file.item.path) && !is_temporary(file.item.path)) return;
    Subject subject;
    subject.address = file.address;
    if (file.digests) subject.sha256 = to_hex(file.digests->sha256);
    subject.what = file.item.path;
    std::vector<MinerSign> signs;
    signs.push_back(note(starts ? "host.immutable_startup" : "host.immutable",
                         MinerSignKind::kHostChange, 40,
                         {"cannot be changed or deleted before its flag is taken off (chattr -i)",
                          "変更・削除禁止の属性が付いています (解除は chattr -i)"}));
    keep("file " + subject_path(file.address), std::move(subject), std::move(signs));
  }

  void match_record(const Record& record, FindingSink&) override {
    ++records_;
    const std::string_view schema = record.schema().name;
    if (schema == "persistence") {
      take_persistence(record);
    } else if (schema.ends_with(".process")) {
      take_process(record);
    } else if (schema.ends_with(".socket")) {
      take_socket(record);
    } else if (schema == "linux.container") {
      take_container(record);
    } else if (schema == "windows.security_exclusion") {
      take_exclusion(record);
    } else if (schema == "windows.account_right") {
      take_account_right(record);
    } else if (schema == "linux.system") {
      take_system(record);
    }
  }

  void preview(FindingSink& sink) override {
    bool miner = false;
    for (auto& [key, subject] : subjects_) {
      judge_share(subject);
      miner = report(subject, verdict_of(subject), sink) || miner;
    }
    // What intrusions change on a host says nothing by itself, and much beside a miner.
    for (const auto& [key, subject] : subjects_) {
      if (miner && verdict_of(subject) == Verdict::kNothing) {
        report(subject, Verdict::kHostChange, sink);
      }
    }
  }

  void finish(FindingSink& sink) override {
    preview(sink);
    if (left_out_ > 0) {
      sink.gap("miner", {ErrorCode::kLimitExceeded,
                         std::to_string(left_out_) + " suspects beyond the first " +
                             std::to_string(kMostSubjects) + " were not judged",
                         {}});
    }
  }

  MatchCoverage coverage() const override {
    MatchCoverage coverage;
    coverage.matcher = "miner";
    coverage.loaded = {{"pools", data_.pools()}, {"names", data_.names()}};
    coverage.looked_at = {{"files", files_}, {"records", records_}};
    if (processes_ > 0) coverage.looked_at["processes"] = processes_;
    if (left_out_ > 0) coverage.not_looked_at["limit_of_suspects"] = left_out_;
    return coverage;
  }

 private:
  // WinRing0.sys, WinRing0x64.sys: the driver by its file.
  void take_driver(const MatchFile& file) {
    const std::string_view exact = file.item.entry.name();
    if (exact.size() < 12 || (exact.back() | 0x20) != 's') return;
    const std::string name = fold_case(exact);
    if (!name.starts_with("winring0") || !name.ends_with(".sys")) return;
    Subject subject;
    subject.address = file.address;
    if (file.digests) subject.sha256 = to_hex(file.digests->sha256);
    subject.what = file.item.path;
    std::vector<MinerSign> signs;
    signs.push_back(
        note("host.winring0", MinerSignKind::kHostChange, 50,
             {"the driver that miners bring (WinRing0)", "マイナーが持ち込むドライバー (WinRing0)"},
             std::string(file.item.path)));
    keep("file " + subject_path(file.address), std::move(subject), std::move(signs));
  }

  void take_persistence(const Record& record) {
    const std::string command = text_of(record, "command");
    const std::string location = text_of(record, "location");
    std::vector<MinerSign> signs = signs_in_command(command, CommandPlace::kStartsByItself, data_);
    const std::string mechanism = text_of(record, "mechanism");
    const std::string named = text_of(record, "name") + ' ' + text_of(record, "target");
    if (fold_case(named).find("winring0") != std::string::npos) {
      signs.push_back(note(
          "host.winring0", MinerSignKind::kHostChange, 50,
          {"the driver that miners bring (WinRing0)", "マイナーが持ち込むドライバー (WinRing0)"},
          named));
    }
    if (location.ends_with("/ld.so.preload") &&
        text_of(record, "target_package_state") != "intact") {
      signs.push_back(note("host.preload", MinerSignKind::kHostChange, 35,
                           {"a library of no package is loaded into every program (ld.so.preload)",
                            "パッケージ外のライブラリを全プログラムに読み込ませる設定 "
                            "(ld.so.preload)"},
                           text_of(record, "target")));
    }
    if (signs.empty()) return;
    Subject subject;
    subject.address = record.source;
    subject.place = CommandPlace::kStartsByItself;
    subject.what = location;
    // An entry that is a file of its own is judged together with that file.
    if (location == record.source.path) {
      keep_record("file " + subject_path(record.source), std::move(subject), std::move(signs));
    } else {
      subject.schema = record.schema().name;
      keep_record("entry " + location + ' ' + text_of(record, "name"), std::move(subject),
                  std::move(signs));
    }
  }

  void take_process(const Record& record) {
    // This program started last of all, or nearly so: the time of the look.
    if (const auto* started = std::get_if<Timestamp>(&record.get("started"))) {
      std::lock_guard lock(mutex_);
      now_ = std::max(now_.value_or(*started), *started);
    }
    if (is_true(record, "own") || is_true(record, "kernel_thread")) return;
    std::vector<MinerSign> signs =
        signs_in_command(joined_text_of(record, "command_line"), CommandPlace::kProcess, data_);
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
      const MinerName kind = data_.kind_of(each);
      if (kind == MinerName::kMiner) {
        add(note("name.miner", MinerSignKind::kMining, 60,
                 {"a program with a miner's name", "マイナーと同名のプログラム"},
                 std::string(each)));
      } else if (kind == MinerName::kDisguise) {
        add(note("name.disguise", MinerSignKind::kMining, 70,
                 {"a name that mining intrusions use", "マイニング目的の侵害で使われる名前"},
                 std::string(each)));
      }
    }
    if (has_sign(record, "kernel_thread_disguise")) {
      add(note("name.imitates_system", MinerSignKind::kHostChange, 40,
               {"a program named like a thread of the kernel",
                "カーネルスレッドに似せた名前のプログラム"},
               name));
    }
    if (is_true(record, "exe_memfd")) {
      add(note("process.from_memory", MinerSignKind::kHostChange, 40,
               {"its program was run from memory", "プログラムがメモリから実行されています"}, exe));
    } else if (is_true(record, "exe_deleted")) {
      add(note("process.deleted", MinerSignKind::kHostChange, 35,
               {"its program file was deleted", "プログラムファイルが削除されています"}, exe));
    }
    if (is_true(record, "hidden")) {
      add(note("process.hidden", MinerSignKind::kHostChange, 40,
               {"it is hidden from the list of processes", "プロセス一覧から隠されています"}));
    }
    if (is_temporary(exe)) {
      add(note("path.hidden", MinerSignKind::kHostChange, 25,
               {"runs from a temporary or hidden folder",
                "一時フォルダーまたは隠しフォルダーからの実行"},
               exe));
    }
    const auto busy = static_cast<std::int64_t>(
        std::min<std::uint64_t>(number_of(record, "cpu_milliseconds"), INT64_MAX));
    if (busy >= kBusyFrom && !signs.empty()) {
      add(note("process.busy", MinerSignKind::kNote, 15,
               {"it has used " + std::to_string(busy / 60'000) + " minutes of processor time",
                "CPU 時間を " + std::to_string(busy / 60'000) + " 分使用しています"}));
    }
    if (signs.empty()) return;
    const std::uint64_t pid = number_of(record, "pid");
    Subject subject;
    subject.address = record.source;
    if (subject.address.path.empty()) subject.address.path = exe.empty() ? name : exe;
    subject.schema = record.schema().name;
    subject.place = CommandPlace::kProcess;
    subject.processor_time = busy;
    subject.program = exe;
    subject.open_files = texts_of(record, "deleted_paths");
    for (std::string& each : texts_of(record, "open_paths")) {
      subject.open_files.push_back(std::move(each));
    }
    if (const auto* started = std::get_if<Timestamp>(&record.get("started"))) {
      subject.started = *started;
    }
    subject.what = name + " (" + std::to_string(pid) + ")";
    keep_record(process_key(pid), std::move(subject), std::move(signs));
  }

  static std::string process_key(std::uint64_t pid) { return "process " + std::to_string(pid); }

  // The share of one processor since its start: a miner's is all it can get.
  void judge_share(Subject& subject) const {
    if (!subject.started || !now_ || subject.signs.empty()) return;
    const std::int64_t age = now_->seconds - subject.started->seconds;
    if (age < kAgeFrom || subject.processor_time / 10 < age * 50) return;
    const std::int64_t percent = subject.processor_time / 10 / age;
    const std::string hours = std::to_string(age / 3600) + ':' + (age / 60 % 60 < 10 ? "0" : "") +
                              std::to_string(age / 60 % 60);
    subject.signs["process.busy"] =
        note("process.busy", MinerSignKind::kNote, 30,
             {"it has used " + std::to_string(percent) + "% of a processor since its start, " +
                  hours + " hours ago",
              "起動から " + hours + " 時間の CPU 使用率が 1 コアの " + std::to_string(percent) +
                  "% です"});
  }

  // A port says something only about a process that is suspect anyway; finish() drops the rest.
  void take_socket(const Record& record) {
    const std::uint64_t pid = number_of(record, "pid");
    if (pid == 0) return;
    std::vector<MinerSign> signs;
    const std::uint64_t remote = number_of(record, "remote_port");
    if (data_.is_port(remote)) {
      signs.push_back(note("socket.port", MinerSignKind::kNote, 15,
                           {"connected to a port that pools use", "プールで使われるポートへの接続"},
                           text_of(record, "remote_address") + ":" + std::to_string(remote)));
    }
    const std::uint64_t local = number_of(record, "local_port");
    if (text_of(record, "state").starts_with("LISTEN") && data_.is_port(local)) {
      signs.push_back(note("socket.listens", MinerSignKind::kNote, 10,
                           {"listens on a port that miners and their proxies use",
                            "マイナーやその中継で使われるポートで待ち受け"},
                           text_of(record, "local_address") + ":" + std::to_string(local)));
    }
    if (signs.empty()) return;
    Subject subject;
    subject.address = record.source;
    subject.schema = record.schema().name;
    keep_record(process_key(pid), std::move(subject), std::move(signs));
  }

  // What Defender is told not to look at.
  void take_exclusion(const Record& record) {
    const std::string value = text_of(record, "value");
    std::vector<MinerSign> signs = signs_in_command(value, CommandPlace::kProcess, data_);
    signs.push_back(note("host.defender_exclusion", MinerSignKind::kHostChange, 35,
                         {"kept from Defender (exclusion)", "Defender の除外設定"}, value));
    Subject subject;
    subject.address = record.source;
    subject.schema = record.schema().name;
    subject.place = CommandPlace::kProcess;
    subject.what = value;
    keep_record("exclusion " + text_of(record, "key") + ' ' + value, std::move(subject),
                std::move(signs));
  }

  // Nobody has it by default; RandomX wants it for large pages, and database servers do as well.
  void take_account_right(const Record& record) {
    const std::vector<std::string> privileges = texts_of(record, "privileges");
    if (std::ranges::find(privileges, "SeLockMemoryPrivilege") == privileges.end()) return;
    const std::string sid = text_of(record, "sid");
    const std::string account = text_of(record, "account");
    const std::string& who = account.empty() ? sid : account;
    Subject subject;
    subject.address = record.source;
    subject.schema = record.schema().name;
    subject.place = CommandPlace::kProcess;
    subject.what = who;
    std::vector<MinerSign> signs;
    signs.push_back(note("host.lock_memory", MinerSignKind::kHostChange, 35,
                         {"an account may lock pages in memory: " + who,
                          "メモリ内ページのロック権限を持つアカウント: " + who},
                         who));
    keep_record("account " + sid, std::move(subject), std::move(signs));
  }

  // How the running kernel is tuned, whatever its files say.
  void take_system(const Record& record) {
    std::vector<MinerSign> signs;
    if (has_sign(record, "huge_pages_reserved")) {
      signs.push_back(note("host.huge_pages", MinerSignKind::kHostChange, 30,
                           {"huge pages are reserved now, as RandomX wants them",
                            "RandomX が使う huge pages が現在確保されています"},
                           std::to_string(number_of(record, "huge_pages")) + " bytes"));
    }
    if (has_sign(record, "msr_writes_allowed")) {
      signs.push_back(note("host.msr", MinerSignKind::kHostChange, 40,
                           {"the processor's registers may be written now (msr)",
                            "CPU レジスター (msr) への書き込みが現在許可されています"}));
    }
    if (signs.empty()) return;
    Subject subject;
    subject.address = record.source;
    subject.schema = record.schema().name;
    subject.place = CommandPlace::kProcess;
    subject.what = "linux.system";
    keep_record("system", std::move(subject), std::move(signs));
  }

  void take_container(const Record& record) {
    // "docker.io/xmrig/xmrig:6.21" by the name of the image; each part is a command of its own.
    std::string image = text_of(record, "image");
    image.resize(std::min(image.find_first_of(":@", image.rfind('/') + 1), image.size()));
    std::vector<MinerSign> signs =
        signs_in_command(image + " ; " + joined_text_of(record, "command") + " ; " +
                             joined_text_of(record, "entrypoint") + " ; " + text_of(record, "name"),
                         CommandPlace::kProcess, data_);
    if (signs.empty()) return;
    Subject subject;
    subject.address = record.source;
    subject.schema = record.schema().name;
    subject.place = CommandPlace::kProcess;
    subject.what = text_of(record, "name");
    keep_record("container " + text_of(record, "id") + subject.what, std::move(subject),
                std::move(signs));
  }

  // Ranges of signs count in the subject's file; in records they have none.
  void keep_record(const std::string& key, Subject&& fresh, std::vector<MinerSign>&& signs) {
    for (MinerSign& sign : signs) sign.range = {};
    keep(key, std::move(fresh), std::move(signs));
  }

  void keep(const std::string& key, Subject&& fresh, std::vector<MinerSign>&& signs) {
    std::lock_guard lock(mutex_);
    auto found = subjects_.find(key);
    if (found == subjects_.end()) {
      if (subjects_.size() >= kMostSubjects) {
        ++left_out_;
        return;
      }
      found = subjects_.emplace(key, Subject{}).first;
    }
    Subject& subject = found->second;
    // The process itself, or the file, says more than a socket or an entry that names it.
    const bool is_weak = subject.what.empty() || (subject.is_memory && !fresh.is_memory);
    if (is_weak || subject.sha256.empty()) {
      if (!fresh.what.empty() && (is_weak || !fresh.sha256.empty())) {
        subject.is_memory = fresh.is_memory;
        subject.address = std::move(fresh.address);
        subject.schema = std::move(fresh.schema);
        subject.sha256 = std::move(fresh.sha256);
        subject.what = std::move(fresh.what);
      }
    }
    if (!fresh.program.empty()) {
      subject.program = std::move(fresh.program);
      subject.open_files = std::move(fresh.open_files);
    }
    if (fresh.started) {
      subject.started = fresh.started;
      subject.processor_time = fresh.processor_time;
    }
    subject.place = std::max(subject.place, fresh.place,
                             [](CommandPlace a, CommandPlace b) { return rank(a) < rank(b); });
    for (MinerSign& sign : signs) {
      auto [at, is_new] = subject.signs.try_emplace(sign.name, sign);
      // The same whatever came first: the higher score, then the one that has a place in the file.
      const auto order = [](const MinerSign& each) {
        return std::tuple(-each.score, each.range.length == 0, each.excerpt, each.range.offset);
      };
      if (!is_new && order(at->second) > order(sign)) {
        at->second = std::move(sign);
      }
    }
  }

  static int rank(CommandPlace place) {
    switch (place) {
      case CommandPlace::kHistory:
        return 0;
      case CommandPlace::kScript:
        return 1;
      case CommandPlace::kProcess:
        return 2;
      case CommandPlace::kStartsByItself:
        return 3;
    }
    return 0;
  }

  static Verdict verdict_of(const Subject& subject) {
    bool mining = false, loader = false;
    for (const auto& [name, sign] : subject.signs) {
      mining = mining || sign.kind == MinerSignKind::kMining;
      loader = loader || sign.kind == MinerSignKind::kLoader;
    }
    if (mining) return Verdict::kMiner;
    if (loader) return Verdict::kLoader;
    const auto has = [&](const char* name) { return subject.signs.contains(name); };
    if (has("name.imitates_system") && (has("path.hidden") || has("process.from_memory") ||
                                        has("process.deleted") || has("process.hidden"))) {
      return Verdict::kDisguise;
    }
    if (has("host.immutable_startup")) return Verdict::kLocked;
    return has("host.winring0") ? Verdict::kDriver : Verdict::kNothing;
  }

  static Bilingual reason_of(Verdict verdict, const std::string& en, const std::string& ja) {
    switch (verdict) {
      case Verdict::kMiner:
        return {"Traces of a coin miner: " + en + ".", "コインマイナーの痕跡: " + ja + "。"};
      case Verdict::kLoader:
        return {"Brings and runs a script, as droppers of miners do: " + en + ".",
                "マイナーのドロッパーに見られる、スクリプトの取得と実行: " + ja + "。"};
      case Verdict::kDisguise:
        return {"Passes for a part of the system, as miners do: " + en + ".",
                "マイナーに見られる、システムの一部への偽装: " + ja + "。"};
      case Verdict::kLocked:
        return {"Starts by itself or lies among what does, and " + en +
                    ": miners lock their files so, and cautious administrators as well.",
                "自動起動の場所にあり、" + ja +
                    "。マイナーが自身を守る手口ですが、管理者が設定することもあります。"};
      case Verdict::kDriver:
        return {
            "A driver that miners bring, and programs that watch the hardware as well: " + en + ".",
            "マイナーが持ち込むドライバー (ハードウェア監視ソフトにも使われます): " + ja + "。"};
      case Verdict::kHostChange:
        return {
            "A change that mining intrusions make, on a host with traces of a miner: " + en + ".",
            "マイナーの痕跡があるホストで見られる、同種の侵害に伴う変更: " + ja + "。"};
      case Verdict::kNothing:
        break;
    }
    return {};
  }

  // Its program and what it holds open, each with its address.
  static void add_files_of_process(const Subject& subject, Finding& finding) {
    const auto address = [&](std::string_view path) {
      PathSpec out;
      out.evidence = subject.address.evidence;
      out.path = path;
      return out;
    };
    if (!subject.program.empty()) {
      Witness witness;
      witness.name = "process.program";
      witness.text = {"its program: " + subject.program, "プログラム: " + subject.program};
      witness.addresses.push_back(address(subject.program));
      finding.witnesses.push_back(std::move(witness));
      finding.first_seen = subject.started;
    }
    if (subject.open_files.empty()) return;
    Witness witness;
    witness.name = "process.open_files";
    const std::string count = std::to_string(subject.open_files.size());
    witness.text = {"it holds " + count + " files open", "開いているファイル " + count + " 件"};
    for (const std::string& each : subject.open_files) {
      if (witness.addresses.size() >= kMostOpenFiles) {
        witness.excerpt += "\n...";
        break;
      }
      witness.excerpt += (witness.excerpt.empty() ? "" : "\n") + each;
      witness.addresses.push_back(address(path_of_descriptor(each)));
    }
    finding.witnesses.push_back(std::move(witness));
  }

  // True when it was a miner, of medium or above.
  static bool report(const Subject& subject, Verdict verdict, FindingSink& sink) {
    if (verdict == Verdict::kNothing) return false;
    std::vector<int> scores;
    bool mining = false, loader = false, change = false;
    for (const auto& [name, sign] : subject.signs) {
      scores.push_back(sign.score);
      mining = mining || sign.kind == MinerSignKind::kMining;
      loader = loader || sign.kind == MinerSignKind::kLoader;
      change = change || sign.kind == MinerSignKind::kHostChange;
    }
    const std::size_t kinds = std::size_t{mining} + loader + change;
    if (verdict == Verdict::kHostChange && !change) return false;
    int score = combine_scores(scores);
    // People fetch and run installers by hand, too: that alone is no more than a note.
    const bool by_hand =
        subject.place == CommandPlace::kHistory || subject.place == CommandPlace::kScript;
    if (!mining && by_hand && subject.signs.size() < 3) score = std::min(score, 25);
    if (verdict == Verdict::kDriver || verdict == Verdict::kHostChange ||
        verdict == Verdict::kLocked) {
      score = std::min(score, 25);
    }
    if (score < 10) return false;
    Finding finding;
    finding.matcher = "miner";
    finding.rule = verdict == Verdict::kMiner
                       ? (subject.is_memory        ? "miner.memory"
                          : subject.schema.empty() ? "miner.file"
                                                   : "miner." + subject.schema)
                   : verdict == Verdict::kLoader   ? "miner.loader"
                   : verdict == Verdict::kDisguise ? "miner.disguise"
                   : verdict == Verdict::kDriver   ? "miner.driver"
                   : verdict == Verdict::kLocked   ? "miner.locked"
                                                   : "miner.host_change";
    finding.origin = "konseki";
    finding.score = score;
    finding.severity = severity_of_score(score, kinds);
    finding.technique = verdict == Verdict::kLoader     ? "T1105"
                        : verdict == Verdict::kDisguise ? "T1036.004"
                        : verdict == Verdict::kLocked   ? "T1222.002"
                                                        : std::string(kTechnique);
    finding.subject = subject.address;
    finding.schema = subject.schema;
    finding.sha256 = subject.sha256;
    std::vector<const MinerSign*> order;
    for (const auto& [name, sign] : subject.signs) order.push_back(&sign);
    std::stable_sort(order.begin(), order.end(),
                     [](const MinerSign* a, const MinerSign* b) { return a->score > b->score; });
    std::string en, ja;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i < 4) {
        en += (en.empty() ? "" : "; ") + order[i]->text.en;
        ja += (ja.empty() ? "" : "、") + order[i]->text.ja;
      }
      Witness witness;
      witness.name = order[i]->name;
      witness.score = order[i]->score;
      witness.text = order[i]->text;
      witness.excerpt = order[i]->excerpt;
      if (order[i]->address) {
        witness.addresses.push_back(*order[i]->address);
      } else if (order[i]->range.length > 0 && subject.schema.empty()) {
        PathSpec address = subject.address;
        address.range = order[i]->range;
        witness.addresses.push_back(std::move(address));
      }
      finding.witnesses.push_back(std::move(witness));
    }
    add_files_of_process(subject, finding);
    finding.reason = reason_of(verdict, en, ja);
    const bool miner = verdict == Verdict::kMiner && finding.severity >= Severity::kMedium;
    sink.emit(std::move(finding));
    return miner;
  }

  const std::shared_ptr<const MinerData> owner_;
  const MinerData& data_;
  const MemorySigns memory_signs_;
  std::atomic<std::uint64_t> files_ = 0;
  std::atomic<std::uint64_t> processes_ = 0;
  std::atomic<std::uint64_t> records_ = 0;
  std::mutex mutex_;
  std::map<std::string, Subject> subjects_;
  std::optional<Timestamp> now_;  // of live processes
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::unique_ptr<Matcher> make_miner_matcher(std::shared_ptr<const MinerData> data) {
  return std::make_unique<MinerMatcher>(std::move(data));
}

}  // namespace konseki
