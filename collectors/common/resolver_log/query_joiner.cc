#include "collectors/common/resolver_log/query_joiner.h"

#include <algorithm>

#include "agent/base/unicode.h"
#include "collectors/common/logs/log_coverage.h"
#include "collectors/common/resolver_log/schema.h"

namespace konseki {
namespace {

constexpr std::size_t kMostOpen = 64;
constexpr std::size_t kMostAnswers = 64;

void add_once(std::vector<std::string>& list, std::string_view text) {
  if (text.empty() || list.size() >= kMostAnswers) return;
  std::string value = bounded_text(text);
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

void set(Record& record, DnsQueryField field, std::string_view text) {
  if (!text.empty()) record.set_at(field, bounded_text(text));
}

}  // namespace

// The latest question about `name`, of the same client where both are known.
QueryJoiner::Open* QueryJoiner::find(const std::string& name, const ResolverLine& line) {
  const auto found = std::find_if(open_.rbegin(), open_.rend(), [&](const Open& open) {
    const auto* client = std::get_if<std::string>(&open.record.values()[kDnsClient]);
    return open.name == name &&
           (line.client.empty() || client == nullptr || *client == line.client);
  });
  return found == open_.rend() ? nullptr : &*found;
}

void QueryJoiner::add(const ResolverLine& line, std::uint64_t number, const ByteRange& range) {
  const std::string name = fold_case(line.name);
  if (line.kind != ResolverLine::Kind::kQuery) {
    Open* found = find(name, line);
    if (found == nullptr && !chain_.empty() && line.kind == ResolverLine::Kind::kReply) {
      found = find(chain_, line);
      if (found != nullptr) add_once(found->answers, line.name);
    } else {
      chain_.clear();
    }
    if (found != nullptr) {
      add_once(found->answers, line.answer);
      add_once(found->servers, line.server);
      set(found->record, kDnsResult, line.result);
      if (line.alias) chain_ = found->name;
      return;
    }
  }
  chain_.clear();
  if (open_.size() >= kMostOpen) close_first();
  Open open{Record(kDnsQuerySchema), name, {}, {}};
  Record& record = open.record;
  if (line.time) record.set_at(kDnsTime, *line.time);
  set(record, kDnsName, line.name);
  set(record, kDnsType, line.type);
  set(record, kDnsClient, line.client);
  set(record, kDnsResult, line.result);
  set(record, kDnsKind,
      line.kind == ResolverLine::Kind::kQuery   ? "query"
      : line.kind == ResolverLine::Kind::kReply ? "reply"
                                                : "forwarded");
  set(record, kDnsResolver, line.resolver);
  record.set_at(kDnsLine, number);
  record.source.range = range;
  add_once(open.answers, line.answer);
  add_once(open.servers, line.server);
  open_.push_back(std::move(open));
}

void QueryJoiner::close_first() {
  Open& open = open_.front();
  if (!open.answers.empty()) open.record.set_at(kDnsAnswers, std::move(open.answers));
  if (!open.servers.empty()) open.record.set_at(kDnsServers, std::move(open.servers));
  emit_(std::move(open.record));
  open_.pop_front();
}

void QueryJoiner::finish() {
  while (!open_.empty()) close_first();
}

}  // namespace konseki
