#include "tests/support/golden.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/base/memory_reader.h"
#include "agent/base/record_json.h"
#include "tests/support/ese_text.h"
#include "tests/support/golden_facts.h"
#include "tests/support/golden_live_host.h"
#include "tests/support/hive_text.h"
#include "tests/support/sql_text.h"

namespace konseki::testing {
namespace {

namespace fs = std::filesystem;

// Every file of a case has these times unless facts.json says otherwise, so that times taken
// from entries are the same on every machine.
constexpr Timestamp kFileTime{1'767'323'045, 0};  // 2026-01-02T03:04:05Z

bool is_drive(std::string_view name) {
  return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z';
}

std::vector<fs::path> sorted_children(const fs::path& folder) {
  std::vector<fs::path> children;
  std::error_code error;
  for (const auto& child : fs::directory_iterator(folder, error)) children.push_back(child.path());
  std::sort(children.begin(), children.end());
  return children;
}

void set_times(Entry& entry) {
  entry.times = {kFileTime, kFileTime, kFileTime, kFileTime, std::nullopt};
}

bool strip_suffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

// Hex digits to bytes; blanks are free and '#' starts a comment.
Result<std::string> decode_hex(const std::string& text) {
  std::string out;
  int high = -1;
  bool comment = false;
  for (char c : text) {
    if (c == '\n') comment = false;
    if (c == '#') comment = true;
    if (comment || c == ' ' || c == '\n' || c == '\t') continue;
    const auto digit = std::string_view("0123456789abcdef").find(c | 0x20);
    if (digit == std::string_view::npos) return fail(ErrorCode::kInvalidArgument, "not hex");
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      out += static_cast<char>(high << 4 | static_cast<int>(digit));
      high = -1;
    }
  }
  if (high >= 0) return fail(ErrorCode::kInvalidArgument, "odd number of hex digits");
  return out;
}

Result<void> add_to_volume(MemoryFileSystem& volume, const fs::path& file, std::string path) {
  if (fs::is_symlink(file)) {
    set_times(volume.add_symlink(path, fs::read_symlink(file).string()));
    return {};
  }
  if (fs::is_directory(file)) {
    set_times(volume.add_directory(path));
    return {};
  }
  std::string content = read_text_file(file.string());
  if (strip_suffix(path, ".symlink")) {
    if (content.ends_with('\n')) content.pop_back();
    set_times(volume.add_symlink(path, std::move(content)));
  } else if (strip_suffix(path, ".hex")) {
    auto bytes = decode_hex(content);
    if (!bytes)
      return fail(ErrorCode::kInvalidArgument, file.string() + ": " + bytes.error().detail);
    set_times(volume.add_file(path, *std::move(bytes)));
  } else if (strip_suffix(path, ".reg")) {
    const auto root = parse_hive_text(content);
    if (!root) return fail(ErrorCode::kInvalidArgument, file.string() + ": " + root.error().detail);
    set_times(volume.add_file(path, build_hive(*root)));
  } else if (strip_suffix(path, ".sql") || strip_suffix(path, ".ese")) {
    const bool sql = file.extension() == ".sql";
    auto database = sql ? build_database(content) : build_ese_database(content);
    if (!database)
      return fail(ErrorCode::kInvalidArgument, file.string() + ": " + database.error().detail);
    set_times(volume.add_file(path, *std::move(database)));
  } else {
    set_times(volume.add_file(path, std::move(content)));
  }
  return {};
}

// git stores no folder named ".git": trees spell it "dot-git".
std::string with_git_folder(std::string path) {
  const std::string_view spelled = "/dot-git/";
  if (const std::size_t at = path.find(spelled); at != std::string::npos) {
    path.replace(at, spelled.size(), "/.git/");
  }
  return path;
}

Result<std::unique_ptr<MemoryFileSystem>> load_volume(const fs::path& root, PathStyle style,
                                                      const std::string& mount) {
  auto volume = std::make_unique<MemoryFileSystem>(style, mount);
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& file : fs::recursive_directory_iterator(root, error)) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string path = file.lexically_relative(root).generic_string();
    KONSEKI_TRY(add_to_volume(*volume, file, with_git_folder(path)));
  }
  return volume;
}

// Turns everything a collector may answer into lines.
class LineSink : public Sink {
 public:
  void emit(Record&& record) override { lines.push_back(record_json_without_source(record)); }
  void collect(FileSystem& file_system, const Entry& entry, std::string_view reason) override {
    add({{"collect", file_system.info().display_path(entry.path)}, {"reason", reason}});
  }
  void gap(std::string_view path, const Error& error) override {
    add({{"gap", path}, {"error", error_code_name(error.code)}});
  }
  void error(std::string_view path, const Error& error) {
    add({{"error", error_code_name(error.code)}, {"path", path}, {"detail", error.detail}});
  }

  std::vector<std::string> lines;

 private:
  void add(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    JsonWriter json(lines.emplace_back());
    json.begin_object();
    for (const auto& [name, value] : fields) json.field(name, value);
    json.end_object();
  }
};

void parse_one(Collector& collector, const OfferedFile& file, LineSink& sink) {
  std::unique_ptr<ByteReader> content = std::make_unique<MemoryReader>(std::vector<std::byte>{});
  if (file.entry.type == FileType::kRegular) {
    auto opened = file.volume->open(file.entry, file.stream);
    if (!opened) return sink.gap(file.path, opened.error());
    content = *std::move(opened);
  }
  auto parsed = collector.parse(file.item(), *content,
                                [&](Record&& record) { sink.emit(std::move(record)); });
  if (!parsed) sink.error(file.path, parsed.error());
}

}  // namespace

std::string read_text_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream out;
  out << stream.rdbuf();
  return std::move(out).str();
}

std::vector<GoldenCase> find_golden_cases(const std::string& directory) {
  std::vector<GoldenCase> cases;
  for (const fs::path& collector : sorted_children(directory)) {
    for (const fs::path& folder : sorted_children(collector)) {
      if (!fs::is_directory(folder / "tree")) continue;
      cases.push_back({collector.filename().string(), folder.filename().string(), folder.string()});
    }
  }
  return cases;
}

Result<GoldenEvidence> load_golden_evidence(const GoldenCase& golden) {
  GoldenEvidence evidence;
  const fs::path tree = fs::path(golden.folder) / "tree";
  for (const fs::path& top : sorted_children(tree)) {
    const std::string name = top.filename().string();
    if (!is_drive(name)) continue;
    KONSEKI_ASSIGN(auto volume, load_volume(top, PathStyle::kWindows, name + ':'));
    evidence.volumes.push_back(std::move(volume));
  }
  if (evidence.volumes.empty()) {
    KONSEKI_ASSIGN(auto volume, load_volume(tree, PathStyle::kPosix, ""));
    evidence.volumes.push_back(std::move(volume));
  }
  KONSEKI_TRY(apply_golden_facts(golden.folder, evidence));
  return evidence;
}

std::vector<OfferedFile> offered_files(const GoldenEvidence& evidence) {
  std::vector<OfferedFile> files;
  for (const auto& volume : evidence.volumes) {
    const std::size_t first = files.size();
    WalkOptions options;
    options.include_deleted = true;
    auto walked = volume->walk(options, [&](const Entry& entry) {
      if (entry.type != FileType::kRegular && entry.type != FileType::kSymlink) {
        return WalkAction::kContinue;
      }
      OfferedFile file{volume.get(), entry, volume->info().display_path(entry.path), "", {}};
      if (auto named = evidence.artifacts.find(file.path); named != evidence.artifacts.end()) {
        file.artifacts = named->second;
      }
      files.push_back(file);
      for (const StreamInfo& stream : entry.streams) {
        file.stream = stream.name;
        files.push_back(file);
      }
      return WalkAction::kContinue;
    });
    (void)walked;  // a walk over memory has nothing to fail on
    std::stable_sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end(),
                     [](const auto& a, const auto& b) { return a.path < b.path; });
  }
  return files;
}

std::vector<std::string> run_collector(Collector& collector, const GoldenEvidence& evidence) {
  LineSink sink;
  collector.begin(evidence.context);
  if (collector.info().volatility != Volatility::kFile) {
    GoldenLiveHost host(*evidence.volumes.front(), evidence.live);
    if (auto observed = collector.observe(host, sink); !observed) {
      sink.error("", observed.error());
    }
  }
  for (const OfferedFile& file : offered_files(evidence)) {
    if (collector.wants(file.item())) parse_one(collector, file, sink);
  }
  auto finished = collector.finish([&](Record&& record) { sink.emit(std::move(record)); });
  if (!finished) sink.error("", finished.error());
  return std::move(sink.lines);
}

}  // namespace konseki::testing
