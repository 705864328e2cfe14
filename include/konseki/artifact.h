// Artifact definitions, profiles and the resolver: what is to be collected, and where it lies.
// Dialects: ForensicArtifacts YAML and KAPE targets; docs/artifacts.md says how each is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/collector.h"
#include "konseki/file_system.h"
#include "konseki/host.h"
#include "konseki/result.h"
#include "konseki/source.h"
#include "konseki/text.h"

namespace konseki {

// A text file that the caller has read: "windows.yaml" and its bytes.
struct NamedText {
  std::string name;
  std::string_view text;
};

// What the checker found. Errors make the part they speak of unusable (never more than that);
// warnings change nothing.
struct DefinitionProblem {
  enum class Level { kWarning, kError };
  std::string file;
  std::uint32_t line = 0;
  Level level = Level::kError;
  std::string artifact;  // name of the definition or profile; may be empty
  Bilingual message;

  std::string describe(Language language) const;  // "file:12: error: Name: ..."
};

enum class ArtifactType { kFile, kPath, kRegistryKey, kRegistryValue, kWmi, kCommand, kGroup };

std::string_view artifact_type_name(ArtifactType type);  // "FILE", "ARTIFACT_GROUP", ...

// A path pattern with its variables, separated by '/' whatever the file said.
struct ArtifactPath {
  std::string pattern;
  bool digest = false;          // PATH: read for its digests and for matching
  bool recursive = false;       // KAPE: the last segment at any depth below the others
  std::string name_expression;  // KAPE "regex:": RE2, case-blind, found anywhere in the name
  std::uint64_t min_size = 0;
  std::uint64_t max_size = 0;  // 0: none
  std::uint32_t line = 0;
};

struct ArtifactRegistryKey {
  std::string key;    // '/' separated, with variables
  std::string value;  // empty: the whole key
  std::uint32_t line = 0;
};

// Only the members of its type are filled.
struct ArtifactSource {
  ArtifactType type = ArtifactType::kFile;
  std::vector<std::string> supported_os;  // as ArtifactDefinition's; empty: those of the definition
  std::vector<ArtifactPath> paths;
  std::vector<ArtifactRegistryKey> keys;
  std::vector<std::string> names;      // members of a group
  std::vector<std::string> arguments;  // COMMAND: program first; never given to a shell
  std::string query;                   // WMI
  std::string base_object;             // WMI
  std::uint32_t line = 0;
};

struct ArtifactDefinition {
  std::string name;
  std::vector<std::string> aliases;
  std::string description;
  std::vector<std::string> supported_os;  // "Linux", "Windows", "Darwin", ...; empty: any
  std::vector<std::string> urls;
  std::vector<ArtifactSource> sources;
  std::string file;
  std::uint32_t line = 0;

  // kUnknown asks for none in particular and is always true.
  bool applies_to(OperatingSystem os) const;
  bool applies_to(const ArtifactSource& source, OperatingSystem os) const;
  // Path patterns and registry keys in all sources.
  std::size_t path_count() const;
  // The types of its sources, each once, in order of the enumeration.
  std::vector<ArtifactType> types() const;
};

// Definitions by name and alias. A plain value; loading never fails, it reports.
class DefinitionSet {
 public:
  // Reads texts of both dialects (".tkape" files are KAPE's). A name defined twice among `texts`
  // is an error and the first stands; what earlier calls defined under a name or alias of these
  // is replaced, so that a newer set may be laid over the embedded one.
  void add(std::span<const NamedText> texts);

  const ArtifactDefinition* find(std::string_view name_or_alias) const;
  // Sorted by name.
  std::span<const ArtifactDefinition> definitions() const { return definitions_; }
  // In order of file and line: those of reading, then those between definitions (members that do
  // not exist, groups that hold themselves, aliases taken twice).
  std::span<const DefinitionProblem> problems() const { return problems_; }

 private:
  void link();

  std::vector<ArtifactDefinition> definitions_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<DefinitionProblem> reading_problems_;
  std::vector<DefinitionProblem> problems_;
};

// ForensicArtifacts as packaged by Debian and our own, compiled into the program.
DefinitionSet embedded_definitions();
// A set of `texts` alone.
DefinitionSet load_definitions(std::span<const NamedText> texts);

// What `list artifacts --check` tells: the texts as they would be used, laid over the embedded set.
struct DefinitionCheck {
  std::size_t definitions = 0;              // usable ones in `texts`
  std::vector<DefinitionProblem> problems;  // those of `texts`, by file and line

  bool passed() const;  // no errors; warnings are allowed
};
DefinitionCheck check_definitions(std::span<const NamedText> texts);

struct Profile {
  enum class Listing { kNone, kAll };
  enum class DigestScope { kCollected, kAll };
  struct Limits {  // 0: none
    std::uint64_t max_file_size = 0;
    std::uint64_t max_total_size = 0;
    std::uint64_t max_seconds = 0;
  };

  std::string name;
  Bilingual description;
  std::vector<std::string> artifacts;   // those of `includes` too; sorted, no duplicates
  std::vector<std::string> core;        // artifacts whose files max_file_size spares
  std::vector<std::string> collectors;  // empty: all
  bool volatile_state = false;          // live state before files
  Listing listing = Listing::kNone;     // kAll: every file of every volume in files.jsonl
  DigestScope digests = DigestScope::kCollected;
  SnapshotChoice snapshots = SnapshotChoice::kNone;
  Limits limits;
  std::string file;
  std::uint32_t line = 0;

  bool wants_collector(std::string_view collector) const;
};

struct ProfileSet {
  std::vector<Profile> profiles;  // sorted by name
  std::vector<DefinitionProblem> problems;

  const Profile* find(std::string_view name) const;
};

// Profiles of `texts`, checked against `definitions`. Later texts replace profiles of that name.
ProfileSet load_profiles(std::span<const NamedText> texts, const DefinitionSet& definitions);
// Ours, then those of `texts`.
ProfileSet embedded_profiles(const DefinitionSet& definitions,
                             std::span<const NamedText> texts = {});

// What the evidence says about its own host, and the values of the variables that definitions use.
struct KnowledgeBase {
  HostFacts host;
  std::string control_set;  // "ControlSet001"; empty when the SYSTEM hive does not say
  // Lower-case variable name without %% -> path patterns ('/' separated, display paths) or texts.
  // A name with several values makes a pattern each.
  std::map<std::string, std::vector<std::string>, std::less<>> variables;
  // Further values of users.homedir for patterns without a globstar: "/", "/usr/sbin", ...
  std::vector<std::string> system_homes;
  struct Gap {
    std::string path;  // display path
    Error error;
  };
  std::vector<Gap> gaps;  // a damaged hive, a passwd that could not be read
};

// Reads passwd, hives and folder names of `source`; what files do not say is taken from
// Source::recorded_host(). Never looks at the machine it runs on unless that is the source.
KnowledgeBase build_knowledge_base(Source& source);

// A definition that this program answers only on request, as data for the caller.
struct CommandRequest {
  std::string artifact;
  std::vector<std::string> arguments;
};
struct WmiRequest {
  std::string artifact;
  std::string query;
  std::string base_object;
};

// One thing to collect: the main content, one stream, or only the entry.
struct ResolvedItem {
  std::size_t volume = 0;              // index into Source::file_systems()
  Entry entry;                         // path and facts after links were followed
  std::string stream;                  // alternate data stream; empty for the main one
  bool content = false;                // false: record that it exists
  bool digest = false;                 // read it, although it is not collected
  bool core = false;                   // chosen by one of ResolveOptions::core
  std::vector<std::string> artifacts;  // sorted
};

struct ResolvedPlan {
  std::vector<ResolvedItem> items;                 // by volume, path, stream; each once
  std::vector<RegistryPattern> registry_patterns;  // the hives they need are among `items`
  std::vector<CommandRequest> commands;
  std::vector<WmiRequest> wmi_queries;
  std::vector<std::string> unknown_names;   // asked for, but neither name nor alias
  std::vector<std::string> not_applicable;  // definitions chosen by name that are of another OS
};

struct ResolveOptions {
  std::span<const std::string> core;  // Profile::core
  bool include_deleted = false;       // deleted entries that match, too
  // Told of directories that could not be listed or entries that could not be looked at.
  std::function<void(const VolumeInfo& volume, std::string_view path, const Error& error)> on_gap;
  std::stop_token stop;
  // Mounts of shadow copies, each with the prefix by which patterns name its volume ("C:").
  std::map<std::string, std::string, std::less<>> prefixes;
};

// Turns names of definitions and groups into what this source holds of them. All patterns are
// compiled into one trie a volume and each volume is walked once, only where a pattern leads.
class ArtifactResolver {
 public:
  // Keeps references to both, which must outlive it.
  ArtifactResolver(const DefinitionSet& definitions, const KnowledgeBase& knowledge)
      : definitions_(definitions), knowledge_(knowledge) {}

  // kCancelled when stopped; nothing else fails as a whole.
  Result<ResolvedPlan> resolve(std::span<const std::unique_ptr<FileSystem>> volumes,
                               std::span<const std::string> names,
                               const ResolveOptions& options = {}) const;

 private:
  const DefinitionSet& definitions_;
  const KnowledgeBase& knowledge_;
};

}  // namespace konseki
