#include "agent/match/escalation/start_entries.h"

#include <iterator>

#include "agent/match/escalation/surroundings.h"
#include "agent/match/record_values.h"

namespace konseki {
namespace {

constexpr std::size_t kMostEntries = 20'000;

}  // namespace

void StartEntries::see(const Record& record) {
  StartEntry entry;
  if (record.schema().name == "persistence") {
    entry.mechanism = text_of(record, "mechanism");
    entry.location = text_of(record, "location");
    entry.name = text_of(record, "name");
    entry.command = text_of(record, "command");
    if (const auto* since = std::get_if<Timestamp>(&record.get("since"))) entry.since = *since;
  } else if (record.schema().name == "linux.authorized_key") {
    entry.mechanism = "linux.authorized_key";
    entry.location = record.source.path;
    entry.name = text_of(record, "user");
    entry.command = text_of(record, "fingerprint") + ' ' + text_of(record, "comment");
  } else {
    return;
  }
  entry.address = record.source;
  std::lock_guard lock(mutex_);
  entries_.emplace(std::tuple(entry.location, entry.name, entry.mechanism, entry.command), entry);
  if (entries_.size() > kMostEntries) {
    entries_.erase(std::prev(entries_.end()));
    ++left_out_;
  }
}

std::vector<StartEntry> StartEntries::near(const std::vector<Timestamp>& times,
                                           const HostFiles& files) const {
  std::vector<StartEntry> out;
  for (const auto& [key, entry] : entries_) {
    std::optional<Timestamp> since = entry.since;
    const HostFile* file = files.find(entry.address);
    if (file && !is_near(times, since, kDay)) since = file->modified;
    if (!is_near(times, since, kDay)) continue;
    out.push_back(entry);
    out.back().since = since;
  }
  return out;
}

}  // namespace konseki
