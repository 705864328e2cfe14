#include "konseki/collector.h"

#include <array>

#include "collectors/windows/base/hive_identity.h"
#include "collectors/windows/network_profiles/networks.h"

namespace konseki {
namespace {

using windows::HiveKind;

constexpr std::array<const RecordSchema*, 1> kSchemas = {&windows::kNetworkProfileSchema};

class NetworkProfilesCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{.name = "windows.network_profiles",
                                     .os = OperatingSystem::kWindows,
                                     .schemas = kSchemas,
                                     .description = {"Networks that the host was connected to",
                                                     "接続したことのあるネットワーク"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && windows::hive_kind(file.path) == HiveKind::kSoftware;
  }

  Result<void> parse(const FileItem&, ByteReader& content, const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    windows::parse_network_profiles(*hive, emit);
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_network_profiles() {
  return std::make_unique<NetworkProfilesCollector>();
}

}  // namespace konseki
