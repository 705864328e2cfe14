#include "agent/match/escalation/host_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>

#include "agent/base/digest.h"
#include "agent/base/file_row_view.h"
#include "agent/base/unicode.h"
#include "agent/match/escalation/write_log.h"
#include "agent/match/startup_place.h"
#include "agent/match/webshell/site_path.h"

namespace konseki {
namespace {

constexpr std::size_t kMostBrought = 10'000;

bool has_artifact(const FileItem& item, std::string_view name) {
  return std::find(item.artifacts.begin(), item.artifacts.end(), name) != item.artifacts.end();
}

// The least is kept: what starts something, then logs, then the latest.
std::uint64_t rank_of(const HostFile& file) {
  if (is_startup_place(file.address.path)) return 0;
  if (is_log_place(file.address.path)) return 1;
  if (!file.modified) return UINT64_MAX;
  return static_cast<std::uint64_t>(INT64_MAX) -
         static_cast<std::uint64_t>(std::max<std::int64_t>(0, file.modified->seconds));
}

}  // namespace

std::string place_key(const PathSpec& address) {
  return address.volume + '\0' + address.snapshot + '\0' + address.path;
}

bool is_log_place(std::string_view path) {
  // Of systems (/var/log, winevt/Logs, inetpub/logs/LogFiles) and of applications.
  static constexpr auto kFolders =
      std::to_array<std::string_view>({"/log/", "/logs/", "/logfiles/"});
  if (is_write_log(path)) return true;
  const std::string folded = fold_case(path);
  const bool in_folder = std::any_of(
      kFolders.begin(), kFolders.end(),
      [&](std::string_view folder) { return folded.find(folder) != std::string::npos; });
  return in_folder && !webshell::is_script_name(folded);  // packages are named so, too
}

std::string second_of(const std::optional<Timestamp>& time) {
  return time ? time->iso8601().substr(0, 19) + "Z" : std::string("?");
}

bool is_near(const std::vector<Timestamp>& times, const std::optional<Timestamp>& time,
             std::int64_t seconds) {
  return time && std::any_of(times.begin(), times.end(), [&](Timestamp each) {
           return std::llabs(each.seconds - time->seconds) <= seconds;
         });
}

void HostFiles::begin(const MatchContext& context) {
  for (const HostUser& user : context.host.users) users_.try_emplace(user.id, user.name);
}

void HostFiles::see(const MatchFile& file) {
  const Entry& entry = file.item.entry;
  if (entry.type != FileType::kRegular || !file.item.stream.empty() ||
      entry.allocation != Allocation::kAllocated) {
    return;
  }
  if (!file.package.empty()) packages_known_ = true;
  if (file.package_state == "intact") return;
  const bool windows = file.item.volume.style == PathStyle::kWindows;
  HostFile seen;
  seen.address = file.address;
  seen.owner = !entry.owner.empty() ? entry.owner
               : !windows           ? std::to_string(entry.uid)
                                    : std::string();
  seen.modified = entry.times.modified;
  if (windows) seen.created = entry.times.created;
  seen.size = file.size;
  if (file.digests) seen.sha256 = to_hex(file.digests->sha256);
  seen.of_nobody = file.package_state == "nobody";
  const std::uint64_t rank = rank_of(seen);
  const bool brought = file.digests && has_artifact(file.item, kEscalationArtifact);
  std::lock_guard lock(mutex_);
  if (brought && brought_.size() < kMostBrought) {
    brought_.emplace(subject_path(file.address), std::pair(file.address, file.size));
  }
  if (HostFile* kept = files_.at(place_key(file.address), rank, [](const HostFile&) {})) {
    // Of a file that was listed first and read later the digest counts, whichever comes first.
    if (seen.sha256.empty()) seen.sha256 = std::move(kept->sha256);
    *kept = std::move(seen);
  }
}

const HostFile* HostFiles::find(const PathSpec& address) const {
  return files_.find(place_key(address));
}

std::vector<const HostFile*> HostFiles::in_order() const {
  std::vector<const HostFile*> out;
  out.reserve(files_.all().size());
  for (const auto& [key, file] : files_.all()) out.push_back(&file);
  std::sort(out.begin(), out.end(), [](const HostFile* a, const HostFile* b) {
    return std::tie(a->modified, a->address.volume, a->address.snapshot, a->address.path) <
           std::tie(b->modified, b->address.volume, b->address.snapshot, b->address.path);
  });
  return out;
}

std::string HostFiles::owner_name(const HostFile* file) const {
  if (!file || file->owner.empty()) return "?";
  const auto user = users_.find(file->owner);
  return user == users_.end() ? file->owner : fmt::format("{} ({})", user->second, file->owner);
}

}  // namespace konseki
