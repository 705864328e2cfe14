#include "agent/match/known_good/known_good_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "agent/base/digest.h"
#include "agent/base/hex.h"
#include "agent/base/sqlite_database.h"

namespace konseki {
namespace {

template <std::size_t Size>
void add_digest(std::vector<std::array<std::byte, Size>>& list, std::string_view hex) {
  std::array<std::byte, Size> digest;
  for (std::size_t i = 0; i < Size; ++i) {
    digest[i] = static_cast<std::byte>(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
  }
  list.push_back(digest);
}

template <std::size_t Size>
void sort_unique(std::vector<std::array<std::byte, Size>>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  list.shrink_to_fit();
}

}  // namespace

// One connection behind a lock: a look-up is one page or two.
struct KnownGoodSet::Database {
  std::unique_ptr<SqliteDatabase> handle;
  std::optional<SqliteRows> find;
  std::string column;
  std::mutex mutex;
};

KnownGoodSet::KnownGoodSet() = default;
KnownGoodSet::~KnownGoodSet() = default;

Result<void> KnownGoodSet::add_list(std::string_view text, std::string_view name) {
  const std::uint64_t before = listed();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && hex_digit(text[end]) >= 0) ++end;
    const auto is_word = [](char c) {
      return (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_';
    };
    const bool whole =
        (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
    const std::string_view word = text.substr(at, end - at);
    if (whole && word.size() == 32) add_digest(md5_, word);
    if (whole && word.size() == 40) add_digest(sha1_, word);
    if (whole && word.size() == 64) add_digest(sha256_, word);
    at = std::max(end, at + 1);
  }
  if (listed() > before) return {};
  return fail(ErrorCode::kInvalidArgument, std::string(name),
              {"The file holds no digest (MD5, SHA-1 or SHA-256 in hexadecimal).",
               "ハッシュ値 (16 進の MD5、SHA-1、SHA-256) がありません。"});
}

Result<void> KnownGoodSet::add_database(const std::string& path) {
  auto database = std::make_unique<Database>();
  auto opened = SqliteDatabase::open_file(path);
  if (!opened) {
    return fail(ErrorCode::kIoError, fmt::format("{}: {}", path, opened.error().detail));
  }
  database->handle = *std::move(opened);
  bool any_column = false;
  for (const char* column : {"sha256", "sha1", "md5"}) {
    // NSRL writes upper case.
    const std::string query = fmt::format("SELECT 1 FROM FILE WHERE {}=?1 LIMIT 1", column);
    const std::vector<std::string> plan = database->handle->plan(query);
    if (plan.empty()) continue;
    any_column = true;
    const bool searches = std::all_of(plan.begin(), plan.end(), [](const std::string& step) {
      return step.find("SEARCH") != std::string::npos;
    });
    if (!searches) continue;
    auto find = database->handle->query(query);
    if (!find) continue;
    database->find.emplace(*std::move(find));
    database->column = column;
    databases_.push_back(std::move(database));
    return {};
  }
  if (!any_column) {
    return fail(ErrorCode::kUnsupported, path + ": no table FILE with sha256, sha1 or md5",
                {"Name an NSRL RDS database.", "NSRL RDS のデータベースを指定してください。"});
  }
  return fail(ErrorCode::kUnsupported, path + ": no index over its digests",
              {"Make one on a clean machine: sqlite3 FILE 'CREATE INDEX k ON FILE(sha256)'.",
               "安全な機械で索引を作ってください: sqlite3 FILE 'CREATE INDEX k ON FILE(sha256)'"});
}

void KnownGoodSet::finish() {
  sort_unique(md5_);
  sort_unique(sha1_);
  sort_unique(sha256_);
}

std::uint64_t KnownGoodSet::listed() const { return md5_.size() + sha1_.size() + sha256_.size(); }

bool KnownGoodSet::knows(const Digests& digests) const {
  if (std::binary_search(sha256_.begin(), sha256_.end(), digests.sha256) ||
      std::binary_search(sha1_.begin(), sha1_.end(), digests.sha1) ||
      std::binary_search(md5_.begin(), md5_.end(), digests.md5)) {
    return true;
  }
  for (const auto& database : databases_) {
    std::string hex = database->column == "sha256" ? to_hex(digests.sha256)
                      : database->column == "sha1" ? to_hex(digests.sha1)
                                                   : to_hex(digests.md5);
    for (char& c : hex) c = c >= 'a' ? static_cast<char>(c - ('a' - 'A')) : c;
    const std::lock_guard lock(database->mutex);
    database->find->bind_text(1, hex);
    const auto found = database->find->next();
    database->find->reset();
    if (found && *found) return true;
  }
  return false;
}

}  // namespace konseki
