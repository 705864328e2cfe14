// QueryJoiner: a question with the answers and forwards that follow it in the log, as one record.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "collectors/common/resolver_log/resolver_line.h"
#include "konseki/record.h"

namespace konseki {

// Keeps the last few questions until lines about the same name have come; so one question is one
// record, whatever the log says of it in how many lines. Lines of which the question is not there
// become records of their own. Records come in the order of their first lines.
class QueryJoiner {
 public:
  explicit QueryJoiner(const RecordEmitter& emit) : emit_(emit) {}

  void add(const ResolverLine& line, std::uint64_t number, const ByteRange& range);
  // At the end of the log.
  void finish();

 private:
  struct Open {
    Record record;
    std::string name;
    std::vector<std::string> answers;
    std::vector<std::string> servers;
  };
  Open* find(const std::string& name, const ResolverLine& line);
  void close_first();

  const RecordEmitter& emit_;
  std::deque<Open> open_;
  std::string chain_;  // name of the question whose answer is an alias; the next lines are about it
};

}  // namespace konseki
