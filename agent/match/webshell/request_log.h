// RequestLog: what access logs say about each path and each client, bounded.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/match/webshell/ranked_map.h"
#include "konseki/finding.h"
#include "konseki/matcher.h"
#include "konseki/record.h"

namespace konseki::webshell {

struct RequestLogLimits {
  std::size_t paths = 200'000;    // scripts first
  std::size_t clients = 100'000;  // that sent more than they fetched
  std::size_t places = 1000;      // lines a path, the earliest
  std::size_t per_client = 64;    // requests a client, the earliest
  std::size_t all_places = 2'000'000;
};

// One line of a log.
struct RequestPlace {
  std::int64_t seconds = 0;  // 0 where the line has no time
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t line = 0;
  std::uint32_t source = 0;  // the log
};

// One request as it is told to people.
struct ToldRequest {
  Timestamp time;
  std::string method;
  std::string path;
  std::uint64_t status = 0;
  std::string client;
  PathSpec address;
};

// What the logs say about one file.
struct RequestStory {
  std::vector<Witness> witnesses;  // log.*; empty when nobody asked for it
  std::optional<Timestamp> first;  // request
  std::optional<Timestamp> last;
  std::vector<std::string> clients;  // all of them, sorted; empty when there are more than eight
  std::uint64_t hits = 0;
  std::uint64_t answered = 0;  // with 2xx
};

// see() may be called from several threads; everything else after the last record. What is kept
// depends on the records, never on their order.
class RequestLog {
 public:
  explicit RequestLog(RequestLogLimits limits = {});

  void begin(const MatchContext& context);
  // Takes web.access records, ignores others.
  void see(const Record& record);

  // The requests for a file, found by its path below the document root, else by the longest part
  // of its path that was asked for, the name and one folder at least. `birth`: when the file came
  // to be, as far as known.
  RequestStory story_of(const PathSpec& file, std::optional<Timestamp> birth) const;
  // What these clients sent (other methods than GET, commands), and the paths that they and few
  // others asked for; in the order of time, at most `most`.
  std::vector<ToldRequest> requests_of(const std::set<std::string>& clients,
                                       std::size_t most) const;

  std::uint64_t requests() const { return requests_; }
  std::uint64_t left_out() const { return paths_.dropped() + clients_.dropped(); }

 private:
  struct Path {
    std::uint64_t hits = 0, posts = 0, answered = 0, no_referer = 0, commands = 0, tools = 0;
    std::uint64_t least_bytes = 0, most_bytes = 0;
    bool sized = false;
    std::optional<Timestamp> first, last;
    std::vector<std::uint64_t> client_hashes;  // sorted, at most kMostClients
    std::set<std::string> clients;             // the first kNamedClients by name
    std::set<std::string> agents;              // likewise
    std::vector<RequestPlace> places;          // a heap, the latest on top
    std::string a_command;                     // the least of the queries with a command
  };
  struct Client {
    // By time and place.
    std::map<std::tuple<std::int64_t, std::string, std::uint64_t>, ToldRequest> requests;
  };
  struct Source {
    PathSpec address;
    std::uint64_t hash = 0;
  };

  const std::vector<std::size_t>& places_of(const RecordSchema& schema);
  void keep_place(Path& path, const RequestPlace& place);
  bool before(const RequestPlace& a, const RequestPlace& b) const;
  std::uint32_t source_of(const PathSpec& address);
  const Path* find(const PathSpec& file) const;
  PathSpec address_of(const RequestPlace& place) const;
  void tell(const Path& path, std::optional<Timestamp> birth, RequestStory& story) const;

  RequestLogLimits limits_;
  std::vector<std::string> roots_;
  mutable std::mutex mutex_;  // of all below
  const RecordSchema* schema_ = nullptr;
  std::vector<std::size_t> fields_;
  RankedMap<Path> paths_;
  RankedMap<Client> clients_;
  std::vector<Source> sources_;
  std::map<std::string, std::uint32_t> source_ids_;
  std::size_t places_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t with_referer_ = 0;
  std::set<std::uint64_t> some_clients_;  // the first hundred hashes
  std::optional<Timestamp> first_;        // of all logs
};

// True when a parameter of the query (percent-encoding removed) holds a command or code.
bool has_command(std::string_view query);

}  // namespace konseki::webshell
