#include "agent/source/image/iso_file_system.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>

#include "agent/base/cursor.h"
#include "agent/source/image/iso_records.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::uint64_t kSector = 2048;
constexpr std::uint64_t kFirstDescriptor = 16;
constexpr std::uint64_t kMaxDescriptors = 64;
constexpr std::uint32_t kMaxDirectory = 64u << 20;
constexpr std::size_t kMaxRemembered = 4096;
constexpr std::size_t kMaxSections = 4096;

constexpr std::uint32_t kTypeMask = 0170000;

FileType type_of_mode(std::uint32_t mode) {
  switch (mode & kTypeMask) {
    case 0040000:
      return FileType::kDirectory;
    case 0120000:
      return FileType::kSymlink;
    case 0010000:
      return FileType::kFifo;
    case 0020000:
      return FileType::kCharacterDevice;
    case 0060000:
      return FileType::kBlockDevice;
    case 0140000:
      return FileType::kSocket;
    default:
      return FileType::kRegular;
  }
}

// An entry and where its content lies.
struct Item {
  Entry entry;
  std::vector<ByteRange> sections;  // bytes of the volume, in order of the content
  std::string unreadable;           // why the content cannot be read; empty: it can
};

// Several stretches of the volume as one file.
class SectionReader : public ByteReader {
 public:
  SectionReader(ByteReader& volume, std::vector<ByteRange> sections)
      : volume_(volume), sections_(std::move(sections)) {
    for (const ByteRange& section : sections_) size_ += section.length;
  }

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    for (const ByteRange& section : sections_) {
      if (offset >= section.length) {
        offset -= section.length;
        continue;
      }
      const auto want =
          static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), section.length - offset));
      KONSEKI_ASSIGN(const std::size_t count,
                     volume_.read_at(section.offset + offset, out.first(want)));
      if (count == 0 && want != 0) {
        return fail(ErrorCode::kCorrupt, "offset " + std::to_string(section.offset + offset) +
                                             ": past the end of the image");
      }
      return count;
    }
    return std::size_t{0};
  }

 private:
  ByteReader& volume_;
  std::vector<ByteRange> sections_;
  std::uint64_t size_ = 0;
};

class IsoFileSystem : public MountableFileSystem {
 public:
  IsoFileSystem(VolumeInfo info, std::unique_ptr<ByteReader> volume)
      : MountableFileSystem(std::move(info)), volume_(std::move(volume)) {}

  Result<void> open_volume();

  Result<Entry> stat(std::string_view path) override {
    KONSEKI_ASSIGN(Item item, find(path));
    return std::move(item.entry);
  }
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override {
    KONSEKI_ASSIGN(const Item found, find_directory(directory));
    return visit_items(found, [&](const Item& item) { return visit(item.entry); });
  }
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override {
    if (!stream.empty()) return fail(ErrorCode::kNotFound, entry.path + ":" + std::string(stream));
    KONSEKI_ASSIGN(Item item, find(entry.path));
    if (!item.unreadable.empty()) {
      return fail(ErrorCode::kUnsupported, entry.path + ": " + item.unreadable);
    }
    return std::make_unique<SectionReader>(*volume_, std::move(item.sections));
  }

 private:
  using ItemVisitor = std::function<WalkAction(const Item&)>;

  std::vector<std::byte> read_bytes(std::uint64_t offset, std::uint64_t size) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      auto count = volume_->read_at(offset + filled, std::span(bytes).subspan(filled));
      if (!count || *count == 0) break;
      filled += *count;
    }
    bytes.resize(filled);
    return bytes;
  }

  void take_descriptor(std::span<const std::byte> descriptor, IsoNames names) {
    block_size_ = le16(descriptor, 128);
    if (auto root = decode_iso_record(descriptor.subspan(156, 34))) {
      names_ = names;
      root_ = {};
      root_.entry.type = FileType::kDirectory;
      root_.entry.times.modified = root->time;
      root_.sections = {section_of(*root)};
    }
  }

  ByteRange section_of(const IsoRecord& record) const {
    return {(std::uint64_t{record.extent.block} + record.extended_blocks) * block_size_,
            record.extent.size};
  }

  void find_rock_ridge();
  void fill_rock_ridge(const RockRidge& facts, Item& item);
  Item make_item(const IsoRecord& record, std::uint64_t offset, const std::string& directory,
                 bool& shown);
  Result<Item> find(std::string_view path);
  Result<Item> find_directory(std::string_view path);
  Result<void> visit_items(const Item& directory, const ItemVisitor& visit);

  std::unique_ptr<ByteReader> volume_;
  IsoNames names_ = IsoNames::kPlain;
  std::uint64_t block_size_ = kSector;
  std::size_t susp_skip_ = 0;
  Item root_;
  std::unordered_map<std::string, Item> directories_;
  // The directory last looked into by name.
  Result<void> listed_ = fail(ErrorCode::kNotFound, "");
  std::string listed_path_;
  std::unordered_map<std::string, Item> listed_items_;
  std::uint64_t continuation_bytes_ = 0;  // that fields of the directory at hand may still take
};

Result<void> IsoFileSystem::open_volume() {
  std::vector<std::byte> joliet;
  bool primary = false;
  for (std::uint64_t i = 0; i < kMaxDescriptors; ++i) {
    const auto descriptor = read_bytes((kFirstDescriptor + i) * kSector, kSector);
    if (descriptor.size() < kSector || !as_text(descriptor).substr(1).starts_with("CD001")) break;
    const unsigned type = le8(descriptor, 0);
    if (type == 255) break;
    const std::string_view escapes = as_text(descriptor).substr(88, 3);
    if (type == 1 && !primary) {
      primary = true;
      take_descriptor(descriptor, IsoNames::kPlain);
    } else if (type == 2 && (escapes == "%/@" || escapes == "%/C" || escapes == "%/E")) {
      joliet = descriptor;
    }
  }
  if (!primary || root_.sections.empty()) {
    return fail(ErrorCode::kCorrupt, "no primary volume descriptor with a root directory");
  }
  if (block_size_ < 512 || block_size_ > kSector || (block_size_ & (block_size_ - 1)) != 0) {
    return fail(ErrorCode::kCorrupt, "block size " + std::to_string(block_size_));
  }
  find_rock_ridge();
  if (names_ != IsoNames::kRockRidge && !joliet.empty()) {
    const std::uint64_t block_size = block_size_;
    take_descriptor(joliet, IsoNames::kJoliet);
    block_size_ = block_size;
  }
  return {};
}

void IsoFileSystem::find_rock_ridge() {
  const auto bytes = read_bytes(root_.sections[0].offset, 255);
  const auto dot = decode_iso_record(bytes);
  const auto skip = dot ? find_susp_skip(dot->system_use) : std::nullopt;
  if (!skip) return;
  susp_skip_ = *skip;
  names_ = IsoNames::kRockRidge;
}

void IsoFileSystem::fill_rock_ridge(const RockRidge& facts, Item& item) {
  Entry& entry = item.entry;
  if (facts.mode) {
    entry.type = type_of_mode(*facts.mode);
    entry.mode = *facts.mode & 07777;
    entry.uid = facts.uid;
    entry.gid = facts.gid;
    entry.link_count = facts.links;
  }
  const auto prefer = [](std::optional<Timestamp>& time, const std::optional<Timestamp>& better) {
    if (better) time = better;
  };
  prefer(entry.times.modified, facts.times.modified);
  prefer(entry.times.accessed, facts.times.accessed);
  prefer(entry.times.changed, facts.times.changed);
  prefer(entry.times.created, facts.times.created);
  if (entry.type == FileType::kSymlink) {
    entry.link_target = facts.link_target;
    entry.size = facts.link_target.size();
  }
  if (facts.packed_size) {
    entry.size = *facts.packed_size;
    item.unreadable = "compressed by zisofs";
  }
  if (facts.child_block) {
    // The directory's own first record tells its length.
    const std::uint64_t offset = std::uint64_t{*facts.child_block} * block_size_;
    const auto bytes = read_bytes(offset, 255);
    if (const auto dot = decode_iso_record(bytes)) {
      entry.type = FileType::kDirectory;
      item.sections = {{offset, dot->extent.size}};
    }
  }
}

Item IsoFileSystem::make_item(const IsoRecord& record, std::uint64_t offset,
                              const std::string& directory, bool& shown) {
  Item item;
  Entry& entry = item.entry;
  entry.type = record.is_directory() ? FileType::kDirectory : FileType::kRegular;
  entry.size = record.is_directory() ? 0 : record.extent.size;
  entry.inode = offset;
  entry.link_count = 1;
  entry.times.modified = record.time;
  item.sections = {section_of(record)};
  if (record.interleaved) item.unreadable = "interleaved on the disc";
  std::string name;
  if (names_ == IsoNames::kRockRidge) {
    const RockRidge facts = decode_rock_ridge(
        record.system_use, susp_skip_, [&](IsoExtent extent, std::uint32_t inside) {
          if (extent.size > continuation_bytes_) return std::vector<std::byte>();
          continuation_bytes_ -= extent.size;
          return read_bytes(std::uint64_t{extent.block} * block_size_ + inside, extent.size);
        });
    shown = !facts.moved;
    name = facts.name;
    fill_rock_ridge(facts, item);
  }
  if (name.empty()) {
    name = decode_iso_name(record.name,
                           names_ == IsoNames::kJoliet ? IsoNames::kJoliet : IsoNames::kPlain);
  }
  entry.path = directory.empty() ? name : directory + "/" + name;
  return item;
}

Result<void> IsoFileSystem::visit_items(const Item& directory, const ItemVisitor& visit) {
  const ByteRange where = directory.sections[0];
  if (where.length > kMaxDirectory) {
    return fail(ErrorCode::kCorrupt,
                directory.entry.path + ": directory of " + std::to_string(where.length) + " bytes");
  }
  const auto bytes = read_bytes(where.offset, where.length);
  continuation_bytes_ = std::max<std::uint64_t>(1 << 20, 8 * where.length);
  std::optional<Item> pending;  // a file whose next section may follow
  for (std::size_t at = 0; at < bytes.size();) {
    const auto record = decode_iso_record(std::span(bytes).subspan(at));
    if (!record) {  // records do not cross sectors; the rest of this one is free
      at = (at / kSector + 1) * kSector;
      continue;
    }
    const std::uint64_t offset = where.offset + at;
    at += le8(bytes, at);
    if (record->is_dot() || record->is_associated()) continue;
    bool shown = true;
    Item item = make_item(*record, offset, directory.entry.path, shown);
    if (!shown || item.entry.name().empty()) continue;
    if (pending && pending->entry.path == item.entry.path &&
        pending->sections.size() < kMaxSections) {
      pending->sections.push_back(item.sections[0]);
      if (item.unreadable.empty()) pending->entry.size += item.entry.size;
    } else {
      if (pending && visit(*pending) == WalkAction::kStop) return {};
      pending = std::move(item);
    }
    if (record->continues()) continue;
    if (visit(*pending) == WalkAction::kStop) return {};
    pending.reset();
  }
  if (pending) visit(*pending);
  if (bytes.size() < where.length) {
    return fail(ErrorCode::kCorrupt, directory.entry.path + ": directory ends past the image");
  }
  return {};
}

Result<Item> IsoFileSystem::find(std::string_view path) {
  if (path.empty()) return root_;
  const auto slash = path.rfind('/');
  const std::string_view parent = slash == std::string_view::npos ? "" : path.substr(0, slash);
  // Files are asked for directory by directory: the last one is kept.
  if (!listed_ || listed_path_ != parent) {
    KONSEKI_ASSIGN(const Item directory, find_directory(parent));
    listed_items_.clear();
    listed_path_ = parent;
    listed_ = visit_items(directory, [&](const Item& item) {
      listed_items_.try_emplace(item.entry.path, item);
      return WalkAction::kContinue;
    });
  }
  const auto found = listed_items_.find(std::string(path));
  if (found != listed_items_.end()) return found->second;
  if (!listed_) return fail(Error(listed_.error()));
  return fail(ErrorCode::kNotFound, std::string(path));
}

Result<Item> IsoFileSystem::find_directory(std::string_view path) {
  if (path.empty()) return root_;
  if (auto known = directories_.find(std::string(path)); known != directories_.end()) {
    return known->second;
  }
  Item at = root_;
  for (std::size_t end = 0; end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string_view wanted = path.substr(0, end);
    std::optional<Item> found;
    (void)visit_items(at, [&](const Item& item) {
      if (item.entry.path != wanted) return WalkAction::kContinue;
      found = item;
      return WalkAction::kStop;
    });
    if (!found || found->entry.type != FileType::kDirectory) {
      return fail(ErrorCode::kNotFound, std::string(path));
    }
    at = *std::move(found);
  }
  if (directories_.size() >= kMaxRemembered) directories_.clear();
  directories_.emplace(path, at);
  return at;
}

Result<void> IsoFileSystem::walk(const WalkOptions& options, const EntryVisitor& visit) {
  KONSEKI_ASSIGN(Item start, find_directory(options.start));
  std::set<std::uint64_t> visited{start.sections[0].offset};  // a damaged tree may hold loops
  std::vector<Item> pending;
  pending.push_back(std::move(start));
  while (!pending.empty()) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    const Item current = std::move(pending.back());
    pending.pop_back();
    std::vector<Item> children;
    bool stop = false;
    auto listed = visit_items(current, [&](const Item& item) {
      const WalkAction action = visit(item.entry);
      stop = action == WalkAction::kStop;
      if (action == WalkAction::kContinue && item.entry.type == FileType::kDirectory &&
          visited.insert(item.sections[0].offset).second) {
        children.push_back(item);
      }
      return action;
    });
    if (stop) return {};
    if (!listed && options.on_error) options.on_error(current.entry.path, listed.error());
    pending.insert(pending.end(), std::make_move_iterator(children.rbegin()),
                   std::make_move_iterator(children.rend()));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<MountableFileSystem>> make_iso_file_system(
    VolumeInfo info, std::unique_ptr<ByteReader> volume) {
  auto file_system = std::make_unique<IsoFileSystem>(std::move(info), std::move(volume));
  KONSEKI_TRY(file_system->open_volume());
  return file_system;
}

bool has_udf_bridge(ByteReader& volume) {
  for (std::uint64_t i = 0; i < kMaxDescriptors; ++i) {
    std::array<std::byte, 6> head{};
    auto count = volume.read_at((kFirstDescriptor + i) * kSector, head);
    if (!count || *count != head.size()) return false;
    const std::string_view id = as_text(head).substr(1);
    if (id == "NSR02" || id == "NSR03") return true;
    if (id != "CD001" && id != "BEA01" && id != "BOOT2" && id != "TEA01") return false;
  }
  return false;
}

}  // namespace konseki
