#include "agent/pipeline/collection.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/json_writer.h"
#include "agent/bundle/member_names.h"
#include "agent/pipeline/artifact_stage.h"
#include "agent/pipeline/budget.h"
#include "agent/pipeline/command_stage.h"
#include "agent/pipeline/escalation_stage.h"
#include "agent/pipeline/file_stage.h"
#include "agent/pipeline/live_stage.h"
#include "agent/pipeline/memory_stage.h"
#include "agent/pipeline/record_stage.h"
#include "agent/pipeline/run_audit.h"
#include "agent/pipeline/target_stage.h"
#include "collectors/collector_list.h"
#include "collectors/linux/dpkg/package_database.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

// The package database of the evidence; null where it has none.
std::unique_ptr<PackageDatabase> load_packages(Source& source) {
  std::vector<FileSystem*> volumes;
  for (const auto& file_system : source.file_systems()) volumes.push_back(file_system.get());
  auto packages = PackageDatabase::load(volumes);
  return packages ? std::make_unique<PackageDatabase>(*std::move(packages)) : nullptr;
}

// Phase after phase.
class Run {
 public:
  Run(Source& source, BundleWriter& writer, const CollectionRequest& request, Observer& observer,
      std::stop_token stop)
      : source_(source),
        writer_(writer),
        request_(request),
        observer_(observer),
        stop_(stop),
        budget_(request.limits, request.free_space, stop),
        audit_(writer, result_.counts),
        records_(writer, result_.counts, request.matches) {}

  Result<CollectionResult> run() {
    choose_collectors();
    KONSEKI_TRY(note_start());
    begin_matching();
    KONSEKI_TRY(add_volume_roots());
    KONSEKI_TRY(observe_live_state());
    KONSEKI_TRY(scan_memory());
    packages_ = load_packages(source_);
    KONSEKI_TRY(go_through_files());
    KONSEKI_TRY(run_commands_asked_for());
    KONSEKI_TRY(finish_matching());
    KONSEKI_TRY(note_end());
    return std::move(result_);
  }

 private:
  void choose_collectors() {
    for (auto& collector : make_all_collectors()) {
      if (request_.profile.wants_collector(collector->info().name)) {
        collectors_.push_back(std::move(collector));
      }
    }
    std::stable_sort(collectors_.begin(), collectors_.end(), [](const auto& a, const auto& b) {
      return a->info().volatility < b->info().volatility;
    });
  }

  Result<void> note_start() {
    KONSEKI_TRY(audit_.note("started", "source", source_.info().location));
    if (!request_.own_output.empty()) {
      KONSEKI_TRY(audit_.note("own_output_left_out", "path", request_.own_output));
    }
    for (const UnreadableVolume& volume : source_.unreadable()) {
      KONSEKI_TRY(audit_.gap(volume.name, {ErrorCode::kUnsupported,
                                           volume.type + ": " + volume.detail, volume.advice}));
    }
    for (const KnowledgeBase::Gap& each : request_.knowledge->gaps) {
      KONSEKI_TRY(audit_.gap(each.path, each.error));
    }
    return {};
  }

  // Readers of Windows bundles want each volume's root before anything of that volume.
  Result<void> add_volume_roots() {
    for (const auto& file_system : source_.file_systems()) {
      if (file_system->info().style != PathStyle::kWindows) continue;
      KONSEKI_TRY(writer_.add(names_.volume_root(file_system->info()), {}));
    }
    return {};
  }

  // The shadow copy that is mounted there; empty for any other volume.
  std::string snapshot_at(std::string_view mount) const {
    const VolumeDetail* copy = find_snapshot(source_.details(), mount);
    return copy == nullptr ? std::string() : copy->snapshot;
  }

  CollectorContext context() const {
    CollectorContext context;
    context.host = request_.knowledge->host;
    context.registry_patterns = plan_.registry_patterns;
    context.include_environment = request_.include_environment;
    return context;
  }

  // What stages of files have in common.
  FileStageParts file_parts() {
    return {writer_,           names_,           records_,  collectors_,
            budget_,           result_.counts,   observer_, packages_.get(),
            request_.evidence, request_.matches, {}};
  }

  Result<void> observe_live_state() {
    LiveHost* const host = source_.live();
    if (host == nullptr || !request_.profile.volatile_state) return {};
    return LiveStage(file_parts(), request_.limits, audit_).run(*host, context());
  }

  // Memory is the next most volatile thing after the tables of the kernel, and before any file.
  Result<void> scan_memory() {
    ProcessMemory* const memory = source_.memory();
    if (!request_.scan_processes || memory == nullptr || !request_.matches || budget_.over())
      return {};
    const Bilingual stage{"Looking through the memory of processes",
                          "プロセスのメモリを調べています"};
    observer_.started(stage);
    KONSEKI_TRY(
        audit_.note("side_effect", "detail",
                    "the memory of running processes was read, as asked (--scan-processes)"));
    const MemoryProgress progress = [&](const RunningProcess& process, std::size_t done,
                                        std::size_t all) {
      observer_.progressed({stage, done, all, 0, 0, process.name});
    };
    return scan_processes(
        *memory, *request_.matches, MemoryLimits{}, budget_, stop_, progress,
        [this](std::string_view what, const Error& error) { return audit_.gap(what, error); });
  }

  Result<void> go_through_files() {
    FileStageParts parts = file_parts();
    parts.details = source_.details();
    FileStage stage(std::move(parts), request_.limits);
    // Everything is collected before the collectors finish, or merely listed at the very end.
    const bool everything = request_.files == FilesMode::kCollect;
    TargetStage targets(source_, stage, seen_, packages_.get());
    std::optional<EscalationStage> escalation;
    if (request_.matches) {
      escalation.emplace(source_, stage, seen_, *request_.matches, observer_);
    }
    const auto note_stored = [&](const FileRow& row) {
      if (escalation) escalation->note(row);
    };
    const auto note_all = [&](const FileRow& row) {
      if (!everything) targets.note(row);
      note_stored(row);
    };
    stage.set_done_handler(note_all);
    KONSEKI_TRY(collect_files(stage));
    if (everything) KONSEKI_TRY(list_every_file(stage));
    KONSEKI_TRY(finish_collectors());
    observer_.started({"Looking up what starts by itself", "自動起動の対象を調べています"});
    stage.expect(0, 0);
    KONSEKI_TRY(targets.run(records_, everything));
    stage.set_done_handler(note_stored);
    if (!everything) KONSEKI_TRY(list_every_file(stage));
    if (escalation && !budget_.over()) {
      stage.set_done_handler(note_all);
      KONSEKI_TRY(escalate(*escalation));
      KONSEKI_TRY(targets.run(records_, everything));  // of entries in what was brought
    }
    return {};
  }

  Result<void> collect_files(FileStage& stage) {
    if (budget_.over()) return {};
    ArtifactStage artifacts(source_, request_, stage, seen_, audit_, observer_);
    KONSEKI_ASSIGN(auto plan, artifacts.find(stop_));
    if (!plan) return {};
    plan_ = *std::move(plan);
    for (const auto& collector : collectors_) {
      if (collector->info().volatility == Volatility::kFile) collector->begin(context());
    }
    return artifacts.read(plan_);
  }

  Result<void> list_every_file(FileStage& stage) {
    stage.expect(0, 0);
    const FilesMode mode = budget_.over() ? FilesMode::kNone : request_.files;
    KONSEKI_TRY(list_files(source_, mode, seen_, stage, observer_, stop_));
    return stage.drain();
  }

  Result<void> finish_collectors() {
    for (const auto& collector : collectors_) {
      Result<void> written;
      auto emit = [&](Record&& record) {
        record.source.evidence = request_.evidence;
        record.source.snapshot = snapshot_at(record.source.volume);
        if (&record.schema() == &kPersistenceSchema) {
          records_.hold(std::move(record));
        } else if (written) {
          written = records_.write(record);
        }
      };
      Result<void> finished;
      try {
        finished = collector->finish(emit);
      } catch (const std::exception& why) {
        finished = fail(ErrorCode::kInternal, why.what());
      }
      KONSEKI_TRY(std::move(written));
      if (!finished) KONSEKI_TRY(audit_.gap(collector->info().name, finished.error()));
    }
    return {};
  }

  Result<void> escalate(EscalationStage& escalation) {
    KONSEKI_ASSIGN(const EscalationOutcome outcome, escalation.run(request_.files, stop_));
    if (!outcome.switched_on) return {};
    std::string details;
    JsonWriter json(details);
    json.begin_object();
    json.field("listed_every_file", outcome.listed);
    json.field("in_bundle_before", outcome.in_bundle);
    json.field("taken", outcome.taken);
    json.field("bytes", outcome.bytes);
    json.field("left_out", outcome.left_out);
    json.key("reasons");
    json.begin_object();
    for (const auto& [reason, count] : outcome.reasons) json.field(reason, count);
    json.end_object();
    json.end_object();
    return audit_.event("escalated", details);
  }

  // Last of all: programs of the host change it and may be the intruder's own, so whatever can be
  // read without them is in the bundle by now. docs/architecture.md weighs this.
  Result<void> run_commands_asked_for() {
    if (!request_.command_time || plan_.commands.empty()) return {};
    observer_.started({"Running programs of the host", "ホストのプログラムを実行しています"});
    const CommandTools tools{
        writer_,
        names_,
        records_,
        budget_,
        result_.counts,
        request_.evidence,
        [this](std::string_view what, const Error& error) { return audit_.gap(what, error); }};
    KONSEKI_ASSIGN(const std::size_t started,
                   run_commands(source_, plan_.commands, *request_.command_time, tools, stop_));
    if (started == 0) return {};
    return audit_.note(
        "side_effect", "detail",
        std::to_string(started) + " programs of the host were run, as asked (--commands)");
  }

  void begin_matching() {
    if (!request_.matches) return;
    MatchContext context;
    context.host = request_.knowledge->host;
    context.variables = request_.knowledge->variables;
    context.evidence = request_.evidence;
    request_.matches->begin(context);
  }

  // An interrupted run tells what it found so far, too.
  Result<void> finish_matching() {
    if (!request_.matches) return {};
    observer_.started({"Weighing what was found", "検出結果をまとめています"});
    MatchStage& matches = *request_.matches;
    matches.finish();
    for (const auto& [where, error] : matches.gaps()) KONSEKI_TRY(audit_.gap(where.first, error));
    result_.counts.gaps += matches.summary().gaps - matches.gaps().size();  // those not kept
    for (const Finding& finding : matches.findings()) {
      KONSEKI_TRY(writer_.append_line("findings", finding_json(finding)));
    }
    result_.matching = matches.summary();
    std::string details;
    JsonWriter json(details);
    write_match_summary(json, matches.summary());
    return audit_.event("matched", details);
  }

  Result<void> note_end() {
    result_.interrupted = stop_.stop_requested();
    result_.out_of_time = budget_.out_of_time();
    if (LiveHost* host = source_.live()) {
      if (auto clock = host->clock()) result_.clock_end = *clock;
    }
    for (const MediumDamage& damage : source_.damage()) {
      KONSEKI_TRY(audit_.damage(damage));
      observer_.warned(damage_text(damage));
    }
    for (const Bilingual& effect : source_.side_effects()) {
      KONSEKI_TRY(audit_.note("side_effect", "detail", effect.en));
    }
    if (result_.interrupted) {
      ++result_.counts.gaps;
      return audit_.note("interrupted", "by", "user");
    }
    if (result_.out_of_time) {
      ++result_.counts.gaps;
      return audit_.note("interrupted", "by", "max_time");
    }
    return audit_.note("completed", "source", source_.info().location);
  }

  Source& source_;
  BundleWriter& writer_;
  const CollectionRequest& request_;
  Observer& observer_;
  std::stop_token stop_;
  CollectionResult result_;
  Budget budget_;
  RunAudit audit_;
  RecordStage records_;
  MemberNames names_;
  SeenFiles seen_;
  ResolvedPlan plan_;
  std::vector<std::unique_ptr<Collector>> collectors_;
  std::unique_ptr<PackageDatabase> packages_;
};

}  // namespace

Result<CollectionResult> run_collection(Source& source, BundleWriter& writer,
                                        const CollectionRequest& request, Observer& observer,
                                        std::stop_token stop) {
  return Run(source, writer, request, observer, stop).run();
}

}  // namespace konseki
