#include "agent/match/webshell/site_evidence.h"

#include <algorithm>
#include <utility>

namespace konseki::webshell {
namespace {

constexpr int kCodeSpeaks = 30;   // medium by itself
constexpr int kCodeMurmurs = 15;  // worth a second voice
constexpr int kMostWithoutCode = 60;
constexpr int kMostOfLow = 29;

// Signs that ordinary scripts of ordinary sites do not show.
bool is_strong(const Witness& witness) {
  return (witness.name == "log.commands" && witness.score >= 50) ||
         (witness.name == "file.in_upload_folder" && witness.score >= 30) ||
         witness.name == "file.extension_against_content";
}

}  // namespace

void SiteEvidence::begin(const MatchContext& context) {
  requests_.begin(context);
  folders_.begin(context);
}

void SiteEvidence::see_file(const MatchFile& file) { folders_.see(file); }

void SiteEvidence::see_content(const MatchFile& file, std::string_view content) {
  if (file.item.stream.empty() && file.address.members.empty()) {
    releases_.see(file.item.path, content);
  }
}

void SiteEvidence::see_record(const Record& record) { requests_.see(record); }

SiteStory SiteEvidence::story_of(const PathSpec& file, int code) const {
  SiteStory story;
  // Who fetched an archive says nothing of its members.
  if (!file.members.empty()) return story;
  FolderStory folder = folders_.story_of(file, true);
  RequestStory log = requests_.story_of(file, folder.birth);
  story.first = log.first;
  story.last = log.last;
  story.clients = std::move(log.clients);
  story.witnesses = std::move(folder.witnesses);
  if (auto strange = releases_.witness_of(file)) story.witnesses.push_back(*std::move(strange));
  std::move(log.witnesses.begin(), log.witnesses.end(), std::back_inserter(story.witnesses));

  const auto strong = std::count_if(story.witnesses.begin(), story.witnesses.end(), is_strong);
  const bool strong_log =
      std::any_of(story.witnesses.begin(), story.witnesses.end(), [](const Witness& witness) {
        return is_strong(witness) && witness.name.starts_with("log.");
      });
  if (code >= kCodeSpeaks) return story;
  // By chance a picture may hold what looks like a tag of code.
  if (strong >= 2 && log.answered > 0 && (strong_log || code >= kCodeMurmurs)) {
    story.most = code == 0 ? kMostWithoutCode : 69;
  } else if (code >= kCodeMurmurs && strong_log) {
    story.most = 69;
  } else {
    // Many sites have scripts that only a programme of theirs calls.
    for (Witness& witness : story.witnesses) witness.score = 0;
    story.most = std::min(code, kMostOfLow);
    if (code == 0) story.witnesses.clear();
  }
  return story;
}

void SiteEvidence::add_to(MatchCoverage& coverage) const {
  coverage.looked_at["requests"] = requests_.requests();
  if (releases_.count() > 0) coverage.looked_at["releases"] = releases_.count();
  if (releases_.left_out() > 0) coverage.not_looked_at["limit_of_releases"] = releases_.left_out();
  if (requests_.left_out() > 0) coverage.not_looked_at["limit_of_paths"] = requests_.left_out();
  if (folders_.left_out() > 0) coverage.not_looked_at["limit_of_site_files"] = folders_.left_out();
}

}  // namespace konseki::webshell
