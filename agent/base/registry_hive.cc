#include "agent/base/registry_hive.h"

#include <algorithm>
#include <array>

#include "agent/base/registry_cells.h"
#include "agent/base/registry_header.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::uint32_t kFirstCell = 0x20;          // where the root lies in nearly every hive
constexpr std::size_t kMaxDepth = 512;              // Windows allows no more levels
constexpr std::uint64_t kMaxHiveSize = 4ULL << 30;  // offsets are 32 bits
constexpr std::uint64_t kMaxValueData = 64U << 20;

// What the parts of an open hive may cost, in units of one list entry.
constexpr std::uint64_t kKeyCost = 16;
constexpr std::uint64_t kValueCost = 16;
constexpr std::uint64_t kBytesPerUnit = 64;

// What keys share with their hive. `work_left` keeps crafted hives (lists and values that many
// keys share, level after level) from making a walk endless: it is far above what reading a real
// hive dozens of times takes.
struct HiveState {
  explicit HiveState(ByteReader& content)
      : cells(content), work_left(64'000'000 + 16 * content.size()) {}

  Result<void> spend(std::uint64_t work) {
    if (work > work_left) {
      work_left = 0;
      return fail(ErrorCode::kLimitExceeded, "the hive describes more than it can hold");
    }
    work_left -= work;
    return {};
  }

  RegistryCells cells;
  std::uint64_t work_left;
};

class Key : public RegistryKey {
 public:
  // `ancestors`: offsets of the keys above, root first.
  static Result<std::unique_ptr<RegistryKey>> make(HiveState& hive, std::uint32_t offset,
                                                   const std::vector<std::uint32_t>& ancestors) {
    if (std::find(ancestors.begin(), ancestors.end(), offset) != ancestors.end()) {
      return fail(ErrorCode::kCorrupt, "key is its own ancestor");
    }
    if (ancestors.size() >= kMaxDepth) return fail(ErrorCode::kLimitExceeded, "512 levels of keys");
    KONSEKI_ASSIGN(KeyCell cell, hive.cells.key(offset));
    auto key = std::unique_ptr<Key>(new Key(hive, std::move(cell)));
    key->line_.reserve(ancestors.size() + 1);
    key->line_ = ancestors;
    key->line_.push_back(offset);
    bool complete = true;
    key->subkeys_ = hive.cells.subkeys(key->cell_, complete);
    key->damaged_ = !complete;
    KONSEKI_TRY(hive.spend(kKeyCost + key->subkeys_.size()));
    return key;
  }

  const std::string& name() const override { return cell_.name; }
  Timestamp last_written() const override { return cell_.last_written; }
  std::size_t subkey_count() const override { return subkeys_.size(); }
  bool damaged() const override { return damaged_; }

  Result<std::unique_ptr<RegistryKey>> subkey(std::size_t index) const override {
    if (index >= subkeys_.size()) return fail(ErrorCode::kNotFound, "subkey index");
    if (hive_.work_left == 0) KONSEKI_TRY(hive_.spend(1));
    return make(hive_, subkeys_[index], line_);
  }

  Result<std::vector<RegistryValue>> values(std::size_t* damaged) const override {
    const std::vector<std::uint32_t> offsets = hive_.cells.values(cell_);
    if (offsets.empty() && cell_.value_count > 0) {
      return fail(ErrorCode::kCorrupt, "value list is damaged");
    }
    std::vector<RegistryValue> values;
    std::size_t unread = cell_.value_count - offsets.size();
    // Values that share cells could multiply the hive's size; honest ones cannot exceed it.
    std::uint64_t data_left = hive_.cells.size();
    KONSEKI_TRY(hive_.spend(kValueCost * offsets.size()));
    for (std::uint32_t offset : offsets) {
      auto value = hive_.cells.value(offset, std::min(data_left, kMaxValueData));
      if (!value) {
        ++unread;
        continue;
      }
      data_left -= value->data.size();
      KONSEKI_TRY(hive_.spend(value->data.size() / kBytesPerUnit));
      values.push_back(*std::move(value));
    }
    if (damaged != nullptr) *damaged = unread;
    return values;
  }

 private:
  Key(HiveState& hive, KeyCell cell) : hive_(hive), cell_(std::move(cell)) {}

  HiveState& hive_;
  KeyCell cell_;
  std::vector<std::uint32_t> subkeys_;
  bool damaged_ = false;
  std::vector<std::uint32_t> line_;  // offsets from the root to this key
};

// True when `name` is the first segment (or, names may hold '/', the first few) of `path`.
bool leads(std::string_view path, std::string_view name) {
  return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
}

// The subkey with the longest name that `path` begins with; null when there is none.
std::unique_ptr<RegistryKey> first_on_path(const RegistryKey& key, std::string_view path) {
  std::unique_ptr<RegistryKey> best;
  for (std::size_t i = 0; i < key.subkey_count(); ++i) {
    auto child = key.subkey(i);
    if (!child || !leads(path, fold_case((*child)->name()))) continue;
    if (!best || (*child)->name().size() > best->name().size()) best = *std::move(child);
  }
  return best;
}

class Hive : public RegistryHive {
 public:
  Hive(ByteReader& content, std::uint32_t root, bool dirty)
      : state_(content), root_(root), dirty_(dirty) {}

  bool dirty() const override { return dirty_; }

  Result<std::unique_ptr<RegistryKey>> root() const override {
    auto key = Key::make(state_, root_, {});
    if (!key && root_ != kFirstCell) {
      if (auto usual = Key::make(state_, kFirstCell, {})) return usual;
    }
    return key;
  }

  Result<std::unique_ptr<RegistryKey>> find(std::string_view path) const override {
    KONSEKI_ASSIGN(std::unique_ptr<RegistryKey> key, root());
    const std::string folded = fold_case(path);
    std::string_view rest = folded;
    while (!rest.empty()) {
      auto child = first_on_path(*key, rest);
      if (!child) return fail(ErrorCode::kNotFound, std::string(path));
      rest.remove_prefix(std::min(rest.size(), fold_case(child->name()).size() + 1));
      key = std::move(child);
    }
    return key;
  }

 private:
  mutable HiveState state_;
  std::uint32_t root_;
  bool dirty_;
};

}  // namespace

Result<std::unique_ptr<RegistryHive>> RegistryHive::open(ByteReader& content) {
  std::array<std::byte, kHiveHeaderSize> bytes{};
  KONSEKI_ASSIGN(const std::size_t count, content.read_at(0, bytes));
  const HiveHeader header = read_hive_header(std::span(bytes).first(count));
  if (!header.is_hive) return fail(ErrorCode::kCorrupt, "not a registry hive");
  if (content.size() > kMaxHiveSize) return fail(ErrorCode::kLimitExceeded, "hive of over 4 GiB");
  return std::make_unique<Hive>(content, header.root, header.dirty());
}

}  // namespace konseki
