// JSON of any size, read once from front to back: the parts that are asked for become values, the
// rest passes by.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/match/indicators/feed_text.h"
#include "agent/match/stix/value.h"
#include "konseki/result.h"

namespace konseki {

// Where a value stands: the names that lead to it, "*" for an element of a list, each after a '/':
// "/objects/*". The root is "".
struct JsonPlace {
  std::string_view path;
  std::uint64_t line = 0;  // where the value begins, from 1
};

enum class JsonTake {
  kEnter,  // ask again for what is inside
  kWhole,  // give it to take()
  kSkip,
};

enum class JsonShape { kScalar, kObject, kList };

class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;
  virtual JsonTake wants(std::string_view path, JsonShape shape) = 0;
  virtual void take(const JsonPlace& place, stix::Value&& value) = 0;
  // A value that wants() asked for and that is nested deeper than 64 or larger than 64 MiB.
  virtual void too_large(const JsonPlace& place) = 0;
  // After the last thing inside an object or a list that was entered.
  virtual void leave(std::string_view path) { (void)path; }
};

// Errors: kCorrupt with line and column where the text is no JSON (what came before has been
// given), kLimitExceeded where it is nested deeper than 256 or one text is longer than 64 MiB, and
// those of reading. One value, or several with white space between them (JSON Lines): then every
// value is a root, and a line that is no JSON is passed over and told of in the end.
Result<void> read_json_feed(FeedText& text, JsonVisitor& visitor);

}  // namespace konseki
