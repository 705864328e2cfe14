#include "agent/source/image/disk.h"

#include <algorithm>

#include "agent/base/joined_reader.h"
#include "agent/source/image/disk_formats.h"
#include "agent/source/image/image_format.h"
#include "agent/source/image/image_parts.h"
#include "konseki/medium_reader.h"

namespace konseki {
namespace {

class DiskSlice : public MediumReader {
 public:
  DiskSlice(std::shared_ptr<Disk> disk, std::uint64_t offset, std::uint64_t size)
      : disk_(std::move(disk)), offset_(offset), size_(size) {}

  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
    return disk_->read_at(offset_ + offset, out);
  }
  std::vector<ByteRange> lost(const ByteRange& within) const override {
    std::vector<ByteRange> ranges = disk_->lost({offset_ + within.offset, within.length});
    for (ByteRange& range : ranges) range.offset -= offset_;
    return ranges;
  }

 private:
  std::shared_ptr<Disk> disk_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

Result<std::unique_ptr<ByteReader>> open_container(const std::string& path, ImageFormat format,
                                                   std::vector<std::unique_ptr<ByteReader>> parts,
                                                   const FileOpener& open) {
  switch (format) {
    case ImageFormat::kEwf:
      return open_ewf(path, std::move(parts));
    case ImageFormat::kQcow:
      return open_qcow(path, join_parts(std::move(parts)));
    case ImageFormat::kVhd:
      return open_vhd(path, join_parts(std::move(parts)));
    case ImageFormat::kVmdk:
      return open_vmdk(path, join_parts(std::move(parts)), open);
    default:
      return join_parts(std::move(parts));
  }
}

Bilingual advice_for_format(std::string_view name) {
  if (name == "ex01" || name == "aff") {
    return {
        "Export it as E01 or raw with the tool that made it (EnCase, FTK Imager, X-Ways), then "
        "pass the result.",
        "作成したツール(EnCase、FTK Imager、X-Ways など)で E01 または raw "
        "形式に書き出し、その結果を指定してください。"};
  }
  if (name == "l01" || name == "lx01" || name == "ad1") {
    return {
        "It holds files, not a disk. Export them with the tool that made it (EnCase, FTK "
        "Imager) and pass the directory.",
        "ディスクではなくファイルの集まりです。作成したツール(EnCase、FTK Imager など)で"
        "書き出し、そのディレクトリを指定してください。"};
  }
  return {
      "Convert it first (for example with qemu-img convert -O raw), or attach it read-only "
      "and pass the directory.",
      "先に変換する(例: qemu-img convert -O raw)か、読み取り専用でマウントして、"
      "そのディレクトリを指定してください。"};
}

tl::unexpected<Error> refuse(const std::string& path, const FormatGuess& guess) {
  if (guess.format == ImageFormat::kCompressed) {
    return fail(ErrorCode::kUnsupported, path + ": compressed (" + std::string(guess.name) + ")",
                {"Decompress the image first, then pass the result.",
                 "先にイメージを展開し、展開後のファイルを指定してください。"});
  }
  return fail(ErrorCode::kUnsupported, path + ": " + std::string(guess.name) + " image",
              advice_for_format(guess.name));
}

}  // namespace

Result<std::size_t> Disk::read_at(std::uint64_t offset, std::span<std::byte> out) {
  const std::lock_guard lock(mutex_);
  return reader_->read_at(offset, out);
}

std::vector<ByteRange> Disk::lost(const ByteRange& within) const {
  const std::lock_guard lock(mutex_);
  return lost_of(*reader_, within);
}

bool Disk::gone() const {
  const std::lock_guard lock(mutex_);
  return is_gone(*reader_);
}

Result<std::shared_ptr<Disk>> open_disk(const std::string& location, const FileOpener& open) {
  std::string first;
  Result<std::vector<std::unique_ptr<ByteReader>>> opened;
  for (const std::string& name : first_part_names(location)) {
    first = name;
    opened = open_parts(name, open);
    if (opened || opened.error().code != ErrorCode::kNotFound) break;
  }
  if (!opened) return fail(std::move(opened).error());
  auto parts = *std::move(opened);
  if (parts.front()->size() == 0) {
    return fail(ErrorCode::kCorrupt, first + ": the file is empty (0 bytes)",
                {"Copy or acquire the image again.",
                 "イメージが空です。もう一度コピーまたは取得してください。"});
  }
  std::array<std::byte, 1> probe{};
  KONSEKI_TRY(parts.front()->read_at(0, probe));
  const FormatGuess guess = guess_image_format(*parts.front());
  if (guess.format == ImageFormat::kUnsupported || guess.format == ImageFormat::kCompressed) {
    return refuse(first, guess);
  }
  std::string name(guess.name);
  if (guess.format == ImageFormat::kRaw && parts.size() > 1) name = "split raw";
  KONSEKI_ASSIGN(auto reader, open_container(first, guess.format, std::move(parts), open));
  if (reader->size() == 0) {
    return fail(ErrorCode::kCorrupt, first + ": " + name + " image of an empty medium");
  }
  return std::make_shared<Disk>(std::move(reader), std::move(name));
}

std::vector<MediumDamage> damage_of(const Disk& disk, const std::string& name) {
  MediumDamage damage;
  damage.medium = name;
  damage.ranges = disk.lost({0, disk.size()});
  damage.gone = disk.gone();
  if (damage.ranges.empty() && !damage.gone) return {};
  return {std::move(damage)};
}

std::unique_ptr<ByteReader> slice_disk(std::shared_ptr<Disk> disk, std::uint64_t offset,
                                       std::uint64_t size) {
  return std::make_unique<DiskSlice>(std::move(disk), offset, size);
}

}  // namespace konseki
