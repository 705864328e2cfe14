#include "agent/bundle/tar_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kNameField = 100;
constexpr std::size_t kPrefixField = 155;
constexpr std::int64_t kMaxOctal11 = (std::int64_t{1} << 33) - 1;

// Offsets in the ustar header block.
struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12},
    kMtime{136, 12}, kChecksum{148, 8}, kType{156, 1}, kLinkName{157, 100}, kMagic{257, 8},
    kDevMajor{329, 8}, kDevMinor{337, 8}, kPrefix{345, 155};

using Block = std::array<char, kTarBlock>;

void put_text(Block& block, Field field, std::string_view text) {
  std::memcpy(block.data() + field.offset, text.data(), std::min(field.size, text.size()));
}

void put_octal(Block& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.size - 1; i-- > 0;) {
    block[field.offset + i] = static_cast<char>('0' + (value & 7));
    value >>= 3;
  }
}

// Octal where it fits, else the base-256 form that GNU tar, bsdtar and Python read.
void put_number(Block& block, Field field, std::uint64_t value) {
  const unsigned digits = static_cast<unsigned>(field.size) - 1;
  if (value < (std::uint64_t{1} << (3 * digits))) return put_octal(block, field, value);
  for (std::size_t i = field.size; i-- > 0;) {
    block[field.offset + i] = static_cast<char>(value & 0xFF);
    value >>= 8;
  }
  block[field.offset] = static_cast<char>(0x80);
}

void put_checksum(Block& block) {
  std::memset(block.data() + kChecksum.offset, ' ', kChecksum.size);
  std::uint32_t sum = 0;
  for (char byte : block) sum += static_cast<unsigned char>(byte);
  put_octal(block, {kChecksum.offset, 7}, sum);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) == 0; });
}

// Splits an ASCII name over the prefix and name fields; false when it does not fit.
bool put_name(Block& block, std::string_view name) {
  if (name.size() <= kNameField) {
    put_text(block, kName, name);
    return true;
  }
  // The slash between both parts is not stored; a directory's last one must stay in the name.
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos && slash <= kPrefixField;
       slash = name.find('/', slash + 1)) {
    const std::string_view rest = name.substr(slash + 1);
    if (slash > 0 && !rest.empty() && rest.size() <= kNameField) {
      put_text(block, kPrefix, name.substr(0, slash));
      put_text(block, kName, rest);
      return true;
    }
  }
  return false;
}

// What readers without pax show: the start of the name, '_' for what is not ASCII.
void put_fallback(Block& block, Field field, std::string_view text) {
  std::string plain(text.substr(0, field.size));
  std::replace_if(
      plain.begin(), plain.end(), [](char byte) { return (byte & 0x80) != 0; }, '_');
  put_text(block, field, plain);
}

// "LEN KEY=VALUE\n", where LEN counts itself.
void append_pax(std::string& out, std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) {
    length = std::to_string(length).size() + rest;
  }
  out += std::to_string(length);
  out += ' ';
  out += key;
  out += '=';
  out += value;
  out += '\n';
}

std::string pax_time(const Timestamp& time) {
  std::int64_t seconds = time.seconds;
  std::int32_t nanoseconds = time.nanoseconds;
  const bool negative = seconds < 0;
  if (negative && nanoseconds > 0) {
    ++seconds;
    nanoseconds = 1'000'000'000 - nanoseconds;
  }
  std::string out = negative && seconds == 0 ? "-0" : std::to_string(seconds);
  if (nanoseconds == 0) return out;
  std::string digits = std::to_string(1'000'000'000 + nanoseconds).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return out + '.' + digits;
}

char type_flag(MemberType type) {
  switch (type) {
    case MemberType::kFile:
      return '0';
    case MemberType::kHardLink:
      return '1';
    case MemberType::kSymlink:
      return '2';
    case MemberType::kCharacterDevice:
      return '3';
    case MemberType::kBlockDevice:
      return '4';
    case MemberType::kDirectory:
      return '5';
    case MemberType::kFifo:
      return '6';
  }
  return '0';
}

void append_block(std::string& out, Block& block) {
  put_text(block, kMagic,
           std::string_view("ustar\0"
                            "00",
                            8));
  put_checksum(block);
  out.append(block.data(), block.size());
}

void append_padded(std::string& out, std::string_view bytes) {
  out += bytes;
  out.append(static_cast<std::size_t>(tar_padding(bytes.size())), '\0');
}

void append_pax_header(std::string& out, std::string_view records) {
  Block block{};
  put_text(block, kName, "PaxHeaders/konseki");
  put_octal(block, kMode, 0644);
  put_octal(block, kUid, 0);
  put_octal(block, kGid, 0);
  put_octal(block, kSize, records.size());
  put_octal(block, kMtime, 0);
  block[kType.offset] = 'x';
  append_block(out, block);
  append_padded(out, records);
}

// Count, then offset and length of each range, one decimal a line, in whole blocks. A last hole
// is closed by an empty range, without which GNU tar leaves the file short.
std::string sparse_map(const MemberHeader& header) {
  std::string lines;
  std::size_t count = 0;
  std::uint64_t end = 0;
  for (const ByteRange& range : header.data) {
    if (range.length == 0) continue;
    lines += std::to_string(range.offset) + '\n' + std::to_string(range.length) + '\n';
    end = range.end();
    ++count;
  }
  if (end < header.size) {
    lines += std::to_string(header.size) + "\n0\n";
    ++count;
  }
  std::string map;
  append_padded(map, std::to_string(count) + '\n' + lines);
  return map;
}

std::string sparse_file_name(std::string_view name) {
  const auto slash = name.rfind('/');
  const std::size_t base = slash == std::string_view::npos ? 0 : slash + 1;
  return std::string(name.substr(0, base)) + "GNUSparseFile.0/" + std::string(name.substr(base));
}

bool has_bad_component(std::string_view name) {
  while (true) {
    const auto slash = name.find('/');
    const std::string_view component = name.substr(0, slash);
    if (component.empty() || component == "." || component == "..") return true;
    if (slash == std::string_view::npos) return false;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

std::uint64_t stored_size(const MemberHeader& header) {
  if (header.type != MemberType::kFile) return 0;
  if (header.data.empty()) return header.size;
  std::uint64_t sum = 0;
  for (const ByteRange& range : header.data) sum += range.length;
  return sum;
}

void append_tar_header(std::string& out, const MemberHeader& header) {
  Block block{};
  std::string pax;
  const bool sparse = header.type == MemberType::kFile && !header.data.empty();
  std::string map;
  if (sparse) {
    map = sparse_map(header);
    append_pax(pax, "GNU.sparse.major", "1");
    append_pax(pax, "GNU.sparse.minor", "0");
    append_pax(pax, "GNU.sparse.name", header.name);
    append_pax(pax, "GNU.sparse.realsize", std::to_string(header.size));
    const std::string shown = sparse_file_name(header.name);
    if (!is_ascii(shown) || !put_name(block, shown)) put_fallback(block, kName, shown);
  } else {
    std::string name = header.name;
    if (header.type == MemberType::kDirectory) name += '/';
    if (!is_ascii(name) || !put_name(block, name)) {
      append_pax(pax, "path", name);
      put_fallback(block, kName, name);
    }
  }
  if (header.type == MemberType::kSymlink || header.type == MemberType::kHardLink) {
    if (!is_ascii(header.link_target) || header.link_target.size() > kLinkName.size) {
      append_pax(pax, "linkpath", header.link_target);
      put_fallback(block, kLinkName, header.link_target);
    } else {
      put_text(block, kLinkName, header.link_target);
    }
  }
  const Timestamp modified = header.modified.value_or(Timestamp{});
  if (modified.nanoseconds != 0 || modified.seconds < 0 || modified.seconds > kMaxOctal11) {
    append_pax(pax, "mtime", pax_time(modified));
  }
  put_octal(block, kMode, header.mode & 07777);
  put_number(block, kUid, header.uid);
  put_number(block, kGid, header.gid);
  put_number(block, kSize, stored_size(header) + map.size());
  put_octal(block, kMtime,
            static_cast<std::uint64_t>(std::clamp<std::int64_t>(modified.seconds, 0, kMaxOctal11)));
  block[kType.offset] = type_flag(header.type);
  put_octal(block, kDevMajor, 0);
  put_octal(block, kDevMinor, 0);
  if (!pax.empty()) append_pax_header(out, pax);
  append_block(out, block);
  out += map;
}

Result<void> check_member_header(const MemberHeader& header) {
  const auto bad = [&](const char* why) {
    return fail(ErrorCode::kInvalidArgument, "member " + to_well_formed(header.name) + ": " + why);
  };
  if (header.name.find('\0') != std::string::npos || !is_well_formed_utf8(header.name)) {
    return bad("name is not UTF-8 text");
  }
  if (has_bad_component(header.name)) return bad("name has an empty, '.' or '..' part");
  const bool link = header.type == MemberType::kSymlink || header.type == MemberType::kHardLink;
  if (link && (header.link_target.empty() || header.link_target.find('\0') != std::string::npos ||
               !is_well_formed_utf8(header.link_target))) {
    return bad("link target is empty or not UTF-8 text");
  }
  if (header.type == MemberType::kHardLink && !header.sha256) {
    return bad("a hard link needs the digest of its content");
  }
  std::uint64_t end = 0;
  for (const ByteRange& range : header.data) {
    if (range.offset < end || range.length > header.size ||
        range.offset > header.size - range.length) {
      return bad("sparse ranges out of order or past the end");
    }
    end = range.end();
    // GNU tar starts every range in a new block, others do not: only whole blocks mean the same.
    if (range.length % kTarBlock != 0 && end != header.size) {
      return bad("a sparse range is not in whole blocks");
    }
  }
  return {};
}

std::string_view member_type_name(MemberType type) {
  switch (type) {
    case MemberType::kFile:
      return "file";
    case MemberType::kDirectory:
      return "directory";
    case MemberType::kSymlink:
      return "symlink";
    case MemberType::kHardLink:
      return "hardlink";
    case MemberType::kFifo:
      return "fifo";
    case MemberType::kCharacterDevice:
      return "char";
    case MemberType::kBlockDevice:
      return "block";
  }
  return "file";
}

}  // namespace konseki
