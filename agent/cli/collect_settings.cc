#include "agent/cli/collect_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "agent/base/quantities.h"
#include "agent/base/system_words.h"
#include "agent/cli/watch_time.h"

namespace konseki {
namespace {

// The options of every other matter than keys.
std::vector<OptionSpec> collection_options() {
  return {
      {"output,o",
       "DIR|FILE|-",
       {"where the bundle goes: a folder, a new file, or - for stdout\n(default: this folder)",
        "出力先: フォルダー、新しいファイル、- は標準出力\n(既定: 現在のフォルダー)"}},
      {"profile",
       "NAME",
       {"triage (default), sweep, web-server, long-term or full;\nsee konseki list profiles",
        "triage (既定)、sweep、web-server、long-term、full\n一覧は konseki list profiles"}},
      {"artifact", "NAME", {"collect this definition too", "この定義も収集"}, true},
      {"include",
       "GLOB",
       {"collect these paths too, e.g. /srv/**", "このパスも収集 (例 /srv/**)"},
       true},
      {"artifacts",
       "PATH",
       {"more definitions: a YAML or .tkape file, or a folder of them",
        "定義を追加: YAML・.tkape ファイルまたはそのフォルダー"},
       true},
      {"kit",
       "DIR",
       {"the definitions and allow lists in this rescue kit, too",
        "この救助キットの定義と許可リストも使う"}},
      {"files",
       "MODE",
       {"every other file: none, list, digest or collect\n(default: as the profile says)",
        "その他の全ファイル: none, list (一覧), digest (ハッシュ),\ncollect (内容) (既定: "
        "プロファイルに従う)"}},
      {"snapshots",
       "CHOICE",
       {"shadow copies of Windows volumes: all, newest or none\n(default: as the profile says)",
        "Windows ボリュームのシャドウコピー: all (すべて),\nnewest (最新), none (なし) (既定: "
        "プロファイルに従う)"}},
      {"environment",
       "",
       {"record the environment of processes (may hold secrets)",
        "プロセスの環境変数も記録 (秘密情報を含むことがあります)"}},
      {"scan-processes",
       "",
       {"this host only: YARA rules, indicators and traces of\nminers in the memory of processes, "
        "too (read only; recorded)",
        "プロセスのメモリも YARA ルール・インジケータ・マイナーの\n痕跡で検査 (このホストのみ、"
        "読み取りだけ。記録されます)"}},
      {"commands",
       "",
       {"this host only: run the programs that COMMAND definitions\nname (changes the host; "
        "recorded)",
        "COMMAND 定義のプログラムを実行 "
        "(このホストのみ)\n(ホストに変更が生じます。記録されます)"}},
      {"command-time",
       "TIME",
       {"kill such a program after this (default 60s)", "そのプログラムの制限時間 (既定 60s)"}},
      {"clock-reference",
       "TIME",
       {"this host only: what a trusted watch shows now,\ne.g. 2026-11-21T09:00:00+09:00",
        "正確な時計が示す現在時刻 (このホストのみ)\n例 2026-11-21T09:00:00+09:00"}},
      {"max-file-size",
       "SIZE",
       {"skip larger files, but for core artifacts\n(default: as the profile says)",
        "これより大きいファイルを除外 (中核の痕跡は対象外)\n(既定: プロファイルに従う)"}},
      {"max-total-size", "SIZE", {"stop taking content after this", "収集する内容の合計の上限"}},
      {"max-time",
       "TIME",
       {"end in order after this (90s, 30m, 2h)", "この時間で整然と終了 (90s, 30m, 2h)"}},
      {"max-memory", "SIZE", {"bound of buffers (default 160M)", "バッファーの上限 (既定 160M)"}},
      {"priority",
       "LEVEL",
       {"low (default: other programs come first) or normal",
        "low (既定: ほかのプログラムを優先) または normal"}},
      {"cpu-limit",
       "PERCENT",
       {"at most this share of all processors (default 100)",
        "全プロセッサーに対する使用率の上限 (既定 100)"}},
      {"split",
       "SIZE",
       {"continue the bundle in a new part after this\n(default: what the volume can hold)",
        "この大きさごとにバンドルを分割\n(既定: 出力先に保存できる最大の大きさ)"}},
      {"workers",
       "N",
       {"threads that digest and parse (default: cores)", "処理スレッド数 (既定: コア数)"}},
      {"allow-output-on-source",
       "",
       {"write to a volume under examination (recorded)",
        "調査対象のボリュームへの書き込みを許可 (記録されます)"}},
      {"cross-all",
       "",
       {"live host: enter network and pseudo file systems too",
        "ネットワーク・擬似ファイルシステムにも入る (稼働中ホスト)"}},
      {"quiet,q", "", {"no progress", "進捗を表示しない"}},
  };
}

std::vector<OptionSpec> all_options() {
  return joined_options(
      {collection_options(),
       match_options(),
       case_options(),
       recipient_options(),
       {{"passphrase",
         "",
         {"encrypt the bundle with a passphrase, asked for at the start",
          "開始時に入力するパスフレーズでバンドルを暗号化"}},
        {"passphrase-file",
         "FILE",
         {"encrypt with the passphrase in this file (- is stdin)",
          "このファイルのパスフレーズで暗号化 (- は標準入力)"}}},
       signing_options({"sign with this minisign secret key instead of one made for\nthis run "
                        "(on a suspect host it must count as exposed)",
                        "この実行用に作る鍵の代わりに、この minisign 秘密鍵で署名\n"
                        "(侵害が疑われるホストで使った鍵は漏えいしたものとみなすこと)"}),
       Unlocker::options("source-")});
}

std::string examples(std::string_view operator_name) {
  return fmt::format(
      "  konseki collect -o {0} --case-id 2026-014 --operator {1}\n"
      "  konseki collect disk.E01 -o out --profile full\n"
      "  konseki collect -o - | ssh lab 'cat > host.tar.zst'\n"
      "  konseki collect -o {0} --recipients-file team.pub\n",
      kStick, operator_name);
}

}  // namespace

const Usage& collect_usage() {
  static const Usage kUsage{
      "collect",
      "[SOURCE]",
      0,
      1,
      {"Collects evidence into one bundle. SOURCE is this host when absent, else a folder, a disk\n"
       "image, a block device or a bundle; which one is told by its content.",
       "証拠を 1 つのバンドルに収集します。SOURCE を省くとこのホスト自身、指定するとフォルダー、\n"
       "ディスクイメージ、ブロックデバイス、バンドルを内容から判別して読み取ります。"},
      all_options(),
      {examples("\"A. Tanaka\""), examples("田中")}};
  return kUsage;
}

namespace {

constexpr std::uint64_t kLeastPart = std::uint64_t{64} << 10;

tl::unexpected<Error> bad_value(std::string_view option, std::string_view value, Bilingual advice) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("--{} {}", option, value),
              std::move(advice));
}

Result<void> read_size(const Arguments& arguments, std::string_view option,
                       std::optional<std::uint64_t>& out) {
  if (!arguments.has(option)) return {};
  out = parse_size(arguments.value(option));
  if (out) return {};
  return bad_value(option, arguments.value(option),
                   {"Write a size such as 500M or 4G.", "500M や 4G のように指定してください。"});
}

Result<void> read_time(const Arguments& arguments, std::string_view option,
                       std::optional<std::chrono::seconds>& out) {
  if (!arguments.has(option)) return {};
  out = parse_duration(arguments.value(option));
  if (out) return {};
  return bad_value(
      option, arguments.value(option),
      {"Write a time such as 90s, 30m or 2h.", "90s、30m、2h のように指定してください。"});
}

Result<void> read_commands(const Arguments& arguments, CollectSettings& settings) {
  std::optional<std::chrono::seconds> time = std::chrono::seconds(60);
  KONSEKI_TRY(read_time(arguments, "command-time", time));
  if (time->count() < 1) {
    return bad_value("command-time", arguments.value("command-time"),
                     {"Write at least 1s.", "1s 以上を指定してください。"});
  }
  if (!arguments.has("commands")) {
    if (!arguments.has("command-time")) return {};
    return bad_value(
        "command-time", arguments.value("command-time"),
        {"It has a meaning only with --commands.", "--commands と一緒に指定してください。"});
  }
  if (!settings.source.empty()) {
    return bad_value("commands", settings.source,
                     {"Programs are run only when the source is this host; leave SOURCE out.",
                      "プログラムの実行は、このホスト自身を対象にする場合に限ります。"
                      "SOURCE を省いてください。"});
  }
  settings.command_time = time;
  return {};
}

Result<void> read_limits(const Arguments& arguments, CollectSettings& settings) {
  std::optional<std::uint64_t> memory;
  KONSEKI_TRY(read_size(arguments, "max-file-size", settings.max_file_size));
  KONSEKI_TRY(read_size(arguments, "max-total-size", settings.limits.max_total_size));
  KONSEKI_TRY(read_size(arguments, "max-memory", memory));
  settings.limits.max_memory =
      std::max(memory.value_or(settings.limits.max_memory), std::uint64_t{32} << 20);
  KONSEKI_TRY(read_time(arguments, "max-time", settings.limits.max_time));
  if (arguments.has("cpu-limit")) {
    const auto percent = parse_size(arguments.value("cpu-limit"));
    if (!percent || *percent < 1 || *percent > 100) {
      return bad_value("cpu-limit", arguments.value("cpu-limit"),
                       {"Write a number from 1 to 100.", "1 から 100 の数を指定してください。"});
    }
    settings.limits.cpu_percent = static_cast<unsigned>(*percent);
  }
  KONSEKI_TRY(read_size(arguments, "split", settings.part_size));
  if (settings.part_size && *settings.part_size < kLeastPart) {
    return bad_value("split", arguments.value("split"),
                     {"Parts of 64K are the smallest.", "64K 以上を指定してください。"});
  }
  settings.limits.workers = std::clamp(std::thread::hardware_concurrency(), 1U, 16U);
  if (arguments.has("workers")) {
    const auto workers = parse_size(arguments.value("workers"));
    if (!workers || *workers < 1 || *workers > 256) {
      return bad_value("workers", arguments.value("workers"),
                       {"Write a number from 1 to 256.", "1 から 256 の数を指定してください。"});
    }
    settings.limits.workers = static_cast<unsigned>(*workers);
  }
  return {};
}

Result<void> read_case(const Arguments& arguments, CollectSettings& settings) {
  KONSEKI_ASSIGN(settings.case_fields, read_case_options(arguments));
  if (const auto given = settings.case_fields.find("clock_reference");
      given != settings.case_fields.end()) {
    settings.clock_reference = parse_watch_time(given->second);
    if (!settings.clock_reference) {
      return bad_value("clock-reference", given->second,
                       {"Write date, time and zone: 2026-11-21T09:00:00+09:00.",
                        "日付、時刻、時差を 2026-11-21T09:00:00+09:00 のように指定してください。"});
    }
    if (!settings.source.empty()) {
      return bad_value("clock-reference", settings.source,
                       {"It is compared with the clock of this host; leave SOURCE out.",
                        "このホストの時計との照合に使います。SOURCE を省いてください。"});
    }
  }
  return {};
}

// Secrets last: nobody is asked for a passphrase when another word is wrong.
Result<void> read_keys(const Arguments& arguments, Language language, CollectSettings& settings) {
  KONSEKI_ASSIGN(settings.targets, read_recipients(arguments));
  const bool by_file = arguments.has("passphrase-file");
  if ((by_file || arguments.has("passphrase")) && !settings.targets.recipients.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--passphrase, --recipient",
                {"Encrypt to public keys or with a passphrase, not with both.",
                 "公開鍵とパスフレーズは同時に使用できません。"});
  }
  KONSEKI_ASSIGN(settings.signing_key, read_signing_key(arguments, language));
  KONSEKI_ASSIGN(settings.unlocker, Unlocker::create(arguments, language, "source-"));
  if (by_file) {
    KONSEKI_ASSIGN(settings.targets.passphrase,
                   read_passphrase_file(arguments.value("passphrase-file")));
  } else if (arguments.has("passphrase")) {
    KONSEKI_ASSIGN(settings.targets.passphrase,
                   ask_passphrase({"Passphrase for the new bundle", "新しいバンドルのパスフレーズ"},
                                  true, language));
  }
  return {};
}

}  // namespace

Result<CollectSettings> read_collect_settings(const Arguments& arguments, Language language) {
  CollectSettings settings;
  if (!arguments.positional().empty()) settings.source = arguments.positional().front();
  settings.output = arguments.value("output", ".");
  settings.profile = arguments.value("profile", "triage");
  settings.artifacts = arguments.values("artifact");
  settings.include = arguments.values("include");
  settings.definition_paths = arguments.values("artifacts");
  settings.kit = arguments.value("kit");
  if (arguments.has("files")) {
    const std::string mode = arguments.value("files");
    if (mode == "none") settings.files = FilesMode::kNone;
    if (mode == "list") settings.files = FilesMode::kList;
    if (mode == "digest") settings.files = FilesMode::kDigest;
    if (mode == "collect") settings.files = FilesMode::kCollect;
    if (!settings.files) {
      return bad_value("files", mode,
                       {"Use none, list, digest or collect.",
                        "none、list、digest、collect のどれかを指定してください。"});
    }
  }
  if (arguments.has("snapshots")) {
    const std::string choice = arguments.value("snapshots");
    if (choice == "none") settings.snapshots = SnapshotChoice::kNone;
    if (choice == "newest") settings.snapshots = SnapshotChoice::kNewest;
    if (choice == "all") settings.snapshots = SnapshotChoice::kAll;
    if (!settings.snapshots) {
      return bad_value(
          "snapshots", choice,
          {"Use all, newest or none.", "all、newest、none のどれかを指定してください。"});
    }
  }
  const std::string priority = arguments.value("priority", "low");
  settings.low_priority = priority == "low";
  if (!settings.low_priority && priority != "normal") {
    return bad_value("priority", priority,
                     {"Use low or normal.", "low または normal を指定してください。"});
  }
  settings.environment = arguments.has("environment");
  settings.scan_processes = arguments.has("scan-processes");
  if (settings.scan_processes && !settings.source.empty()) {
    return bad_value("scan-processes", settings.source,
                     {"Only this host has processes; leave SOURCE out.",
                      "プロセスがあるのはこのホスト自身だけです。SOURCE を省いてください。"});
  }
  settings.allow_output_on_source = arguments.has("allow-output-on-source");
  settings.cross_all = arguments.has("cross-all");
  settings.quiet = arguments.has("quiet");
  KONSEKI_TRY(read_commands(arguments, settings));
  KONSEKI_TRY(read_limits(arguments, settings));
  KONSEKI_ASSIGN(settings.match, read_match_settings(arguments));
  settings.match.kit = settings.kit;
  KONSEKI_TRY(read_case(arguments, settings));
  KONSEKI_TRY(read_keys(arguments, language, settings));
  return settings;
}

}  // namespace konseki
