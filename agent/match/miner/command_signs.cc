// Signs in one command line.
#include <algorithm>
#include <array>
#include <cstring>

#include "agent/base/base64.h"
#include "agent/base/unicode.h"
#include "agent/match/miner/miner_sign.h"

namespace konseki {
namespace {

constexpr std::size_t kMostCommand = std::size_t{64} << 10;
constexpr int kMostLayers = 3;
constexpr std::size_t kMostExcerpt = 200;

struct Phrase {
  std::string_view text;  // lower case
  std::string_view name;
  MinerSignKind kind;
  int score;
  std::string_view en;
  std::string_view ja;
};

// Options that only miners have, or hardly anything else.
constexpr auto kOptions = std::to_array<Phrase>({
    {"--donate-level", "option.donate_level", MinerSignKind::kMining, 55,
     "an option of miners (--donate-level)", "マイナー固有のオプション (--donate-level)"},
    {"--donate-over-proxy", "option.donate_over_proxy", MinerSignKind::kMining, 55,
     "an option of miners (--donate-over-proxy)", "マイナー固有のオプション (--donate-over-proxy)"},
    {"--cpu-max-threads-hint", "option.threads_hint", MinerSignKind::kMining, 55,
     "an option of miners (--cpu-max-threads-hint)",
     "マイナー固有のオプション (--cpu-max-threads-hint)"},
    {"--randomx-", "option.randomx", MinerSignKind::kMining, 55,
     "an option of miners (--randomx-...)", "マイナー固有のオプション (--randomx-...)"},
    {"--coin=", "option.coin", MinerSignKind::kMining, 45, "an option of miners (--coin)",
     "マイナー固有のオプション (--coin)"},
    {"--nicehash", "option.nicehash", MinerSignKind::kMining, 50,
     "an option of miners (--nicehash)", "マイナー固有のオプション (--nicehash)"},
    {"--rig-id", "option.rig_id", MinerSignKind::kMining, 45, "an option of miners (--rig-id)",
     "マイナー固有のオプション (--rig-id)"},
    {"--cpu-priority", "option.cpu_priority", MinerSignKind::kMining, 35,
     "an option of miners (--cpu-priority)", "マイナー固有のオプション (--cpu-priority)"},
    {"--max-cpu-usage", "option.max_cpu_usage", MinerSignKind::kMining, 35,
     "an option of miners (--max-cpu-usage)", "マイナー固有のオプション (--max-cpu-usage)"},
    {"--cinit-", "option.cinit", MinerSignKind::kMining, 55,
     "an option of hidden miners (--cinit-...)", "隠しマイナー固有のオプション (--cinit-...)"},
});

// What mining intrusions do to a host.
constexpr auto kChanges = std::to_array<Phrase>({
    {"nr_hugepages", "host.huge_pages", MinerSignKind::kHostChange, 30,
     "changes huge pages, as RandomX wants them", "RandomX が使う huge pages の設定変更"},
    {"modprobe msr", "host.msr", MinerSignKind::kHostChange, 40,
     "opens the processor's registers (msr)", "CPU レジスター (msr) の操作"},
    {"wrmsr", "host.msr", MinerSignKind::kHostChange, 40, "writes the processor's registers (msr)",
     "CPU レジスター (msr) への書き込み"},
    {"/dev/cpu/*/msr", "host.msr", MinerSignKind::kHostChange, 40,
     "writes the processor's registers (msr)", "CPU レジスター (msr) への書き込み"},
    {"allow_writes=on", "host.msr", MinerSignKind::kHostChange, 40,
     "opens the processor's registers (msr)", "CPU レジスター (msr) の操作"},
    {"winring0", "host.winring0", MinerSignKind::kHostChange, 50,
     "the driver that miners bring (WinRing0)", "マイナーが持ち込むドライバー (WinRing0)"},
    {"selockmemoryprivilege", "host.lock_memory", MinerSignKind::kHostChange, 35,
     "the right to lock pages in memory", "メモリ内ページのロック権限"},
    {"quartz_uninstall", "host.removes_agent", MinerSignKind::kHostChange, 45,
     "removes the cloud provider's security agent",
     "クラウド事業者のセキュリティエージェントの削除"},
    {"aegis", "host.removes_agent", MinerSignKind::kHostChange, 35,
     "touches the cloud provider's security agent",
     "クラウド事業者のセキュリティエージェントの操作"},
    {"cloudmonitor", "host.removes_agent", MinerSignKind::kHostChange, 30,
     "touches the cloud provider's security agent",
     "クラウド事業者のセキュリティエージェントの操作"},
    {"yunjing", "host.removes_agent", MinerSignKind::kHostChange, 35,
     "touches the cloud provider's security agent",
     "クラウド事業者のセキュリティエージェントの操作"},
    {"setenforce 0", "host.security_off", MinerSignKind::kHostChange, 20,
     "switches a protection off", "防御機能の無効化"},
    {"ufw disable", "host.security_off", MinerSignKind::kHostChange, 20,
     "switches a protection off", "防御機能の無効化"},
    {"iptables -f", "host.security_off", MinerSignKind::kHostChange, 20,
     "switches a protection off", "防御機能の無効化"},
    {"add-mppreference", "host.defender_exclusion", MinerSignKind::kHostChange, 35,
     "keeps Defender from looking (exclusion)", "Defender の除外設定"},
    {"disablerealtimemonitoring", "host.security_off", MinerSignKind::kHostChange, 40,
     "switches Defender off", "Defender の無効化"},
    {"unset histfile", "host.history_off", MinerSignKind::kHostChange, 20,
     "keeps the shell from writing its history", "シェル履歴の無効化"},
    {"histfile=/dev/null", "host.history_off", MinerSignKind::kHostChange, 20,
     "keeps the shell from writing its history", "シェル履歴の無効化"},
    {"history -c", "host.history_off", MinerSignKind::kHostChange, 15, "clears the history",
     "シェル履歴の消去"},
    {"/etc/ld.so.preload", "host.preload", MinerSignKind::kHostChange, 35,
     "touches /etc/ld.so.preload", "/etc/ld.so.preload の操作"},
    {"stricthostkeychecking=no", "host.spreads", MinerSignKind::kHostChange, 20,
     "logs in elsewhere without asking (ssh)", "確認なしの ssh 接続"},
});

constexpr auto kAlgorithms = std::to_array<std::string_view>(
    {"rx/",      "cn/",        "cn-",        "randomx",   "cryptonight", "kawpow",   "ethash",
     "etchash",  "ghostrider", "argon2/",    "autolykos", "octopus",     "equihash", "progpow",
     "firopow",  "verushash",  "yescrypt",   "yespower",  "lyra2",       "x16r",     "neoscrypt",
     "astrobwt", "panthera",   "kheavyhash", "beamhash",  "cuckatoo",    "cuckaroo", "gr"});

constexpr auto kShells =
    std::to_array<std::string_view>({"sh", "bash", "dash", "zsh", "ksh", "ash", "python", "python2",
                                     "python3", "perl", "php", "node", "ruby"});
constexpr auto kFetchers = std::to_array<std::string_view>(
    {"curl", "wget", "lwp-download", "fetch", "aria2c", "cdl", "wge", "wdl", "curl1", "wget1"});
// What may stand before the program that really runs.
constexpr auto kWrappers = std::to_array<std::string_view>(
    {"nohup", "sudo", "setsid", "exec", "nice",    "ionice", "timeout", "env", "command", "busybox",
     "start", "doas", "stdbuf", "chrt", "taskset", "eval",   "then",    "do",  "else",    "if"});
constexpr auto kPasteSites = std::to_array<std::string_view>(
    {"pastebin.com", "paste.ee", "transfer.sh", "ix.io", "termbin.com", "hastebin.com", "ghostbin",
     "bashupload.com", "temp.sh", "oshi.at", "0x0.st", "file.io", "anonfiles.com"});

template <std::size_t kCount>
bool contains(const std::array<std::string_view, kCount>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool ends_word(char c) {
  return is_blank(c) || c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '<' ||
         c == '>' || c == '`' || c == '"' || c == '\'' || c == ',';
}
bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}
bool is_base64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

struct Word {
  std::string_view text;
  std::size_t at = 0;
  char before = ';';  // the last separator that is no blank and no quote; ' ' inside a command
};

class CommandReader {
 public:
  CommandReader(std::string_view text, CommandPlace place, const MinerData& data)
      : text_(text.substr(0, kMostCommand)),
        lower_(ascii_lower(text_)),
        place_(place),
        data_(data) {
    split();
  }

  std::vector<MinerSign> read(int layer) {
    phrases();
    stratum();
    pools();
    options();
    wallets();
    programs();
    loaders();
    decoders(layer);
    file_locks();
    return std::move(signs_);
  }

 private:
  static std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return out;
  }

  void split() {
    const std::string_view text = lower_;
    char before = ';';
    for (std::size_t at = 0; at < text.size();) {
      if (ends_word(text[at])) {
        if (!is_blank(text[at]) && text[at] != '"' && text[at] != '\'') before = text[at];
        ++at;
        continue;
      }
      std::size_t end = at;
      while (end < text.size() && !ends_word(text[end])) ++end;
      words_.push_back({text.substr(at, end - at), at, before});
      before = ' ';
      at = end;
    }
  }

  void add(std::string_view name, MinerSignKind kind, int score, Bilingual text, std::size_t at,
           std::size_t length) {
    for (const MinerSign& sign : signs_) {
      if (sign.name == name) return;
    }
    signs_.push_back({std::string(name),
                      kind,
                      score,
                      std::move(text),
                      std::string(text_.substr(at, std::min(length, kMostExcerpt))),
                      {at, length}});
  }

  void phrases() {
    const auto look = [&](const auto& list) {
      for (const Phrase& phrase : list) {
        const std::size_t at = lower_.find(phrase.text);
        if (at == std::string::npos) continue;
        add(phrase.name, phrase.kind, phrase.score,
            {std::string(phrase.en), std::string(phrase.ja)}, at, phrase.text.size());
      }
    };
    if (lower_.find("--") != std::string::npos) look(kOptions);
    look(kChanges);
  }

  void stratum() {
    std::size_t at = lower_.find("stratum");
    while (at != std::string::npos) {
      std::size_t end = at + 7;
      while (end < lower_.size() && (is_host_character(lower_[end]) || lower_[end] == '+')) ++end;
      if (std::string_view(lower_).substr(end).starts_with("://")) {
        while (end < lower_.size() && !ends_word(lower_[end])) ++end;
        add("stratum", MinerSignKind::kMining, 75,
            {"an address of the mining protocol Stratum",
             "マイニング用プロトコル Stratum の接続先"},
            at, end - at);
        return;
      }
      at = lower_.find("stratum", at + 1);
    }
  }

  void pools() {
    const std::string_view text = lower_;
    for (std::size_t at = 0; at < text.size();) {
      if (!is_host_character(text[at])) {
        ++at;
        continue;
      }
      std::size_t end = at;
      bool dot = false;
      while (end < text.size() && is_host_character(text[end])) dot |= text[end++] == '.';
      if (dot) {
        if (const std::string_view pool = data_.pool_of(text.substr(at, end - at)); !pool.empty()) {
          add("pool", MinerSignKind::kMining, 65,
              {"a known mining pool (" + std::string(pool) + ")",
               "既知のマイニングプール (" + std::string(pool) + ")"},
              at, end - at);
          return;
        }
      }
      at = end;
    }
  }

  // "-o HOST:PORT -u WALLET", "--algo rx/0".
  void options() {
    std::size_t url = words_.size();
    std::size_t wallet = words_.size();
    bool user = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::string_view word = words_[i].text;
      std::string_view value = i + 1 < words_.size() ? words_[i + 1].text : "";
      if (const std::size_t equals = word.find('=');
          word.starts_with("--") && equals != word.npos) {
        value = word.substr(equals + 1);
        word = word.substr(0, equals);
      }
      if (word == "-a" || word == "--algo" || word == "--algorithm") {
        for (const std::string_view algorithm : kAlgorithms) {
          const bool whole =
              algorithm.size() < 4 && !algorithm.ends_with('/') && !algorithm.ends_with('-');
          if (whole ? value == algorithm : value.starts_with(algorithm)) {
            add("option.algorithm", MinerSignKind::kMining, 60,
                {"a mining algorithm (" + std::string(value) + ")",
                 "マイニングアルゴリズム (" + std::string(value) + ")"},
                words_[i].at, words_[i].text.size());
            break;
          }
        }
      } else if (word == "-o" || word == "--url" || word == "--pool" || word == "--server") {
        if (has_port(value)) url = i;
      } else if (word == "-u" || word == "--user" || word == "--wallet" || word == "-p" ||
                 word == "--userpass") {
        user = true;
        if (word != "-p" && is_wallet(value)) wallet = i;
      }
    }
    // Addresses of other coins look like much else: they count where a miner would have them.
    if (wallet < words_.size() && (url < words_.size() || !signs_.empty())) {
      add("wallet.other", MinerSignKind::kMining, 40,
          {"a wallet's address as the user of a pool",
           "プールのユーザー名としてのウォレットアドレス"},
          words_[wallet].at, words_[wallet].text.size());
    }
    if (url < words_.size() && user) {
      add("option.pool_and_user", MinerSignKind::kMining, 50,
          {"pool address and user as miners take them",
           "マイナーの書式によるプールの接続先とユーザー"},
          words_[url].at, words_[url].text.size());
    }
  }

  // Addresses of Bitcoin, Ethereum, Kaspa and their likes, perhaps with ".worker" behind; in lower
  // case here, as all words are.
  static bool is_wallet(std::string_view value) {
    value = value.substr(0, value.find_first_of("./+"));
    const auto all = [](std::string_view text, const auto& is) {
      return std::all_of(text.begin(), text.end(), is);
    };
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const auto word = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    if (value.starts_with("0x")) return value.size() == 42 && all(value.substr(2), hex);
    if (value.starts_with("bc1") || value.starts_with("ltc1")) {
      return value.size() >= 42 && value.size() <= 74 && all(value, word);
    }
    if (value.starts_with("kaspa:")) return value.size() >= 67 && all(value.substr(6), word);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return value.size() >= 33 && value.size() <= 35 && all(value, word) && !all(value, hex) &&
           std::count_if(value.begin(), value.end(), digit) >= 3;
  }

  static bool has_port(std::string_view value) {
    const std::size_t colon = value.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 >= value.size()) return false;
    const std::string_view port = value.substr(colon + 1);
    return port.size() <= 5 &&
           std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  void wallets() {
    std::size_t length = 0;
    const std::size_t at = find_monero_address(text_, 0, length);
    if (at == std::string_view::npos) return;
    add("wallet.monero", MinerSignKind::kMining, 50, {"a Monero address", "Monero のアドレス"}, at,
        length);
  }

  void programs() {
    bool starts = true;
    for (const Word& word : words_) {
      if (word.before != ' ') starts = true;
      if (!starts || word.before == '>' || word.before == '<') continue;
      std::string_view program = word.text;
      if (const std::size_t equals = program.find('='); equals != std::string_view::npos) {
        program.remove_prefix(equals + 1);  // NAME=value, ExecStart=/path
        if (program.find_first_of("/\\") == std::string_view::npos) continue;
      }
      while (!program.empty() &&
             (program[0] == '-' || program[0] == '@' || program[0] == '+' || program[0] == '!')) {
        program.remove_prefix(1);
      }
      const std::string_view name = base_name(program);
      if (name.empty() || contains(kWrappers, name)) continue;
      // Numbers, cron's time fields and users pass by.
      if (name.find_first_not_of("0123456789*/,-") == std::string_view::npos) continue;
      // A crontab has its time fields and perhaps a user in front of the program.
      const bool before_program = place_ == CommandPlace::kStartsByItself &&
                                  &word - words_.data() < 8 &&
                                  program.find_first_of("/\\") == std::string_view::npos;
      starts = before_program;
      judge_program(program, name, word);
    }
  }

  void judge_program(std::string_view program, std::string_view name, const Word& word) {
    const bool has_path = program.size() > name.size();
    switch (data_.kind_of(name)) {
      case MinerName::kMiner:
        add("name.miner", MinerSignKind::kMining, 60,
            {"a program with a miner's name (" + std::string(name) + ")",
             "マイナーと同名のプログラム (" + std::string(name) + ")"},
            word.at, word.text.size());
        break;
      case MinerName::kDisguise:
        add("name.disguise", MinerSignKind::kMining, 70,
            {"a name that mining intrusions use (" + std::string(name) + ")",
             "マイニング目的の侵害で使われる名前 (" + std::string(name) + ")"},
            word.at, word.text.size());
        break;
      case MinerName::kSystem:
        if (!has_path) break;  // the kernel's own threads have none
        add("name.imitates_system", MinerSignKind::kHostChange, 40,
            {"a program named like a thread of the kernel (" + std::string(name) + ")",
             "カーネルスレッドに似せた名前のプログラム (" + std::string(name) + ")"},
            word.at, word.text.size());
        break;
      case MinerName::kNone:
        break;
    }
    bool temporary = program.starts_with("/tmp/") || program.starts_with("/var/tmp/") ||
                     program.starts_with("/dev/shm/") || program.starts_with("/run/user/");
    for (const std::string_view folder :
         {"%temp%\\", "%tmp%\\", "%public%\\", "\\appdata\\local\\temp\\", "\\users\\public\\",
          "\\windows\\temp\\", "/appdata/local/temp/", "/users/public/", "/windows/temp/"}) {
      temporary = temporary || program.find(folder) != std::string_view::npos;
    }
    if (temporary || (has_path && program.find("/.") != std::string_view::npos &&
                      !program.starts_with("/home/") && program.find("/./") == program.npos)) {
      add("path.hidden", MinerSignKind::kHostChange, 25,
          {"runs from a temporary or hidden folder",
           "一時フォルダーまたは隠しフォルダーからの実行"},
          word.at, word.text.size());
    }
  }

  int by_place(int self, int process, int script, int history) const {
    switch (place_) {
      case CommandPlace::kStartsByItself:
        return self;
      case CommandPlace::kProcess:
        return process;
      case CommandPlace::kScript:
        return script;
      case CommandPlace::kHistory:
        return history;
    }
    return history;
  }

  bool is_fetcher(std::size_t i) const { return contains(kFetchers, base_name(words_[i].text)); }
  bool is_shell(std::size_t i) const { return contains(kShells, base_name(words_[i].text)); }

  // curl ... | sh, sh <(curl ...), sh -c "$(wget ...)", iex (...DownloadString...).
  void loaders() {
    std::size_t fetch = words_.size();
    bool second_fetcher = false;
    bool runs = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (is_fetcher(i)) {
        if (fetch < words_.size()) second_fetcher = true;
        if (fetch == words_.size()) {
          fetch = i;
          // A shell that takes what the fetcher gives: "sh <(", "sh -c $(", "eval `".
          for (std::size_t back = i; back-- > 0 && i - back <= 3;) {
            const char before = words_[i].before;
            if ((is_shell(back) || words_[back].text == "eval" || words_[back].text == "source" ||
                 words_[back].text == ".") &&
                (before == '(' || before == '`')) {
              runs = true;
            }
          }
        }
      } else if (fetch < words_.size() && is_shell(i) && pipes_into(i)) {
        runs = true;
      }
    }
    const bool powershell = (lower_.find("downloadstring") != std::string::npos ||
                             lower_.find("downloadfile") != std::string::npos ||
                             lower_.find("invoke-webrequest") != std::string::npos ||
                             lower_.find("iwr ") != std::string::npos) &&
                            (lower_.find("iex") != std::string::npos ||
                             lower_.find("invoke-expression") != std::string::npos ||
                             lower_.find("start-process") != std::string::npos);
    if (powershell) {
      const std::size_t at = std::min(lower_.find("iex"), lower_.find("invoke-"));
      add("loader.powershell", MinerSignKind::kLoader, by_place(75, 70, 50, 50),
          {"fetches a script and runs it (PowerShell)", "スクリプトを取得して実行 (PowerShell)"},
          at == std::string::npos ? 0 : at, 40);
    }
    if (!runs) return;
    add("loader.fetch_and_run", MinerSignKind::kLoader, by_place(75, 65, 45, 40),
        {"fetches a script and runs it at once", "スクリプトを取得してそのまま実行"},
        words_[fetch].at, text_.size() - words_[fetch].at);
    if (second_fetcher) {
      add("loader.two_ways", MinerSignKind::kHostChange, 30,
          {"tries two programs to fetch it", "2 種類の取得手段を併用"}, words_[fetch].at,
          words_[fetch].text.size());
    }
    if (const std::size_t at = bare_address(); at != std::string::npos) {
      add("loader.bare_address", MinerSignKind::kHostChange, 35,
          {"fetches from an address without a name", "ドメイン名のない IP アドレスからの取得"}, at,
          24);
    }
    for (const std::string_view site : kPasteSites) {
      if (const std::size_t at = lower_.find(site); at != std::string::npos) {
        add("loader.paste_site", MinerSignKind::kHostChange, 35,
            {"fetches from a paste or upload site", "貼り付け・アップロードサイトからの取得"}, at,
            site.size());
      }
    }
  }

  // The shell stands behind a pipe, perhaps with sudo or nohup between.
  bool pipes_into(std::size_t shell) const {
    for (std::size_t i = shell; shell - i <= 2; --i) {
      if (words_[i].before == '|') return true;
      if (words_[i].before != ' ' || i == 0 || !contains(kWrappers, words_[i - 1].text))
        return false;
    }
    return false;
  }

  std::size_t bare_address() const {
    std::size_t at = lower_.find("://");
    while (at != std::string::npos) {
      std::size_t end = at + 3;
      int dots = 0;
      while (end < lower_.size() &&
             ((lower_[end] >= '0' && lower_[end] <= '9') || lower_[end] == '.')) {
        dots += lower_[end++] == '.';
      }
      if (dots == 3 && (end == lower_.size() || lower_[end] == '/' || lower_[end] == ':' ||
                        ends_word(lower_[end]))) {
        return at + 3;
      }
      at = lower_.find("://", at + 1);
    }
    return std::string::npos;
  }

  // The longest run of base64 characters; empty when shorter than 16.
  std::string_view longest_base64(std::size_t& where) const {
    std::string_view best;
    for (std::size_t at = 0; at < text_.size();) {
      if (!is_base64(text_[at])) {
        ++at;
        continue;
      }
      std::size_t end = at;
      while (end < text_.size() && is_base64(text_[end])) ++end;
      if (end - at > best.size()) {
        best = text_.substr(at, end - at);
        where = at;
      }
      at = end;
    }
    return best.size() >= 16 ? best : std::string_view();
  }

  // echo BASE64 | base64 -d | sh; powershell -enc BASE64. What was decoded is looked into.
  void decoders(int layer) {
    const bool decodes =
        (lower_.find("base64") != std::string::npos &&
         (lower_.find("-d") != std::string::npos || lower_.find("decode") != std::string::npos)) ||
        lower_.find("xxd -r") != std::string::npos;
    bool to_shell = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      to_shell = to_shell || (is_shell(i) && (pipes_into(i) || words_[i].before == '`')) ||
                 words_[i].text == "eval";
    }
    bool encoded_powershell = false;
    if (lower_.find("powershell") != std::string::npos ||
        lower_.find("pwsh") != std::string::npos) {
      for (const Word& word : words_) {
        // PowerShell takes any beginning of -EncodedCommand.
        encoded_powershell =
            encoded_powershell ||
            (word.text.size() >= 2 && std::string_view("-encodedcommand").starts_with(word.text)) ||
            word.text == "-ec";
      }
    }
    if (!(decodes && to_shell) && !encoded_powershell) return;
    std::size_t at = 0;
    const std::string_view blob = longest_base64(at);
    add(encoded_powershell ? "loader.encoded_powershell" : "loader.decode_and_run",
        MinerSignKind::kLoader, by_place(75, 65, 50, 45),
        {"decodes a command and runs it", "符号化されたコマンドを復号して実行"}, at,
        std::max<std::size_t>(blob.size(), 1));
    if (layer >= kMostLayers || blob.empty()) return;
    std::string_view padded = blob;
    while (padded.size() % 4 == 1) padded.remove_suffix(1);
    const auto bytes = base64_decode(padded);
    if (!bytes) return;
    std::string inner(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (encoded_powershell) {  // UTF-16LE; what is beyond ASCII plays no part here
      std::string narrow;
      for (std::size_t i = 0; i + 1 < inner.size(); i += 2) narrow += inner[i];
      inner = std::move(narrow);
    }
    for (MinerSign& sign : CommandReader(inner, place_, data_).read(layer + 1)) {
      add(sign.name, sign.kind, sign.score, sign.text, at, blob.size());
      if (signs_.back().name == sign.name) signs_.back().excerpt = sign.excerpt;
    }
  }

  // chattr +i on what starts by itself or lets in.
  void file_locks() {
    const std::size_t at = lower_.find("chattr ");
    if (at == std::string::npos) return;
    for (const std::string_view target : {"cron", "authorized_keys", "ld.so.preload", ".ssh",
                                          "/etc/passwd", "rc.local", "init.d"}) {
      if (lower_.find(target, at) == std::string::npos) continue;
      add("host.immutable", MinerSignKind::kHostChange, 40,
          {"makes a start-up or key file unchangeable, or frees it (chattr)",
           "起動・鍵ファイルの変更禁止属性の操作 (chattr)"},
          at, 32);
      return;
    }
  }

  const std::string_view text_;
  const std::string lower_;
  const CommandPlace place_;
  const MinerData& data_;
  std::vector<Word> words_;
  std::vector<MinerSign> signs_;
};

}  // namespace

std::vector<MinerSign> signs_in_command(std::string_view command, CommandPlace place,
                                        const MinerData& data) {
  return CommandReader(command, place, data).read(0);
}

std::size_t find_monero_address(std::string_view text, std::size_t from, std::size_t& length) {
  static constexpr auto kBase58 = [] {
    std::array<bool, 256> table{};
    for (const char c :
         std::string_view("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")) {
      table[static_cast<unsigned char>(c)] = true;
    }
    return table;
  }();
  const auto is_base58 = [&](char c) { return kBase58[static_cast<unsigned char>(c)]; };
  for (std::size_t at = from; at < text.size();) {
    if (!is_base58(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_base58(text[end])) ++end;
    const std::size_t run = end - at;
    const bool whole = end == text.size() || !(text[end] == '0' || text[end] == 'O' ||
                                               text[end] == 'I' || text[end] == 'l');
    if ((run == 95 || run == 106) && whole && (text[at] == '4' || text[at] == '8') &&
        ((text[at + 1] >= '1' && text[at + 1] <= '9') || text[at + 1] == 'A' ||
         text[at + 1] == 'B')) {
      length = run;
      return at;
    }
    at = end;
  }
  return std::string_view::npos;
}

}  // namespace konseki
