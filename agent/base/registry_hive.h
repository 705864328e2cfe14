// RegistryHive: read-only view of one Windows registry hive file (regf).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// Value types, [MS-RRP] 2.2.9 names without REG_.
enum class RegistryType : std::uint32_t {
  kNone = 0,
  kSz = 1,
  kExpandSz = 2,
  kBinary = 3,
  kDword = 4,
  kDwordBigEndian = 5,
  kLink = 6,
  kMultiSz = 7,
  kQword = 11,
};

struct RegistryValue {
  std::string name;  // WTF-8; "" is the default value
  RegistryType type = RegistryType::kNone;
  std::vector<std::byte> data;

  // Text of kSz, kExpandSz and kLink up to the first NUL; "" for other types.
  std::string text() const;
  std::vector<std::string> texts() const;        // kMultiSz (or the one text)
  std::optional<std::uint64_t> integer() const;  // kDword, kDwordBigEndian, kQword
};

// A key of an open hive. Must not outlive it.
class RegistryKey {
 public:
  virtual ~RegistryKey() = default;
  virtual const std::string& name() const = 0;
  virtual Timestamp last_written() const = 0;
  virtual std::size_t subkey_count() const = 0;
  // True when the list of subkeys could not be read, or not in full.
  virtual bool damaged() const = 0;
  virtual Result<std::unique_ptr<RegistryKey>> subkey(std::size_t index) const = 0;
  // All values whose data could be read; what could not is counted in `*damaged` when given.
  virtual Result<std::vector<RegistryValue>> values(std::size_t* damaged = nullptr) const = 0;
};

// Damage inside (bad cells, loops, impossible counts) ends in kCorrupt for that key only; depth,
// counts and data sizes are bounded. Not thread-safe.
class RegistryHive {
 public:
  // Keeps a reference to `content`, which must outlive the hive. kCorrupt when not a hive.
  static Result<std::unique_ptr<RegistryHive>> open(ByteReader& content);

  virtual ~RegistryHive() = default;
  // True when the header says that changes were still on their way to the file: the newest ones
  // are then only in the transaction logs (.LOG1, .LOG2); registry_log.h applies those.
  virtual bool dirty() const = 0;
  virtual Result<std::unique_ptr<RegistryKey>> root() const = 0;
  // A key below the root by '/'-separated, case-blind path ("" = root). kNotFound when absent.
  virtual Result<std::unique_ptr<RegistryKey>> find(std::string_view path) const = 0;
};

}  // namespace konseki
