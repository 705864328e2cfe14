#include "agent/match/indicators/record_pass.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "agent/base/unicode.h"
#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/atom_key.h"
#include "agent/match/indicators/record_objects.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;  // of one field

// Text of a record's field, one after another for lists.
template <class Use>
void each_text(const Value& value, Use use) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (!text->empty()) use(*text);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& each : *list) {
      if (!each.empty()) use(each);
    }
  }
}

std::string short_text(const Value& value) {
  constexpr std::size_t kMost = 120;
  std::string out;
  if (const auto* text = std::get_if<std::string>(&value)) {
    out = *text;
  } else if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    out = fmt::format("{}", *number);
  } else if (const auto* signed_number = std::get_if<std::int64_t>(&value)) {
    out = fmt::format("{}", *signed_number);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    out = fmt::format("{}", fmt::join(*list, " "));
  }
  if (out.size() > kMost) out = to_well_formed(out.substr(0, kMost)) + "…";
  return out;
}

// One record: its fields one after another.
class RecordPass : public CandidateSink {
 public:
  RecordPass(IndicatorSearch& search, const Record& record,
             const IndicatorSearch::Meanings& meanings)
      : search_(search), record_(record), meanings_(meanings) {}

  void run(FindingSink& sink) {
    const auto fields = record_.schema().fields;
    find_port();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      field_ = i;
      each_text(record_.values()[i], [&](const std::string& text) { look_at(text, sink); });
      const auto* list = std::get_if<std::vector<std::string>>(&record_.values()[i]);
      if (list != nullptr && meaning() != nullptr && meaning()->use == FieldUse::kCommand) {
        // Arguments one by one: what is listed may go across them.
        command(fmt::format("{}", fmt::join(*list, " ")), sink);
      }
    }
    patterns(sink);
  }

  bool take(const Candidate& candidate) override {
    ValueHits hits;
    const ValueLookup& lookup = search_.lookup;
    std::string what(candidate.text);
    const std::uint16_t port = candidate.port != 0 ? candidate.port : port_here();
    switch (candidate.kind) {
      case Candidate::Kind::kHost:
        lookup.find_host(candidate.text, port, hits);
        break;
      case Candidate::Kind::kAddress:
        lookup.find_address(*candidate.address, port, hits);
        what = network_text(*candidate.address);
        break;
      case Candidate::Kind::kUrl:
        lookup.find_url(candidate.text, hits);
        break;
      case Candidate::Kind::kEmail:
        lookup.find(AtomType::kEmailAddress, candidate.text, hits);
        break;
    }
    if (search_.patterns_ask_for_values) keep(candidate, what);
    for (const ValueHit& hit : hits) tell(search_.listed.of(hit), what, hit.nearness);
    return !hits.empty();
  }

 private:
  struct Address {
    std::string_view type;
    std::string text;
  };

  const FieldMeaning* meaning() const { return meanings_[field_]; }
  std::string_view field_name() const { return record_.schema().fields[field_].name; }

  void keep(const Candidate& candidate, const std::string& text) {
    constexpr std::size_t kMostValues = 64;
    if (values_.size() >= kMostValues) return;
    std::string_view type = "domain-name";
    if (candidate.kind == Candidate::Kind::kUrl) type = "url";
    if (candidate.kind == Candidate::Kind::kEmail) type = "email-addr";
    if (candidate.kind == Candidate::Kind::kAddress) {
      type = candidate.address->is_v6 ? "ipv6-addr" : "ipv4-addr";
    }
    values_.push_back({type, text});
  }

  // The port that belongs to the addresses of this record's remote end.
  void find_port() {
    for (std::size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == nullptr || meanings_[i]->use != FieldUse::kPort) continue;
      const auto* number = std::get_if<std::uint64_t>(&record_.values()[i]);
      if (number == nullptr || *number > 65535) continue;
      ports_[meanings_[i]->object.ends_with("dst_port") ? 1 : 0] =
          static_cast<std::uint16_t>(*number);
    }
  }
  std::uint16_t port_here() const {
    if (meaning() == nullptr) return 0;
    if (meaning()->object.ends_with("dst_ref")) return ports_[1];
    return meaning()->object.ends_with("src_ref") ? ports_[0] : 0;
  }

  void look_at(const std::string& text, FindingSink& sink) {
    const std::string_view bounded = std::string_view(text).substr(0, kMostText);
    if (search_.scans_content || search_.patterns_ask_for_values) {
      search_.scanner->scan(bounded, 0, *this);
    }
    if (meaning() == nullptr) return;
    switch (meaning()->use) {
      case FieldUse::kText:
      case FieldUse::kPlain:
      case FieldUse::kPort:
      case FieldUse::kAddress:
      case FieldUse::kEmail:
        return;
      case FieldUse::kPath:
        return path(bounded, sink);
      case FieldUse::kCommand:
        if (std::holds_alternative<std::string>(record_.values()[field_])) command(bounded, sink);
        return;
      case FieldUse::kMd5:
        return digest(AtomType::kMd5, bounded);
      case FieldUse::kSha1:
        return digest(AtomType::kSha1, bounded);
      case FieldUse::kSha256:
        return digest(AtomType::kSha256, bounded);
      case FieldUse::kKey:
        return key(bounded);
      case FieldUse::kValueName:
        return;  // with its key
      case FieldUse::kUser:
        return exact(AtomType::kUserAccount, bounded);
      case FieldUse::kService:
        return exact(AtomType::kServiceName, bounded);
      case FieldUse::kTask:
        return task(bounded);
      case FieldUse::kSubject:
        return exact(AtomType::kEmailSubject, bounded);
      case FieldUse::kUserAgent:
        return exact(AtomType::kUserAgent, bounded);
      case FieldUse::kMutex:
        return exact(AtomType::kMutex, bounded);
      case FieldUse::kPipe:
        return exact(AtomType::kNamedPipe, bounded.substr(bounded.find_last_of("\\/") + 1));
    }
  }

  void exact(AtomType type, std::string_view text) {
    ValueHits hits;
    search_.lookup.find(type, text, hits);
    for (const ValueHit& hit : hits) tell(search_.listed.of(hit), text, hit.nearness);
  }

  void digest(AtomType type, std::string_view text) {
    if (const auto atom = make_atom(type, text)) exact(type, atom->value);
  }

  void path(std::string_view text, FindingSink& sink) {
    const auto atom = make_atom(AtomType::kFilePath, text);
    if (!atom) return;
    ValueHits hits;
    search_.lookup.find_path(fold_case(atom->value), hits);
    for (const ValueHit& hit : hits) tell(search_.listed.of(hit), atom->value, hit.nearness);
    std::vector<std::uint32_t> numbers;
    for (const IndicatorSearch::Searches& each : search_.searches) {
      each.paths->find(atom->value, numbers, search_.trouble_at(record_.source.path, sink));
      for (const std::uint32_t number : numbers) {
        const StoredExpression& expression = each.paths->at(number);
        tell(search_.listed.of(each.index, "path-regex", expression.text, expression.owner),
             atom->value, Nearness::kExact);
      }
    }
  }

  void command(std::string_view text, FindingSink& sink) {
    std::vector<std::uint32_t> numbers;
    for (const IndicatorSearch::Searches& each : search_.searches) {
      each.commands->find(text, numbers, search_.trouble_at(record_.source.path, sink));
      for (const std::uint32_t number : numbers) {
        const StoredExpression& expression = each.commands->at(number);
        tell(search_.listed.of(each.index, "command-line", expression.text, expression.owner),
             text.substr(0, 200), Nearness::kExact);
      }
    }
    // Words that are paths.
    constexpr std::size_t kMostWords = 64;
    std::size_t words = 0;
    for (std::string_view rest = text; !rest.empty() && words < kMostWords; ++words) {
      const bool quoted = rest.front() == '"' || rest.front() == '\'';
      const std::size_t end =
          quoted ? rest.find(rest.front(), 1) : rest.find_first_of(" \t;|&<>()");
      const std::string_view word = rest.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
      if (word.find_first_of("/\\.") != std::string_view::npos) path(word, sink);
      rest = end >= rest.size() ? std::string_view() : rest.substr(end + 1);
    }
  }

  void key(std::string_view text) {
    if (!text.starts_with("HK")) return;
    std::string value;
    for (std::size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == nullptr || meanings_[i]->use != FieldUse::kValueName) continue;
      if (const auto* name = std::get_if<std::string>(&record_.values()[i])) value = *name;
    }
    ValueHits hits;
    search_.lookup.find_registry(text, value, hits);
    for (const ValueHit& hit : hits) tell(search_.listed.of(hit), text, hit.nearness);
  }

  void task(std::string_view text) {
    while (text.starts_with('\\') || text.starts_with('/')) text.remove_prefix(1);
    exact(AtomType::kTaskName, text);
  }

  void patterns(FindingSink& sink) {
    if (!search_.has_patterns) return;
    RecordObjects objects;
    objects.add_record(record_, meanings_);
    for (const Address& each : values_) objects.add_value(each.type, each.text);
    SeenObservation seen{
        objects, event_times_of(record_), {}, record_.source, std::string(record_.schema().name)};
    if (seen.times.empty() && search_.collected) {
      seen.times.push_back(*search_.collected);
    }
    std::string texts;
    objects.append_texts(texts);
    seen.key = fmt::format("{}:{}:{:020}:{:016x}", record_.schema().name, record_.source.path,
                           record_.source.range.value_or(ByteRange{}).offset,
                           index_format::hash(0, texts));
    search_.see_patterns(seen, record_.source.path, sink, [&](const Listed& listed) {
      field_ = record_.schema().fields.size();
      tell(listed, {}, Nearness::kExact);
    });
  }

  void tell(const Listed& listed, std::string_view what, Nearness nearness) {
    Seen seen;
    seen.address = record_.source;
    seen.schema = record_.schema().name;
    seen.what = what.empty() ? listed.value.substr(0, 120) : to_well_formed(what);
    seen.where = field_ < record_.schema().fields.size() ? field_name() : "record";
    seen.excerpt = excerpt();
    seen.process = process();
    const auto times = event_times_of(record_);
    if (!times.empty()) {
      seen.first = times.front();
      seen.last = times.back();
    }
    seen.nearness = nearness;
    seen.warning = search_.warning_of(nearness, seen.what);
    seen.again = !told_.insert(listed.lead.id).second;
    search_.sightings->add(listed, std::move(seen));
  }

  // Who did it, in a few words.
  std::string process() const {
    std::string name;
    std::string pid;
    for (std::size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == nullptr) continue;
      const std::string_view object = meanings_[i]->object;
      if (object == "process:pid") pid = short_text(record_.values()[i]);
      if (object == "process:name" || (name.empty() && object == "process:image_ref")) {
        if (std::string text = short_text(record_.values()[i]); !text.empty()) name = text;
      }
    }
    if (name.empty()) return pid.empty() ? std::string() : "pid " + pid;
    return pid.empty() ? name : fmt::format("{} (pid {})", name, pid);
  }

  std::string excerpt() const {
    constexpr std::size_t kMost = 320;
    std::string out;
    const auto fields = record_.schema().fields;
    for (std::size_t i = 0; i < fields.size() && out.size() < kMost; ++i) {
      if (meanings_[i] == nullptr && i != field_) continue;
      const std::string text = short_text(record_.values()[i]);
      if (text.empty()) continue;
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", fields[i].name, text);
    }
    return out;
  }

  IndicatorSearch& search_;
  const Record& record_;
  const IndicatorSearch::Meanings& meanings_;
  std::size_t field_ = 0;
  std::array<std::uint16_t, 2> ports_{};  // of the source and the destination
  std::vector<Address> values_;
  std::set<std::string> told_;  // indicators, by id
};

}  // namespace

void match_record(IndicatorSearch& search, const Record& record, FindingSink& sink) {
  const auto meanings = search.meanings(record.schema());
  RecordPass(search, record, *meanings).run(sink);
}

}  // namespace konseki
