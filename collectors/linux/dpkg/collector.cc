// linux.dpkg: installed packages, diversions and mode overrides of Debian and its kin.
#include <map>
#include <mutex>
#include <set>

#include "agent/base/parse_number.h"
#include "collectors/linux/dpkg/dpkg_status.h"
#include "collectors/linux/dpkg/schema.h"
#include "collectors/linux/shared/evidence_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 256U << 20;

enum class DpkgFile { kStatus, kDiversions, kStatOverride, kList };

std::optional<DpkgFile> dpkg_file(std::string_view path) {
  if (path == "/var/lib/dpkg/status") return DpkgFile::kStatus;
  if (path == "/var/lib/dpkg/diversions") return DpkgFile::kDiversions;
  if (path == "/var/lib/dpkg/statoverride") return DpkgFile::kStatOverride;
  if (!info_package(path, ".list").empty()) return DpkgFile::kList;
  constexpr std::string_view kSmall = "/var/lib/dpkg/status.d/";
  const bool paragraph = path.starts_with(kSmall) && !path.ends_with(".md5sums") &&
                         path.find('/', kSmall.size()) == std::string_view::npos;
  return paragraph ? std::optional(DpkgFile::kStatus) : std::nullopt;
}

struct Package {
  Record record;
  std::string name;
  std::string qualified;  // with the architecture
};

Package package_of(const PackageStanza& stanza, const FileItem& file) {
  Record record(kLinuxPackageSchema);
  record.source = address_of(file);
  record.source.range = stanza.range;
  for (std::string_view field :
       {"version", "architecture", "section", "priority", "maintainer", "homepage"}) {
    set_unless_empty(record, field, stanza.field(field));
  }
  set_unless_empty(record, "dpkg_status", stanza.field("Status"));
  set_unless_empty(record, "source_package", stanza.field("Source"));
  const std::string name(stanza.field("Package"));
  set_unless_empty(record, "name", name);
  const std::string_view description = stanza.field("Description");
  set_unless_empty(record, "description", description.substr(0, description.find('\n')));
  if (const auto size = parse_number<std::uint64_t>(stanza.field("Installed-Size")))
    record.set("installed_size", *size);
  const std::size_t conffiles = stanza.conffiles().size();
  if (conffiles > 0) record.set("conffiles", std::uint64_t{conffiles});
  if (!stanza.problem.empty()) {
    record.status = ParseStatus::kPartial;
    record.note = stanza.problem;
  } else if (name.empty()) {
    record.status = ParseStatus::kPartial;
    record.note = "no Package field";
  }
  return {std::move(record), name, name + ":" + std::string(stanza.field("Architecture"))};
}

class DpkgCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kLinuxPackageSchema,
                                                       &kLinuxPackageOverrideSchema};
    static const CollectorInfo kInfo{
        "linux.dpkg",
        OperatingSystem::kLinux,
        Volatility::kFile,
        false,
        kSchemas,
        {"Packages of dpkg with the time of installation, diversions and mode overrides",
         "dpkg のパッケージ（導入日時つき）、ファイルの退避と権限の上書き設定"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.type == FileType::kRegular &&
           file.entry.allocation == Allocation::kAllocated &&
           dpkg_file(system_path(file)).has_value();
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const std::string_view path = system_path(file);
    const auto kind = dpkg_file(path);
    if (!kind) return fail(ErrorCode::kInvalidArgument, std::string(file.path));
    const std::string prefix(file.path.substr(0, file.path.size() - path.size()));
    if (*kind == DpkgFile::kList) {
      const std::lock_guard lock(mutex_);
      System& system = systems_[prefix];
      system.lists[std::string(info_package(path, ".list"))] = {file.entry.times.modified,
                                                                address_of(file)};
      return {};
    }
    KONSEKI_ASSIGN(const FileText text, read_text(content, kMaxFile));
    if (*kind == DpkgFile::kStatus) {
      status(file, text, prefix, path);
    } else if (*kind == DpkgFile::kDiversions) {
      diversions(text, emit);
    } else {
      overrides(text, emit);
    }
    return {};
  }

  Result<void> finish(const RecordEmitter& emit) override {
    for (auto& [prefix, system] : systems_) emit_system(system, emit);
    systems_.clear();
    return {};
  }

 private:
  struct List {
    std::optional<Timestamp> modified;
    PathSpec address;
  };
  struct System {
    std::map<std::string, std::vector<Package>> packages;  // by status file
    std::map<std::string, List> lists;                     // by name, with architecture or without
  };

  void status(const FileItem& file, const FileText& text, const std::string& prefix,
              std::string_view path) {
    std::vector<Package> packages;
    parse_dpkg_status(
        text.text, [&](PackageStanza&& stanza) { packages.push_back(package_of(stanza, file)); });
    if (text.cut && !packages.empty()) {
      packages.back().record.status = ParseStatus::kPartial;
      packages.back().record.note = cut_note(kMaxFile);
    }
    const std::lock_guard lock(mutex_);
    systems_[prefix].packages[std::string(path)] = std::move(packages);
  }

  static void diversions(const FileText& text, const RecordEmitter& emit) {
    for (const Diversion& diversion : parse_diversions(text.text)) {
      Record record(kLinuxPackageOverrideSchema);
      record.set("kind", "diversion");
      record.set("path", diversion.from);
      record.set("diverted_to", diversion.to);
      if (diversion.package != ":") set_unless_empty(record, "package", diversion.package);
      emit(std::move(record));
    }
  }

  static void overrides(const FileText& text, const RecordEmitter& emit) {
    for (const StatOverride& found : parse_statoverride(text.text)) {
      Record record(kLinuxPackageOverrideSchema);
      record.set("kind", "statoverride");
      record.set("path", found.path);
      record.set("user", found.user);
      record.set("group", found.group);
      record.set("mode", found.mode);
      emit(std::move(record));
    }
  }

  static void emit_system(System& system, const RecordEmitter& emit) {
    std::set<std::string> listed;
    const bool have_status = !system.packages.empty();
    for (auto& [path, packages] : system.packages) {
      for (Package& package : packages) {
        auto list = system.lists.find(package.qualified);
        if (list == system.lists.end()) list = system.lists.find(package.name);
        if (list != system.lists.end()) {
          listed.insert(list->first);
          if (list->second.modified) package.record.set("installed", *list->second.modified);
        }
        emit(std::move(package.record));
      }
    }
    for (const auto& [name, list] : system.lists) {
      if (!have_status || listed.contains(name)) continue;
      Record record(kLinuxPackageSchema);
      record.source = list.address;
      record.set("name", name);
      if (list.modified) record.set("installed", *list.modified);
      record.set("remarks", std::vector<std::string>{"has a file list, but dpkg does not know it"});
      emit(std::move(record));
    }
  }

  std::mutex mutex_;
  std::map<std::string, System> systems_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_dpkg() { return std::make_unique<DpkgCollector>(); }

}  // namespace konseki
