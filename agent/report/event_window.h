// EventWindow: the earliest events of a scan that fit into a bound of memory, in order of time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/time.h"

namespace konseki {

// A timeline of any length is sorted without temporary files by scanning its source again and
// again: each pass keeps the earliest events after those already written, as many as fit, and
// drops the latest half whenever the bound is reached. One pass when all fits; about
// 1.5 * size / bound passes when not. Not thread-safe.
class EventWindow {
 public:
  explicit EventWindow(std::size_t bytes) : bytes_limit_(bytes) {}

  // Starts a pass over the same events in the same order.
  void begin_pass();

  // Numbers the next event of the scan; true when it belongs to this pass.
  bool next(const Timestamp& time);
  // Keeps the event that next() just admitted. Events of one row share its text: `row_text` is
  // asked for once, when the first of them is kept.
  void keep(std::string_view desc, const std::function<std::string()>& row_text);
  // The events that follow belong to another row.
  void end_row() { row_.reset(); }

  // Hands out the kept events in order and forgets them. False when a further pass is needed.
  using Visitor =
      std::function<void(const Timestamp&, std::string_view desc, std::string_view row_text)>;
  bool drain(const Visitor& visit);

 private:
  struct Key {
    Timestamp time;
    std::uint64_t sequence = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Event {
    Key key;
    std::uint32_t desc = 0;
    std::uint32_t row = 0;
  };
  struct Row {
    std::string text;
    std::uint32_t uses = 0;
  };
  struct Cost;

  std::uint32_t desc_index(std::string_view desc);
  std::uint32_t add_row(std::string text);
  void release(std::uint32_t row);
  void shrink();

  std::size_t bytes_limit_;
  std::size_t bytes_ = 0;
  std::optional<Key> after_;   // written already, up to and with this
  std::optional<Key> before_;  // dropped in this pass, from this on
  Key current_;
  std::optional<std::uint32_t> row_;
  std::vector<Event> events_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> free_rows_;
  std::map<std::string, std::uint32_t, std::less<>> desc_indices_;
  std::vector<std::string_view> descs_;
};

}  // namespace konseki
