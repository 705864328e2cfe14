// linux.utmp: who logged in, who failed to, and when the machine booted.
#include <optional>

#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/utmp/schema.h"
#include "collectors/linux/utmp/utmp_file.h"

namespace konseki {
namespace {

// "wtmp" of "/var/log/wtmp", "/var/log/wtmp.1", "/var/log/wtmp-20260101". Compressed ones are
// another format.
std::optional<std::string_view> log_kind(std::string_view path) {
  for (std::string_view directory : {"/var/log/", "/run/", "/var/run/", "/var/adm/", "/etc/"}) {
    if (!path.starts_with(directory)) continue;
    const std::string_view name = path.substr(directory.size());
    for (std::string_view kind : {"utmp", "wtmp", "btmp", "lastlog"}) {
      if (!name.starts_with(kind)) continue;
      const std::string_view rest = name.substr(kind.size());
      const bool rotated =
          rest.empty() || ((rest[0] == '.' || rest[0] == '-') &&
                           rest.find_first_not_of("0123456789", 1) == std::string_view::npos);
      if (rotated) return kind;
    }
  }
  return std::nullopt;
}

class UtmpCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kLinuxUtmpSchema, &kLinuxLastlogSchema};
    static const CollectorInfo kInfo{
        "linux.utmp",
        OperatingSystem::kLinux,
        Volatility::kFile,
        true,
        kSchemas,
        {"Log-ins, log-outs, failed log-ins and boots from utmp, wtmp, btmp and lastlog",
         "ログイン・ログアウト・ログイン失敗・起動の記録（utmp・wtmp・btmp・lastlog）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { users_ = context.host.users; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.type == FileType::kRegular &&
           log_kind(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const auto kind = log_kind(system_path(file));
    if (!kind) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    if (*kind == "lastlog") return parse_lastlog_file(content, users_, emit);
    return parse_utmp_file(content, *kind, emit);
  }

 private:
  std::vector<HostUser> users_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_utmp() { return std::make_unique<UtmpCollector>(); }

}  // namespace konseki
