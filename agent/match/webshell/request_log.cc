#include "agent/match/webshell/request_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "agent/match/webshell/site_path.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kMostClients = 64;
constexpr std::size_t kNamedClients = 8;
constexpr std::size_t kMostText = 300;
constexpr std::size_t kShownLines = 40;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kFew = 3;           // addresses that ask for something only its owner knows
constexpr std::size_t kManyClients = 20;  // of a log in which few addresses mean something

enum Column : std::size_t {
  kTime,
  kClient,
  kMethod,
  kPath,
  kQuery,
  kStatus,
  kBytes,
  kReferer,
  kAgent,
  kForwarded,
  kLine,
};
constexpr auto kColumns =
    std::to_array<std::string_view>({"time", "client", "method", "path", "query", "http_status",
                                     "bytes", "referer", "user_agent", "forwarded_for", "line"});

// Alone under a parameter of a telling name these are commands.
constexpr auto kCommands = std::to_array<std::string_view>(
    {"whoami",   "id",       "uname",      "ls",       "dir",      "cat",        "pwd",
     "ipconfig", "ifconfig", "netstat",    "ps",       "tasklist", "systeminfo", "wget",
     "curl",     "ping",     "powershell", "cmd",      "cmd.exe",  "nc",         "bash",
     "sh",       "python",   "perl",       "hostname", "chmod",    "rm",         "certutil"});
constexpr auto kCommandNames = std::to_array<std::string_view>(
    {"cmd", "c", "exec", "command", "execute", "cm", "shell", "run", "system"});
// Under any name.
constexpr auto kTelling = std::to_array<std::string_view>(
    {"whoami", "uname -a", "cat /etc/", "/bin/sh", "/bin/bash", "cmd.exe", "cmd /c", "powershell",
     "net user", "ipconfig /all", "wget http", "curl http", "system(", "passthru(", "shell_exec(",
     "eval(", "phpinfo()", "base64_decode(", "assert("});
constexpr auto kTools = std::to_array<std::string_view>(
    {"curl/", "wget/", "python-requests", "python-urllib", "go-http-client", "libwww-perl", "java/",
     "okhttp", "antsword", "sqlmap", "httpie", "aiohttp", "node-fetch", "winhttp"});

std::string_view text_at(const Record& record, std::size_t column) {
  if (column >= record.values().size()) return {};
  const auto* text = std::get_if<std::string>(&record.values()[column]);
  return text ? std::string_view(*text) : std::string_view();
}

std::optional<std::uint64_t> number_at(const Record& record, std::size_t column) {
  if (column >= record.values().size()) return std::nullopt;
  const auto* number = std::get_if<std::uint64_t>(&record.values()[column]);
  return number ? std::optional(*number) : std::nullopt;
}

bool is_tool(std::string_view agent) {
  const std::string lower = lower_case(agent.substr(0, 80));
  return std::any_of(kTools.begin(), kTools.end(),
                     [&](std::string_view tool) { return lower.find(tool) != std::string::npos; });
}

// The first address that a proxy names, else the peer. A client may lie about the former; that
// makes it more addresses, never fewer.
std::string_view client_of(const Record& record, const std::vector<std::size_t>& columns) {
  std::string_view forwarded = text_at(record, columns[kForwarded]);
  forwarded = forwarded.substr(0, forwarded.find(','));
  while (forwarded.ends_with(' ')) forwarded.remove_suffix(1);
  return (forwarded.empty() ? text_at(record, columns[kClient]) : forwarded).substr(0, 64);
}

// IIS asks case-blind.
bool is_case_blind(std::string_view path) {
  return (path.size() > 1 && path[1] == ':') || path.find("/u_ex") != std::string_view::npos;
}

void keep_first(std::set<std::string>& names, std::string_view name, std::size_t most) {
  if (name.empty()) return;
  if (names.size() >= most && !(name < *names.rbegin())) return;
  names.emplace(name);
  if (names.size() > most) names.erase(std::prev(names.end()));
}

void widen(std::optional<Timestamp>& first, std::optional<Timestamp>& last, Timestamp time) {
  if (!first || time < *first) first = time;
  if (!last || *last < time) last = time;
}

std::string second_of(Timestamp time) { return time.iso8601().substr(0, 19) + "Z"; }

std::string joined(const std::set<std::string>& names, std::string_view between) {
  return fmt::format("{}", fmt::join(names, between));
}

}  // namespace

bool has_command(std::string_view query) {
  if (query.empty()) return false;
  std::string lower = lower_case(query.substr(0, 2000));
  std::replace(lower.begin(), lower.end(), '+', ' ');
  std::string_view rest = lower;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = part.substr(0, equals);
    std::string_view value = part.substr(equals + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    for (const std::string_view each : kTelling) {
      if (value.starts_with(each)) return true;
    }
    const std::string_view word = value.substr(0, value.find_first_of(" ;|<>\t"));
    if (is_one_of(name, kCommandNames) && is_one_of(word, kCommands)) return true;
  }
  return false;
}

RequestLog::RequestLog(RequestLogLimits limits)
    : limits_(limits), paths_(limits.paths), clients_(limits.clients) {}

void RequestLog::begin(const MatchContext& context) {
  const auto roots = context.variables.find("web.root");
  if (roots != context.variables.end()) roots_ = roots->second;
  for (const WebSite& site : context.host.web_sites) {
    roots_.insert(roots_.end(), site.roots.begin(), site.roots.end());
  }
}

const std::vector<std::size_t>& RequestLog::places_of(const RecordSchema& schema) {
  if (schema_ != &schema) {
    schema_ = &schema;
    fields_.clear();
    for (const std::string_view name : kColumns) fields_.push_back(schema.index_of(name));
  }
  return fields_;
}

std::uint32_t RequestLog::source_of(const PathSpec& address) {
  std::string key = address.volume + '\0' + subject_path(address);
  const auto [found, is_new] =
      source_ids_.try_emplace(key, static_cast<std::uint32_t>(sources_.size()));
  if (is_new) {
    Source source{address, stable_hash(key)};
    source.address.range.reset();
    sources_.push_back(std::move(source));
  }
  return found->second;
}

bool RequestLog::before(const RequestPlace& a, const RequestPlace& b) const {
  return std::tuple(a.seconds, sources_[a.source].hash, a.offset) <
         std::tuple(b.seconds, sources_[b.source].hash, b.offset);
}

// The earliest limits_.places of a path. When all together become too many the limit is halved
// for everyone; the final limit follows from the final numbers alone.
void RequestLog::keep_place(Path& path, const RequestPlace& place) {
  const auto order = [this](const RequestPlace& a, const RequestPlace& b) { return before(a, b); };
  auto& heap = path.places;
  if (heap.size() >= limits_.places) {
    if (!before(place, heap.front())) return;
    std::pop_heap(heap.begin(), heap.end(), order);
    heap.back() = place;
    std::push_heap(heap.begin(), heap.end(), order);
    return;
  }
  heap.push_back(place);
  std::push_heap(heap.begin(), heap.end(), order);
  if (++places_ <= limits_.all_places || limits_.places < 2) return;
  limits_.places /= 2;
  places_ = 0;
  for (auto& [key, each] : paths_.all()) {
    while (each.places.size() > limits_.places) {
      std::pop_heap(each.places.begin(), each.places.end(), order);
      each.places.pop_back();
    }
    places_ += each.places.size();
  }
}

void RequestLog::see(const Record& record) {
  if (record.schema().name != "web.access" || record.status == ParseStatus::kCorrupt) return;
  std::lock_guard lock(mutex_);
  const std::vector<std::size_t>& columns = places_of(record.schema());
  const std::string_view sent = text_at(record, columns[kPath]);
  if (sent.empty() || !sent.starts_with('/') || sent.size() > 4096) return;
  ++requests_;
  const std::string_view client = client_of(record, columns);
  const std::string_view method = text_at(record, columns[kMethod]);
  const std::string_view query = text_at(record, columns[kQuery]);
  const std::string_view agent = text_at(record, columns[kAgent]);
  const std::uint64_t client_hash = stable_hash(client);
  const std::optional<std::uint64_t> status = number_at(record, columns[kStatus]);
  const bool answered = status && *status >= 200 && *status < 300;
  const bool referred = !text_at(record, columns[kReferer]).empty();
  const auto* time = columns[kTime] < record.values().size()
                         ? std::get_if<Timestamp>(&record.values()[columns[kTime]])
                         : nullptr;
  if (referred) ++with_referer_;
  if (some_clients_.size() < 100) some_clients_.insert(client_hash);
  if (time && (!first_ || *time < *first_)) first_ = *time;

  std::string key = request_key(sent);
  if (is_case_blind(record.source.path)) key = lower_case(key);
  const bool script = is_script_name(base_name(key));
  const std::uint64_t rank = (script ? 0 : std::uint64_t{1} << 63) | stable_hash(key) >> 1;
  const bool command = has_command(query);
  RequestPlace place;
  place.seconds = time ? time->seconds : 0;
  if (record.source.range) {
    place.offset = record.source.range->offset;
    place.length = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(record.source.range->length, UINT32_MAX));
  }
  place.line = static_cast<std::uint32_t>(number_at(record, columns[kLine]).value_or(0));
  place.source = source_of(record.source);

  const bool sends = method != "GET" && method != "HEAD" && method != "OPTIONS" && !method.empty();
  if (sends || command) {
    if (Client* its = clients_.at(client, client_hash, [](const Client&) {})) {
      ToldRequest told{time ? *time : Timestamp{}, std::string(method.substr(0, 20)),
                       key.substr(0, kMostText),   status.value_or(0),
                       std::string(client),        address_of(place)};
      its->requests.emplace(std::tuple(place.seconds, record.source.path, place.offset),
                            std::move(told));
      if (its->requests.size() > limits_.per_client) {
        its->requests.erase(std::prev(its->requests.end()));
      }
    }
  }
  Path* path = paths_.at(key, rank, [this](const Path& gone) { places_ -= gone.places.size(); });
  if (!path) return;
  ++path->hits;
  if (method == "POST") ++path->posts;
  if (answered) ++path->answered;
  if (!referred) ++path->no_referer;
  if (is_tool(agent)) ++path->tools;
  if (command) {
    ++path->commands;
    std::string shown(query.substr(0, kMostText));
    if (path->a_command.empty() || shown < path->a_command) path->a_command = std::move(shown);
  }
  if (const auto bytes = number_at(record, columns[kBytes])) {
    path->least_bytes = path->sized ? std::min(path->least_bytes, *bytes) : *bytes;
    path->most_bytes = path->sized ? std::max(path->most_bytes, *bytes) : *bytes;
    path->sized = true;
  }
  if (time) widen(path->first, path->last, *time);
  auto& hashes = path->client_hashes;
  const auto at = std::lower_bound(hashes.begin(), hashes.end(), client_hash);
  if ((at == hashes.end() || *at != client_hash) && hashes.size() < kMostClients) {
    hashes.insert(at, client_hash);
  }
  keep_first(path->clients, client, kNamedClients);
  keep_first(path->agents, agent.substr(0, kMostText), kNamedClients);
  keep_place(*path, place);
}

PathSpec RequestLog::address_of(const RequestPlace& place) const {
  PathSpec address = sources_[place.source].address;
  address.range = ByteRange{place.offset, place.length};
  return address;
}

const RequestLog::Path* RequestLog::find(const PathSpec& file) const {
  const auto parts = components_of(file.path);
  if (parts.empty()) return nullptr;
  bool known = false;
  const std::size_t begin = site_begin(parts, roots_, known);
  const auto key_from = [&](std::size_t first) {
    std::string key;
    for (std::size_t i = first; i < parts.size(); ++i) key += '/' + std::string(parts[i]);
    return key;
  };
  const auto look = [&](const std::string& key) -> const Path* {
    if (!is_case_blind(file.path)) {
      if (const Path* path = paths_.find(key)) return path;
    }
    return paths_.find(lower_case(key));
  };
  if (begin < parts.size()) {
    if (const Path* path = look(key_from(begin))) return path;
  }
  // A site may be served from a folder that is not known here, or under an alias.
  for (std::size_t first = 0; first + 1 < parts.size(); ++first) {
    if (first == begin) continue;
    if (const Path* path = look(key_from(first))) return path;
  }
  return nullptr;
}

RequestStory RequestLog::story_of(const PathSpec& file, std::optional<Timestamp> birth) const {
  RequestStory story;
  if (const Path* path = find(file)) tell(*path, birth, story);
  return story;
}

void RequestLog::tell(const Path& path, std::optional<Timestamp> birth, RequestStory& story) const {
  story.first = path.first;
  story.last = path.last;
  story.hits = path.hits;
  story.answered = path.answered;
  const std::size_t clients = path.client_hashes.size();
  if (clients <= path.clients.size()) {
    story.clients.assign(path.clients.begin(), path.clients.end());
  }
  const bool more = clients > path.clients.size();
  const std::string who_en = fmt::format("{}{}", joined(path.clients, ", "), more ? ", ..." : "");
  const std::string who_ja = fmt::format("{}{}", joined(path.clients, "、"), more ? " ほか" : "");
  const std::string from = path.first ? second_of(*path.first) : "?";
  const std::string to = path.last ? second_of(*path.last) : "?";
  const auto add = [&](std::string_view name, int score, std::string en, std::string ja) {
    Witness witness;
    witness.name = name;
    witness.score = score;
    witness.text = {std::move(en), std::move(ja)};
    story.witnesses.push_back(std::move(witness));
  };
  add("log.requests", 0,
      fmt::format(
          "is requested {} times ({} POST, {} answered with 2xx{}) from {} to {} by {}", path.hits,
          path.posts, path.answered,
          path.sized ? fmt::format(", {} to {} bytes", path.least_bytes, path.most_bytes) : "",
          from, to, who_en),
      fmt::format(
          "アクセスログに {} 回のリクエスト (POST {} 回、2xx 応答 {} 回{})、{} から {} "
          "まで、送信元 {}",
          path.hits, path.posts, path.answered,
          path.sized ? fmt::format("、{}～{} バイト", path.least_bytes, path.most_bytes) : "", from,
          to, who_ja));
  Witness& lines = story.witnesses.back();
  std::vector<RequestPlace> places = path.places;
  std::sort(places.begin(), places.end(), [this](const RequestPlace& a, const RequestPlace& b) {
    return std::tuple(subject_path(sources_[a.source].address), a.offset) <
           std::tuple(subject_path(sources_[b.source].address), b.offset);
  });
  std::optional<std::uint32_t> source;
  std::size_t shown = 0;
  for (const RequestPlace& place : places) {
    lines.addresses.push_back(address_of(place));
    if (++shown > kShownLines) continue;
    if (source != place.source) {
      source = place.source;
      lines.excerpt += fmt::format("{}{}: {}", lines.excerpt.empty() ? "" : "\n",
                                   subject_path(sources_[place.source].address), place.line);
    } else {
      lines.excerpt += fmt::format(", {}", place.line);
    }
  }
  if (path.hits > kShownLines) lines.excerpt += ", ...";
  if (path.answered == 0) return;  // asked for, never found: nobody used it

  const bool few = clients <= kFew && path.hits >= 2 && some_clients_.size() >= kManyClients;
  if (few) {
    add("log.few_clients", 25,
        fmt::format("is known to {} of the site's visitors only ({})", clients, who_en),
        fmt::format("利用者のうち {} アドレスだけがアクセス ({})", clients, who_ja));
  }
  if (path.posts == path.hits && path.hits >= 2) {
    add("log.post_only", 20,
        fmt::format("is only sent data, never looked at ({} POST by {})", path.posts, who_en),
        fmt::format("POST だけでアクセス ({} 回、{})", path.posts, who_ja));
  }
  if (path.no_referer == path.hits && path.hits >= 2 && with_referer_ * 5 > requests_) {
    add("log.no_referer", 10, fmt::format("is never reached from a link ({})", who_en),
        fmt::format("リンク元 (Referer) のないアクセスだけ ({})", who_ja));
  }
  if (path.commands > 0) {
    // Scanners send commands to every page of a site; those that many others read, too.
    const bool mostly = path.commands * 5 >= path.hits;
    add("log.commands", mostly ? 50 : 10,
        fmt::format("is sent commands in {} requests by {}", path.commands, who_en),
        fmt::format("コマンドを含むリクエストが {} 回 ({})", path.commands, who_ja));
    story.witnesses.back().excerpt = path.a_command;
  }
  if (path.tools == path.hits && path.hits >= 2) {
    add("log.tool_agent", 20,
        fmt::format("is requested by programs, not browsers ({})", joined(path.agents, ", ")),
        fmt::format("ブラウザーではなくプログラムからのアクセス ({})", joined(path.agents, "、")));
  }
  // A page that says the same to everybody has one size; one that runs commands has many.
  if (few && path.sized && path.hits >= 3 && path.most_bytes >= 1000 &&
      path.most_bytes / 10 >= std::max<std::uint64_t>(path.least_bytes, 1)) {
    add("log.sizes", 10,
        fmt::format("answers with {} to {} bytes to the same few ({})", path.least_bytes,
                    path.most_bytes, who_en),
        fmt::format("同じ少数の相手への応答が {}～{} バイトと大きく変動 ({})", path.least_bytes,
                    path.most_bytes, who_ja));
  }
  if (birth && path.first && first_ && path.first->seconds >= birth->seconds - 60 &&
      path.first->seconds - birth->seconds <= kDay && first_->seconds < birth->seconds - kHour) {
    add("log.first_after_birth", 25,
        fmt::format("is first requested at {}, soon after the file came to be at {}, by {}", from,
                    second_of(*birth), who_en),
        fmt::format("ファイルが現れた {} の直後、{} に初めてアクセス ({})", second_of(*birth), from,
                    who_ja));
  }
}

std::vector<ToldRequest> RequestLog::requests_of(const std::set<std::string>& clients,
                                                 std::size_t most) const {
  std::vector<ToldRequest> out;
  std::set<std::pair<std::string, std::string>> told;
  for (const std::string& client : clients) {
    if (const Client* its = clients_.find(client)) {
      for (const auto& [when, request] : its->requests) {
        told.emplace(client, request.path);
        out.push_back(request);
      }
    }
  }
  for (const auto& [key, path] : paths_.all()) {
    if (path.client_hashes.size() > path.clients.size() || path.places.empty()) continue;
    for (const std::string& client : path.clients) {
      if (!clients.contains(client) || told.contains({client, key})) continue;
      const auto earliest =
          std::min_element(path.places.begin(), path.places.end(),
                           [this](const auto& a, const auto& b) { return before(a, b); });
      // Of several clients the line may be another's: then it only tells that the path was asked.
      out.push_back({path.first.value_or(Timestamp{}), "GET", key, path.answered > 0 ? 200u : 0u,
                     client, address_of(*earliest)});
    }
  }
  std::sort(out.begin(), out.end(), [](const ToldRequest& a, const ToldRequest& b) {
    return std::tuple(a.time, a.client, a.path, subject_path(a.address), a.method) <
           std::tuple(b.time, b.client, b.path, subject_path(b.address), b.method);
  });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace konseki::webshell
