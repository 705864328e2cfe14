#include "agent/source/image/tsk_image.h"

#include <limits>
#include <new>

#include "konseki/medium_reader.h"

namespace konseki {
namespace {

constexpr unsigned kSectorSize = 512;

// The library's structure first, as tsk_img_open_external() wants it. The library never runs
// constructors, so nothing here but the reader needs one.
struct ReaderImage {
  TSK_IMG_INFO info{};
  std::unique_ptr<ByteReader> reader;
};

extern "C" {

static ssize_t read_reader_image(TSK_IMG_INFO* info, TSK_OFF_T offset, char* buffer, size_t size) {
  auto* image = reinterpret_cast<ReaderImage*>(info);
  if (offset < 0) return -1;
  auto count = image->reader->read_at(static_cast<std::uint64_t>(offset),
                                      {reinterpret_cast<std::byte*>(buffer), size});
  if (count) return static_cast<ssize_t>(*count);
  tsk_error_reset();
  tsk_error_set_errno(TSK_ERR_IMG_READ);
  tsk_error_set_errstr("%s", count.error().detail.c_str());
  return -1;
}

static void close_reader_image(TSK_IMG_INFO* info) { delete reinterpret_cast<ReaderImage*>(info); }

static void describe_reader_image(TSK_IMG_INFO*, FILE*) {}

}  // extern "C"

}  // namespace

Result<TskImage> make_tsk_image(std::unique_ptr<ByteReader> reader) {
  auto* image = new (std::nothrow) ReaderImage;
  if (image == nullptr) return fail(ErrorCode::kInternal, "out of memory");
  const std::uint64_t size = reader->size();
  image->reader = std::move(reader);
  if (size > static_cast<std::uint64_t>(std::numeric_limits<TSK_OFF_T>::max())) {
    delete image;
    return fail(ErrorCode::kCorrupt, "size of the medium: " + std::to_string(size));
  }
  TSK_IMG_INFO* opened =
      tsk_img_open_external(image, static_cast<TSK_OFF_T>(size), kSectorSize, read_reader_image,
                            close_reader_image, describe_reader_image);
  if (opened == nullptr) {
    delete image;
    return fail(take_tsk_error(ErrorCode::kInternal, "tsk_img_open_external"));
  }
  return TskImage(opened);
}

std::vector<ByteRange> lost_of_image(const TSK_IMG_INFO& image, const ByteRange& within) {
  if (image.itype != TSK_IMG_TYPE_EXTERNAL || image.read != read_reader_image) return {};
  return lost_of(*reinterpret_cast<const ReaderImage*>(&image)->reader, within);
}

Error take_tsk_error(ErrorCode code, std::string_view context) {
  std::string detail(context);
  const std::uint32_t number = tsk_error_get_errno();
  const char* text = number == 0 ? nullptr : tsk_error_get();
  if (text != nullptr && *text != '\0') {
    if (!detail.empty()) detail += ": ";
    for (const char* c = text; *c != '\0'; ++c) detail += *c == '\n' || *c == '\r' ? ' ' : *c;
  }
  if (number == TSK_ERR_IMG_READ || number == TSK_ERR_FS_READ) code = ErrorCode::kIoError;
  tsk_error_reset();
  return Error{code, std::move(detail), {}};
}

}  // namespace konseki
