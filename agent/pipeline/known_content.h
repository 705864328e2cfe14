// KnownContent: what the volumes before a shadow copy hold, so that a copy adds only what differs.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "konseki/digests.h"
#include "konseki/source.h"

namespace konseki {

// The place of a stream on its own volume: the same for the volume and its shadow copies.
std::uint64_t own_place(std::span<const VolumeDetail> details, const VolumeInfo& volume,
                        std::string_view path, std::string_view stream);

// Filled by the writer's thread while one volume is read; asked, from any thread, while the next
// one is. publish() lies between the two, when nothing else runs: so answers never depend on the
// timing of threads.
class KnownContent {
 public:
  void add(const Sha256& digest, std::uint64_t size, std::uint64_t place, std::string_view member);
  void publish();

  // The member with this content; empty when there is none.
  std::string_view member(const Sha256& digest) const;
  // Does that place hold this content on a volume before?
  bool same_place(const Sha256& digest, std::uint64_t place) const;
  // Is there content of this size at all? Saves reading large files twice.
  bool has_size(std::uint64_t size) const { return sizes_.contains(size); }

 private:
  struct Hash {
    std::size_t operator()(const Sha256& digest) const {
      std::size_t value = 0;
      std::memcpy(&value, digest.data(), sizeof value);
      return value;
    }
  };
  struct Content {
    std::string member;
    std::vector<std::uint64_t> places;
  };
  struct Fresh {
    Sha256 digest;
    std::uint64_t size = 0;
    std::uint64_t place = 0;
    std::string member;
  };

  std::vector<Fresh> fresh_;
  std::unordered_map<Sha256, Content, Hash> contents_;
  std::unordered_set<std::uint64_t> sizes_;
};

}  // namespace konseki
