// MatchStage: shows everything that passes to the matchers and keeps what they find.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "agent/match/container/container.h"
#include "agent/match/known_good/known_good.h"
#include "agent/pipeline/allow_list.h"
#include "agent/pipeline/finding_store.h"
#include "agent/pipeline/match_summary.h"
#include "konseki/matcher.h"

namespace konseki {

// What became of a content that was to be shown.
struct MatchedContent {
  bool known_good = false;  // nobody was shown it: it is known to be harmless
  bool evidence = false;    // it has a finding of medium or more, or may get one in the end
};

// One run over one Source: begin(), then any number of see_*() from any threads, then finish().
// A matcher that throws makes a gap and is called again for the next file. What remains at the end
// depends on what was shown, never on the order or the number of threads.
class MatchStage : public FindingSink {
 public:
  explicit MatchStage(std::vector<std::unique_ptr<Matcher>> matchers, AllowList allowed = {},
                      FindingLimits limits = {});

  // False: nobody looks, and callers may leave everything else out.
  bool active() const { return !matchers_.empty(); }

  // Before begin(). Content that is known to be harmless is not shown to the matchers (its names
  // and digests are), nor what it holds. `trust_packages`: nor files that the evidence's own
  // package database vouches for.
  void set_known_good(std::shared_ptr<const KnownGood> known_good, bool trust_packages);
  // True when some contents may be passed over by their digests.
  bool knows_harmless() const { return known_good_ != nullptr || trust_packages_; }
  // Before begin(). Bounds of what is looked into inside archives; nothing: archives stay closed.
  void set_container_limits(std::optional<ContainerLimits> limits) { containers_ = limits; }
  // Before begin(). Bundles of ours among the archives are looked into as well; else each is named
  // by one note, for what it holds would repeat what its run found.
  void set_open_bundles(bool open) { open_bundles_ = open; }

  void begin(const MatchContext& context);

  // A file with all that is known of it in the end; once for each. `not_read` says why there is
  // no content ("listed", "max_file_size", ...) and is empty where it was read.
  void see_file(const MatchFile& file, std::string_view not_read);
  // True when a matcher wants to see the content.
  bool wants_content(const MatchFile& file) const;
  MatchedContent see_content(const MatchFile& file, ByteReader& content);
  // A member of a container: names, facts and content at once.
  void see_member(const MatchFile& file, ByteReader& content);
  void see_record(const Record& record);
  // The address gets the evidence of this run.
  void see_process(MatchProcess process, ByteReader& memory);
  // What the caller looked at for the matchers; becomes a part of summary().
  void add_coverage(MatchCoverage coverage);

  // Before finish(): whether what was found by now calls for a deeper look; then the files to
  // collect, most telling first. Matcher::wants_more() and wanted().
  bool wants_more();
  std::vector<WantedFile> wanted_files();

  // Lets the matchers finish, joins our own rules to what our matchers say, applies the allow list,
  // sorts. Once, after everything else.
  void finish();

  // After finish().
  std::span<const Finding> findings() const { return findings_; }
  const MatchSummary& summary() const { return summary_; }
  // What could not be looked at, by path; at most 10,000 of summary().gaps.
  const std::map<std::pair<std::string, std::string>, Error>& gaps() const { return gaps_; }

  // FindingSink; thread-safe.
  void emit(Finding&& finding) override;
  void gap(std::string_view path, const Error& error) override;

 private:
  template <class Call>
  void guarded(const Matcher& matcher, std::string_view path, Call call);
  bool is_known_good(const MatchFile& file);                      // and counts it
  bool show_content(const MatchFile& file, ByteReader& content);  // true: it is evidence
  void note_own_output(const MatchFile& file);
  void add_own_coverage();
  std::uint64_t apply_allow_list(std::span<Finding> findings) const;  // how many it turned down
  void conclude();
  void tell_of_cut_rules();

  std::vector<std::unique_ptr<Matcher>> matchers_;
  AllowList allow_list_;
  FindingLimits limits_;
  std::string evidence_;
  std::shared_ptr<const KnownGood> known_good_;
  bool trust_packages_ = false;
  std::optional<ContainerLimits> containers_ = ContainerLimits{};
  bool open_bundles_ = false;

  std::mutex mutex_;  // of all below until finish()
  FindingStore store_;
  std::map<std::string, std::string> allowed_;  // path of an allow-listed file -> comment
  std::map<std::pair<std::string, std::string>, Error> gaps_;  // by path and detail
  std::uint64_t read_after_all_ = 0;                           // files listed at first
  std::unordered_set<std::size_t> gaps_told_;                  // hashes of the same

  MatchCoverage known_coverage_{"known_good", {}, {}, {}};
  MatchCoverage member_coverage_{"container", {}, {}, {}};
  std::vector<MatchCoverage> more_coverage_;

  std::vector<Finding> preview_;
  std::vector<Finding> findings_;
  MatchSummary summary_;
};

}  // namespace konseki
