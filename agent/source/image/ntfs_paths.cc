#include "agent/source/image/ntfs_paths.h"

#include <limits>

namespace konseki {
namespace {

constexpr std::uint64_t kRootRecord = 5;
constexpr std::size_t kMaxDepth = 2048;
constexpr std::string_view kOrphans = "$OrphanFiles";

// A reference to a deleted record: NTFS counts the sequence up when it frees one.
bool refers_to(std::uint16_t wanted, std::uint16_t sequence, bool in_use) {
  return wanted == sequence || wanted == 0 ||
         (!in_use && static_cast<std::uint16_t>(wanted + 1) == sequence);
}

}  // namespace

NtfsPaths::NtfsPaths(NtfsTable& table) : table_(table), reader_(table) {
  pages_.resize(static_cast<std::size_t>(table.record_count() / kPageSize + 1));
}

std::uint32_t& NtfsPaths::slot(std::uint64_t number) {
  auto& page = pages_[static_cast<std::size_t>(number / kPageSize)];
  if (page == nullptr) page = std::make_unique<Page>(Page{});
  return (*page)[static_cast<std::size_t>(number % kPageSize)];
}

void NtfsPaths::add(std::uint64_t number, const NtfsFacts& facts) {
  std::uint32_t& at = slot(number);
  if (at != kUnknown) return;
  const NtfsFileName* best = nullptr;
  for (std::size_t i = 0; i < facts.name_count; ++i) {
    const NtfsFileName& name = facts.names[i];
    if (best == nullptr || best->space == NtfsName::kDos) best = &name;
  }
  if (!facts.header.directory || best == nullptr ||
      names_.size() > std::numeric_limits<std::uint32_t>::max() - best->text.size()) {
    at = kNotDirectory;
    return;
  }
  Directory directory;
  directory.parent = best->parent.record;
  directory.parent_sequence = best->parent.sequence;
  directory.sequence = facts.header.sequence;
  directory.in_use = facts.header.in_use;
  directory.name = static_cast<std::uint32_t>(names_.size());
  directory.name_size = static_cast<std::uint16_t>(best->text.size());
  names_ += best->text;
  directories_.push_back(directory);
  at = static_cast<std::uint32_t>(directories_.size());
}

const NtfsPaths::Directory* NtfsPaths::directory(std::uint64_t number) {
  if (number >= table_.record_count()) return nullptr;
  if (slot(number) == kUnknown) {
    const auto header = table_.read_record(number, record_);
    if (header && header->is_base && header->directory) {
      reader_.read(number, record_, *header, facts_);
      add(number, facts_);
    }
    std::uint32_t& at = slot(number);
    if (at == kUnknown) at = kNotDirectory;
  }
  const std::uint32_t at = slot(number);
  return at == kNotDirectory ? nullptr : &directories_[at - 1];
}

NtfsPaths::Found NtfsPaths::find(NtfsReference parent) {
  if (parent.record == last_number_ && parent.sequence == last_sequence_) return last_;
  last_number_ = parent.record;
  last_sequence_ = parent.sequence;
  last_ = {Allocation::kAllocated, &path_};
  path_.clear();

  // Indices, not pointers: looking up may move the table.
  chain_.clear();
  NtfsReference at = parent;
  while (at.record != kRootRecord) {
    const Directory* found = directory(at.record);
    if (found == nullptr || !refers_to(at.sequence, found->sequence, found->in_use) ||
        chain_.size() >= kMaxDepth) {
      last_.allocation = Allocation::kOrphan;
      break;
    }
    if (!found->in_use && last_.allocation == Allocation::kAllocated) {
      last_.allocation = Allocation::kDeleted;
    }
    chain_.push_back(static_cast<std::uint32_t>(found - directories_.data()));
    at = {found->parent, found->parent_sequence};
  }
  if (last_.allocation == Allocation::kOrphan) path_ = kOrphans;
  for (auto link = chain_.rbegin(); link != chain_.rend(); ++link) {
    const Directory& directory = directories_[*link];
    if (!path_.empty()) path_ += '/';
    path_.append(names_, directory.name, directory.name_size);
  }
  return last_;
}

}  // namespace konseki
