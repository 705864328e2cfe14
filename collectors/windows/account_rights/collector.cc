#include "konseki/collector.h"

#include <array>

#include "collectors/windows/account_rights/rights.h"
#include "collectors/windows/base/hive_identity.h"

namespace konseki {
namespace {

using windows::HiveKind;

constexpr std::array<const RecordSchema*, 1> kSchemas = {&windows::kAccountRightSchema};

class AccountRightsCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{.name = "windows.account_rights",
                                     .os = OperatingSystem::kWindows,
                                     .schemas = kSchemas,
                                     .description = {"Privileges and logon rights of accounts",
                                                     "アカウントの特権とログオン権限"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    names_ = windows::AccountNames(context.host.users);
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && windows::hive_kind(file.path) == HiveKind::kSecurity;
  }

  Result<void> parse(const FileItem&, ByteReader& content, const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    windows::parse_account_rights(*hive, names_, emit);
    return {};
  }

 private:
  windows::AccountNames names_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_account_rights() {
  return std::make_unique<AccountRightsCollector>();
}

}  // namespace konseki
