#include "agent/source/directory/layered_tree.h"

#include <algorithm>
#include <map>

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "agent/source/directory/collected_name.h"
#include "agent/source/directory/sparse_map.h"

namespace konseki {
namespace {

constexpr std::size_t kCachedDirectories = 64;

std::string joined(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && !name.empty()) path += '/';
  path += name;
  return path;
}

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Entry base_entry(const std::string& path) {
  Entry entry;
  entry.path = path;
  entry.type = FileType::kRegular;
  return entry;
}

}  // namespace

LayeredTree::LayeredTree(std::shared_ptr<FileSystem> base, VolumeInfo info,
                         LayeredTreeOptions options)
    : base_(std::move(base)), info_(std::move(info)), options_(std::move(options)) {}

std::string LayeredTree::key(std::string_view name) const {
  return info_.style == PathStyle::kWindows ? fold_case(name) : std::string(name);
}

// Nothing to change but the case of look-ups.
bool LayeredTree::is_plain() const {
  return options_.layers == std::vector<std::string>{""} && !options_.percent_names &&
         !options_.split_streams && !options_.sparse_maps && options_.hidden.empty();
}

namespace {

constexpr std::string_view kIndexEnding = ".idx";

// Where a directory's items are gathered, by key and name.
template <class Item>
using ItemMap = std::map<std::pair<std::string, std::string>, Item>;

// The first item of that key, whatever its spelling; null when there is none.
template <class Item>
Item* any_spelling(ItemMap<Item>& items, const std::string& key) {
  const auto found = items.lower_bound({key, ""});
  return found != items.end() && found->first.first == key ? &found->second : nullptr;
}

}  // namespace

// Only a file that is a map of its neighbour's holes counts as one.
void LayeredTree::take_index(const std::unordered_map<std::string, std::string>& indexes,
                             Stored& content, std::unordered_set<std::string>& taken) {
  const auto found = indexes.find(content.path);
  if (found == indexes.end()) return;
  auto reader = base_->open(base_entry(found->second), {});
  if (!reader) return;
  const auto runs = read_sparse_map(**reader);
  if (!runs) return;
  content.index = found->second;
  content.size = original_size(*runs);
  taken.insert(found->second);
}

Result<LayeredTree::Directory> LayeredTree::read(const std::string& path,
                                                 const std::vector<std::string>& base_paths,
                                                 std::unordered_map<std::string, Entry>* entries) {
  ItemMap<Item> items;
  std::vector<std::pair<std::string, Stream>> streams;   // with the name of their file
  std::unordered_map<std::string, std::string> indexes;  // stored path to its map's path
  bool any = false;
  Error first_error;

  const auto add = [&](std::string name, const Entry& entry) {
    Item& item = items[{key(name), name}];
    item.key = key(name);
    item.name = std::move(name);
    item.type = entry.type;
    item.base_paths = {entry.path};
    item.content = {entry.path, "", entry.size};
    if (entries != nullptr) (*entries)[entry.path] = entry;
  };
  for (std::size_t layer = 0; layer < base_paths.size(); ++layer) {
    std::unordered_set<std::string> earlier;  // keys that a layer before this one holds
    for (const auto& [key_and_name, item] : items) earlier.insert(key_and_name.first);
    auto listed = base_->list(base_paths[layer], [&](const Entry& entry) {
      if (options_.hidden.contains(entry.path)) return WalkAction::kContinue;
      if (options_.sparse_maps && entry.path.ends_with(kIndexEnding)) {
        indexes[entry.path.substr(0, entry.path.size() - kIndexEnding.size())] = entry.path;
      }
      std::string name(entry.name());
      if (options_.percent_names) {
        if (auto decoded = percent_decoded(name)) name = *std::move(decoded);
      }
      if (options_.split_streams && entry.type == FileType::kRegular) {
        if (auto stream = collected_stream(path, name)) {
          streams.push_back({stream->file, {stream->stream, {entry.path, "", entry.size}}});
          return WalkAction::kContinue;
        }
      }
      if (earlier.contains(key(name))) {
        Item& item = *any_spelling(items, key(name));
        if (item.type == FileType::kDirectory && entry.type == FileType::kDirectory) {
          item.base_paths.push_back(entry.path);
        }
        return WalkAction::kContinue;
      }
      // Of two stored names that decode to one, the one with escapes keeps its stored form.
      if (const auto twin = items.find({key(name), name}); twin != items.end()) {
        if (name == entry.name()) {
          Item moved = std::move(twin->second);
          items.erase(twin);
          moved.name = last_name(moved.content.path);
          moved.key = key(moved.name);
          std::pair place(moved.key, moved.name);
          items.emplace(std::move(place), std::move(moved));
        } else {
          name = entry.name();
        }
      }
      add(std::move(name), entry);
      return WalkAction::kContinue;
    });
    any = any || listed.has_value();
    if (!listed && first_error.detail.empty()) first_error = listed.error();
  }
  if (!any) return fail(std::move(first_error));

  for (auto& [file, stream] : streams) {
    Item* item = any_spelling(items, key(file));
    if (item == nullptr) {
      item = &items[{key(file), file}];
      item->key = key(file);
      item->name = file;
      item->type = FileType::kRegular;
    }
    const std::string& name = stream.name;
    const bool twice = std::any_of(item->streams.begin(), item->streams.end(),
                                   [&name](const Stream& other) { return other.name == name; });
    if (!twice) item->streams.push_back(std::move(stream));
  }

  std::unordered_set<std::string> taken;
  for (auto& [ignored, item] : items) {
    if (item.type == FileType::kRegular) take_index(indexes, item.content, taken);
    for (Stream& stream : item.streams) take_index(indexes, stream.content, taken);
    std::sort(item.streams.begin(), item.streams.end(),
              [](const Stream& a, const Stream& b) { return a.name < b.name; });
  }
  Directory directory{path, {}};
  for (auto& [ignored, item] : items) {
    if (taken.contains(item.content.path)) continue;
    std::erase_if(item.streams,
                  [&](const Stream& stream) { return taken.contains(stream.content.path); });
    directory.items.push_back(std::move(item));
  }
  return directory;
}

Result<std::shared_ptr<const LayeredTree::Directory>> LayeredTree::cached(
    const std::string& path, const std::vector<std::string>& base_paths) {
  for (auto at = cache_.begin(); at != cache_.end(); ++at) {
    if ((*at)->path != path) continue;
    cache_.splice(cache_.begin(), cache_, at);
    return cache_.front();
  }
  KONSEKI_ASSIGN(auto directory, read(path, base_paths, nullptr));
  cache_.push_front(std::make_shared<const Directory>(std::move(directory)));
  if (cache_.size() > kCachedDirectories) cache_.pop_back();
  return cache_.front();
}

// Of names that differ in case alone the one spelled as asked, else the first.
const LayeredTree::Item* LayeredTree::find(const Directory& directory, const std::string& wanted,
                                           std::string_view name) {
  const auto first =
      std::lower_bound(directory.items.begin(), directory.items.end(), wanted,
                       [](const Item& item, const std::string& value) { return item.key < value; });
  const Item* answer = nullptr;
  for (auto at = first; at != directory.items.end() && at->key == wanted; ++at) {
    if (answer == nullptr || at->name == name) answer = &*at;
  }
  return answer;
}

Result<LayeredTree::Item> LayeredTree::resolve(std::string_view path, std::string& stored) {
  Item at;
  at.type = FileType::kDirectory;
  at.base_paths = options_.layers;
  stored.clear();
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (at.type != FileType::kDirectory || at.base_paths.empty()) {
      return fail(ErrorCode::kNotFound, std::string(path));
    }
    KONSEKI_ASSIGN(const auto directory, cached(stored, at.base_paths));
    const Item* item = find(*directory, key(name), name);
    if (item == nullptr) return fail(ErrorCode::kNotFound, std::string(path));
    stored = joined(stored, item->name);
    at = *item;
  }
  return at;
}

Entry LayeredTree::make_entry(const Item& item, const Entry* base, std::string path) {
  Entry entry;
  if (base != nullptr) entry = *base;
  entry.path = std::move(path);
  entry.type = item.type;
  if (!item.content.index.empty()) entry.size = item.content.size;
  for (const Stream& stream : item.streams) {
    entry.streams.push_back({stream.name, stream.content.size});
  }
  return entry;
}

// The path as the base has it, for trees that are plain.
Result<std::string> LayeredTree::plain_path(std::string_view path) {
  if (info_.style == PathStyle::kPosix || base_->stat(path)) return std::string(path);
  std::string stored;
  KONSEKI_TRY(resolve(path, stored));
  return stored;
}

Result<Entry> LayeredTree::stat(std::string_view path) {
  if (is_plain()) {
    KONSEKI_ASSIGN(const std::string stored, plain_path(path));
    return base_->stat(stored);
  }
  std::string stored;
  KONSEKI_ASSIGN(const Item item, resolve(path, stored));
  for (const std::string& base_path : item.base_paths) {
    auto base = base_->stat(base_path);
    if (!base && base.error().code == ErrorCode::kNotFound) continue;  // another layer has it
    if (!base) return fail(std::move(base).error());
    return make_entry(item, &*base, std::move(stored));
  }
  if (!item.base_paths.empty()) return fail(ErrorCode::kNotFound, std::string(path));
  return make_entry(item, nullptr, std::move(stored));
}

Result<void> LayeredTree::list(std::string_view path, const EntryVisitor& visit) {
  if (is_plain()) {
    KONSEKI_ASSIGN(const std::string stored, plain_path(path));
    return base_->list(stored, visit);
  }
  std::string stored;
  KONSEKI_ASSIGN(const Item item, resolve(path, stored));
  if (item.type != FileType::kDirectory) return fail(ErrorCode::kNotFound, std::string(path));
  std::unordered_map<std::string, Entry> entries;
  KONSEKI_ASSIGN(const Directory directory, read(stored, item.base_paths, &entries));
  for (const Item& child : directory.items) {
    const auto base = child.base_paths.empty() ? entries.end() : entries.find(child.base_paths[0]);
    const Entry entry = make_entry(child, base == entries.end() ? nullptr : &base->second,
                                   joined(stored, child.name));
    if (visit(entry) == WalkAction::kStop) return {};
  }
  return {};
}

Result<void> LayeredTree::walk(const WalkOptions& options, const EntryVisitor& visit) {
  if (!is_plain()) return FileSystem::walk(options, visit);
  WalkOptions below = options;
  if (auto start = plain_path(options.start)) below.start = *std::move(start);
  return base_->walk(below, visit);
}

Result<std::unique_ptr<ByteReader>> LayeredTree::open_stored(const Stored& content) {
  KONSEKI_ASSIGN(auto stored, base_->open(base_entry(content.path), {}));
  if (content.index.empty()) return stored;
  KONSEKI_ASSIGN(auto map, base_->open(base_entry(content.index), {}));
  KONSEKI_ASSIGN(auto runs, read_sparse_map(*map));
  return make_sparse_reader(std::move(stored), std::move(runs));
}

Result<std::unique_ptr<ByteReader>> LayeredTree::open(const Entry& entry, std::string_view stream) {
  if (is_plain()) return base_->open(entry, stream);
  if (entry.type != FileType::kRegular) {
    return fail(ErrorCode::kUnsupported, entry.path + ": not a regular file");
  }
  std::string stored;
  KONSEKI_ASSIGN(const Item item, resolve(entry.path, stored));
  if (stream.empty()) {
    if (!item.base_paths.empty()) return open_stored(item.content);
    if (item.name.starts_with('$')) return std::make_unique<MemoryReader>(std::vector<std::byte>());
    return fail(ErrorCode::kNotFound, entry.path + ": only its streams were collected");
  }
  for (const Stream& candidate : item.streams) {
    if (key(candidate.name) == key(stream)) {
      return open_stored(candidate.content);
    }
  }
  // A collection on NTFS may hold streams as streams.
  if (!item.base_paths.empty()) return base_->open(base_entry(item.base_paths[0]), stream);
  return fail(ErrorCode::kNotFound, entry.path + ": no stream " + std::string(stream));
}

}  // namespace konseki
