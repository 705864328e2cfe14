#include "agent/pipeline/ese_logs.h"

#include <array>

#include "collectors/windows/ese/ese_logs.h"

namespace konseki {

std::optional<Record> read_ese_logs(FileSystem& file_system, const Entry& entry,
                                    ByteReader& content) {
  if (entry.allocation != Allocation::kAllocated) return std::nullopt;
  std::array<std::byte, windows::kEseHeaderSize> bytes{};
  const auto count = content.read_at(0, bytes);
  if (!count || *count < bytes.size()) return std::nullopt;
  const auto header = windows::read_ese_header(bytes);
  if (!header || !header->dirty) return std::nullopt;
  std::vector<windows::EseLog> there;
  const std::size_t slash = entry.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : entry.path.substr(0, slash);
  // A folder that cannot be listed is a gap of its own.
  (void)file_system.list(folder, [&](const Entry& each) {
    if (each.type == FileType::kRegular && each.allocation == Allocation::kAllocated &&
        windows::is_ese_log(each.name())) {
      there.push_back({std::string(each.name()), each.size});
    }
    return WalkAction::kContinue;
  });
  return windows::ese_logs_record(*header, std::move(there));
}

}  // namespace konseki
