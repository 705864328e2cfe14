#include "agent/bundle/tar_walker.h"

#include <algorithm>
#include <array>

#include "agent/base/cursor.h"
#include "agent/bundle/frame_format.h"
#include "agent/bundle/pax_records.h"
#include "agent/bundle/tar_header.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostExtended = 1024 * 1024;
constexpr std::uint64_t kMostRanges = 1'000'000;
constexpr std::uint64_t kMostSize = std::uint64_t{1} << 46;
// One member has at most a pax header and GNU long name and link headers before it.
constexpr int kMostExtensions = 4;
constexpr int kMostLostFrames = 4096;  // 16 GiB of content

std::string_view trimmed(std::string_view field) { return field.substr(0, field.find('\0')); }

// The named fields of a ustar header block.
struct Ustar {
  explicit Ustar(std::string_view block)
      : name(trimmed(block.substr(0, 100))),
        mode(block.substr(100, 8)),
        uid(block.substr(108, 8)),
        gid(block.substr(116, 8)),
        size(block.substr(124, 12)),
        mtime(block.substr(136, 12)),
        checksum(block.substr(148, 8)),
        type(block[156]),
        link(trimmed(block.substr(157, 100))),
        magic(block.substr(257, 5)),
        posix(block.substr(257, 8) == std::string_view("ustar\0"
                                                       "00",
                                                       8)),
        prefix(posix ? trimmed(block.substr(345, 155)) : std::string_view{}) {}

  std::string_view name, mode, uid, gid, size, mtime, checksum;
  char type;
  std::string_view link, magic;
  bool posix;
  std::string_view prefix;
};

bool checksum_fits(std::string_view block) {
  const auto stored = parse_tar_number(block.substr(148, 8));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return stored && *stored == sum;
}

bool is_zero(std::string_view block) { return block.find_first_not_of('\0') == std::string::npos; }

std::string plain_name(std::string name) {
  while (name.starts_with("./") && name.size() > 2) name.erase(0, 2);
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

std::optional<MemberType> member_type(char flag) {
  switch (flag) {
    case '0':
    case '\0':
    case '7':
    case 'S':
      return MemberType::kFile;
    case '1':
      return MemberType::kHardLink;
    case '2':
      return MemberType::kSymlink;
    case '3':
      return MemberType::kCharacterDevice;
    case '4':
      return MemberType::kBlockDevice;
    case '5':
      return MemberType::kDirectory;
    case '6':
      return MemberType::kFifo;
    default:
      return std::nullopt;
  }
}

tl::unexpected<Error> corrupt(std::uint64_t offset, const char* what) {
  return fail(ErrorCode::kCorrupt, "tar offset " + std::to_string(offset) + ": " + what);
}

// Appends `count` bytes from `offset`; kCorrupt where there are fewer.
Result<void> read_exactly(ByteReader& tar, std::uint64_t offset, std::uint64_t count,
                          std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + static_cast<std::size_t>(count));
  const auto room = std::as_writable_bytes(std::span(out)).subspan(before);
  KONSEKI_ASSIGN(const std::size_t got, tar.read_at(offset, room));
  if (got != count) {
    out.resize(before + got);
    return corrupt(offset, "the tar ends inside a member");
  }
  return {};
}

// Decimal lines of a sparse map.
class MapLines {
 public:
  MapLines(ByteReader& tar, std::uint64_t offset, std::uint64_t size)
      : tar_(tar), offset_(offset), left_(size) {}

  Result<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (int digits = 0; digits < 20; ++digits) {
      KONSEKI_ASSIGN(const char byte, next());
      if (byte == '\n' && digits > 0) return value;
      if (byte < '0' || byte > '9' || value > kMostSize * 2) break;
      value = value * 10 + static_cast<unsigned>(byte - '0');
    }
    return corrupt(offset_, "bad sparse map");
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Result<char> next() {
    if (used_ == bytes_.size()) {
      if (left_ < kTarBlock) return corrupt(offset_, "sparse map is cut off");
      KONSEKI_TRY(read_exactly(tar_, offset_, kTarBlock, bytes_));
      offset_ += kTarBlock;
      left_ -= kTarBlock;
    }
    return bytes_[used_++];
  }

  ByteReader& tar_;
  std::uint64_t offset_;
  std::uint64_t left_;
  std::string bytes_;
  std::size_t used_ = 0;
};

// Reads the map at the start of a sparse member's data; answers the map's blocks.
Result<std::string> read_sparse_map(ByteReader& tar, WalkedMember& found) {
  MapLines lines(tar, found.packed_offset, found.packed_size);
  KONSEKI_ASSIGN(const std::uint64_t count, lines.number());
  if (count == 0 || count > kMostRanges) return corrupt(found.packed_offset, "bad sparse map");
  MemberHeader& header = found.member.header;
  std::uint64_t end = 0;
  std::uint64_t stored = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    KONSEKI_ASSIGN(const std::uint64_t offset, lines.number());
    KONSEKI_ASSIGN(const std::uint64_t length, lines.number());
    if (offset < end || offset > header.size || length > header.size - offset) {
      return corrupt(found.packed_offset, "sparse map out of order or past the end");
    }
    end = offset + length;
    stored += length;
    header.data.push_back({offset, length});
  }
  // The range that closes a last hole is the writer's own; a file of holes only keeps it.
  if (header.data.size() > 1 && header.data.back().length == 0) header.data.pop_back();
  if (lines.bytes().size() + stored != found.packed_size) {
    return corrupt(found.packed_offset, "sparse map does not fit the stored size");
  }
  found.member.content_offset = found.packed_offset + lines.bytes().size();
  return lines.bytes();
}

// True for the first header block of a member of a bundle. A name that fills its field may be the
// short form of one whose extended header is lost: not to be believed.
bool begins_member(std::string_view block) {
  if (block.substr(257, 5) != "ustar" || !checksum_fits(block)) return false;
  const Ustar ustar(block);
  if (ustar.type == 'x') return ustar.name == "PaxHeaders/konseki";
  if (ustar.name.size() >= 100 && ustar.prefix.empty()) return false;
  const std::string_view start = ustar.prefix.empty() ? ustar.name : ustar.prefix;
  return start.starts_with("fs/") || start.starts_with("[root]/") || start.starts_with("konseki/");
}

}  // namespace

std::uint64_t WalkedMember::end() const {
  return packed_offset + packed_size + tar_padding(packed_size);
}

Result<std::optional<WalkedMember>> TarWalker::next() {
  WalkedMember found;
  found.header_offset = offset_;
  header_bytes_.clear();
  PaxRecords pax;
  std::uint64_t at = offset_;
  for (int extensions = 0;; ++extensions) {
    const std::size_t start = header_bytes_.size();
    auto block_read = read_exactly(tar_, at, kTarBlock, header_bytes_);
    if (!block_read) {
      if (header_bytes_.empty() && block_read.error().code == ErrorCode::kCorrupt &&
          at >= tar_.size()) {
        return std::nullopt;  // no end mark, nothing else missing either
      }
      return fail(std::move(block_read).error());
    }
    const std::string block = header_bytes_.substr(start);
    if (is_zero(block) && start == 0) {
      std::string second;
      KONSEKI_TRY(read_exactly(tar_, at + kTarBlock, kTarBlock, second));
      if (!is_zero(second)) return corrupt(at, "a header of zeros");
      found_end_mark_ = true;
      return std::nullopt;
    }
    const Ustar ustar(block);
    const auto size = parse_tar_number(ustar.size);
    if (!checksum_fits(block) || ustar.magic != "ustar" || !size || *size > kMostSize) {
      return corrupt(at, "not a header");
    }
    at += kTarBlock;
    if (ustar.type == 'x' || ustar.type == 'g' || ustar.type == 'L' || ustar.type == 'K') {
      if (extensions >= kMostExtensions || *size > kMostExtended) {
        return corrupt(at, "extended header too large");
      }
      const std::size_t text_start = header_bytes_.size();
      KONSEKI_TRY(read_exactly(tar_, at, *size + tar_padding(*size), header_bytes_));
      const std::string_view text =
          std::string_view(header_bytes_).substr(text_start, static_cast<std::size_t>(*size));
      if (ustar.type == 'x' && !parse_pax_records(text, pax)) {
        return corrupt(at, "malformed extended header");
      }
      if (ustar.type == 'L') pax.path = trimmed(text);
      if (ustar.type == 'K') pax.link_path = trimmed(text);
      at += *size + tar_padding(*size);
      continue;
    }
    const auto type = member_type(ustar.type);
    const auto mode = parse_tar_number(ustar.mode);
    const auto uid = pax.uid ? pax.uid : parse_tar_number(ustar.uid);
    const auto gid = pax.gid ? pax.gid : parse_tar_number(ustar.gid);
    const auto mtime = parse_tar_number(ustar.mtime);
    if (!type || !mode || !uid || !gid) return corrupt(at - kTarBlock, "unknown kind of member");
    MemberHeader& header = found.member.header;
    header.type = *type;
    header.mode = static_cast<std::uint32_t>(*mode & 07777);
    header.uid = static_cast<std::uint32_t>(*uid);
    header.gid = static_cast<std::uint32_t>(*gid);
    if (pax.modified) {
      header.modified = pax.modified;
    } else if (mtime) {
      header.modified = Timestamp{static_cast<std::int64_t>(*mtime), 0};
    }
    std::string name(ustar.name);
    if (!ustar.prefix.empty()) name = std::string(ustar.prefix) + '/' + name;
    if (pax.path) name = *pax.path;
    if (pax.sparse && pax.sparse_name) name = *pax.sparse_name;
    header.name = plain_name(std::move(name));
    if (header.name.empty()) return corrupt(at - kTarBlock, "a member without a name");
    if (*type == MemberType::kSymlink || *type == MemberType::kHardLink) {
      header.link_target = pax.link_path ? *pax.link_path : std::string(ustar.link);
      if (*type == MemberType::kHardLink) header.link_target = plain_name(header.link_target);
    }
    found.packed_offset = found.member.content_offset = at;
    // Links and directories carry no content whatever their size field says.
    found.packed_size = *type == MemberType::kFile ? pax.size.value_or(*size) : 0;
    if (found.packed_size > kMostSize) return corrupt(at, "size beyond reason");
    header.size = found.packed_size;
    found.readable = ustar.type != 'S' && !pax.other_sparse;
    if (*type == MemberType::kFile && pax.sparse) {
      if (!pax.sparse_size || *pax.sparse_size > kMostSize) return corrupt(at, "bad sparse size");
      header.size = *pax.sparse_size;
      KONSEKI_ASSIGN(const std::string map, read_sparse_map(tar_, found));
      header_bytes_ += map;
    }
    offset_ = found.end();
    return found;
  }
}

Result<bool> TarWalker::resync() {
  std::array<std::byte, kTarBlock> block{};
  for (std::uint64_t at = offset_ + kTarBlock; at + kTarBlock <= tar_.size();) {
    const auto got = tar_.read_at(at, block);
    if (!got || *got != block.size()) {
      // The rest of a lost frame is lost too. A lying file may claim any number of them.
      if (++lost_frames_ > kMostLostFrames) return false;
      at = (at / kFrameContent + 1) * kFrameContent;
      continue;
    }
    if (begins_member(as_text(block))) {
      offset_ = at;
      return true;
    }
    at += kTarBlock;
  }
  return false;
}

}  // namespace konseki
