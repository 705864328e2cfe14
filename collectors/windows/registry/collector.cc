#include <array>

#include "collectors/windows/registry/values.h"

namespace konseki {
namespace {

constexpr std::array<const RecordSchema*, 1> kSchemas = {&windows::kRegistryValueSchema};

class RegistryCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.registry",
        .os = OperatingSystem::kWindows,
        .schemas = kSchemas,
        .description = {"Registry keys and values that artifact definitions ask for",
                        "アーティファクト定義が指定するレジストリのキーと値"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    host_ = context.host;
    patterns_ = context.registry_patterns;
  }

  bool wants(const FileItem& file) const override {
    return !patterns_.empty() && file.stream.empty() &&
           windows::hive_kind(file.path) != windows::HiveKind::kNone;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    windows::resolve_patterns(*hive, windows::identify_hive(file.path, host_), patterns_, emit);
    return {};
  }

 private:
  HostFacts host_;
  std::vector<RegistryPattern> patterns_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_registry() { return std::make_unique<RegistryCollector>(); }

}  // namespace konseki
