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
#include "agent/cli/collect_settings.h"
#include "agent/cli/console.h"
#include "agent/cli/definition_files.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_description.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/terminal_observer.h"
#include "agent/cli/verbs.h"
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
  Collect(CollectSettings settings, std::vector<std::string> words, Language language)
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

  CollectSettings settings_;
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
  return run_verb(collect_usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    auto settings = read_collect_settings(arguments, language);
    if (!settings) return refuse_usage(settings.error(), language);
    if (settings->low_priority) lower_priority();
    return Collect(*std::move(settings), words, language).run();
  });
}

}  // namespace konseki
