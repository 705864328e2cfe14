#include "konseki/collector.h"

#include <array>

#include "collectors/windows/base/hive_identity.h"
#include "collectors/windows/user_profiles/profiles.h"

namespace konseki {
namespace {

using windows::HiveKind;

constexpr std::array<const RecordSchema*, 1> kSchemas = {&windows::kUserProfileSchema};

class UserProfilesCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.user_profiles",
        .os = OperatingSystem::kWindows,
        .schemas = kSchemas,
        .description = {"User profiles: SID, folder, last load",
                        "ユーザープロファイル（SID、フォルダー、最終読み込み日時）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { host_ = context.host; }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && windows::hive_kind(file.path) == HiveKind::kSoftware;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    windows::parse_user_profiles(*hive, windows::make_environment(host_, file.volume), emit);
    return {};
  }

 private:
  HostFacts host_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_user_profiles() {
  return std::make_unique<UserProfilesCollector>();
}

}  // namespace konseki
