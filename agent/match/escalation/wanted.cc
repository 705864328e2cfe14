#include "agent/match/escalation/wanted.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "agent/match/escalation/surroundings.h"
#include "agent/match/startup_place.h"

namespace konseki {
namespace {

constexpr std::uint64_t kLeastSize = 32;  // smaller files are of one size by chance

class WantedList {
 public:
  void add(const PathSpec& address, std::uint64_t size, std::string_view why) {
    if (!address.snapshot.empty() || !address.members.empty()) return;
    if (counts_[why] >= kMostWanted || !told_.insert(place_key(address)).second) return;
    ++counts_[why];
    files_.push_back({address, size, why});
  }
  void add(const HostFile* file, std::string_view why) {
    if (file) add(file->address, file->size, why);
  }
  std::vector<WantedFile> take() { return std::move(files_); }

 private:
  std::vector<WantedFile> files_;
  std::set<std::string> told_;
  std::map<std::string_view, std::size_t> counts_;
};

}  // namespace

std::vector<WantedFile> wanted_around(const HostFiles& files, const Triggers& triggers,
                                      std::span<const Finding> findings) {
  WantedList wanted;
  std::set<std::uint64_t> sizes;
  for (const Trigger& each : triggers.all) {
    wanted.add(each.file, "subject");
    if (each.kind != TriggerKind::kMiner && each.file && each.file->size >= kLeastSize) {
      sizes.insert(each.file->size);
    }
  }
  for (const Trigger& each : triggers.all) {
    for (const Witness& witness : each.finding->witnesses) {
      if (witness.name != "process.open_files") continue;
      for (const PathSpec& address : witness.addresses) wanted.add(files.find(address), "open");
    }
  }
  for (const Relative& each : relatives_of(files, triggers, findings)) {
    const HostFile* file = files.find(each.address);
    wanted.add(each.address, file ? file->size : 0, "family");
  }
  const std::vector<const HostFile*> all = files.in_order();
  for (const HostFile* file : all) {
    if (file->sha256.empty() && sizes.contains(file->size)) wanted.add(file, "family");
  }
  bool any = false;
  for (const HostFile* file : startup_of_nobody(files, any)) wanted.add(file, "startup");
  const std::vector<Timestamp> times = triggers.times();
  if (!files.packages_known()) {
    for (const HostFile* file : all) {
      if (is_startup_place(file->address.path) && is_near(times, file->modified, kDay)) {
        wanted.add(file, "startup");
      }
    }
  }
  for (const HostFile* file : files_of_writers(files, triggers)) wanted.add(file, "writer");
  for (const HostFile* file : logs_of_period(files, times)) wanted.add(file, "log");
  return wanted.take();
}

}  // namespace konseki
