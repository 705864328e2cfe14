#include "agent/source/bundle/row_index.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "agent/base/unicode.h"
#include "agent/bundle/xxh64.h"

namespace konseki {
namespace {

// Order of adding: rows as they stand in the bundle, members, folders.
auto added_order(const RowRef& row) { return std::tuple(row.place, row.segment, row.offset); }

}  // namespace

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::uint64_t RowIndex::hash(std::string_view path, std::string_view stream) const {
  std::string key = style_ == PathStyle::kWindows ? fold_case(path) : std::string(path);
  if (!stream.empty()) {
    key += '\0';
    key += style_ == PathStyle::kWindows ? fold_case(stream) : std::string(stream);
  }
  return std::max<std::uint64_t>(1, xxh64(key));
}

void RowIndex::add(std::string_view path, std::string_view stream, RowRef where, bool repeats) {
  where.path = hash(path, stream);
  where.parent = stream.empty() && !path.empty() && !repeats ? hash(parent_path(path), {}) : 0;
  rows_.push_back(where);
  for (std::string_view at = path; !at.empty();) {
    at = parent_path(at);
    if (!seen_directories_.insert(hash(at, {}))) break;
    directories_.emplace_back(at);
  }
}

void RowIndex::finish() {
  const auto by_path = [](const RowRef& a, const RowRef& b) {
    return a.path != b.path ? a.path < b.path : added_order(a) < added_order(b);
  };
  std::sort(rows_.begin(), rows_.end(), by_path);
  if (seen_directories_.insert(hash({}, {}))) directories_.emplace_back();
  std::erase_if(directories_, [this](const std::string& path) { return !find(path).empty(); });
  std::sort(directories_.begin(), directories_.end());
  for (std::uint32_t i = 0; i < directories_.size(); ++i) {
    const std::string& path = directories_[i];
    rows_.push_back({hash(path, {}), path.empty() ? 0 : hash(parent_path(path), {}), i, 0, 0,
                     RowPlace::kDirectory});
  }
  std::sort(rows_.begin(), rows_.end(), by_path);
  // A file with several such streams is one file, and none where a row or member tells of it.
  rows_.erase(std::unique(rows_.begin(), rows_.end(),
                          [](const RowRef& a, const RowRef& b) {
                            return a.path == b.path && b.place == RowPlace::kStreamOwner;
                          }),
              rows_.end());
  rows_.shrink_to_fit();
  for (const RowRef& row : rows_) {
    const bool bare = row.place == RowPlace::kMember || row.place == RowPlace::kStreamOwner;
    if (bare && row.parent != 0) bare_.push_back(row);
  }
  std::sort(bare_.begin(), bare_.end(),
            [](const RowRef& a, const RowRef& b) { return a.offset < b.offset; });
  seen_directories_ = {};
  by_parent_.resize(rows_.size());
  std::iota(by_parent_.begin(), by_parent_.end(), 0u);
  std::sort(by_parent_.begin(), by_parent_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return rows_[a].parent != rows_[b].parent ? rows_[a].parent < rows_[b].parent
                                              : added_order(rows_[a]) < added_order(rows_[b]);
  });
}

std::vector<RowRef> RowIndex::find(std::string_view path, std::string_view stream) const {
  const std::uint64_t wanted = hash(path, stream);
  auto at = std::partition_point(rows_.begin(), rows_.end(),
                                 [&](const RowRef& row) { return row.path < wanted; });
  std::vector<RowRef> found;
  for (; at != rows_.end() && at->path == wanted; ++at) found.push_back(*at);
  return found;
}

std::vector<RowRef> RowIndex::children(std::string_view directory) const {
  const std::uint64_t wanted = hash(directory, {});
  auto at = std::partition_point(by_parent_.begin(), by_parent_.end(), [&](std::uint32_t number) {
    return rows_[number].parent < wanted;
  });
  std::vector<RowRef> found;
  for (; at != by_parent_.end() && rows_[*at].parent == wanted; ++at) {
    found.push_back(rows_[*at]);
  }
  return found;
}

}  // namespace konseki
