// BundleSummary: what one bundle says about itself and its host, as plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/report/chart_data.h"
#include "agent/report/finding_summary.h"
#include "agent/report/match_facts.h"
#include "konseki/bundle.h"
#include "konseki/record.h"
#include "konseki/result.h"
#include "konseki/source.h"
#include "konseki/time.h"

namespace konseki {

// Times are UTC. Strings are as the bundle holds them: pass them through visible_text() or an
// escaper before showing them. Unknown facts stay empty.

// The signature of the manifest, checked against the key that the bundle itself names.
enum class SealSignature { kNone, kGood, kWrong, kMissing };

struct SignatureFacts {
  SealSignature state = SealSignature::kNone;
  std::string public_key, key_id, trusted_comment;
};

struct CustodyFields {
  std::string case_id, evidence_id, operator_name, witness, authority, place, purpose, notes;
};

struct RunFacts {
  std::string tool, version, executable_sha256, run_id, profile;
  std::vector<std::string> arguments;
  std::string limits;       // JSON text
  std::string definitions;  // JSON text
  std::optional<Timestamp> started, ended;
  std::optional<bool> privileged;
  std::optional<bool> interrupted;  // absent when the bundle was never sealed
  std::optional<std::int64_t> exit_code;
  bool out_of_time = false;
  bool output_on_source = false;  // the bundle was written to an examined volume, as asked
};

struct HostSummary {
  std::string os, host_id, hostname, os_name, os_version, kernel, time_zone, domain;
  std::string system_drive, system_root;
  std::uint64_t users = 0;
};

struct ClockFacts {
  std::optional<Timestamp> now, boot;
  std::optional<Timestamp> reference;  // what the operator's own watch said at `now`
  std::string time_zone;
  std::optional<std::int32_t> utc_offset_seconds;
  std::optional<bool> synchronised;
  std::optional<std::int64_t> estimated_error_microseconds;
};

struct VolumeSummary {
  std::string mount, type, label, serial;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct ReasonCount {
  std::string reason;
  bool failed = false;  // else skipped on purpose
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct FileCounts {
  std::uint64_t collected = 0;  // content in the bundle
  std::uint64_t linked = 0;     // content identical to a collected file
  std::uint64_t listed = 0;     // facts only, as the profile asked
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t other = 0;      // rows with a status this version does not know
  std::uint64_t padded = 0;     // collected, but shorter than stated: zeros filled the rest
  std::uint64_t bytes = 0;      // of collected and linked files
  std::uint64_t escalated = 0;  // of these, collected since a grave finding called for it
  std::uint64_t escalated_bytes = 0;
  std::vector<ReasonCount> reasons;  // most files first

  std::uint64_t total() const { return collected + linked + listed + skipped + failed + other; }
};

struct Period {
  std::optional<Timestamp> earliest, latest;

  void add(const Timestamp& time);
  void add(const Period& other);
};

struct ArtifactCount {
  std::uint64_t collected = 0;  // linked ones too
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t listed = 0;
  std::uint64_t bytes = 0;
};

struct SchemaCount {
  std::string schema;
  std::uint64_t records = 0;
  std::uint64_t damaged = 0;  // partial or corrupt
  Period period;              // how far back this source reaches
};

// A file that should have been collected and was not.
struct MissedFile {
  std::string path, reason, detail;
  std::uint64_t size = 0;
  bool failed = false;
};

// Something else that could not be looked at: a directory, a process, a whole collector. Not the
// unreadable volumes, which have a list of their own.
struct Gap {
  std::string path, code, detail;
  Bilingual advice = {};
};

struct BundleSummary {
  CustodyFields custody;
  RunFacts run;
  HostSummary host;
  SourceInfo source;
  std::string source_kind;
  ClockFacts clock_start, clock_end;
  std::vector<VolumeSummary> volumes;
  std::vector<UnreadableVolume> unreadable;

  FileCounts files;
  std::map<std::string, ArtifactCount> artifacts;
  std::vector<SchemaCount> records;  // by name
  std::uint64_t damaged_rows = 0;    // lines of the bundle that are not JSON objects

  std::array<std::uint64_t, kRatings> findings{};  // by Rating
  std::vector<FindingSummary> top_findings;        // worst first, at most `limits.findings`
  std::optional<MatchFacts> matching;              // where anything was looked for

  std::vector<MissedFile> missed;  // in order of the bundle, at most `limits.missed`
  std::uint64_t missed_total = 0;
  std::vector<Gap> gaps;  // in order of the bundle, at most `limits.gaps`
  std::uint64_t gaps_total = 0;

  // Plausible times only: from 1990 to a day after the run. `implausible` counts the others.
  Period file_period, record_period;
  std::uint64_t implausible_times = 0;

  ChartData chart;  // every time of files and records, by day

  bool sealed = false;
  SignatureFacts signature;
  std::optional<Sha256> manifest_digest;  // absent when there is no manifest
  std::vector<std::string> problems;      // parts of the bundle that could not be read

  std::uint64_t records_total() const;
  std::uint64_t findings_total() const;
  // Host clock minus the operator's reference; absent without a reference.
  std::optional<std::int64_t> clock_ahead_microseconds() const;
  // How far the clock was set during the run (boot time as computed at end minus at start).
  std::optional<std::int64_t> clock_step_microseconds() const;
};

struct SummaryLimits {
  std::size_t findings = 10;
  std::size_t missed = 500;
  std::size_t gaps = 500;
};

// Reads the whole bundle once, a line at a time. Corrupt when it holds no konseki/run.json; any
// other damage is told in `problems` and the rest is summarised. `schemas` say which record fields
// are times; see for_each_event_time().
Result<BundleSummary> summarise(BundleReader& bundle,
                                std::span<const RecordSchema* const> schemas = {},
                                const SummaryLimits& limits = {});

// A digest in groups of four hex digits, four groups a line, for copying by hand.
std::vector<std::string> digest_lines(const Sha256& digest);

}  // namespace konseki
