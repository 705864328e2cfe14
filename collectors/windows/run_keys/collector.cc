#include "konseki/collector.h"

#include <array>

#include "collectors/windows/run_keys/autostart.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

using windows::HiveKind;

constexpr std::array<const RecordSchema*, 1> kSchemas = {&kPersistenceSchema};

class RunKeysCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.run_keys",
        .os = OperatingSystem::kWindows,
        .schemas = kSchemas,
        .description = {"Run keys and the other registry places that start programs",
                        "Run キーなど、プログラムを自動起動するレジストリの設定"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { host_ = context.host; }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty()) return false;
    const HiveKind kind = windows::hive_kind(file.path);
    return kind == HiveKind::kSoftware || kind == HiveKind::kSystem || kind == HiveKind::kUser ||
           kind == HiveKind::kUserClasses;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    const windows::HiveIdentity identity = windows::identify_hive(file.path, host_);
    windows::parse_autostart(*hive, identity,
                             windows::make_environment(host_, file.volume, identity.home), emit);
    return {};
  }

 private:
  HostFacts host_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_run_keys() { return std::make_unique<RunKeysCollector>(); }

}  // namespace konseki
