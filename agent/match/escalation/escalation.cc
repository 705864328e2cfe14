#include "agent/match/escalation/escalation.h"

#include "agent/match/escalation/host_files.h"
#include "agent/match/escalation/start_entries.h"
#include "agent/match/escalation/story.h"
#include "agent/match/escalation/trigger.h"
#include "agent/match/escalation/wanted.h"
#include "agent/match/escalation/write_log.h"
#include "agent/match/escalation/writer_traces.h"

namespace konseki {
namespace {

class Escalation : public Matcher {
 public:
  explicit Escalation(std::shared_ptr<const webshell::SiteEvidence> site)
      : site_(std::move(site)) {}

  std::string_view name() const override { return "escalation"; }

  void begin(const MatchContext& context) override {
    evidence_ = context.evidence;
    files_.begin(context);
  }

  void match_entry(const MatchFile& file, FindingSink&) override { files_.see(file); }

  // Logs that tell who wrote what.
  bool wants_content(const MatchFile& file) const override {
    return file.size > 0 && is_write_log(file.item.path);
  }

  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    if (is_write_log(file.item.path)) traces_.see_log(file, content, sink);
  }

  void match_record(const Record& record, FindingSink&) override {
    traces_.see_record(record);
    start_.see(record);
  }

  bool wants_more(std::span<const Finding> preview) const override { return any_trigger(preview); }

  std::vector<WantedFile> wanted(std::span<const Finding> preview) const override {
    return wanted_around(files_, triggers_of(preview, files_, *site_), preview);
  }

  void conclude(std::span<const Finding> findings, FindingSink& sink) override {
    const Triggers triggers = triggers_of(findings, files_, *site_);
    if (triggers.all.empty()) return;
    Finding finding = story_of({*site_, files_, start_, traces_}, triggers, findings);
    finding.subject.evidence = evidence_;
    sink.emit(std::move(finding));
  }

  MatchCoverage coverage() const override {
    MatchCoverage coverage;
    coverage.matcher = "escalation";
    if (files_.left_out() > 0) coverage.not_looked_at["limit_of_files"] = files_.left_out();
    if (start_.left_out() > 0) coverage.not_looked_at["limit_of_entries"] = start_.left_out();
    if (traces_.left_out() > 0) coverage.not_looked_at["limit_of_writes"] = traces_.left_out();
    if (!files_.brought().empty()) coverage.looked_at["collected"] = files_.brought().size();
    return coverage;
  }

 private:
  const std::shared_ptr<const webshell::SiteEvidence> site_;
  std::string evidence_;
  HostFiles files_;
  StartEntries start_;
  WriterTraces traces_;
};

}  // namespace

std::unique_ptr<Matcher> make_escalation(std::shared_ptr<const webshell::SiteEvidence> site) {
  return std::make_unique<Escalation>(std::move(site));
}

}  // namespace konseki
