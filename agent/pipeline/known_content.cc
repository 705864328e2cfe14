#include "agent/pipeline/known_content.h"

#include <algorithm>

#include "agent/base/unicode.h"
#include "agent/bundle/xxh64.h"

namespace konseki {

std::uint64_t own_place(std::span<const VolumeDetail> details, const VolumeInfo& volume,
                        std::string_view path, std::string_view stream) {
  const VolumeDetail* copy = find_snapshot(details, volume.mount);
  std::string key = copy == nullptr ? volume.mount : copy->snapshot_of;
  key += '/';
  key += path;
  if (!stream.empty()) {
    key += '\0';
    key += stream;
  }
  return xxh64(volume.style == PathStyle::kWindows ? fold_case(key) : key);
}

void KnownContent::add(const Sha256& digest, std::uint64_t size, std::uint64_t place,
                       std::string_view member) {
  fresh_.push_back({digest, size, place, std::string(member)});
}

void KnownContent::publish() {
  for (Fresh& each : fresh_) {
    Content& content = contents_[each.digest];
    if (content.member.empty()) content.member = std::move(each.member);
    content.places.push_back(each.place);
    sizes_.insert(each.size);
  }
  fresh_.clear();
}

std::string_view KnownContent::member(const Sha256& digest) const {
  const auto found = contents_.find(digest);
  return found == contents_.end() ? std::string_view() : found->second.member;
}

bool KnownContent::same_place(const Sha256& digest, std::uint64_t place) const {
  const auto found = contents_.find(digest);
  if (found == contents_.end()) return false;
  const auto& places = found->second.places;
  return std::find(places.begin(), places.end(), place) != places.end();
}

}  // namespace konseki
