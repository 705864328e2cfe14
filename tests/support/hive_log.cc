#include "tests/support/hive_log.h"

#include <span>

#include "agent/base/marvin32.h"
#include "agent/base/registry_header.h"

namespace konseki::testing {
namespace {

constexpr std::uint64_t kSeed = 0x82EF'4D88'7A4E'55C5;
constexpr std::size_t kPage = 4096;

void put(std::string& out, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}

void append(std::string& out, std::uint32_t value) {
  out.append(4, '\0');
  put(out, out.size() - 4, value, 4);
}

std::uint64_t hash(std::string_view bytes) {
  return marvin32(kSeed, std::as_bytes(std::span(bytes)));
}

void seal(std::string& header) {
  put(header, 508, hive_header_checksum(std::as_bytes(std::span(header).first(kHiveHeaderSize))),
      4);
}

}  // namespace

std::string dirty_hive(std::string hive, std::uint32_t primary, std::uint32_t secondary) {
  put(hive, 4, primary, 4);
  put(hive, 8, secondary, 4);
  seal(hive);
  return hive;
}

std::string log_entry(std::uint32_t sequence, std::string_view before, std::string_view after) {
  std::string references;
  std::string pages;
  std::uint32_t count = 0;
  for (std::size_t at = kPage; at < after.size(); at += kPage) {
    const std::string_view page = after.substr(at, kPage);
    if (at < before.size() && before.substr(at, kPage) == page) continue;
    append(references, static_cast<std::uint32_t>(at - kPage));
    append(references, static_cast<std::uint32_t>(page.size()));
    pages += page;
    ++count;
  }
  std::string entry = "HvLE" + std::string(36, '\0') + references + pages;
  entry.resize((entry.size() + 511) / 512 * 512);
  put(entry, 4, entry.size(), 4);
  put(entry, 12, sequence, 4);
  put(entry, 16, after.size() - kPage, 4);
  put(entry, 20, count, 4);
  put(entry, 24, hash(std::string_view(entry).substr(40)), 8);
  put(entry, 32, hash(std::string_view(entry).substr(0, 32)), 8);
  return entry;
}

std::string hive_log(std::string_view hive, std::uint32_t first_sequence,
                     const std::vector<std::string>& entries) {
  std::string log(hive.substr(0, kHiveHeaderSize));
  put(log, 4, first_sequence, 4);
  put(log, 8, first_sequence, 4);
  put(log, 0x1C, 6, 4);
  seal(log);
  for (const std::string& entry : entries) log += entry;
  return log;
}

}  // namespace konseki::testing
