// linux.cron: everything that cron, anacron, run-parts and at would start.
#include <algorithm>

#include "collectors/linux/cron/at_job.h"
#include "collectors/linux/cron/cron_place.h"
#include "collectors/linux/cron/crontab.h"
#include "collectors/linux/cron/schema.h"
#include "collectors/linux/shared/command_target.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxTable = 16U << 20;
constexpr std::uint64_t kMaxAtJob = 4U << 20;
constexpr std::string_view kCronTechnique = "T1053.003";
constexpr std::string_view kAtTechnique = "T1053.002";

// Debian's cron and run-parts read only names of these characters; cronie reads most others.
bool has_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '-';
  });
}

class CronCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kLinuxCronSchema, &kPersistenceSchema};
    static const CollectorInfo kInfo{
        "linux.cron",
        OperatingSystem::kLinux,
        Volatility::kFile,
        false,
        kSchemas,
        {"Jobs of cron, anacron and at, from every place and in every dialect",
         "cron・anacron・at のジョブ（すべての配置場所と書式に対応）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { users_ = context.host.users; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && cron_place(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const auto place = cron_place(system_path(file));
    if (!place) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    if (file.entry.type == FileType::kSymlink) return link(file, *place, emit);
    switch (place->kind) {
      case CronKind::kScript:
        return script(file, *place, emit);
      case CronKind::kAtJob:
        return at_job(file, *place, content, emit);
      default:
        return table(file, *place, content, emit);
    }
  }

 private:
  // What follows the link is read where it lies only if it lies in a cron place itself.
  Result<void> link(const FileItem& file, const CronPlace& place, const RecordEmitter& emit) {
    Record record(kLinuxCronSchema);
    record.set("kind", "link");
    set_unless_empty(record, "schedule", place.period);
    record.set("name", std::string(place.name));
    record.set("link_target", file.entry.link_target);
    PersistenceEntry entry = persistence_of(file, "linux.cron", kCronTechnique);
    entry.target =
        display_target(file.volume, resolve_link(system_path(file), file.entry.link_target));
    if (place.kind == CronKind::kScript) {
      entry.command = system_path(file);
      entry.trigger = place.period;
      entry.user = "root";
    }
    emit_with_persistence(std::move(record), entry, emit);
    return {};
  }

  Result<void> script(const FileItem& file, const CronPlace& place, const RecordEmitter& emit) {
    Record record(kLinuxCronSchema);
    record.set("kind", "script");
    record.set("schedule", std::string(place.period));
    record.set("name", std::string(place.name));
    record.set("user", "root");
    record.set("command", std::string(system_path(file)));
    std::vector<std::string> remarks = hiding_remarks(place.name);
    if (trim(place.name) != place.name) remarks.emplace_back("name begins or ends in a blank");
    PersistenceEntry entry = persistence_of(file, "linux.cron", kCronTechnique);
    entry.command = system_path(file);
    entry.target = file.path;
    entry.user = "root";
    entry.trigger = place.period;
    if (!has_plain_name(place.name)) {
      remarks.emplace_back("Debian's run-parts skips a file of this name");
    }
    const bool mode_known = has_real_mode(file);
    if (mode_known && (file.entry.mode & 0111) == 0) {
      remarks.emplace_back("not executable");
      entry.enabled = false;
    } else if (mode_known && !entry.enabled && has_plain_name(place.name)) {
      entry.enabled = true;
    }
    set_unless_empty(record, "remarks", std::move(remarks));
    emit_with_persistence(std::move(record), entry, emit);
    return {};
  }

  Result<void> at_job(const FileItem& file, const CronPlace& place, ByteReader& content,
                      const RecordEmitter& emit) {
    auto job = parse_at_name(place.name);
    if (!job) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxAtJob));
    parse_at_script(text.text, *job);
    const std::string user = job->uid ? user_name(*job->uid) : std::string();
    const std::string number = std::to_string(job->number);
    Record record(kLinuxCronSchema);
    record.set("kind", "at");
    record.set("name", number);
    set_unless_empty(record, "user", user);
    set_unless_empty(record, "command", job->command);
    set_unless_empty(record, "directory", job->directory);
    record.set("queue", std::string(1, job->queue));
    record.set("run_at", job->run_at);
    if (text.cut) {
      record.status = ParseStatus::kPartial;
      record.note = cut_note(kMaxAtJob);
    }
    PersistenceEntry entry = persistence_of(file, "linux.at", kAtTechnique);
    entry.name = number;
    entry.command = job->command;
    entry.target = target_of(file, job->command);
    entry.user = user;
    entry.trigger = "once: " + job->run_at.iso8601();
    emit_with_persistence(std::move(record), entry, emit);
    return {};
  }

  Result<void> table(const FileItem& file, const CronPlace& place, ByteReader& content,
                     const RecordEmitter& emit) {
    KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxTable));
    const CrontabForm form = place.kind == CronKind::kAnacrontab  ? CrontabForm::kAnacron
                             : place.kind == CronKind::kUserTable ? CrontabForm::kUser
                                                                  : CrontabForm::kSystem;
    parse_crontab(text.text, form, [&](CrontabLine&& job) {
      if (place.kind == CronKind::kUserTable) job.user = place.name;
      if (place.kind == CronKind::kAnacrontab) job.user = "root";
      if (place.kind == CronKind::kSystemTable && !has_plain_name(place.name)) {
        job.remarks.emplace_back("Debian's cron skips a file of this name");
      }
      emit_line(file, place, std::move(job), emit);
    });
    if (text.cut) {
      Record record(kLinuxCronSchema);
      record.set("kind", "crontab");
      record.status = ParseStatus::kPartial;
      record.note = cut_note(kMaxTable);
      emit(std::move(record));
    }
    return {};
  }

  void emit_line(const FileItem& file, const CronPlace& place, CrontabLine&& job,
                 const RecordEmitter& emit) {
    const bool anacron = place.kind == CronKind::kAnacrontab;
    PersistenceEntry entry =
        persistence_of(file, anacron ? "linux.anacron" : "linux.cron", kCronTechnique);
    entry.name = anacron ? job.job : std::string(place.name);
    entry.command = job.command;
    entry.target = target_of(file, job.command);
    entry.user = job.user;
    entry.trigger = job.schedule;
    if (anacron) entry.trigger = "every " + job.schedule + " days";
    if (anacron && job.schedule.starts_with('@')) entry.trigger = job.schedule;

    Record record(kLinuxCronSchema);
    record.source.range = job.range;
    record.set("kind", anacron ? "anacron" : "crontab");
    set_unless_empty(record, "schedule", job.schedule);
    set_unless_empty(record, "delay", job.delay);
    set_unless_empty(record, "name", job.job);
    set_unless_empty(record, "user", job.user);
    set_unless_empty(record, "command", job.command);
    if (job.input) record.set("input", std::move(*job.input));
    set_unless_empty(record, "environment", std::move(job.environment));
    record.set("line", std::uint64_t{job.line});
    set_unless_empty(record, "remarks", std::move(job.remarks));
    if (job.problem.empty()) return emit_with_persistence(std::move(record), entry, emit);
    record.status = ParseStatus::kCorrupt;
    record.note = std::move(job.problem);
    emit(std::move(record));
  }

  std::string target_of(const FileItem& file, std::string_view command) const {
    const std::string target = command_target(command);
    return target.empty() ? target : display_target(file.volume, target);
  }

  // The name where the host's own accounts tell it, else the number.
  std::string user_name(std::uint32_t uid) const {
    const std::string id = std::to_string(uid);
    for (const HostUser& user : users_) {
      if (user.id == id) return user.name;
    }
    return uid == 0 ? "root" : id;
  }

  std::vector<HostUser> users_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_cron() { return std::make_unique<CronCollector>(); }

}  // namespace konseki
