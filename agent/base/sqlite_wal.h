// Write-ahead logs of SQLite (NAME-wal) and what a database is with its log applied.
// https://www.sqlite.org/walformat.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/record.h"

namespace konseki {

// Pages that a log gives for a database. A plain value; owns its bytes.
struct WalChanges {
  std::vector<std::byte> log;                            // the whole file
  std::uint32_t page_size = 0;                           // bytes
  std::uint64_t size = 0;                                // of the database with the log applied
  std::unordered_map<std::uint32_t, std::size_t> pages;  // number, from 1 -> place in `log`
  std::uint64_t frames = 0;                              // applied; 0: nothing could be
  std::string note;                                      // why frames were not applied; may be ""
};

// What of `log` belongs to the database whose first 100 bytes are `header`: frames of the log's
// own salts with right checksums, up to the last that ends a transaction, as SQLite recovers them.
// Pure.
WalChanges replay_wal(std::span<const std::byte> header, std::vector<std::byte> log);

// A database as it is with its log; the file behind it stays as it is. Keeps references to both.
class ReplayedDatabase : public ByteReader {
 public:
  ReplayedDatabase(ByteReader& database, const WalChanges& changes)
      : database_(database), changes_(changes) {}

  std::uint64_t size() const override { return changes_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  ByteReader& database_;
  const WalChanges& changes_;
};

// Schema "sqlite.wal": the records of this database were read with its log.
extern const RecordSchema kWalSchema;

// One row about a log that holds something; `name` is the log's.
Record wal_record(const std::string& name, const WalChanges& changes);

}  // namespace konseki
