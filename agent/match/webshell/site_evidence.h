// SiteEvidence: what access logs and file systems say about scripts, weighed with what their code
// says. docs/webshells.md explains the weights.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/webshell/folder_facts.h"
#include "agent/match/webshell/release_manifest.h"
#include "agent/match/webshell/request_log.h"

namespace konseki::webshell {

// About one script, from everything but its code.
struct SiteStory {
  std::vector<Witness> witnesses;
  std::optional<Timestamp> first;  // request
  std::optional<Timestamp> last;
  std::vector<std::string> clients;  // all who asked for it; empty when they are many
  // The score that code, files and logs may reach together.
  int most = 100;
};

// One for a run, fed by one matcher and read by others after the last record. begin(), see_file()
// and see_record() as Matcher's; story_of() changes nothing.
class SiteEvidence {
 public:
  void begin(const MatchContext& context);
  void see_file(const MatchFile& file);
  // Takes lists of what releases hold (release_manifest.h), ignores other content.
  void see_content(const MatchFile& file, std::string_view content);
  void see_record(const Record& record);

  // `code` is the score of the code alone, 0 where it says nothing. Witnesses that do not count
  // for so weak a code have the score 0; a script whose code says nothing at all has a story only
  // when log and file both speak strongly, and then at most medium.
  SiteStory story_of(const PathSpec& file, int code) const;

  const RequestLog& requests() const { return requests_; }
  // True for the id of an account that a web server of this host runs as.
  bool is_server_account(const std::string& owner) const { return folders_.is_server(owner); }
  // Adds to `looked_at` and `not_looked_at`.
  void add_to(MatchCoverage& coverage) const;

 private:
  RequestLog requests_;
  FolderFacts folders_;
  ReleaseManifests releases_;
};

}  // namespace konseki::webshell
