// konseki collect: from a source to a sealed bundle beside its report.

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <random>

#include "agent/base/clock.h"
#include "agent/base/digest.h"
#include "agent/base/name_part.h"
#include "agent/base/output_file.h"
#include "agent/base/scheduling.h"
#include "agent/base/system_words.h"
#include "agent/bundle/writer.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/bundle_output.h"
#include "agent/cli/collect_plan.h"
#include "agent/cli/collect_settings.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_description.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/terminal_observer.h"
#include "agent/cli/verbs.h"
#include "agent/pipeline/collection.h"
#include "agent/report/html_report.h"
#include "agent/report/info_text.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/output_placement.h"
#include "agent/source/open_source.h"
#include "collectors/collector_list.h"

namespace konseki {
namespace {

std::string random_id() {
  std::random_device device;
  return fmt::format("{:08x}", device());
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

// The run, step by step; each step says what it needs.
class Collect {
 public:
  Collect(CollectSettings settings, std::vector<std::string> words, Language language)
      : settings_(std::move(settings)),
        words_(std::move(words)),
        language_(language),
        observer_(language, standard_error_is_terminal(), settings_.quiet),
        output_(settings_.output),
        plan_(settings_) {}

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
    options.outputs = output_.left_out();
    options.own_files = output_.own_files();
    options.snapshots = [this] { return plan_.snapshots(); };
    KONSEKI_ASSIGN(source_, open_source(settings_.source, options));
    for (const UnreadableVolume& volume : source_->unreadable()) {
      observer_.warned({fmt::format("{} ({}, offset {}): {}", volume.name, volume.type,
                                    volume.offset, volume.advice.en),
                        fmt::format("{} ({}、オフセット {}): {}", volume.name, volume.type,
                                    volume.offset, volume.advice.ja)});
    }
    return {};
  }

  Result<void> plan() {
    KONSEKI_ASSIGN(request_, plan_.make(*source_, observer_));
    if (matches_->active()) {
      request_.matches = matches_.get();
    } else if (settings_.scan_processes) {
      return fail(
          ErrorCode::kInvalidArgument, "--scan-processes",
          {"There is nothing to look for: add --rules, or leave --no-checks out.",
           "検査に使うものがありません。--rules を付けるか、--no-checks を外してください。"});
    }
    return {};
  }

  std::string host_part() const {
    const std::string fallback = settings_.source.empty() ? "host" : request_.evidence;
    return name_part(plan_.knowledge().host.hostname, 64, name_part(fallback, 64, "evidence"));
  }

  Result<void> place_output() {
    if (!output_.is_stdout()) KONSEKI_TRY(check_placement(output_.folder()));
    KONSEKI_TRY(
        output_.open(fmt::format("{}_{}_{}.tar.zst{}", host_part(), compact_time(run_.started),
                                 run_.run_id, settings_.targets.empty() ? "" : ".age"),
                     settings_.part_size));
    request_.own_output = output_.written_name();
    request_.free_space = output_.space();
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
    run_.host = plan_.knowledge().host;
    run_.profile = request_.profile.name;
    run_.definition_count = plan_.definitions().definitions().size();
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
    if (!settings_.targets.empty()) KONSEKI_TRY(output_.encrypt(settings_.targets));
    auto writer = make_bundle_writer(output_.stream(), options);
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
    KONSEKI_TRY(output_.commit());
    if (output_.is_stdout()) {
      const bool japanese = language_ == Language::kJapanese;
      print_message(fmt::format("{}: {}\n{}: {}", japanese ? "封印" : "Sealed", to_hex(manifest),
                                japanese ? "署名鍵 (公開鍵)" : "Signed with the key of",
                                key.verifying.text()));
      return code;
    }
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

  // Reads the bundle back, prints its summary and writes the report beside it; of an encrypted
  // bundle nothing readable is written.
  Result<void> show_result() {
    KONSEKI_ASSIGN(auto bundle, output_.reopen());
    const auto schemas = all_record_schemas();
    ReportOptions options;
    options.language = language_;
    options.schemas = schemas;
    KONSEKI_ASSIGN(const BundleSummary summary,
                   summarise(*bundle, schemas, {.findings = options.findings}));
    std::string report;
    if (!output_.encrypted()) {
      report = output_.path().substr(0, output_.path().rfind(".tar.zst")) + ".html";
      KONSEKI_ASSIGN(auto file, OutputFile::create(report));
      const ReportInput input{bundle.get(), base_name(output_.path()), &summary, {}};
      KONSEKI_TRY(write_html_report(std::span(&input, 1), options, [&](std::string_view text) {
        return file->write(std::as_bytes(std::span(text)));
      }));
      KONSEKI_TRY(file->commit());
    }
    KONSEKI_ASSIGN(OutputTarget screen, OutputTarget::open("-"));
    const Output to_screen = [&](std::string_view text) { return screen.write(text); };
    KONSEKI_TRY(write_info_text(summary, language_, InfoForm::kShort, to_screen));
    const bool japanese = language_ == Language::kJapanese;
    print_result(fmt::format("\n{}: {}\n", japanese ? "バンドル" : "Bundle", output_.path()));
    if (const auto parts = output_.parts(); parts.size() > 1) {
      print_result(fmt::format(
          fmt::runtime(japanese ? "  {} 個に分割 (最後は {})。必ず一緒に保管してください\n"
                                : "  in {} parts, the last of them {}; keep them together\n"),
          parts.size(), base_name(parts.back())));
    }
    if (!output_.encrypted()) {
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
        option, base_name(output_.path())));
    return {};
  }

  int report_unsafe(const Error& error) {
    print_error(error, language_);
    if (!output_.is_stdout()) {
      const bool japanese = language_ == Language::kJapanese;
      const std::string_view option = !output_.encrypted()           ? ""
                                      : settings_.targets.passphrase ? " --passphrase"
                                                                     : " --identity KEY";
      print_message(fmt::format(
          fmt::runtime(
              japanese
                  ? "バンドルは封印されていません。収集済みの部分は残っています。救出するには:\n"
                    "  konseki recover{} '{}' -o NEW.tar.zst"
                  : "The bundle is not sealed. What was collected is still there; save it "
                    "with:\n  konseki recover{} '{}' -o NEW.tar.zst"),
          option, output_.written_name()));
    }
    return kExitBundleUnsafe;
  }

  CollectSettings settings_;
  std::vector<std::string> words_;
  Language language_;
  TerminalObserver observer_;
  BundleOutput output_;
  CollectPlan plan_;
  // Takes a tenth of a second and depends on nothing: done while the source is opened.
  std::future<std::string> own_digest_ = std::async(std::launch::async, own_digest);
  std::unique_ptr<Source> source_;
  std::unique_ptr<MatchStage> matches_;
  CollectionRequest request_;
  RunDescription run_;
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
