#include "konseki/collector.h"

#include <array>

#include "collectors/windows/base/hive_identity.h"
#include "collectors/windows/services/services.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

constexpr std::array<const RecordSchema*, 2> kSchemas = {&windows::kServiceSchema,
                                                         &kPersistenceSchema};

class ServicesCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{.name = "windows.services",
                                     .os = OperatingSystem::kWindows,
                                     .schemas = kSchemas,
                                     .description = {"Services and drivers, from the SYSTEM hive",
                                                     "サービスとドライバー（SYSTEM ハイブより）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { host_ = context.host; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && windows::hive_kind(file.path) == windows::HiveKind::kSystem;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    return windows::parse_services(*hive, windows::make_environment(host_, file.volume), emit);
  }

 private:
  HostFacts host_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_services() { return std::make_unique<ServicesCollector>(); }

}  // namespace konseki
