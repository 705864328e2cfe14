// common.hosts_file: names that hosts files give addresses.
#include "konseki/collector.h"

#include "agent/base/line_reader.h"
#include "agent/base/unicode.h"
#include "collectors/common/hosts_file/hosts_line.h"

namespace konseki {
namespace {

class HostsFileCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kHostsEntrySchema};
    static const CollectorInfo kInfo{
        "common.hosts_file",
        OperatingSystem::kUnknown,
        Volatility::kFile,
        false,
        kSchemas,
        {"Names that the hosts file gives addresses", "hosts ファイルの名前とアドレス"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty() || file.entry.type != FileType::kRegular) return false;
    if (file.path == "/etc/hosts") return true;
    return file.volume.style == PathStyle::kWindows &&
           fold_case(file.path).ends_with("/system32/drivers/etc/hosts");
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    std::uint64_t number = 0;
    return each_line(content, [&](const TextLine& line) {
      ++number;
      auto found = read_hosts_line(line.text);
      if (!found) return true;
      Record record(kHostsEntrySchema);
      record.set("address", std::move(found->address));
      record.set("names", std::move(found->names));
      if (const auto& modified = file.entry.times.modified) record.set("modified", *modified);
      record.set("line", number);
      record.source.range = ByteRange{line.offset, line.length};
      emit(std::move(record));
      return true;
    });
  }
};

}  // namespace

std::unique_ptr<Collector> make_common_hosts_file() {
  return std::make_unique<HostsFileCollector>();
}

}  // namespace konseki
