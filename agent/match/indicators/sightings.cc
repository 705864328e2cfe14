#include "agent/match/indicators/sightings.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/match/indicators/record_objects.h"

namespace konseki {
namespace {

constexpr std::size_t kMostPlaces = 20;
constexpr std::size_t kMostNames = 8;  // values and processes that are named

template <class T>
void keep_first(std::set<std::string>& into, const T& text) {
  if (text.empty()) return;
  into.insert(text);
  if (into.size() > kMostNames) into.erase(std::prev(into.end()));
}

void widen(std::optional<Timestamp>& first, std::optional<Timestamp>& last,
           const std::optional<Timestamp>& other_first,
           const std::optional<Timestamp>& other_last) {
  if (other_first && (!first || *other_first < *first)) first = other_first;
  if (other_last && (!last || *other_last > *last)) last = other_last;
}

// What tells one file, or member of an archive, from another. A write-ahead log is a part of its
// database, whose records tell of it.
std::string file_of(const PathSpec& address) {
  std::string out = address.volume + '\0' + address.path;
  if (out.ends_with("-wal")) out.resize(out.size() - 4);
  out += '\0';
  out += address.stream;
  // A compressed file is one with what it holds: "syslog.1" in "/var/log/syslog.1.gz".
  if (address.members.size() == 1) {
    const std::string_view name =
        std::string_view(address.path).substr(address.path.rfind('/') + 1);
    if (name.starts_with(address.members[0] + '.')) return out;
  }
  for (const std::string& member : address.members) {
    out += '\0';
    out += member;
  }
  return out;
}

// Keeps the first ones; answers whether something was left out.
bool keep_first(std::set<Observable>& into, Observable&& observable) {
  into.insert(std::move(observable));
  if (into.size() <= kMostObservables) return false;
  into.erase(std::prev(into.end()));
  return true;
}

// What stood there; a pattern has no one value.
std::optional<Observable> observable_of(const Listed& listed, const Seen& seen) {
  std::string type = listed.kind;
  if (type == "ip-network") type = "ip-address";
  if (type == "path-regex" || type == "file-name") type = "file-path";
  if (type == "stix-pattern") return std::nullopt;
  if (seen.what == listed.observable.value) return listed.observable;
  return Observable{std::move(type), seen.what};
}

std::string joined(const std::set<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

// To the second where the evidence says no more.
std::string time_text(const Timestamp& time) {
  std::string text = time.iso8601();
  if (time.nanoseconds == 0) text = text.substr(0, 19) + 'Z';
  return text;
}

// " (a subdomain)": how what stood there differs from what is listed.
Bilingual nearness_words(Nearness nearness) {
  switch (nearness) {
    case Nearness::kExact:
    case Nearness::kReserved:  // has a sentence of its own
      return {};
    case Nearness::kSubdomain:
      return {" (a subdomain)", " (サブドメイン)"};
    case Nearness::kInNetwork:
      return {" (in the listed network)", " (記載されたネットワーク内)"};
    case Nearness::kWithoutQuery:
      return {" (the listed URL with a query)", " (記載された URL にクエリーが付いたもの)"};
  }
  return {};
}

Witness witness_of(const Listed& listed, const Seen& seen, int score) {
  Witness out;
  out.name = "indicator." + listed.kind;
  out.score = score;
  const Bilingual how = nearness_words(seen.nearness);
  if (seen.medium == Medium::kMemory) {
    out.text = {fmt::format("{}{} in {}", seen.what, how.en, seen.in_memory.en),
                fmt::format("{} に {}{}", seen.in_memory.ja, seen.what, how.ja)};
  } else if (seen.schema.empty()) {
    out.text = {fmt::format("{}{} in the file's content", seen.what, how.en),
                fmt::format("ファイルの内容に {}{}", seen.what, how.ja)};
  } else {
    out.text = {fmt::format("{}{} in {} ({})", seen.what, how.en, seen.where, seen.schema),
                fmt::format("{} ({}) に {}{}", seen.where, seen.schema, seen.what, how.ja)};
  }
  if (seen.first && seen.last) {
    const std::string times =
        *seen.first == *seen.last
            ? time_text(*seen.first)
            : fmt::format("{} – {}", time_text(*seen.first), time_text(*seen.last));
    out.text.en += ", " + times;
    out.text.ja += "、" + times;
  }
  out.addresses.push_back(seen.address);
  out.excerpt = seen.excerpt;
  return out;
}

}  // namespace

bool Sightings::Earlier::operator()(const Seen& a, const Seen& b) const {
  if (a.first.has_value() != b.first.has_value()) return a.first.has_value();
  using Order = std::tuple<Timestamp, std::string_view, std::string_view, std::string_view,
                           std::string_view, const std::vector<std::string>&, std::uint64_t,
                           std::string_view, std::string_view, std::string_view, std::string_view>;
  const auto order = [](const Seen& s) {
    return Order(s.first.value_or(Timestamp{}), s.address.volume, s.address.snapshot,
                 s.address.path, s.address.stream, s.address.members,
                 s.address.range.value_or(ByteRange{}).offset, s.schema, s.where, s.what,
                 s.excerpt);
  };
  return order(a) < order(b);
}

void Sightings::add(const Listed& listed, Seen seen) {
  const std::lock_guard lock(mutex_);
  State& state = states_[listed.lead.id];
  // Of several values of one indicator the one that counts more speaks, then the first by name.
  if (state.listed == nullptr ||
      std::tuple(-listed.score, std::string_view(listed.kind), std::string_view(listed.value),
                 std::string_view(listed.lead.file)) <
          std::tuple(-state.listed->score, std::string_view(state.listed->kind),
                     std::string_view(state.listed->value),
                     std::string_view(state.listed->lead.file))) {
    state.listed = &listed;
  }
  const std::string file = file_of(seen.address);
  if (!seen.schema.empty()) {
    state.record_files.insert(file);
    state.records.add(listed, std::move(seen));
    return;
  }
  FileCount& here = state.content_files[file];
  ++here.count;
  widen(here.first, here.last, seen.first, seen.last);
  state.contents.add(listed, std::move(seen));
}

void Sightings::Part::add(const Listed& listed, Seen&& seen) {
  if (!seen.again) ++count;
  nearness = std::min(nearness, seen.nearness);
  medium = std::min(medium, seen.medium);
  widen(first, last, seen.first, seen.last);
  const Warning& said = listed.held_down() ? listed.warning : seen.warning;
  const bool warned = !said.lists.empty() && !said.sinkhole;
  held_down = held_down && warned;
  for (const Warning* each : {&listed.warning, &std::as_const(seen).warning}) {
    if (each->lists.empty()) continue;
    if (warning.lists.empty() || each->lists < warning.lists) warning = *each;
  }
  if (keep_first(listed_values, Observable(listed.observable))) cut = true;
  if (auto stood = observable_of(listed, seen)) {
    if (keep_first(seen_values, *std::move(stood))) cut = true;
  }
  keep_first(values, listed.value);
  keep_first(processes, seen.process);
  if (!seen.again) keep_place(std::move(seen));
}

void Sightings::Part::keep_place(Seen&& seen) {
  if (places.size() < kMostPlaces) {
    places.insert(std::move(seen));
  } else if (Earlier()(seen, *std::prev(places.end()))) {
    places.insert(std::move(seen));
    if (places.size() > kMostPlaces) places.erase(std::prev(places.end()));
  }
}

void Sightings::Part::join(Part&& other) {
  if (other.count == 0) return;
  count += other.count;
  widen(first, last, other.first, other.last);
  nearness = std::min(nearness, other.nearness);
  medium = std::min(medium, other.medium);
  held_down = held_down && other.held_down;
  if (!other.warning.lists.empty() &&
      (warning.lists.empty() || other.warning.lists < warning.lists)) {
    warning = other.warning;
  }
  cut = cut || other.cut;
  for (const Observable& each : other.listed_values) {
    if (keep_first(listed_values, Observable(each))) cut = true;
  }
  for (const Observable& each : other.seen_values) {
    if (keep_first(seen_values, Observable(each))) cut = true;
  }
  for (const std::string& each : other.values) keep_first(values, each);
  for (const std::string& each : other.processes) keep_first(processes, each);
  while (!other.places.empty()) {
    keep_place(std::move(other.places.extract(other.places.begin()).value()));
  }
}

// Contents of files that records tell of.
void Sightings::leave_out_told(State& state) {
  Part& contents = state.contents;
  contents.count = 0;
  contents.first = contents.last = std::nullopt;
  for (const auto& [file, here] : state.content_files) {
    if (state.record_files.contains(file)) continue;
    contents.count += here.count;
    widen(contents.first, contents.last, here.first, here.last);
  }
  std::erase_if(contents.places, [&](const Seen& seen) {
    return state.record_files.contains(file_of(seen.address));
  });
}

Finding Sightings::finding(const std::string& rule, const Listed& listed, const Part& state) const {
  Finding out;
  out.matcher = "indicator";
  out.rule = rule;
  out.origin = listed.lead.file;
  out.title = listed.lead.name;
  out.technique = listed.lead.technique;
  out.markings = listed.lead.markings;
  out.count = state.count;
  out.first_seen = state.first;
  out.last_seen = state.last;
  out.score = near_score(listed.score, state.nearness);
  if (const std::string_view flag = nearness_flag(state.nearness); !flag.empty()) {
    out.flags.emplace_back(flag);
  }
  if (state.medium != Medium::kText) {
    out.score = out.score * 3 / 5;
    out.flags.emplace_back(state.medium == Medium::kMemory ? "in_memory" : "in_binary");
  }
  if (state.held_down) {
    out.score = 0;
    out.flags.emplace_back("warninglisted");
  } else if (state.warning.sinkhole) {
    out.flags.emplace_back("sinkhole");
  }
  out.listed.assign(state.listed_values.begin(), state.listed_values.end());
  out.seen.assign(state.seen_values.begin(), state.seen_values.end());
  if (state.cut) out.flags.emplace_back("values_cut");
  const Seen& first = *state.places.begin();
  out.subject = first.address;
  out.schema = first.schema;
  for (const Seen& each : state.places) {
    out.witnesses.push_back(witness_of(listed, each, &each == &first ? out.score : 0));
  }
  const std::string values = joined(state.values);
  out.reason.en =
      fmt::format("{} {} is listed and was seen {}", listed.kind, values,
                  state.count == 1 ? std::string("once") : fmt::format("{} times", state.count));
  out.reason.ja = fmt::format("{} {} はインジケータにあり、{} 回見つかりました", listed.kind,
                              values, state.count);
  if (!hostname_.empty()) {
    out.reason.en += " on " + hostname_;
    out.reason.ja += fmt::format(" (ホスト {})", hostname_);
  }
  if (state.first && state.last && *state.first == *state.last) {
    out.reason.en += ", at " + time_text(*state.first);
    out.reason.ja += "。時刻 " + time_text(*state.first);
  } else if (state.first && state.last) {
    out.reason.en +=
        fmt::format(", from {} to {}", time_text(*state.first), time_text(*state.last));
    out.reason.ja +=
        fmt::format("。期間 {} から {}", time_text(*state.first), time_text(*state.last));
  }
  if (!state.processes.empty()) {
    out.reason.en += ", by " + joined(state.processes);
    out.reason.ja += "。プロセス " + joined(state.processes);
  }
  out.reason.en += ".";
  out.reason.ja += "。";
  if (state.held_down || state.warning.sinkhole) {
    const Bilingual why = warning_sentence(state.warning);
    out.reason.en += " " + why.en;
    out.reason.ja += why.ja;
  } else if (state.nearness == Nearness::kReserved) {
    out.reason.en +=
        " The address is private or reserved and names no destination on the Internet,"
        " so this is a note only.";
    out.reason.ja +=
        "プライベートまたは予約済みのアドレスでインターネット上の宛先を示さないため、"
        "参考情報とします。";
  }
  out.reason.en += fmt::format(" Listed by {}.", fmt::join(listed.origins, ", "));
  out.reason.ja += fmt::format("出典: {}。", fmt::join(listed.origins, "、"));
  apply_validity(listed.lead, state.first ? state.first : collected_,
                 state.last ? state.last : collected_, out);
  out.severity = severity_of_score(out.score);
  return out;
}

std::vector<Finding> Sightings::take() {
  const std::lock_guard lock(mutex_);
  std::vector<Finding> out;
  for (auto& [rule, state] : states_) {
    leave_out_told(state);
    state.records.join(std::move(state.contents));
    out.push_back(finding(rule, *state.listed, state.records));
  }
  states_.clear();
  return out;
}

void apply_validity(const IndicatorInfo& info, std::optional<Timestamp> first,
                    std::optional<Timestamp> last, Finding& finding) {
  if (info.revoked) finding.flags.emplace_back("revoked");
  if (info.valid_until && first && to_instant(*first) >= *info.valid_until) {
    finding.flags.emplace_back("expired");
  }
  if (info.valid_from && last && to_instant(*last) < *info.valid_from) {
    finding.flags.emplace_back("not_yet_valid");
  }
}

}  // namespace konseki
