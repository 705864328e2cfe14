// The collector linux.ebpf.
#include <array>
#include <cstdio>
#include <map>
#include <memory>

#include "collectors/linux/ebpf/bpf_holders.h"
#include "collectors/linux/ebpf/bpf_schemas.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/user_names.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using ebpf::BpfHolding;

constexpr std::array<const RecordSchema*, 2> kSchemas{&kLinuxBpfProgramSchema, &kLinuxBpfPinSchema};

constexpr std::size_t kMaxPins = 100'000;

class LinuxEbpf : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.ebpf",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kKernel,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {
            "Loaded eBPF programs, the processes that hold them, and pinned objects",
            "読み込まれた eBPF プログラム、それを保持するプロセス、固定されたオブジェクト"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    users_ = procfs::UserNames(context.host.users);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    FileSystem& kernel = host.kernel();
    procfs::GapTally gaps;
    procfs::GapTally counted_elsewhere;  // linux.processes tells of descriptors it may not list
    auto holdings = ebpf::read_bpf_holders(kernel, counted_elsewhere);
    const auto programs = host.bpf_programs();
    if (programs) {
      for (const BpfProgram& program : *programs) {
        const auto held = holdings.extract(program.id);
        sink.emit(record_of(program, held ? held.mapped() : BpfHolding{}));
      }
    } else if (programs.error().code != ErrorCode::kUnsupported) {
      gaps.add("eBPF programs", "bpf(2)", programs.error());
    }
    // Left are programs that a process held before the list was taken. Those still held after it
    // were there all the time, and the list should have had them.
    const bool suspicious = programs.has_value() && !holdings.empty();
    const auto still_held = suspicious ? ebpf::read_bpf_holders(kernel, counted_elsewhere)
                                       : std::map<std::uint64_t, BpfHolding>{};
    for (const auto& [id, holding] : holdings) {
      sink.emit(held_only(id, holding, still_held.contains(id)));
    }
    emit_pins(kernel, sink, gaps);
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  static void set_holding(Record& record, const BpfHolding& holding) {
    procfs::set_list(record, "holders", {holding.holders.begin(), holding.holders.end()});
    procfs::set_list(record, "links", {holding.links.begin(), holding.links.end()});
  }

  Record record_of(const BpfProgram& program, const BpfHolding& holding) const {
    Record record(kLinuxBpfProgramSchema);
    record.set("id", std::uint64_t{program.id});
    procfs::set_text(record, "type", program.type);
    procfs::set_text(record, "name", program.name);
    procfs::set_text(record, "tag", program.tag);
    record.set("uid", std::uint64_t{program.uid});
    procfs::set_text(record, "user", users_.name(program.uid));
    record.set("loaded", program.loaded);
    set_holding(record, holding);
    return record;
  }

  // Known from a descriptor only: the list was withheld, or lacks it.
  static Record held_only(std::uint64_t id, const BpfHolding& holding, bool unlisted) {
    Record record(kLinuxBpfProgramSchema);
    record.source.path = "/proc";
    record.set("id", id);
    procfs::set_text(record, "tag", holding.tag);
    set_holding(record, holding);
    if (unlisted) record.set("signs", std::vector<std::string>{"unlisted"});
    return record;
  }

  void emit_pins(FileSystem& kernel, Sink& sink, procfs::GapTally& gaps) const {
    WalkOptions options;
    options.start = "sys/fs/bpf";
    options.on_error = [&](std::string_view path, const Error& error) {
      gaps.add("/sys/fs/bpf", "/" + std::string(path), error);
    };
    std::size_t count = 0;
    const auto walked = kernel.walk(options, [&](const Entry& entry) {
      if (entry.type == FileType::kDirectory) return WalkAction::kContinue;
      if (count++ >= kMaxPins) {
        gaps.add("/sys/fs/bpf", "/sys/fs/bpf",
                 Error{ErrorCode::kLimitExceeded,
                       "more than " + std::to_string(kMaxPins) + " pinned objects",
                       {}});
        return WalkAction::kStop;
      }
      Record record(kLinuxBpfPinSchema);
      record.source.path = "/" + entry.path;
      record.set("path", "/" + entry.path);
      record.set("uid", std::uint64_t{entry.uid});
      procfs::set_text(record, "user", users_.name(entry.uid));
      std::array<char, 8> mode{};
      std::snprintf(mode.data(), mode.size(), "%04o", entry.mode & 07777U);
      record.set("mode", std::string(mode.data()));
      if (entry.times.modified) record.set("modified", *entry.times.modified);
      sink.emit(std::move(record));
      return WalkAction::kContinue;
    });
    if (!walked) gaps.add("/sys/fs/bpf", "/sys/fs/bpf", walked.error());
  }

  procfs::UserNames users_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_ebpf() { return std::make_unique<LinuxEbpf>(); }

}  // namespace konseki
