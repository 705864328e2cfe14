#include "agent/pipeline/collection.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <set>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/json_writer.h"
#include "agent/bundle/member_names.h"
#include "agent/pipeline/clock_json.h"
#include "agent/pipeline/command_stage.h"
#include "agent/pipeline/escalation_stage.h"
#include "agent/pipeline/file_stage.h"
#include "agent/pipeline/memory_stage.h"
#include "agent/pipeline/reading_order.h"
#include "agent/pipeline/target_stage.h"
#include "collectors/collector_list.h"
#include "collectors/linux/dpkg/package_database.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

// Records and requests of a collector that looks at the running system.
class LiveSink : public Sink {
 public:
  LiveSink(RecordStage& records, std::string evidence)
      : records_(records), evidence_(std::move(evidence)) {}

  void emit(Record&& record) override {
    record.source.evidence = evidence_;
    if (&record.schema() == &kPersistenceSchema) {
      records_.hold(std::move(record));
    } else if (result_) {
      result_ = records_.write(record);
    }
  }
  void collect(FileSystem& file_system, const Entry& entry, std::string_view reason) override {
    FileTask task;
    task.file_system = &file_system;
    task.entry = entry;
    // The entry of /proc/PID/exe is a link; its content is the program behind it.
    task.entry.type = FileType::kRegular;
    task.size = entry.size;
    task.artifacts = {std::string(reason)};
    tasks_.push_back(std::move(task));
  }
  void gap(std::string_view path, const Error& error) override {
    // Several collectors look at the same things; told once is told.
    if (told_.emplace(std::string(path), error.code).second) {
      gaps_.emplace_back(std::string(path), error);
    }
  }

  Result<void> take_result() { return std::exchange(result_, {}); }
  std::vector<FileTask> take_tasks() { return std::exchange(tasks_, {}); }
  std::vector<std::pair<std::string, Error>> take_gaps() { return std::exchange(gaps_, {}); }

 private:
  RecordStage& records_;
  std::string evidence_;
  Result<void> result_;
  std::vector<FileTask> tasks_;
  std::vector<std::pair<std::string, Error>> gaps_;
  std::set<std::pair<std::string, ErrorCode>> told_;
};

// The package database of the evidence; null where it has none.
std::unique_ptr<PackageDatabase> load_packages(Source& source) {
  std::vector<FileSystem*> volumes;
  for (const auto& file_system : source.file_systems()) volumes.push_back(file_system.get());
  auto packages = PackageDatabase::load(volumes);
  return packages ? std::make_unique<PackageDatabase>(*std::move(packages)) : nullptr;
}

Bilingual damage_text(const MediumDamage& damage) {
  if (damage.gone) {
    return {
        damage.medium +
            ": the device disappeared during the run (pulled out, or its volume was "
            "dismounted). What was read before is in the bundle; connect it and run again for "
            "the rest.",
        damage.medium +
            ": 実行中にデバイスが見えなくなりました (取り外し、またはマウント解除)。"
            "それまでに読み取った分はバンドルに残ります。残りは接続し直して再実行してください。"};
  }
  std::uint64_t sectors = 0;
  for (const ByteRange& range : damage.ranges) sectors += range.length / damage.sector_size;
  const std::string count = std::to_string(sectors);
  const std::string first = std::to_string(damage.ranges.front().offset / damage.sector_size);
  return {damage.medium + ": " + count + " sectors could not be read (the first is sector " +
              first +
              "); they are zeros in the files that hold them, which say so in files.jsonl. Image "
              "this disk before it fails further.",
          damage.medium + ": " + count + " 個のセクターを読み取れませんでした (先頭はセクター " +
              first +
              ")。該当部分は 0 で埋め、files.jsonl に記録しました。"
              "故障が進む前にディスクのイメージを取得してください。"};
}

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
        records_(writer, result_.counts, request.matches) {}

  Result<CollectionResult> run() {
    choose_collectors();
    KONSEKI_TRY(note_start());
    begin_matching();
    KONSEKI_TRY(add_volume_roots());
    KONSEKI_TRY(observe_live_state());
    KONSEKI_TRY(scan_memory());
    packages_ = load_packages(source_);
    {
      FileStage stage({writer_, names_, records_, collectors_, budget_, result_.counts, observer_,
                       packages_.get(), request_.evidence, request_.matches, source_.details()},
                      request_.limits);
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
      if (escalation && !over()) {
        stage.set_done_handler(note_all);
        KONSEKI_TRY(escalate(*escalation));
        KONSEKI_TRY(targets.run(records_, everything));  // of entries in what was brought
      }
    }
    KONSEKI_TRY(run_commands_asked_for());
    KONSEKI_TRY(finish_matching());
    KONSEKI_TRY(note_end());
    return std::move(result_);
  }

 private:
  bool over() {
    result_.interrupted = result_.interrupted || stop_.stop_requested();
    result_.out_of_time = result_.out_of_time || budget_.out_of_time();
    return result_.interrupted || result_.out_of_time;
  }

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

  Result<void> gap(std::string_view what, const Error& error) {
    ++result_.counts.gaps;
    std::string details;
    JsonWriter json(details);
    json.begin_object();
    json.field("path", what);
    json.field("code", error_code_name(error.code));
    json.field("detail", std::string_view(error.detail));
    if (!error.advice.empty()) {
      json.field("advice_en", std::string_view(error.advice.en));
      json.field("advice_ja", std::string_view(error.advice.ja));
    }
    json.end_object();
    return writer_.audit(system_now(), "gap", details);
  }

  Result<void> note(std::string_view event, std::string_view key, std::string_view value) {
    std::string details;
    JsonWriter json(details);
    json.begin_object();
    json.field(key, value);
    json.end_object();
    return writer_.audit(system_now(), event, details);
  }

  Result<void> note_start() {
    KONSEKI_TRY(note("started", "source", source_.info().location));
    if (!request_.own_output.empty()) {
      KONSEKI_TRY(note("own_output_left_out", "path", request_.own_output));
    }
    for (const UnreadableVolume& volume : source_.unreadable()) {
      KONSEKI_TRY(gap(volume.name, {ErrorCode::kUnsupported, volume.type + ": " + volume.detail,
                                    volume.advice}));
    }
    for (const KnowledgeBase::Gap& each : request_.knowledge->gaps) {
      KONSEKI_TRY(gap(each.path, each.error));
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

  Result<void> observe_live_state() {
    LiveHost* host = source_.live();
    if (!host || !request_.profile.volatile_state) return {};
    observer_.started({"Looking at the running system", "動作中のシステムを調べています"});
    LiveSink sink(records_, request_.evidence);
    const CollectorContext live_context = context();
    const OperatingSystem running =
        host->windows() != nullptr ? OperatingSystem::kWindows : OperatingSystem::kLinux;
    for (const auto& collector : collectors_) {
      if (collector->info().volatility == Volatility::kFile) break;
      const OperatingSystem os = collector->info().os;
      if (os != OperatingSystem::kUnknown && os != running) continue;
      if (over()) return {};
      KONSEKI_TRY(note("collector", "name", collector->info().name));
      observer_.progressed({collector->info().description, 0, 0, 0, 0, {}});
      KONSEKI_TRY(observe(*collector, live_context, *host, sink));
      KONSEKI_TRY(copy_live_files(sink.take_tasks()));
    }
    return {};
  }

  // Memory is the next most volatile thing after the tables of the kernel, and before any file.
  Result<void> scan_memory() {
    ProcessMemory* const memory = source_.memory();
    if (!request_.scan_processes || memory == nullptr || !request_.matches || over()) return {};
    const Bilingual stage{"Looking through the memory of processes",
                          "プロセスのメモリを調べています"};
    observer_.started(stage);
    KONSEKI_TRY(note("side_effect", "detail",
                     "the memory of running processes was read, as asked (--scan-processes)"));
    const MemoryProgress progress = [&](const RunningProcess& process, std::size_t done,
                                        std::size_t all) {
      observer_.progressed({stage, done, all, 0, 0, process.name});
    };
    return scan_processes(
        *memory, *request_.matches, MemoryLimits{}, budget_, stop_, progress,
        [this](std::string_view what, const Error& error) { return gap(what, error); });
  }

  Result<void> observe(Collector& collector, const CollectorContext& live_context, LiveHost& host,
                       LiveSink& sink) {
    Result<void> observed;
    try {
      collector.begin(live_context);
      observed = collector.observe(host, sink);
    } catch (const std::exception& why) {
      observed = fail(ErrorCode::kInternal, why.what());
    }
    KONSEKI_TRY(sink.take_result());
    for (const auto& [path, error] : sink.take_gaps()) KONSEKI_TRY(gap(path, error));
    if (!observed) KONSEKI_TRY(gap(collector.info().name, observed.error()));
    return {};
  }

  // Programs that run but whose file is gone: copied at once, before their process ends.
  Result<void> copy_live_files(std::vector<FileTask> tasks) {
    if (tasks.empty()) return {};
    FileStage stage({writer_,
                     names_,
                     records_,
                     collectors_,
                     budget_,
                     result_.counts,
                     observer_,
                     nullptr,
                     request_.evidence,
                     request_.matches,
                     {}},
                    request_.limits);
    for (FileTask& task : tasks) KONSEKI_TRY(stage.submit(std::move(task)));
    return stage.drain();
  }

  Result<void> collect_files(FileStage& stage) {
    if (over()) return {};
    observer_.started({"Finding the files to collect", "収集するファイルを探しています"});
    ResolveOptions options;
    options.core = request_.profile.core;
    options.stop = stop_;
    for (const VolumeDetail& detail : source_.details()) {
      if (!detail.snapshot.empty()) options.prefixes[detail.mount] = detail.snapshot_of;
    }
    Result<void> gaps;
    options.on_gap = [&](const VolumeInfo& volume, std::string_view path, const Error& error) {
      // Places left out on purpose (/proc, network shares) are told by Source::unreadable().
      if (error.code == ErrorCode::kUnsupported) return;
      if (gaps) gaps = stage.submit_gap(volume, path, error);
    };
    const ArtifactResolver resolver(*request_.definitions, *request_.knowledge);
    auto plan = resolver.resolve(source_.file_systems(), request_.profile.artifacts, options);
    KONSEKI_TRY(std::move(gaps));
    if (!plan) {
      over();
      return {};
    }
    plan_ = *std::move(plan);
    KONSEKI_TRY(stage.drain());  // the writer is ours again
    KONSEKI_TRY(note_requests());
    for (const auto& collector : collectors_) {
      if (collector->info().volatility == Volatility::kFile) collector->begin(context());
    }
    put_in_reading_order(plan_.items, [this](std::size_t volume) {
      return !snapshot_at(source_.file_systems()[volume]->info().mount).empty();
    });
    observer_.started({"Reading files", "ファイルを読み取っています"});
    expect_items(stage);
    std::size_t volume = 0;
    for (ResolvedItem& item : plan_.items) {
      if (item.volume != volume) {
        volume = item.volume;
        const std::string& mount = source_.file_systems()[volume]->info().mount;
        if (!snapshot_at(mount).empty()) KONSEKI_TRY(stage.begin_snapshot());
      }
      KONSEKI_TRY(stage.submit(task_of(std::move(item))));
    }
    plan_.items.clear();
    KONSEKI_TRY(stage.drain());
    over();
    return {};
  }

  void expect_items(FileStage& stage) const {
    std::uint64_t bytes = 0;
    for (const ResolvedItem& item : plan_.items) {
      if (item.content || item.digest) bytes += item.entry.size;
    }
    stage.expect(plan_.items.size(), bytes);
  }

  Result<void> list_every_file(FileStage& stage) {
    stage.expect(0, 0);
    const FilesMode mode = over() ? FilesMode::kNone : request_.files;
    KONSEKI_TRY(list_files(source_, mode, seen_, stage, observer_, stop_));
    return stage.drain();
  }

  // What becomes of files that nobody asks the content of.
  static FileAction action_of(FilesMode mode) {
    switch (mode) {
      case FilesMode::kCollect:
        return FileAction::kCollect;
      case FilesMode::kDigest:
        return FileAction::kDigest;
      case FilesMode::kNone:
      case FilesMode::kList:
        break;
    }
    return FileAction::kList;
  }

  FileTask task_of(ResolvedItem&& item) {
    FileTask task;
    task.file_system = source_.file_systems()[item.volume].get();
    task.entry = std::move(item.entry);
    task.size = task.entry.size;
    for (const StreamInfo& stream : task.entry.streams) {
      if (stream.name == item.stream) task.size = stream.size;
    }
    task.stream = std::move(item.stream);
    task.artifacts = std::move(item.artifacts);
    task.core = item.core;
    // Links are small and tell what is switched on (systemd, rc directories): always kept.
    const bool link = task.entry.type == FileType::kSymlink;
    task.action = item.content || link ? FileAction::kCollect : action_of(request_.files);
    if (item.digest && task.action == FileAction::kList) task.action = FileAction::kDigest;
    seen_.insert(task.file_system->info().display_path(task.entry.path), task.stream);
    return task;
  }

  // What definitions ask for beyond files: kept as facts, not done.
  Result<void> note_requests() {
    for (const std::string& name : plan_.unknown_names) {
      KONSEKI_TRY(gap(name, {ErrorCode::kNotFound, "no definition of this name", {}}));
    }
    if (!request_.command_time) {
      for (const CommandRequest& command : plan_.commands) {
        KONSEKI_TRY(note("command_not_run", "artifact", command.artifact));
      }
    }
    for (const WmiRequest& query : plan_.wmi_queries) {
      KONSEKI_TRY(note("wmi_not_queried", "artifact", query.artifact));
    }
    return {};
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
      if (!finished) KONSEKI_TRY(gap(collector->info().name, finished.error()));
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
    return writer_.audit(system_now(), "escalated", details);
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
        [this](std::string_view what, const Error& error) { return gap(what, error); }};
    KONSEKI_ASSIGN(const std::size_t started,
                   run_commands(source_, plan_.commands, *request_.command_time, tools, stop_));
    if (started == 0) return {};
    return note("side_effect", "detail",
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
    for (const auto& [where, error] : matches.gaps()) KONSEKI_TRY(gap(where.first, error));
    result_.counts.gaps += matches.summary().gaps - matches.gaps().size();  // those not kept
    for (const Finding& finding : matches.findings()) {
      KONSEKI_TRY(writer_.append_line("findings", finding_json(finding)));
    }
    result_.matching = matches.summary();
    std::string details;
    JsonWriter json(details);
    write_match_summary(json, matches.summary());
    return writer_.audit(system_now(), "matched", details);
  }

  // The sectors that the media would not give, and media that went away.
  Result<void> note_damage() {
    for (const MediumDamage& damage : source_.damage()) {
      ++result_.counts.gaps;
      std::string details;
      JsonWriter json(details);
      json.begin_object();
      json.field("path", std::string_view(damage.medium));
      json.field("code", error_code_name(ErrorCode::kIoError));
      json.field("detail", damage_text(damage).en);
      json.field("sector_size", std::uint64_t{damage.sector_size});
      json.key("sectors");
      json.begin_array();
      for (const ByteRange& range : damage.ranges) {
        json.begin_object();
        json.field("first", range.offset / damage.sector_size);
        json.field("last", (range.end() - 1) / damage.sector_size);
        json.end_object();
      }
      json.end_array();
      json.end_object();
      KONSEKI_TRY(writer_.audit(system_now(), "gap", details));
      observer_.warned(damage_text(damage));
    }
    return {};
  }

  Result<void> note_end() {
    over();
    if (LiveHost* host = source_.live()) {
      if (auto clock = host->clock()) result_.clock_end = *clock;
    }
    KONSEKI_TRY(note_damage());
    for (const Bilingual& effect : source_.side_effects()) {
      KONSEKI_TRY(note("side_effect", "detail", effect.en));
    }
    if (result_.interrupted) {
      ++result_.counts.gaps;
      return note("interrupted", "by", "user");
    }
    if (result_.out_of_time) {
      ++result_.counts.gaps;
      return note("interrupted", "by", "max_time");
    }
    return note("completed", "source", source_.info().location);
  }

  Source& source_;
  BundleWriter& writer_;
  const CollectionRequest& request_;
  Observer& observer_;
  std::stop_token stop_;
  CollectionResult result_;
  Budget budget_;
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

std::string trailer_json(const CollectionResult& result, int exit_code) {
  const Counts& counts = result.counts;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("ended", system_now());
  json.field("interrupted", result.interrupted);
  json.field("out_of_time", result.out_of_time);
  if (result.clock_end) {
    json.key("clock_end");
    write_clock(json, *result.clock_end);
  }
  json.key("counts");
  json.begin_object();
  json.field("collected", counts.collected);
  json.field("linked", counts.linked);
  json.field("listed", counts.listed);
  json.field("skipped", counts.skipped);
  json.field("failed", counts.failed);
  json.field("bytes", counts.bytes);
  json.field("gaps", counts.gaps);
  std::uint64_t records = 0;
  for (const auto& [schema, count] : counts.records) records += count;
  json.field("records", records);
  json.end_object();
  if (result.matching) {
    json.key("matching");
    write_match_summary(json, *result.matching);
  }
  json.field("exit_code", std::int64_t{exit_code});
  json.end_object();
  return out;
}

}  // namespace konseki
