// konseki collect: from a source to a sealed bundle beside its report.

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <random>
#include <thread>

#include "agent/base/clock.h"
#include "agent/base/digest.h"
#include "agent/base/local_path.h"
#include "agent/base/memory_reader.h"
#include "agent/base/output_file.h"
#include "agent/base/parted_output.h"
#include "agent/base/quantities.h"
#include "agent/base/scheduling.h"
#include "agent/base/system_words.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/writer.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/case_options.h"
#include "agent/cli/console.h"
#include "agent/cli/definition_files.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/key_options.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/match_options.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_description.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/secret_input.h"
#include "agent/cli/terminal_observer.h"
#include "agent/cli/verbs.h"
#include "agent/cli/watch_time.h"
#include "agent/pipeline/collection.h"
#include "agent/report/html_report.h"
#include "agent/report/info_text.h"
#include "agent/seal/age_reader.h"
#include "agent/seal/age_writer.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/output_placement.h"
#include "agent/source/live/parted_file.h"
#include "agent/source/open_source.h"
#include "collectors/collector_list.h"

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
       {"this host only: YARA rules and traces of miners in the\nmemory of processes, too (read "
        "only; recorded)",
        "プロセスのメモリも YARA ルールとマイナーの痕跡で検査\n(このホストのみ、読み取りだけ。"
        "記録されます)"}},
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

const Usage& usage() {
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

// Nothing by itself: for collecting only what --artifact, --include or --files name.
constexpr std::string_view kNoProfile = "none";

constexpr std::uint64_t kLeastPart = std::uint64_t{64} << 10;

// Everything the options say, checked.
struct Settings {
  std::string source;
  std::string output;
  std::string profile;
  std::vector<std::string> artifacts;
  std::vector<std::string> include;
  std::vector<std::string> definition_paths;
  std::string kit;  // its folder; empty: none
  std::optional<FilesMode> files;
  std::optional<SnapshotChoice> snapshots;
  std::optional<std::uint64_t> max_file_size;
  MatchSettings match;
  Limits limits;
  std::optional<std::uint64_t> part_size;
  bool low_priority = true;
  CaseFile case_fields;
  AgeTargets targets;
  std::optional<SigningKey> signing_key;
  Unlocker unlocker;
  bool environment = false;
  bool scan_processes = false;
  std::optional<std::chrono::seconds> command_time;  // absent: run nothing
  std::optional<Timestamp> clock_reference;
  bool allow_output_on_source = false;
  bool cross_all = false;
  bool quiet = false;
};

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

Result<void> read_commands(const Arguments& arguments, Settings& settings) {
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

Result<void> read_limits(const Arguments& arguments, Settings& settings) {
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

Result<void> read_case(const Arguments& arguments, Settings& settings) {
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
Result<void> read_keys(const Arguments& arguments, Language language, Settings& settings) {
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

Result<Settings> read_settings(const Arguments& arguments, Language language) {
  Settings settings;
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

// Paths given by hand become one more definition, so that they are found by the same walk.
std::string include_definition(const std::vector<std::string>& globs) {
  std::string text =
      "name: CommandLine\ndoc: Paths given on the command line.\nsources:\n"
      "- type: FILE\n  attributes:\n    paths:\n";
  for (const std::string& glob : globs) {
    std::string quoted;
    for (const char c : glob) quoted += c == '\'' ? "''" : std::string(1, c);
    text += "    - '" + quoted + "'\n";
  }
  return text;
}

std::string random_id() {
  std::random_device device;
  return fmt::format("{:08x}", device());
}

// A hostname as part of a file name: letters, digits, '-', '_' and '.'; anything else is '_'.
std::string name_part(std::string_view hostname, std::string_view fallback) {
  std::string out;
  for (const char c : hostname.substr(0, 64)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || (c == '.' && !out.empty());
    out += plain ? c : '_';
  }
  return out.empty() ? std::string(fallback) : out;
}

// "2026-08-15T02:25:25.…Z" as 20260815T022525Z.
std::string compact_time(const Timestamp& time) {
  std::string out;
  for (const char c : time.iso8601().substr(0, 19)) {
    if (c != '-' && c != ':') out += c;
  }
  return out + "Z";
}

std::string own_digest() {
  auto reader = open_own_executable();
  if (!reader) return {};
  Sha256Pass pass;
  std::vector<std::byte> buffer(1 << 20);
  std::uint64_t at = 0;
  while (true) {
    auto count = (*reader)->read_at(at, buffer);
    if (!count) return {};
    if (*count == 0) return to_hex(pass.finish());
    pass.update(std::span(buffer).first(*count));
    at += *count;
  }
}

bool is_folder(const std::string& path) {
  auto facts = local_file_facts(path);
  return facts && facts->kind == LocalFileKind::kDirectory;
}

// The run, step by step; each step says what it needs.
class Collect {
 public:
  Collect(Settings settings, std::vector<std::string> words, Language language)
      : settings_(std::move(settings)),
        words_(std::move(words)),
        language_(language),
        observer_(language, standard_error_is_terminal(), settings_.quiet),
        to_stdout_(settings_.output == "-") {}

  Result<int> run() {
    run_.started = system_now();
    run_.run_id = random_id();
    KONSEKI_ASSIGN(const MatchArms arms, MatchArms::load(settings_.match));
    KONSEKI_TRY(open());
    // Live state was seen now; when other evidence was taken, it does not say.
    const bool live = source_->info().kind == SourceKind::kLive;
    KONSEKI_ASSIGN(matches_, arms.stage(live ? std::optional(run_.started) : std::nullopt));
    if (auto planned = plan(); !planned) return refuse_usage(planned.error(), language_);
    KONSEKI_TRY(place_output());
    auto code = collect();
    if (!code) return report_unsafe(code.error());
    return *code;
  }

 private:
  Result<void> open() {
    OpenOptions options;
    options.cross_all = settings_.cross_all;
    options.unlock = [this](std::unique_ptr<ByteReader> file) {
      return settings_.unlocker.unlock(std::move(file));
    };
    if (!to_stdout_) {
      const bool folder = is_folder(settings_.output);
      options.outputs.push_back(folder ? settings_.output : settings_.output + ".partial");
    }
    options.own_files = own_files_;
    options.snapshots = [this] { return snapshot_choice(); };
    KONSEKI_ASSIGN(source_, open_source(settings_.source, options));
    for (const UnreadableVolume& volume : source_->unreadable()) {
      observer_.warned({fmt::format("{} ({}, offset {}): {}", volume.name, volume.type,
                                    volume.offset, volume.advice.en),
                        fmt::format("{} ({}、オフセット {}): {}", volume.name, volume.type,
                                    volume.offset, volume.advice.ja)});
    }
    return {};
  }

  // Asked for only where there are shadow copies, for it waits for the definitions.
  SnapshotChoice snapshot_choice() {
    if (settings_.snapshots) return *settings_.snapshots;
    load_embedded();
    const ProfileSet profiles = embedded_profiles(definitions_);
    const Profile* profile = profiles.find(settings_.profile);
    return profile ? profile->snapshots : SnapshotChoice::kNone;
  }

  void load_embedded() {
    if (embedded_.valid()) definitions_ = embedded_.get();
  }

  Result<void> plan() {
    KONSEKI_ASSIGN(DefinitionFiles files, read_definition_files(settings_.definition_paths));
    if (!settings_.kit.empty()) {
      KONSEKI_ASSIGN(auto members, read_kit_members(settings_.kit, kKitDefinitions));
      for (KitMember& member : members) files.add(member.name, std::move(member.content));
    }
    load_embedded();
    std::vector<NamedText> texts = files.texts();
    const std::string include = include_definition(settings_.include);
    if (!settings_.include.empty()) texts.push_back({"command line", include});
    definitions_.add(texts);
    for (const DefinitionProblem& problem : definitions_.problems()) {
      if (problem.level != DefinitionProblem::Level::kError || !files.holds(problem.file)) continue;
      observer_.warned(
          {problem.describe(Language::kEnglish), problem.describe(Language::kJapanese)});
    }
    ProfileSet profiles;
    if (settings_.profile == kNoProfile) {
      profiles.profiles.emplace_back().name = kNoProfile;
    } else {
      profiles = embedded_profiles(definitions_);
    }
    const Profile* profile = profiles.find(settings_.profile);
    if (!profile) {
      return fail(ErrorCode::kInvalidArgument, "--profile " + settings_.profile,
                  {"See: konseki list profiles", "一覧は konseki list profiles で確認できます"});
    }
    request_.profile = *profile;
    for (const std::string& name : settings_.artifacts) {
      if (!definitions_.find(name)) {
        return fail(
            ErrorCode::kInvalidArgument, "--artifact " + name,
            {"See: konseki list artifacts", "一覧は konseki list artifacts で確認できます"});
      }
      request_.profile.artifacts.push_back(name);
    }
    if (!settings_.include.empty()) request_.profile.artifacts.emplace_back("CommandLine");
    knowledge_ = build_knowledge_base(*source_);
    set_limits(*profile);
    request_.definitions = &definitions_;
    request_.knowledge = &knowledge_;
    request_.include_environment = settings_.environment;
    request_.scan_processes = settings_.scan_processes;
    request_.command_time = settings_.command_time;
    if (matches_->active()) request_.matches = matches_.get();
    if (settings_.scan_processes && !matches_->active()) {
      return fail(
          ErrorCode::kInvalidArgument, "--scan-processes",
          {"There is nothing to look for: add --rules, or leave --no-checks out.",
           "検査に使うものがありません。--rules を付けるか、--no-checks を外してください。"});
    }
    request_.evidence = settings_.source.empty() ? "live" : base_name(settings_.source);
    return {};
  }

  void set_limits(const Profile& profile) {
    request_.limits = settings_.limits;
    if (settings_.max_file_size) {
      request_.limits.max_file_size = *settings_.max_file_size;
    } else if (profile.limits.max_file_size > 0) {
      request_.limits.max_file_size = profile.limits.max_file_size;
    }
    if (!request_.limits.max_total_size && profile.limits.max_total_size > 0) {
      request_.limits.max_total_size = profile.limits.max_total_size;
    }
    if (!request_.limits.max_time && profile.limits.max_seconds > 0) {
      request_.limits.max_time = std::chrono::seconds(profile.limits.max_seconds);
    }
    if (settings_.files) {
      request_.files = *settings_.files;
    } else if (profile.listing == Profile::Listing::kAll) {
      request_.files =
          profile.digests == Profile::DigestScope::kAll ? FilesMode::kDigest : FilesMode::kList;
    } else if (settings_.profile != kNoProfile && is_loose_folder()) {
      request_.files = FilesMode::kDigest;
      observer_.warned(
          {"This folder holds no system; all of its files are read and matched.",
           "このフォルダーにはシステムがないため、すべてのファイルを読み取って照合します。"});
    }
  }

  // Somebody's folder of files: no definition of a system's artifacts would find anything in it.
  bool is_loose_folder() const {
    return source_->info().kind == SourceKind::kDirectory && source_->info().format == "tree" &&
           knowledge_.host.os == OperatingSystem::kUnknown;
  }

  std::string host_part() const {
    const std::string fallback = settings_.source.empty() ? "host" : request_.evidence;
    return name_part(knowledge_.host.hostname, name_part(fallback, "evidence"));
  }

  Result<void> place_output() {
    if (to_stdout_) {
      stream_ = standard_output();
      if (const auto own = standard_output_identity()) {
        own_files_->add(*own);
        request_.own_output = "stdout";
      }
      return {};
    }
    std::string folder = settings_.output;
    if (is_folder(settings_.output)) {
      path_ = settings_.output;
      if (kPathSeparators.find(path_.back()) == std::string_view::npos) path_ += '/';
      path_ += fmt::format("{}_{}_{}.tar.zst{}", host_part(), compact_time(run_.started),
                           run_.run_id, settings_.targets.empty() ? "" : ".age");
    } else {
      path_ = settings_.output;
      const std::size_t slash = path_.find_last_of(kPathSeparators);
      folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    }
    KONSEKI_TRY(check_placement(folder));
    KONSEKI_ASSIGN(const std::uint64_t free, free_space(folder));
    constexpr std::uint64_t kLeast = std::uint64_t{64} << 20;
    if (free < kLeast) {
      return fail(ErrorCode::kIoError,
                  fmt::format("{}: {} free, {} needed", folder, size_text(free), size_text(kLeast)),
                  {"Free some space or give another folder with -o.",
                   "空き容量を増やすか、-o で別のフォルダーを指定してください。"});
    }
    request_.free_space = free;
    KONSEKI_ASSIGN(const std::uint64_t largest, largest_file(folder));
    KONSEKI_ASSIGN(
        file_, PartedOutput::create(path_, std::min(settings_.part_size.value_or(largest), largest),
                                    *own_files_));
    request_.own_output = file_->partial_path();
    return {};
  }

  Result<void> check_placement(const std::string& folder) {
    const auto facts = local_file_facts(settings_.source);
    const bool device = source_->info().kind == SourceKind::kImage && facts &&
                        facts->kind == LocalFileKind::kBlockDevice;
    if (source_->info().kind != SourceKind::kLive &&
        source_->info().kind != SourceKind::kDirectory && !device) {
      return {};
    }
    KONSEKI_ASSIGN(const OutputPlacement placement,
                   check_output_placement(folder, settings_.source));
    if (placement.allowed) return {};
    run_.output_on_source = true;
    if (settings_.allow_output_on_source) {
      observer_.warned({"The output goes to a volume under examination, as asked; recorded.",
                        "指定により、調査対象のボリュームに出力します (記録されます)。"});
      return {};
    }
    Bilingual advice = placement.reason;
    advice.en += " If there is no other way, add --allow-output-on-source.";
    advice.ja += "ほかに方法がない場合だけ --allow-output-on-source を付けてください。";
    return fail(ErrorCode::kInvalidArgument, folder, std::move(advice));
  }

  // What the suspect host says of itself may be the intruder's word.
  void tell_of_untrusted_lists() {
    if (settings_.match.trust_packages) {
      observer_.warned(
          {"Files that the host's own package database vouches for are not matched, as asked. "
           "An intruder may have changed that database.",
           "指定により、調査対象自身のパッケージ記録と一致するファイルは照合しません。"
           "記録が侵入者に書き換えられている可能性があります。"});
    }
    if (source_->info().kind != SourceKind::kLive &&
        source_->info().kind != SourceKind::kDirectory) {
      return;
    }
    for (const std::string& path : settings_.match.known_good) {
      const std::size_t slash = path.find_last_of("/\\");
      const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
      const auto placement = check_output_placement(folder, settings_.source);
      if (placement && placement->allowed) continue;
      observer_.warned(
          {path + " lies on a volume under examination: it may be the intruder's.",
           path + " は調査対象のボリュームにあります。侵入者が置いたものかもしれません。"});
    }
  }

  Result<int> collect() {
    tell_of_untrusted_lists();
    run_.executable_sha256 = own_digest_.get();
    run_.arguments = words_;
    run_.case_fields = settings_.case_fields;
    run_.host = knowledge_.host;
    run_.profile = request_.profile.name;
    run_.definition_count = definitions_.definitions().size();
    run_.limits = request_.limits;
    run_.clock_reference = settings_.clock_reference;
    run_.commands = settings_.command_time.has_value();
    run_.scan_processes = settings_.scan_processes;
    if (run_.commands) {
      observer_.warned(
          {"Programs of this host will be run at the end, as asked (--commands). They change the "
           "host, and what they say is only as trustworthy as they are; recorded.",
           "指定 (--commands) "
           "により、最後にこのホストのプログラムを実行します。ホストに変更が生じ、"
           "出力の信頼性はそのプログラム次第です (記録されます)。"});
    }
    if (LiveHost* live = source_->live()) {
      if (auto clock = live->clock()) run_.clock = *clock;
      run_.privileged = live->privileged();
      if (!run_.privileged) {
        const Bilingual advice = advice_for_full_rights();
        observer_.warned(
            {"Not running with full rights: some evidence will be out of reach. " + advice.en,
             "管理者権限がないため、一部の証拠は読み取れません。" + advice.ja});
      }
    }
    const SigningKey key = settings_.signing_key ? *settings_.signing_key : SigningKey::generate();
    run_.signing_key = key.verifying;
    run_.own_signing_key = settings_.signing_key.has_value();
    BundleWriterOptions options;
    options.time = run_.started;
    options.frames.threads = request_.limits.workers;
    options.signing_key = &key;
    options.comment = [this](const Sha256& manifest) { return signature_comment(manifest); };
    OutputStream* out = to_stdout_ ? stream_.get() : file_.get();
    if (!settings_.targets.empty()) {
      // From here on nothing but what this stream encrypts reaches the medium.
      KONSEKI_ASSIGN(encrypted_, AgeWriter::create(*out, settings_.targets));
      out = encrypted_.get();
    }
    auto writer = make_bundle_writer(*out, options);
    MemberHeader header;
    header.name = "konseki/run.json";
    header.modified = run_.started;
    const std::string description = run_json(run_, *source_);
    header.size = description.size();
    KONSEKI_TRY(writer->add(header, std::as_bytes(std::span(description))));

    if (request_.limits.max_time) observer_.ends_after(*request_.limits.max_time);
    InterruptGuard interrupt;
    KONSEKI_ASSIGN(const CollectionResult result,
                   run_collection(*source_, *writer, request_, observer_, interrupt.token()));
    int code = result.counts.gaps > 0 ? kExitWithGaps : kExitComplete;
    if (reaches(settings_.match, matches_->summary())) code = kExitFinding;
    KONSEKI_ASSIGN(const Sha256 manifest, writer->seal(trailer_json(result, code)));
    if (encrypted_) KONSEKI_TRY(encrypted_->finish());
    if (to_stdout_) {
      const bool japanese = language_ == Language::kJapanese;
      print_message(fmt::format("{}: {}\n{}: {}", japanese ? "封印" : "Sealed", to_hex(manifest),
                                japanese ? "署名鍵 (公開鍵)" : "Signed with the key of",
                                key.verifying.text()));
      return code;
    }
    KONSEKI_TRY(file_->commit());
    observer_.clear();
    KONSEKI_TRY(show_result());
    return code;
  }

  // What the signature says besides the manifest; the same fields as in minisign's own comments
  // come first.
  std::string signature_comment(const Sha256& manifest) const {
    const Timestamp now = system_now();
    std::string comment = fmt::format(
        "timestamp:{}\tfile:manifest.json\thashed\ttime:{}\thost:{}"
        "\trun:{}\tsha256:{}",
        now.seconds, now.iso8601(), host_part(), run_.run_id, to_hex(manifest));
    for (const std::string_view field : {"case_id", "evidence_id"}) {
      const auto found = run_.case_fields.find(std::string(field));
      if (found == run_.case_fields.end()) continue;
      std::string value = found->second;
      std::replace(value.begin(), value.end(), '\t', ' ');
      comment += fmt::format("\t{}:{}", field, value);
    }
    return comment;
  }

  // The bundle as it is on the medium, through the key that the run still holds.
  Result<std::unique_ptr<BundleReader>> reopen() {
    if (!encrypted_) return open_bundle_file(path_, Unlocker());
    KONSEKI_ASSIGN(auto file, open_parted_file(path_));
    KONSEKI_ASSIGN(auto clear, AgeReader::open(std::move(file), encrypted_->file_key()));
    return open_bundle(std::move(clear));
  }

  // Reads the bundle back, prints its summary and writes the report beside it; of an encrypted
  // bundle nothing readable is written.
  Result<void> show_result() {
    KONSEKI_ASSIGN(auto bundle, reopen());
    const auto schemas = all_record_schemas();
    ReportOptions options;
    options.language = language_;
    options.schemas = schemas;
    KONSEKI_ASSIGN(const BundleSummary summary,
                   summarise(*bundle, schemas, {.findings = options.findings}));
    std::string report;
    if (!encrypted_) {
      report = path_.substr(0, path_.rfind(".tar.zst")) + ".html";
      KONSEKI_ASSIGN(auto file, OutputFile::create(report));
      const ReportInput input{bundle.get(), base_name(path_), &summary, {}};
      KONSEKI_TRY(write_html_report(std::span(&input, 1), options, [&](std::string_view text) {
        return file->write(std::as_bytes(std::span(text)));
      }));
      KONSEKI_TRY(file->commit());
    }
    KONSEKI_ASSIGN(OutputTarget screen, OutputTarget::open("-"));
    const Output to_screen = [&](std::string_view text) { return screen.write(text); };
    KONSEKI_TRY(write_info_text(summary, language_, InfoForm::kShort, to_screen));
    const bool japanese = language_ == Language::kJapanese;
    print_result(fmt::format("\n{}: {}\n", japanese ? "バンドル" : "Bundle", path_));
    if (const auto parts = file_->paths(); parts.size() > 1) {
      print_result(fmt::format(
          fmt::runtime(japanese ? "  {} 個に分割 (最後は {})。必ず一緒に保管してください\n"
                                : "  in {} parts, the last of them {}; keep them together\n"),
          parts.size(), base_name(parts.back())));
    }
    if (!encrypted_) {
      print_result(fmt::format("{}: {}\n", japanese ? "報告書" : "Report", report));
      return {};
    }
    const std::string_view option =
        settings_.targets.passphrase ? "--passphrase" : "--identity KEY";
    print_result(fmt::format(
        fmt::runtime(japanese
                         ? "暗号化済み。平文の報告書は書き出していません。復号できるマシンで: "
                           "konseki report {} '{}' -o report.html\n"
                         : "Encrypted, so no report was written beside it. Where it can be opened: "
                           "konseki report {} '{}' -o report.html\n"),
        option, base_name(path_)));
    return {};
  }

  int report_unsafe(const Error& error) {
    print_error(error, language_);
    if (file_) {
      const bool japanese = language_ == Language::kJapanese;
      const std::string_view option = !encrypted_                    ? ""
                                      : settings_.targets.passphrase ? " --passphrase"
                                                                     : " --identity KEY";
      print_message(fmt::format(
          fmt::runtime(
              japanese
                  ? "バンドルは封印されていません。収集済みの部分は残っています。救出するには:\n"
                    "  konseki recover{} '{}' -o NEW.tar.zst"
                  : "The bundle is not sealed. What was collected is still there; save it "
                    "with:\n  konseki recover{} '{}' -o NEW.tar.zst"),
          option, file_->partial_path()));
    }
    return kExitBundleUnsafe;
  }

  Settings settings_;
  std::vector<std::string> words_;
  Language language_;
  TerminalObserver observer_;
  const bool to_stdout_;
  // Both take a tenth of a second and depend on nothing: done while the source is opened.
  std::future<DefinitionSet> embedded_ = std::async(std::launch::async, [this] {
    const bool needed = settings_.profile != kNoProfile || !settings_.artifacts.empty();
    return needed ? embedded_definitions() : DefinitionSet();
  });
  std::future<std::string> own_digest_ = std::async(std::launch::async, own_digest);
  std::shared_ptr<OwnFiles> own_files_ = std::make_shared<OwnFiles>();
  std::unique_ptr<Source> source_;
  DefinitionSet definitions_;
  KnowledgeBase knowledge_;
  std::unique_ptr<MatchStage> matches_;
  CollectionRequest request_;
  RunDescription run_;
  std::string path_;
  std::unique_ptr<PartedOutput> file_;
  std::unique_ptr<OutputStream> stream_;
  std::unique_ptr<AgeWriter> encrypted_;  // in front of one of the two
};

}  // namespace

int run_collect(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    auto settings = read_settings(arguments, language);
    if (!settings) return refuse_usage(settings.error(), language);
    if (settings->low_priority) lower_priority();
    return Collect(*std::move(settings), words, language).run();
  });
}

}  // namespace konseki
