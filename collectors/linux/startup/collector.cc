// linux.startup: what starts by itself from the many small places: rc scripts, shell profiles, the
// loader, kernel modules, udev, desktop sessions, D-Bus, PAM and hooks of other programs.
#include "collectors/linux/shared/command_target.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/shared/text_lines.h"
#include "collectors/linux/startup/startup_lines.h"
#include "collectors/linux/startup/startup_place.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 4U << 20;

class StartupCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kPersistenceSchema};
    static const CollectorInfo kInfo{
        "linux.startup",
        OperatingSystem::kLinux,
        Volatility::kFile,
        false,
        kSchemas,
        {"Other autostart places: rc scripts, shell profiles, ld.so.preload, modules, udev, XDG, "
         "D-Bus, PAM and hooks",
         "その他の自動起動箇所（rc スクリプト・シェルの初期化ファイル・ld.so.preload・"
         "カーネルモジュール・udev・XDG・D-Bus・PAM・各種フック）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { users_ = context.host.users; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && startup_place(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const std::string_view path = system_path(file);
    const auto place = startup_place(path);
    if (!place) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    PersistenceEntry entry = persistence_of(file, place->mechanism, place->technique);
    entry.trigger = place->trigger;
    if (!place->home.empty()) entry.user = user_of(place->home);
    if (file.entry.type == FileType::kSymlink) {
      entry.command = path;
      const std::string target = resolve_link(path, file.entry.link_target);
      entry.target = display_target(file.volume, target);
      if (target == "/dev/null") entry.enabled = false;
      emit(entry.to_record());
      return {};
    }
    if (place->form == StartupForm::kScript) {
      script(file, path, std::move(entry), emit);
      return {};
    }
    KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxFile));
    parse_startup_lines(text.text, place->form, [&](StartupLine&& line) {
      emit_line(file, place->form, entry, std::move(line), emit);
    });
    if (text.cut) {
      Record record = entry.to_record();
      record.status = ParseStatus::kPartial;
      record.note = cut_note(kMaxFile);
      emit(std::move(record));
    }
    return {};
  }

 private:
  static void script(const FileItem& file, std::string_view path, PersistenceEntry entry,
                     const RecordEmitter& emit) {
    if (file.entry.size == 0) return;  // nothing would run
    entry.command = path;
    entry.target = file.path;
    // Shells read profiles whatever their mode; programs of a folder must be executable.
    const bool sourced = entry.technique == "T1546.004" || entry.technique == "T1547.013";
    const bool dormant = has_real_mode(file) && (file.entry.mode & 0111) == 0;
    if (!sourced && dormant) entry.enabled = false;
    emit(entry.to_record());
  }

  static void emit_line(const FileItem& file, StartupForm form, PersistenceEntry entry,
                        StartupLine&& line, const RecordEmitter& emit) {
    if (!line.name.empty()) entry.name = std::move(line.name);
    if (!line.user.empty()) entry.user = std::move(line.user);
    if (!line.trigger.empty()) {
      entry.trigger += ": ";
      entry.trigger += line.trigger;
    }
    if (line.enabled && !entry.enabled) entry.enabled = line.enabled;
    std::string target = form == StartupForm::kPreload && line.command.starts_with('/')
                             ? line.command
                             : std::string();
    if (form != StartupForm::kPreload && form != StartupForm::kModules) {
      // git's mark of a shell command.
      const std::string_view command = line.command;
      target = command_target(command.substr(command.starts_with('!') ? 1 : 0));
    }
    if (!target.empty()) entry.target = display_target(file.volume, target);
    entry.command = std::move(line.command);
    Record record = entry.to_record();
    record.source.range = line.range;
    emit(std::move(record));
  }

  std::string user_of(std::string_view home) const {
    for (const HostUser& user : users_) {
      if (user.home == home) return user.name;
    }
    return std::string(home.substr(home.rfind('/') + 1));
  }

  std::vector<HostUser> users_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_startup() { return std::make_unique<StartupCollector>(); }

}  // namespace konseki
