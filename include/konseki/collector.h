// Collector: turns files or live state into records. One folder below collectors/ each.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/file_system.h"
#include "konseki/host.h"
#include "konseki/live_host.h"
#include "konseki/record.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// Order of volatility (RFC 3227); collectors of live state run in this order, before any file.
enum class Volatility { kProcess, kNetwork, kKernel, kSession, kSystem, kFile };

struct CollectorInfo {
  std::string_view name;                           // "linux.cron", the folder's path
  OperatingSystem os = OperatingSystem::kUnknown;  // kUnknown: every system
  Volatility volatility = Volatility::kFile;
  bool needs_privilege = false;
  std::span<const RecordSchema* const> schemas;
  Bilingual description;
};

// A file on its way through the pipeline, with the facts a parser may use. Valid for one call.
struct FileItem {
  const Entry& entry;
  const VolumeInfo& volume;
  std::string_view path;                   // display path
  std::string_view stream;                 // empty for the main stream
  std::span<const std::string> artifacts;  // names of the definitions that chose it
};

// A registry key (and value) that a definition asks for; patterns as in ForensicArtifacts, with
// variables already expanded, e.g. "HKEY_USERS/S-1-5-21-.../Software/*/Run".
struct RegistryPattern {
  std::string artifact;
  std::string key;    // '/' separated, may hold '*', '?' and '**N' segments
  std::string value;  // empty: the whole key
};

// What a collector may know before its first file. Outlives the collector's run.
struct CollectorContext {
  HostFacts host;
  std::vector<RegistryPattern> registry_patterns;
  bool include_environment = false;  // process environments were asked for
};

// Where collectors put what they find. Thread-safe.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void emit(Record&& record) = 0;
  // Asks for a file's content in the bundle beside those of the plan; `reason` is recorded.
  virtual void collect(FileSystem& file_system, const Entry& entry, std::string_view reason) = 0;
  // Something could not be looked at: "could not look" is not "not found".
  virtual void gap(std::string_view path, const Error& error) = 0;
};

// One instance serves one run over one Source. Only parse() may be called from several threads
// at once; begin(), observe() and finish() never overlap with anything.
class Collector {
 public:
  virtual ~Collector() = default;

  virtual const CollectorInfo& info() const = 0;

  virtual void begin(const CollectorContext& context) { (void)context; }

  // Live state: reads the running system. Only for collectors with volatility before kFile.
  virtual Result<void> observe(LiveHost& host, Sink& sink) {
    (void)host, (void)sink;
    return {};
  }

  // True when parse() should see this file. Looks at names only.
  virtual bool wants(const FileItem& file) const {
    (void)file;
    return false;
  }

  // Pure: bytes in, records out; no clock, file system, log or locale. Damage in the evidence is
  // a Record with status kPartial or kCorrupt; an Error means "not this format at all". State for
  // finish() is kept under the collector's own lock, keyed so that call order does not show.
  virtual Result<void> parse(const FileItem& file, ByteReader& content, const RecordEmitter& emit) {
    (void)file, (void)content, (void)emit;
    return {};
  }

  // After the last file: records that need several files (units with drop-ins, ...).
  virtual Result<void> finish(const RecordEmitter& emit) {
    (void)emit;
    return {};
  }
};

}  // namespace konseki
