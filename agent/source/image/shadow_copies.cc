#include "agent/source/image/shadow_copies.h"

#include <algorithm>
#include <array>

#include "agent/base/cursor.h"
#include "agent/base/handles/vshadow.h"
#include "agent/source/image/partitions.h"
#include "agent/source/image/yal_io.h"

namespace konseki {
namespace {

using VshadowError = YalError<libvshadow_error_backtrace_sprint, libvshadow_error_free>;
using namespace std::string_view_literals;

constexpr std::uint64_t kHeaderOffset = 0x1e00;
// {3808876b-c176-4e48-b7ae-04046e6cc752}
constexpr std::string_view kHeaderId =
    "\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52"sv;

// Windows keeps at most 512 of one volume; more in a catalogue is damage or malice.
constexpr int kMostCopies = 512;

struct OpenVolume {
  std::unique_ptr<ByteReader> bytes;
  std::unique_ptr<YalHandle> io;
  VshadowVolume handle;  // closed before what it reads from
};

Result<std::shared_ptr<OpenVolume>> open_volume(std::unique_ptr<ByteReader> bytes) {
  auto volume = std::make_shared<OpenVolume>();
  volume->bytes = std::move(bytes);
  volume->io = std::make_unique<YalHandle>(kVshadowBfio, *volume->bytes);
  VshadowError error;
  libvshadow_volume_t* handle = nullptr;
  if (volume->io->get() == nullptr || libvshadow_volume_initialize(&handle, error.out()) != 1) {
    return fail(ErrorCode::kInternal, "libvshadow: " + error.text());
  }
  volume->handle.reset(handle);
  if (libvshadow_volume_open_file_io_handle(handle, volume->io->get(), LIBVSHADOW_OPEN_READ,
                                            error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, "shadow copies: " + error.text());
  }
  return volume;
}

Result<VshadowStore> open_store(const OpenVolume& volume, int index) {
  VshadowError error;
  libvshadow_store_t* store = nullptr;
  if (libvshadow_volume_get_store(volume.handle.get(), index, &store, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt,
                "shadow copy " + std::to_string(index + 1) + ": " + error.text());
  }
  return VshadowStore(store);
}

Result<ShadowCopy> facts_of(libvshadow_store_t* store) {
  ShadowCopy copy;
  VshadowError error;
  std::array<std::uint8_t, 16> id{};
  std::uint64_t created = 0;
  size64_t size = 0;
  // The id of the copy is kept with its content; where that is lost, the catalogue's id remains.
  if (libvshadow_store_get_copy_identifier(store, id.data(), id.size(), error.out()) != 1 &&
      libvshadow_store_get_identifier(store, id.data(), id.size(), nullptr) != 1) {
    return fail(ErrorCode::kCorrupt, "shadow copy: " + error.text());
  }
  if (libvshadow_store_get_creation_time(store, &created, nullptr) != 1 ||
      libvshadow_store_get_volume_size(store, &size, nullptr) != 1) {
    return fail(ErrorCode::kCorrupt, "shadow copy without time or size");
  }
  copy.id = guid_text(std::as_bytes(std::span(id)));
  copy.created = Timestamp::from_filetime(created);
  copy.size = size;
  return copy;
}

}  // namespace

bool ShadowCopies::present(ByteReader& volume) {
  std::array<std::byte, 32> header{};
  const auto count = volume.read_at(kHeaderOffset, header);
  return count && *count == header.size() && as_text(header).starts_with(kHeaderId);
}

Result<ShadowCopies> ShadowCopies::open(Opener open) {
  KONSEKI_ASSIGN(const auto volume, open_volume(open()));
  VshadowError error;
  int count = 0;
  if (libvshadow_volume_get_number_of_stores(volume->handle.get(), &count, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, "shadow copies: " + error.text());
  }
  if (count > kMostCopies) {
    return fail(ErrorCode::kLimitExceeded, std::to_string(count) + " shadow copies");
  }
  ShadowCopies copies;
  copies.open_ = std::move(open);
  for (int index = 0; index < count; ++index) {
    KONSEKI_ASSIGN(const VshadowStore store, open_store(*volume, index));
    KONSEKI_ASSIGN(ShadowCopy copy, facts_of(store.get()));
    copies.copies_.push_back(std::move(copy));
  }
  return copies;
}

Result<std::unique_ptr<ByteReader>> ShadowCopies::open_copy(std::size_t index) const {
  struct Copy {
    std::shared_ptr<OpenVolume> volume;
    VshadowStore store;  // closed before the volume
  };
  auto copy = std::make_shared<Copy>();
  KONSEKI_ASSIGN(copy->volume, open_volume(open_()));
  KONSEKI_ASSIGN(copy->store, open_store(*copy->volume, static_cast<int>(index)));
  return std::make_unique<YalMedium>(
      copies_[index].size,
      [copy](std::uint64_t offset, std::span<std::byte> out, std::string& reason) {
        VshadowError error;
        const auto count = libvshadow_store_read_buffer_at_offset(
            copy->store.get(), out.data(), out.size(), static_cast<off64_t>(offset), error.out());
        if (count < 0) reason = error.text();
        return static_cast<std::int64_t>(count);
      });
}

}  // namespace konseki
