#include "agent/pipeline/live_stage.h"

#include <exception>
#include <set>
#include <string>
#include <utility>

#include "agent/pipeline/file_stage.h"
#include "konseki/persistence.h"

namespace konseki {

// What collectors of live state find.
class LiveStage::Found : public Sink {
 public:
  Found(RecordStage& records, std::string_view evidence) : records_(records), evidence_(evidence) {}

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
  const std::string evidence_;
  Result<void> result_;
  std::vector<FileTask> tasks_;
  std::vector<std::pair<std::string, Error>> gaps_;
  std::set<std::pair<std::string, ErrorCode>> told_;
};

Result<void> LiveStage::run(LiveHost& host, const CollectorContext& context) {
  parts_.observer.started({"Looking at the running system", "動作中のシステムを調べています"});
  Found found(parts_.records, parts_.evidence);
  const OperatingSystem running =
      host.windows() != nullptr ? OperatingSystem::kWindows : OperatingSystem::kLinux;
  for (const auto& collector : parts_.collectors) {
    const CollectorInfo& info = collector->info();
    if (info.volatility == Volatility::kFile) break;
    if (info.os != OperatingSystem::kUnknown && info.os != running) continue;
    if (parts_.budget.over()) return {};
    KONSEKI_TRY(audit_.note("collector", "name", info.name));
    parts_.observer.progressed({info.description, 0, 0, 0, 0, {}});
    KONSEKI_TRY(observe(*collector, context, host, found));
    KONSEKI_TRY(copy_files(found.take_tasks()));
  }
  return {};
}

Result<void> LiveStage::observe(Collector& collector, const CollectorContext& context,
                                LiveHost& host, Found& found) {
  Result<void> observed;
  try {
    collector.begin(context);
    observed = collector.observe(host, found);
  } catch (const std::exception& why) {
    observed = fail(ErrorCode::kInternal, why.what());
  }
  KONSEKI_TRY(found.take_result());
  for (const auto& [path, error] : found.take_gaps()) KONSEKI_TRY(audit_.gap(path, error));
  if (!observed) KONSEKI_TRY(audit_.gap(collector.info().name, observed.error()));
  return {};
}

// Programs that run but whose file is gone: copied at once, before their process ends.
Result<void> LiveStage::copy_files(std::vector<FileTask> tasks) {
  if (tasks.empty()) return {};
  FileStage stage(parts_, limits_);
  for (FileTask& task : tasks) KONSEKI_TRY(stage.submit(std::move(task)));
  return stage.drain();
}

}  // namespace konseki
