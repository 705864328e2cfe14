#include "agent/source/live/windows/file_reader.h"

#include <winioctl.h>

#include <algorithm>

#include "agent/base/windows/windows_error.h"

namespace konseki {

Result<std::size_t> FileReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  constexpr std::size_t kOneCall = std::size_t{1} << 24;
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t at = offset + done;
    OVERLAPPED place{};
    place.Offset = static_cast<DWORD>(at);
    place.OffsetHigh = static_cast<DWORD>(at >> 32);
    DWORD got = 0;
    const auto part = static_cast<DWORD>(std::min(out.size() - done, kOneCall));
    if (::ReadFile(file_.get(), out.data() + done, part, &got, &place) == 0) {
      const DWORD number = ::GetLastError();
      if (number == ERROR_HANDLE_EOF) break;
      return fail(windows_error(number, "read " + name_));
    }
    if (got == 0) break;
    done += got;
  }
  return done;
}

ByteRange FileReader::next_data(std::uint64_t offset) {
  if (offset >= size_) return {size_, 0};
  const ByteRange rest{offset, size_ - offset};
  if (holes_ == Holes::kNotAsked) {
    BY_HANDLE_FILE_INFORMATION facts{};
    const bool sparse = ::GetFileInformationByHandle(file_.get(), &facts) != 0 &&
                        (facts.dwFileAttributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0;
    holes_ = sparse ? Holes::kSome : Holes::kNone;
  }
  if (holes_ == Holes::kNone) return rest;
  FILE_ALLOCATED_RANGE_BUFFER asked{};
  asked.FileOffset.QuadPart = static_cast<LONGLONG>(offset);
  asked.Length.QuadPart = static_cast<LONGLONG>(rest.length);
  FILE_ALLOCATED_RANGE_BUFFER found{};
  DWORD size = 0;
  const bool answered = ::DeviceIoControl(file_.get(), FSCTL_QUERY_ALLOCATED_RANGES, &asked,
                                          sizeof asked, &found, sizeof found, &size, nullptr) != 0;
  if (!answered && ::GetLastError() != ERROR_MORE_DATA) return rest;
  if (size == 0) return {size_, 0};
  const auto start = std::max(offset, static_cast<std::uint64_t>(found.FileOffset.QuadPart));
  const auto end = std::min(size_, static_cast<std::uint64_t>(found.FileOffset.QuadPart) +
                                       static_cast<std::uint64_t>(found.Length.QuadPart));
  return start < end ? ByteRange{start, end - start} : rest;
}

}  // namespace konseki
