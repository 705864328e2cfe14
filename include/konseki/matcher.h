// Matcher: looks at files and records while they pass, and answers findings.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/collector.h"
#include "konseki/digests.h"
#include "konseki/finding.h"
#include "konseki/host.h"
#include "konseki/process_memory.h"
#include "konseki/record.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// A file on its way, with all that is known of it. Valid for one call.
struct MatchFile {
  const FileItem& item;
  PathSpec address;                         // evidence, volume, path, stream, members
  const Digests* digests = nullptr;         // null when not known (yet): see Matcher
  std::string_view package = {};            // who owns it; empty when nobody or unknown
  std::string_view package_state = {};      // "unchanged", "modified", ... as in files.jsonl
  std::uint64_t size = 0;                   // of the content
  std::span<const std::byte> content = {};  // all of it, when it is in memory
  bool again = false;  // shown before by its facts alone; new is what its content tells
};

// A file that a matcher wants in the bundle, beside what was asked for.
struct WantedFile {
  PathSpec address;        // of a regular file that was shown
  std::uint64_t size = 0;  // as it was shown
  std::string_view why;    // stable word: "writer", "log"; static
};

// A part of a process's memory, at most 16 MiB; those of one region may overlap by 1 MiB. What of
// it does not lie in memory reads as zeros.
struct MemoryBlock {
  ByteRange range;  // addresses
  const MemoryRegion* region = nullptr;
};

// A running process. Valid for one call.
struct MatchProcess {
  RunningProcess process;
  PathSpec address;  // of its memory; byte ranges are addresses
  std::span<const MemoryBlock> blocks;
  std::chrono::seconds time{120};  // what one matcher may take
};

// What a matcher may know before the first file. Outlives the run.
struct MatchContext {
  HostFacts host;
  // Variables of the knowledge base: lower-case name -> values ("web.root" -> folders).
  std::map<std::string, std::vector<std::string>, std::less<>> variables;
  std::string evidence;  // PathSpec::evidence of everything in this run
};

// What was looked at, so that "not found" can be told from "could not look".
struct MatchCoverage {
  std::string matcher;
  std::map<std::string, std::uint64_t> loaded;         // "rules", "indicators.domain-name", ...
  std::map<std::string, std::uint64_t> looked_at;      // "files", "records", "bytes", "names", ...
  std::map<std::string, std::uint64_t> not_looked_at;  // by reason: "time_limit", "too_large", ...
};

// Takes what matchers find. Thread-safe.
class FindingSink {
 public:
  virtual ~FindingSink() = default;
  // Findings of one matcher, rule, schema and subject become one (counts add up, times widen).
  // Of a rule that hits everything only the gravest are kept, which is said once.
  virtual void emit(Finding&& finding) = 0;
  // Something that could not be matched: "could not look" is not "not found".
  virtual void gap(std::string_view path, const Error& error) = 0;
  // Within match_content(): the file may well get a finding of medium or more in finish(), so its
  // content is evidence.
  virtual void keep() {}
};

// One instance serves one run over one Source. The match functions may be called from
// several threads at once, in any order; begin(), preview(), wants_more(), wanted(), finish() and
// conclude() never overlap with anything. State for finish() is kept under the matcher's own lock
// so that call order does not show.
class Matcher {
 public:
  virtual ~Matcher() = default;

  virtual std::string_view name() const = 0;  // Finding::matcher

  virtual void begin(const MatchContext& context) { (void)context; }

  // Every file that is seen, once, listed ones too, when all that is known of it is: digests
  // where its content was read. Names and facts only; must be cheap. Before or after
  // match_content() of the same file. A listed file that is read later after all (wanted()) is
  // seen a second time, with MatchFile::again.
  virtual void match_entry(const MatchFile& file, FindingSink& sink) { (void)file, (void)sink; }

  // True when match_content() should see this file; asked more than once. The digests are known
  // for files that are in memory (file.content set) and not yet for larger ones.
  virtual bool wants_content(const MatchFile& file) const {
    (void)file;
    return false;
  }

  // The content of a file that is read anyway. file.content is set when it is in memory; larger
  // files come through `content` only. Damage in evidence is no error. What it throws becomes a
  // gap of this matcher at this file.
  virtual void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) {
    (void)file, (void)content, (void)sink;
  }

  // The memory of a running process, on request. Offsets of `memory` are addresses, and only what
  // the blocks name can be read. It changes meanwhile; what is gone by now reads as zeros, and a
  // read of no bytes says that the time is up or the process has ended.
  virtual void match_memory(const MatchProcess& process, ByteReader& memory, FindingSink& sink) {
    (void)process, (void)memory, (void)sink;
  }

  // Every record, whether it comes from a collector or from an earlier bundle.
  virtual void match_record(const Record& record, FindingSink& sink) { (void)record, (void)sink; }

  // After all that was asked for has been seen: what finish() would emit by now, of findings that
  // wants_more() of another matcher may follow. finish() emits it again.
  virtual void preview(FindingSink& sink) { (void)sink; }
  // True when the previews of all matchers (worst first, without allow-listed ones) call for a
  // deeper look: then every file of the evidence is listed, if that was not asked for, and wanted()
  // names those to collect and to show, most telling first. Once in a run; over a bundle never.
  virtual bool wants_more(std::span<const Finding> preview) const {
    (void)preview;
    return false;
  }
  virtual std::vector<WantedFile> wanted(std::span<const Finding> preview) const {
    (void)preview;
    return {};
  }

  // After the last file and record: findings that need several of them.
  virtual void finish(FindingSink& sink) { (void)sink; }

  // After every matcher's finish() and the allow list: what all of them found, worst first.
  virtual void conclude(std::span<const Finding> findings, FindingSink& sink) {
    (void)findings, (void)sink;
  }

  virtual MatchCoverage coverage() const = 0;
};

}  // namespace konseki
