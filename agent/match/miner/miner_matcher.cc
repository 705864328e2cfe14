#include "agent/match/miner/miner_matcher.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "agent/base/digest.h"
#include "agent/match/miner/miner_sign.h"
#include "agent/match/miner/text_place.h"

namespace konseki {
namespace {

constexpr std::string_view kTechnique = "T1496";
constexpr std::uint64_t kMostContent = std::uint64_t{1} << 20;
constexpr std::size_t kMostSubjects = 50'000;
constexpr std::int64_t kBusyFrom = 600'000;  // milliseconds of processor time worth a look

// What was seen on one file, process or entry.
struct Subject {
  PathSpec address;
  std::string schema;
  std::string sha256;
  std::string what;  // how a person would call it
  CommandPlace place = CommandPlace::kScript;
  std::map<std::string, MinerSign> signs;  // by name
};

std::string text_of(const Record& record, std::string_view field) {
  const auto* text = std::get_if<std::string>(&record.get(field));
  return text ? *text : std::string();
}

// A list as one line; texts as they are.
std::string line_of(const Record& record, std::string_view field) {
  const Value& value = record.get(field);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string out;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& each : *list) out += (out.empty() ? "" : " ") + each;
  }
  return out;
}

bool has_sign(const Record& record, std::string_view sign) {
  const auto* list = std::get_if<std::vector<std::string>>(&record.get("signs"));
  return list && std::find(list->begin(), list->end(), sign) != list->end();
}

bool is_true(const Record& record, std::string_view field) {
  const auto* value = std::get_if<bool>(&record.get(field));
  return value && *value;
}

std::uint64_t number_of(const Record& record, std::string_view field) {
  const Value& value = record.get(field);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value); number && *number > 0) {
    return static_cast<std::uint64_t>(*number);
  }
  return 0;
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
  explicit MinerMatcher(const MinerData& data) : data_(data) {}

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
    }
  }

  void finish(FindingSink& sink) override {
    for (auto& [key, subject] : subjects_) report(subject, sink);
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
    if (left_out_ > 0) coverage.not_looked_at["limit_of_suspects"] = left_out_;
    return coverage;
  }

 private:
  void take_persistence(const Record& record) {
    const std::string command = text_of(record, "command");
    const std::string location = text_of(record, "location");
    std::vector<MinerSign> signs = signs_in_command(command, CommandPlace::kStartsByItself, data_);
    const std::string mechanism = text_of(record, "mechanism");
    const std::string named = text_of(record, "name") + ' ' + text_of(record, "target");
    if (named.find("WinRing0") != std::string::npos) {
      signs.push_back(note(
          "host.winring0", MinerSignKind::kHostChange, 50,
          {"the driver that miners bring (WinRing0)", "マイナーが持ち込むドライバー (WinRing0)"},
          named));
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
    if (is_true(record, "own") || is_true(record, "kernel_thread")) return;
    std::vector<MinerSign> signs =
        signs_in_command(line_of(record, "command_line"), CommandPlace::kProcess, data_);
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
    if (exe.starts_with("/tmp/") || exe.starts_with("/var/tmp/") || exe.starts_with("/dev/shm/")) {
      add(note("path.hidden", MinerSignKind::kHostChange, 25,
               {"runs from a temporary or hidden folder",
                "一時フォルダーまたは隠しフォルダーからの実行"},
               exe));
    }
    const auto busy = static_cast<std::int64_t>(number_of(record, "cpu_milliseconds"));
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
    subject.what = name + " (" + std::to_string(pid) + ")";
    keep_record(process_key(pid), std::move(subject), std::move(signs));
  }

  static std::string process_key(std::uint64_t pid) { return "process " + std::to_string(pid); }

  // A port says something only about a process that is suspect anyway; finish() drops the rest.
  void take_socket(const Record& record) {
    const std::uint64_t port = number_of(record, "remote_port");
    const std::uint64_t pid = number_of(record, "pid");
    if (pid == 0 || !data_.is_port(port)) return;
    Subject subject;
    subject.address = record.source;
    subject.schema = record.schema().name;
    const std::string peer = text_of(record, "remote_address") + ":" + std::to_string(port);
    keep_record(
        process_key(pid), std::move(subject),
        {note("socket.port", MinerSignKind::kNote, 15,
              {"connected to a port that pools use", "プールで使われるポートへの接続"}, peer)});
  }

  void take_container(const Record& record) {
    std::string all;
    for (const char* field : {"image", "command", "name", "entrypoint"}) {
      all += line_of(record, field) + ' ';
    }
    std::vector<MinerSign> signs = signs_in_command(all, CommandPlace::kProcess, data_);
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
    if (subject.what.empty() || subject.sha256.empty()) {
      if (!fresh.what.empty() && (subject.what.empty() || !fresh.sha256.empty())) {
        subject.address = std::move(fresh.address);
        subject.schema = std::move(fresh.schema);
        subject.sha256 = std::move(fresh.sha256);
        subject.what = std::move(fresh.what);
      }
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

  static void report(const Subject& subject, FindingSink& sink) {
    std::vector<int> scores;
    std::size_t kinds = 0;
    bool mining = false, loader = false, change = false;
    for (const auto& [name, sign] : subject.signs) {
      scores.push_back(sign.score);
      mining = mining || sign.kind == MinerSignKind::kMining;
      loader = loader || sign.kind == MinerSignKind::kLoader;
      change = change || sign.kind == MinerSignKind::kHostChange;
    }
    kinds = std::size_t{mining} + loader + change;
    if (!mining && !loader) return;
    int score = combine_scores(scores);
    // People fetch and run installers by hand, too: that alone is no more than a note.
    const bool by_hand =
        subject.place == CommandPlace::kHistory || subject.place == CommandPlace::kScript;
    if (!mining && by_hand && subject.signs.size() < 3) score = std::min(score, 25);
    if (score < 10) return;
    Finding finding;
    finding.matcher = "miner";
    finding.rule = mining ? (subject.schema.empty() ? "miner.file" : "miner." + subject.schema)
                          : "miner.loader";
    finding.origin = "konseki";
    finding.score = score;
    finding.severity = severity_of_score(score, kinds);
    finding.technique = mining ? std::string(kTechnique) : "T1105";
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
      if (order[i]->range.length > 0 && subject.schema.empty()) {
        PathSpec address = subject.address;
        address.range = order[i]->range;
        witness.addresses.push_back(std::move(address));
      }
      finding.witnesses.push_back(std::move(witness));
    }
    finding.reason =
        mining
            ? Bilingual{"Traces of a coin miner: " + en + ".", "コインマイナーの痕跡: " + ja + "。"}
            : Bilingual{"Brings and runs a script, as droppers of miners do: " + en + ".",
                        "マイナーのドロッパーに見られる、スクリプトの取得と実行: " + ja + "。"};
    sink.emit(std::move(finding));
  }

  const MinerData& data_;
  std::atomic<std::uint64_t> files_ = 0;
  std::atomic<std::uint64_t> records_ = 0;
  std::mutex mutex_;
  std::map<std::string, Subject> subjects_;
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::unique_ptr<Matcher> make_miner_matcher(const MinerData& data) {
  return std::make_unique<MinerMatcher>(data);
}

}  // namespace konseki
