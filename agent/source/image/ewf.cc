#include "agent/base/handles/ewf.h"

#include "agent/base/cursor.h"
#include "agent/source/image/disk_formats.h"
#include "agent/source/image/image_parts.h"
#include "agent/source/image/yal_io.h"

namespace konseki {
namespace {

using EwfError = YalError<libewf_error_backtrace_sprint, libewf_error_free>;

struct Ewf {
  std::vector<std::unique_ptr<ByteReader>> segments;
  std::unique_ptr<YalPool> pool;
  EwfHandle handle;  // closed before what it reads from
};

// Every segment but the last ends with a section "next". The library does not mind when the set
// stops there, and the rest of the disk would be missing without a word.
bool ends_with_next(ByteReader& segment) {
  constexpr std::size_t kSectionSize = 76;
  std::array<std::byte, kSectionSize> tail{};
  if (segment.size() < kSectionSize) return false;
  auto count = segment.read_at(segment.size() - tail.size(), tail);
  return count && *count == tail.size() && as_text(tail).starts_with(std::string_view("next\0", 5));
}

}  // namespace

Result<std::unique_ptr<ByteReader>> open_ewf(const std::string& path,
                                             std::vector<std::unique_ptr<ByteReader>> segments) {
  if (ends_with_next(*segments.back())) {
    const auto missing = part_name(path, static_cast<std::uint32_t>(segments.size()));
    return fail(ErrorCode::kNotFound,
                path + ": segment " + std::to_string(segments.size() + 1) +
                    " is missing: " + missing.value_or("(no name left)"),
                {"Put every segment (E01, E02, ...) in the same directory.",
                 "すべてのセグメント(E01、E02、…)を同じディレクトリに置いてください。"});
  }
  auto ewf = std::make_shared<Ewf>();
  ewf->segments = std::move(segments);
  std::vector<ByteReader*> readers;
  for (const auto& segment : ewf->segments) readers.push_back(segment.get());
  ewf->pool = std::make_unique<YalPool>(kEwfBfio, readers);

  EwfError error;
  libewf_handle_t* handle = nullptr;
  if (ewf->pool->get() == nullptr || libewf_handle_initialize(&handle, error.out()) != 1) {
    return fail(ErrorCode::kInternal, path + ": libewf: " + error.text());
  }
  ewf->handle.reset(handle);
  size64_t size = 0;
  if (libewf_handle_open_file_io_pool(handle, ewf->pool->get(), LIBEWF_OPEN_READ, error.out()) !=
          1 ||
      libewf_handle_get_media_size(handle, &size, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt,
                path + " (" + std::to_string(ewf->segments.size()) + " segments): " + error.text(),
                {"Check that every segment (E01, E02, ...) is present and whole.",
                 "すべてのセグメント(E01、E02、…)が揃い、破損していないか確認してください。"});
  }
  return std::make_unique<YalMedium>(size, [ewf](std::uint64_t offset, std::span<std::byte> out,
                                                 std::string& reason) {
    EwfError read_error;
    const auto count = libewf_handle_read_random(ewf->handle.get(), out.data(), out.size(),
                                                 static_cast<off64_t>(offset), read_error.out());
    if (count < 0) reason = read_error.text();
    return static_cast<std::int64_t>(count);
  });
}

}  // namespace konseki
