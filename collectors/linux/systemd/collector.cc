// linux.systemd: units, timers, sockets and hooks of the system's and the users' managers.
#include <map>
#include <mutex>

#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/systemd/schema.h"
#include "collectors/linux/systemd/unit_records.h"
#include "collectors/linux/systemd/unit_set.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 1U << 20;

std::string hook_trigger(const UnitPlace& place) {
  if (place.hook == "sleep") return "before and after suspend";
  if (place.hook == "shutdown") return "shutdown";
  return place.user ? "start and reload of a user manager" : "boot and daemon-reload";
}

class SystemdCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kLinuxSystemdUnitSchema,
                                                       &kPersistenceSchema};
    static const CollectorInfo kInfo{
        "linux.systemd",
        OperatingSystem::kLinux,
        Volatility::kFile,
        false,
        kSchemas,
        {"Units of systemd with their drop-ins, timers, sockets, links, and generators",
         "systemd "
         "のユニット（ドロップイン・タイマー・ソケット・有効化リンク・ジェネレーターを含む）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { users_ = context.host.users; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.allocation == Allocation::kAllocated &&
           unit_place(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const std::string_view path = system_path(file);
    auto place = unit_place(path);
    if (!place) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    if (place->kind == UnitPieceKind::kHook) {
      emit_hook(file, *place, emit);
      return {};
    }
    UnitPiece piece;
    piece.place = *std::move(place);
    piece.path = path;
    piece.address = address_of(file);
    piece.stem = persistence_of(file, "", "");
    if (file.entry.type == FileType::kSymlink) {
      piece.link = resolve_link(path, file.entry.link_target);
    } else if (piece.place.kind != UnitPieceKind::kLink) {
      KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxFile));
      piece.empty = text.text.empty();
      piece.cut = text.cut;
      piece.text = parse_unit_text(text.text);
    }
    const std::string prefix(file.path.substr(0, file.path.size() - path.size()));
    const std::lock_guard lock(mutex_);
    systems_[prefix].add(std::move(piece));
    return {};
  }

  Result<void> finish(const RecordEmitter& emit) override {
    for (auto& [prefix, set] : systems_) {
      set.sort();
      emit_units(set.system_units(), {"system", "", "root", prefix}, emit);
      emit_units(set.user_units(), {"user", "", "every user", prefix}, emit);
      for (const std::string& home : set.homes()) {
        const std::string user = user_of(prefix, home);
        emit_units(set.home_units(home), {"user:" + user, home, user, prefix}, emit);
      }
    }
    systems_.clear();
    return {};
  }

 private:
  static void emit_hook(const FileItem& file, const UnitPlace& place, const RecordEmitter& emit) {
    const std::string_view path = system_path(file);
    std::string kind = place.hook;
    for (char& c : kind) c = c == ' ' ? '_' : c;
    PersistenceEntry entry = persistence_of(file, "linux.systemd_" + kind, "T1543.002");
    entry.command = path;
    entry.target = file.path;
    entry.user = place.user ? "every user" : "root";
    entry.trigger = hook_trigger(place);
    if (file.entry.type == FileType::kSymlink) {
      const std::string target = resolve_link(path, file.entry.link_target);
      entry.target = display_target(file.volume, target);
      if (target == "/dev/null") entry.enabled = false;
    } else if (has_real_mode(file)) {
      entry.enabled = (file.entry.mode & 0111) != 0;
    }
    Record record = entry.to_record();
    emit(std::move(record));
  }

  std::string user_of(const std::string& prefix, const std::string& home) const {
    const std::string_view last = std::string_view(home).substr(home.rfind('/') + 1);
    const bool runtime = home.starts_with("/run/user/");
    for (const HostUser& user : users_) {
      if (runtime ? user.id == last : user.home == prefix + home) return user.name;
    }
    return std::string(last);
  }

  std::vector<HostUser> users_;
  std::mutex mutex_;
  std::map<std::string, UnitSet> systems_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_systemd() { return std::make_unique<SystemdCollector>(); }

}  // namespace konseki
