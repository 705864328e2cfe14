#include "agent/source/image/ntfs_facts.h"

#include <algorithm>

#include "agent/base/unicode.h"
#include "agent/source/image/little_endian.h"
#include "agent/source/image/ntfs_reparse.h"
#include "agent/source/image/ntfs_security.h"

namespace konseki {
namespace {

constexpr std::size_t kListEntrySize = 26;
constexpr std::uint64_t kMaxListSize = 1 << 20;
constexpr std::uint64_t kMaxReparseSize = 65536;
constexpr std::size_t kMaxExtensions = 65536;
constexpr std::size_t kMaxNames = 4096;
constexpr std::size_t kMaxStreams = 65536;

// FILE_ATTRIBUTE_* [MS-FSCC 2.6]
constexpr std::uint32_t kDirectory = 0x10;
constexpr std::uint32_t kOffline = 0x1000;
constexpr std::uint32_t kRecallOnOpen = 0x40000;
constexpr std::uint32_t kRecallOnDataAccess = 0x400000;
constexpr std::uint32_t kRealAttributes = 0x00ffffff;  // above: flags of the index, not of files

void take_standard_information(std::span<const std::byte> content, NtfsFacts& facts) {
  if (content.size() < 36) {
    facts.damaged = true;
    return;
  }
  facts.times.created = ntfs_time(le64(content, 0));
  facts.times.modified = ntfs_time(le64(content, 8));
  facts.times.changed = ntfs_time(le64(content, 16));
  facts.times.accessed = ntfs_time(le64(content, 24));
  facts.attributes = le32(content, 32) & kRealAttributes;
  if (content.size() >= 56) facts.security_id = le32(content, 52);
}

void take_name(std::span<const std::byte> content, NtfsFacts& facts) {
  const auto name = decode_ntfs_name(content);
  if (!name || facts.name_count >= kMaxNames) {
    facts.damaged = true;
    return;
  }
  if (facts.name_count == facts.names.size()) facts.names.emplace_back();
  NtfsFileName& kept = facts.names[facts.name_count++];
  kept.parent = name->parent;
  kept.space = name->space;
  kept.times = name->times;
  kept.text.clear();
  append_utf16le(kept.text, name->name);
}

void take_data(const NtfsAttribute& attribute, NtfsFacts& facts) {
  if (attribute.first_vcn != 0) return;  // a later piece of a stream already counted
  if (attribute.name.empty()) {
    facts.has_data = true;
    facts.size = attribute.size;
    facts.data_stored = attribute.size > 0 && (attribute.resident || attribute.allocated > 0);
    facts.data_complete = attribute.resident || attribute.allocated >= attribute.initialised;
    return;
  }
  if (facts.streams.size() >= kMaxStreams) {
    facts.damaged = true;
    return;
  }
  StreamInfo& stream = facts.streams.emplace_back();
  append_utf16le(stream.name, attribute.name);
  stream.size = attribute.size;
}

}  // namespace

void NtfsFacts::clear() {
  header = {};
  times = {};
  attributes = 0;
  security_id = 0;
  owner.clear();
  name_count = 0;
  streams.clear();
  has_data = false;
  data_stored = false;
  data_complete = false;
  size = 0;
  reparse_tag = 0;
  link_target.clear();
  reparse_type = FileType::kUnknown;
  damaged = false;
}

template <class Visit>
void NtfsFactReader::for_each_attribute(std::uint64_t number, std::span<const std::byte> record,
                                        const NtfsHeader& header, bool& damaged,
                                        const Visit& visit) {
  bool has_list = false;
  NtfsAttributes attributes(record, header);
  for (NtfsAttribute attribute; attributes.next(attribute);) {
    if (attribute.type != NtfsType::kAttributeList) {
      visit(attribute);
      continue;
    }
    has_list = true;
    if (attribute.resident) {
      list_.assign(attribute.content.begin(), attribute.content.end());
      continue;
    }
    list_.resize(static_cast<std::size_t>(std::min(attribute.size, kMaxListSize)));
    std::vector<NtfsRun> runs;
    damaged |= !decode_ntfs_runs(attribute.runs, 0, runs);
    auto filled =
        table_.stream(std::move(runs), attribute.size, attribute.initialised)->read_at(0, list_);
    damaged |= !filled;
    list_.resize(filled ? *filled : 0);
  }
  damaged |= attributes.damaged();
  if (!has_list) return;

  seen_.clear();
  for (std::size_t at = 0; at + kListEntrySize <= list_.size();) {
    const std::span<const std::byte> entry = std::span<const std::byte>(list_).subspan(at);
    const std::size_t length = le16(entry, 4);
    if (length < kListEntrySize) break;
    at += length;
    const std::uint64_t extension = NtfsReference::from(le64(entry, 16)).record;
    if (extension == number) continue;
    if (std::find(seen_.rbegin(), seen_.rend(), extension) != seen_.rend()) continue;
    if (seen_.size() >= kMaxExtensions) {
      damaged = true;
      break;
    }
    seen_.push_back(extension);
    auto extension_header = table_.read_record(extension, extension_);
    if (!extension_header || extension_header->base.record != number || extension_header->is_base) {
      damaged = true;
      continue;
    }
    NtfsAttributes more(extension_, *extension_header);
    for (NtfsAttribute attribute; more.next(attribute);) {
      if (attribute.type != NtfsType::kAttributeList) visit(attribute);
    }
    damaged |= more.damaged();
  }
}

void NtfsFactReader::take_reparse(const NtfsAttribute& attribute, NtfsFacts& facts) {
  std::vector<std::byte> content;
  std::span<const std::byte> data = attribute.content;
  if (!attribute.resident) {
    std::vector<NtfsRun> runs;
    decode_ntfs_runs(attribute.runs, 0, runs);
    content.resize(static_cast<std::size_t>(std::min(attribute.size, kMaxReparseSize)));
    auto filled =
        table_.stream(std::move(runs), attribute.size, attribute.initialised)->read_at(0, content);
    facts.damaged |= !filled;
    data = std::span<const std::byte>(content).first(filled ? *filled : 0);
  }
  if (auto reparse = decode_reparse(data)) {
    facts.reparse_tag = reparse->tag;
    facts.link_target = std::move(reparse->target);
    facts.reparse_type = reparse->type;
  }
}

void NtfsFactReader::take(const NtfsAttribute& attribute, NtfsFacts& facts) {
  switch (attribute.type) {
    case NtfsType::kStandardInformation:
      take_standard_information(attribute.content, facts);
      break;
    case NtfsType::kFileName:
      take_name(attribute.content, facts);
      break;
    case NtfsType::kSecurityDescriptor:
      if (attribute.resident) facts.owner = owner_of_descriptor(attribute.content);
      break;
    case NtfsType::kData:
      take_data(attribute, facts);
      break;
    case NtfsType::kReparsePoint:
      take_reparse(attribute, facts);
      break;
    default:
      break;
  }
}

void NtfsFactReader::read(std::uint64_t number, std::span<const std::byte> record,
                          const NtfsHeader& header, NtfsFacts& facts) {
  facts.clear();
  facts.header = header;
  for_each_attribute(number, record, header, facts.damaged,
                     [&](const NtfsAttribute& attribute) { take(attribute, facts); });
}

Result<NtfsPieces> NtfsFactReader::pieces(std::uint64_t number, NtfsType type,
                                          std::string_view name) {
  std::vector<std::byte> record;
  KONSEKI_ASSIGN(const NtfsHeader header, table_.read_record(number, record));
  NtfsPieces pieces;
  bool damaged = false;
  std::string text;
  for_each_attribute(number, record, header, damaged, [&](const NtfsAttribute& attribute) {
    if (attribute.type != type) return;
    text.clear();
    append_utf16le(text, attribute.name);
    if (text != name) return;
    pieces.found = true;
    pieces.is_resident = attribute.resident;
    if (attribute.resident) {
      pieces.resident.assign(attribute.content.begin(), attribute.content.end());
      pieces.size = attribute.size;
      return;
    }
    decode_ntfs_runs(attribute.runs, attribute.first_vcn, pieces.runs);
    if (attribute.first_vcn == 0) {
      pieces.size = attribute.size;
      pieces.initialised = attribute.initialised;
    }
  });
  return pieces;
}

void fill_ntfs_entry(std::uint64_t number, const NtfsFacts& facts, const std::string& owner,
                     Entry& entry) {
  entry.type = facts.header.directory ? FileType::kDirectory : FileType::kRegular;
  if (facts.reparse_type != FileType::kUnknown) entry.type = facts.reparse_type;
  entry.size = facts.header.directory ? 0 : facts.size;
  entry.inode = number;
  entry.sequence = facts.header.sequence;
  entry.mode = 0;
  entry.uid = 0;
  entry.gid = 0;
  entry.device = 0;
  entry.link_count = facts.header.link_count;
  entry.attributes = facts.attributes | (facts.header.directory ? kDirectory : 0);
  entry.reparse_tag = facts.reparse_tag;
  // Sync engines leave their tag on files they have fetched, and anyone may set "offline": where
  // all bytes are on the volume they are evidence. "Recall" means that some are not.
  const bool elsewhere = (facts.attributes & (kRecallOnOpen | kRecallOnDataAccess)) != 0 ||
                         (((facts.attributes & kOffline) != 0 || is_cloud_tag(facts.reparse_tag)) &&
                          !(facts.data_stored && facts.data_complete));
  entry.cloud_placeholder = elsewhere && !facts.header.directory;
  entry.owner = facts.owner.empty() ? owner : facts.owner;
  entry.times = facts.times;
  entry.link_target = facts.link_target;
  // The size of a Linux link is that of its target, as Linux tells it; a Windows link has none.
  if (facts.reparse_tag == reparse::kLinuxSymlink) entry.size = facts.link_target.size();
  entry.streams = facts.streams;
}

bool is_shown_name(const NtfsFacts& facts, std::size_t index) {
  if (facts.names[index].space != NtfsName::kDos) return true;
  // An 8.3 alias stands beside its long name in the same directory.
  for (std::size_t i = 0; i < facts.name_count; ++i) {
    if (i != index && facts.names[i].space != NtfsName::kDos &&
        facts.names[i].parent.record == facts.names[index].parent.record) {
      return false;
    }
  }
  return true;
}

}  // namespace konseki
