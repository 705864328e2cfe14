#include "agent/base/registry_hive.h"

#include <algorithm>
#include <array>

#include "agent/base/bfio_reader.h"
#include "agent/base/cursor.h"
#include "agent/base/handles/regf.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kHeaderSize = 512;
constexpr std::size_t kChecksumOffset = 508;
constexpr int kMaxDepth = 512;                      // Windows allows no more levels
constexpr std::uint64_t kMaxHiveSize = 4ULL << 30;  // offsets are 32 bits
constexpr std::size_t kMaxValueData = 64U << 20;
constexpr std::size_t kMaxNameUnits = 32767;
constexpr std::uint64_t kSmallestKey = 80;  // bytes of the shortest key cell

std::uint32_t header_checksum(std::span<const std::byte> header) {
  Cursor words(header);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < kChecksumOffset; at += 4) sum ^= words.u32();
  if (sum == 0) return 1;
  return sum == 0xFFFF'FFFF ? 0xFFFF'FFFE : sum;
}

// Shows the hive with a header whose checksum fits. A torn header (copied while it was written,
// or touched by hand) would otherwise close the whole hive to libregf.
class SealedHeader : public ByteReader {
 public:
  SealedHeader(ByteReader& content, std::array<std::byte, kHeaderSize> header)
      : content_(content), header_(header) {}

  std::uint64_t size() const override { return content_.size(); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    KONSEKI_ASSIGN(const std::size_t count, content_.read_at(offset, out));
    for (std::uint64_t at = offset; at < offset + count && at < kHeaderSize; ++at) {
      out[at - offset] = header_[at];
    }
    return count;
  }

 private:
  ByteReader& content_;
  std::array<std::byte, kHeaderSize> header_;
};

// What keys share with their hive. `keys_left` keeps crafted hives (every list naming its key
// twice, level after level) from making a walk endless: it is far above any walk of a real hive.
struct HiveState {
  std::uint64_t size = 0;
  std::uint64_t keys_left = 0;
};

std::string latin1_to_utf8(std::span<const std::byte> bytes) {
  std::string out;
  for (std::byte byte : bytes) append_code_point(out, std::to_integer<std::uint32_t>(byte));
  return out;
}

// Names are stored as UTF-16 or, where every unit fits, as its low bytes. The library decodes
// the latter by a code page that is not theirs and refuses lone surrogates, so it is asked only
// for the raw bytes, and for the length in UTF-16, which tells the two forms apart.
template <class Object, class SizeOf, class CopyOf, class Utf16SizeOf>
std::optional<std::string> stored_name(Object* object, SizeOf size_of, CopyOf copy_of,
                                       Utf16SizeOf utf16_size_of) {
  std::size_t size = 0;
  if (size_of(object, &size, nullptr) != 1) return std::nullopt;
  if (size == 0) return std::string();
  if (size > 2 * kMaxNameUnits) return std::nullopt;
  std::vector<std::byte> raw(size);
  if (copy_of(object, reinterpret_cast<std::uint8_t*>(raw.data()), size, nullptr) != 1) {
    return std::nullopt;
  }
  std::size_t units = 0;
  const bool converts = utf16_size_of(object, &units, nullptr) == 1;
  return converts && units == size + 1 ? latin1_to_utf8(raw) : utf16le_to_wtf8(raw);
}

std::optional<RegistryValue> read_value(libregf_key_t* key, int index, std::uint64_t limit) {
  libregf_value_t* raw = nullptr;
  if (libregf_key_get_value(key, index, &raw, nullptr) != 1) return std::nullopt;
  const RegfValue handle(raw);
  if (libregf_value_is_corrupted(raw, nullptr) != 0) return std::nullopt;
  RegistryValue value;
  auto name = stored_name(raw, libregf_value_get_name_size, libregf_value_get_name,
                          libregf_value_get_utf16_name_size);
  std::uint32_t type = 0;
  std::size_t size = 0;
  if (!name || libregf_value_get_value_type(raw, &type, nullptr) != 1 ||
      libregf_value_get_value_data_size(raw, &size, nullptr) != 1 || size > limit) {
    return std::nullopt;
  }
  value.name = *std::move(name);
  value.type = static_cast<RegistryType>(type);
  value.data.resize(size);
  if (size > 0 &&
      libregf_value_get_value_data(raw, reinterpret_cast<std::uint8_t*>(value.data.data()), size,
                                   nullptr) != 1) {
    return std::nullopt;
  }
  return value;
}

class Key : public RegistryKey {
 public:
  // `ancestors`: offsets of the keys above, root first.
  static Result<std::unique_ptr<RegistryKey>> make(RegfKey handle, HiveState& hive,
                                                   const std::vector<off64_t>& ancestors) {
    off64_t offset = 0;
    std::uint64_t written = 0;
    auto name = stored_name(handle.get(), libregf_key_get_name_size, libregf_key_get_name,
                            libregf_key_get_utf16_name_size);
    if (!name || libregf_key_get_offset(handle.get(), &offset, nullptr) != 1 ||
        libregf_key_get_last_written_time(handle.get(), &written, nullptr) != 1) {
      return fail(ErrorCode::kCorrupt, "key cell is damaged");
    }
    if (std::find(ancestors.begin(), ancestors.end(), offset) != ancestors.end()) {
      return fail(ErrorCode::kCorrupt, "key is its own ancestor");
    }
    if (ancestors.size() >= kMaxDepth) return fail(ErrorCode::kLimitExceeded, "512 levels of keys");
    auto key = std::unique_ptr<Key>(new Key(std::move(handle), hive));
    key->name_ = *std::move(name);
    key->last_written_ = Timestamp::from_filetime(written);
    key->line_ = ancestors;
    key->line_.push_back(offset);
    int count = 0;
    if (libregf_key_get_number_of_sub_keys(key->handle_.get(), &count, nullptr) != 1 || count < 0) {
      key->damaged_ = true;
      count = 0;
    }
    // A list takes four bytes an entry at least.
    const std::uint64_t most = hive.size / 4;
    key->damaged_ |= static_cast<std::uint64_t>(count) > most;
    key->subkey_count_ = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), most);
    return key;
  }

  const std::string& name() const override { return name_; }
  Timestamp last_written() const override { return last_written_; }
  std::size_t subkey_count() const override { return subkey_count_; }
  bool damaged() const override { return damaged_; }

  Result<std::unique_ptr<RegistryKey>> subkey(std::size_t index) const override {
    if (index >= subkey_count_) return fail(ErrorCode::kNotFound, "subkey index");
    if (hive_.keys_left == 0) {
      return fail(ErrorCode::kLimitExceeded, "more keys were opened than the hive can hold");
    }
    --hive_.keys_left;
    libregf_key_t* raw = nullptr;
    libregf_error_t* error = nullptr;
    if (libregf_key_get_sub_key(handle_.get(), static_cast<int>(index), &raw, &error) != 1) {
      return fail(ErrorCode::kCorrupt, take_regf_error(error));
    }
    return make(RegfKey(raw), hive_, line_);
  }

  Result<std::vector<RegistryValue>> values(std::size_t* damaged) const override {
    int count = 0;
    if (libregf_key_get_number_of_values(handle_.get(), &count, nullptr) != 1 || count < 0 ||
        static_cast<std::uint64_t>(count) > hive_.size / 4) {
      return fail(ErrorCode::kCorrupt, "value list is damaged");
    }
    std::vector<RegistryValue> values;
    std::size_t unread = 0;
    // Values that share cells could multiply the hive's size; honest ones cannot exceed it.
    std::uint64_t data_left = hive_.size;
    for (int i = 0; i < count; ++i) {
      auto value = read_value(handle_.get(), i, std::min<std::uint64_t>(data_left, kMaxValueData));
      if (!value) {
        ++unread;
        continue;
      }
      data_left -= value->data.size();
      values.push_back(*std::move(value));
    }
    if (damaged != nullptr) *damaged = unread;
    return values;
  }

 private:
  Key(RegfKey handle, HiveState& hive) : handle_(std::move(handle)), hive_(hive) {}

  RegfKey handle_;
  HiveState& hive_;
  std::string name_;
  Timestamp last_written_;
  std::size_t subkey_count_ = 0;
  bool damaged_ = false;
  std::vector<off64_t> line_;  // offsets from the root to this key
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
  Hive(ByteReader& content, std::array<std::byte, kHeaderSize> header, bool dirty)
      : content_(content, header), dirty_(dirty) {
    state_.size = content.size();
    state_.keys_left = 16 * (state_.size / kSmallestKey) + 4'000'000;
  }

  Result<void> open_library() {
    KONSEKI_ASSIGN(handle_, make_bfio_handle(content_));
    libregf_file_t* raw = nullptr;
    libregf_error_t* error = nullptr;
    if (libregf_file_initialize(&raw, &error) != 1) {
      return fail(ErrorCode::kInternal, take_regf_error(error));
    }
    file_.reset(raw);
    if (libregf_file_open_file_io_handle(raw, handle_.get(), LIBREGF_OPEN_READ, &error) != 1) {
      return fail(ErrorCode::kCorrupt, take_regf_error(error));
    }
    return {};
  }

  bool dirty() const override { return dirty_; }

  Result<std::unique_ptr<RegistryKey>> root() const override {
    libregf_key_t* raw = nullptr;
    libregf_error_t* error = nullptr;
    if (libregf_file_get_root_key(file_.get(), &raw, &error) != 1) {
      return fail(ErrorCode::kCorrupt, take_regf_error(error));
    }
    return Key::make(RegfKey(raw), state_, {});
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
  SealedHeader content_;
  bool dirty_;
  mutable HiveState state_;
  BfioHandle handle_;  // outlives file_
  RegfFile file_;
};

}  // namespace

Result<std::unique_ptr<RegistryHive>> RegistryHive::open(ByteReader& content) {
  std::array<std::byte, kHeaderSize> header{};
  KONSEKI_ASSIGN(const std::size_t count, content.read_at(0, header));
  Cursor cursor(header);
  if (count < kHeaderSize || as_text(cursor.bytes(4)) != "regf") {
    return fail(ErrorCode::kCorrupt, "not a registry hive");
  }
  if (content.size() > kMaxHiveSize) return fail(ErrorCode::kLimitExceeded, "hive of over 4 GiB");
  const bool mid_write = cursor.u32() != cursor.u32();
  const std::uint32_t checksum = header_checksum(header);
  cursor.seek(kChecksumOffset);
  const bool torn = cursor.u32() != checksum;
  for (std::size_t i = 0; i < 4; ++i) {
    header[kChecksumOffset + i] = static_cast<std::byte>(checksum >> (8 * i));
  }
  auto hive = std::make_unique<Hive>(content, header, mid_write || torn);
  KONSEKI_TRY(hive->open_library());
  return hive;
}

}  // namespace konseki
