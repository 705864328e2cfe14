#include "agent/match/indicators/index_builder.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <unordered_map>

#include "agent/base/digest.h"
#include "agent/match/indicators/atom_key.h"
#include "agent/match/indicators/index_format.h"
#include "agent/match/indicators/info_text.h"
#include "agent/match/indicators/packed.h"
#include "agent/match/indicators/pattern_tests.h"
#include "agent/match/indicators/required_literals.h"

namespace konseki {
namespace {

using index_format::Section;

// One atom as it came.
struct Entry {
  std::uint64_t key = 0;
  std::uint32_t payload = 0;
  std::uint32_t info = 0;
  std::uint16_t size = 0;
  std::uint16_t port = 0;
  std::uint8_t type = 0;
};

// What is searched for with its literals: a regular expression or a part of a command line.
struct Expression {
  AtomType type = AtomType::kPathRegex;
  std::string text;
  std::string excluded;
  std::uint32_t info = 0;

  auto order() const { return std::tie(type, text, excluded, info); }
};

struct TextOf {  // of one indicator
  std::string text;
  std::uint32_t info = 0;
  std::uint32_t version = 0;
  std::vector<PatternTest> tests;

  auto order() const { return std::tie(text, info); }
};

struct Refusal {
  std::uint32_t info = 0;
  std::string detail;
  Bilingual reason;

  auto order() const { return std::tie(info, detail, reason.en); }
};

bool comes_first(const auto& a, const auto& b) { return a.order() < b.order(); }

void put_texts(PackedWriter& out, const std::vector<std::string>& texts) {
  out.number(texts.size());
  for (const std::string& text : texts) out.text(text);
}

std::uint64_t power_of_two(std::uint64_t least) {
  std::uint64_t out = 1;
  while (out < least) out *= 2;
  return out;
}

}  // namespace

struct IndicatorIndexBuilder::State {
  std::vector<Entry> entries;
  std::string payloads;  // of entries
  std::vector<Expression> expressions;
  std::vector<TextOf> patterns;
  std::vector<TextOf> rules;
  std::vector<Refusal> refused;
  std::uint64_t refused_beyond = 0;  // kMostRefused
  std::vector<Warninglist> warninglists;

  // Indicators, each once, packed.
  std::unordered_map<std::string, std::uint32_t> info_numbers;
  struct Info {
    const std::string* packed = nullptr;  // in info_numbers
    std::uint64_t id_hash = 0;            // 0: no id
    stix::Instant modified = stix::kDistantPast;
    bool is_counted = false;
  };
  std::uint64_t indicators = 0;
  std::vector<Info> infos;
  std::unordered_map<std::uint64_t, stix::Instant> latest;  // by hash of the id
  std::unordered_map<std::string, std::uint32_t> text_places;
  std::string pool = std::string(1, '\0');  // the empty text stands at 0
  bool too_large = false;

  std::uint32_t place(std::string_view text) {
    if (text.empty()) return 0;
    const auto [found, is_new] = text_places.try_emplace(std::string(text), 0);
    if (!is_new) return found->second;
    found->second = append(pool, [&] {
      PackedWriter packed;
      packed.text(text);
      return packed.take();
    }());
    return found->second;
  }

  std::uint32_t append(std::string& into, std::string_view bytes) {
    if (into.size() + bytes.size() > index_format::kMostFile) {
      too_large = true;
      return 0;
    }
    const auto at = static_cast<std::uint32_t>(into.size());
    into += bytes;
    return at;
  }

  std::uint32_t intern(const IndicatorInfo& info) {
    std::string packed = pack_info(info, [&](std::string_view text) { return place(text); });
    const auto [found, is_new] =
        info_numbers.try_emplace(std::move(packed), static_cast<std::uint32_t>(infos.size()));
    if (!is_new) return found->second;
    if (infos.size() >= index_format::kOneOwner - 1) too_large = true;
    infos.push_back({&found->first, note_version(info), info.modified, false});
    return found->second;
  }

  // The hash of its id, of which older versions are superseded from now on; 0 where it has none.
  std::uint64_t note_version(const IndicatorInfo& info) {
    if (info.id.empty()) return 0;
    const std::uint64_t id_hash = index_format::hash(0, info.id) | 1;
    stix::Instant& newest = latest.try_emplace(id_hash, info.modified).first->second;
    newest = std::max(newest, info.modified);
    return id_hash;
  }

  // How many indicators there are: one for each id that lists anything, and each value, expression,
  // pattern or rule that has none. Call once for each owner of each.
  void count(std::uint32_t info) {
    Info& its = infos[info];
    if (its.id_hash == 0 || !its.is_counted) ++indicators;
    its.is_counted = true;
  }

  bool is_current(std::uint32_t info) const {
    const Info& each = infos[info];
    return each.id_hash == 0 || latest.at(each.id_hash) == each.modified;
  }

  template <class List>
  void drop_superseded(List& list) const {
    std::erase_if(list, [&](const auto& each) { return !is_current(each.info); });
  }
};

IndicatorIndexBuilder::IndicatorIndexBuilder() : state_(std::make_unique<State>()) {}
IndicatorIndexBuilder::~IndicatorIndexBuilder() = default;

void IndicatorIndexBuilder::take(IndicatorInfo info, std::vector<Atom> atoms) {
  if (atoms.empty()) return;
  const std::uint32_t number = state_->intern(info);
  for (Atom& atom : atoms) {
    if (atom.type == AtomType::kPathRegex || atom.type == AtomType::kCommandLine) {
      state_->expressions.push_back(
          {atom.type, std::move(atom.value), std::move(atom.excluded), number});
      continue;
    }
    const std::string payload = atom_payload(atom.type, atom.value);
    if (payload.empty() || payload.size() > std::numeric_limits<std::uint16_t>::max()) {
      refuse(
          info, atom.value,
          {"This value cannot be stored: it is empty, longer than 65,535 bytes or not canonical.",
           "この値は格納できません (空、65,535 バイト超、または正規形でない値)。"});
      continue;
    }
    Entry entry;
    entry.key = index_format::hash(atom.type, atom_key(atom.type, payload));
    entry.payload = state_->append(state_->payloads, payload);
    entry.info = number;
    entry.size = static_cast<std::uint16_t>(payload.size());
    entry.port = atom.port.value_or(0);
    entry.type = static_cast<std::uint8_t>(atom.type);
    state_->entries.push_back(entry);
  }
}

void IndicatorIndexBuilder::take(IndicatorInfo info, stix::Pattern pattern) {
  TextOf added;
  added.info = state_->intern(info);
  added.tests = tests_of(pattern);
  added.version = pattern.version == stix::Version::k20 ? 20 : 21;
  added.text = std::move(pattern.text);
  state_->patterns.push_back(std::move(added));
}

void IndicatorIndexBuilder::take_yara(IndicatorInfo info, std::string rule) {
  state_->rules.push_back({std::move(rule), state_->intern(info), 0, {}});
}

void IndicatorIndexBuilder::refuse(IndicatorInfo info, std::string detail, Bilingual reason) {
  if (state_->refused.size() >= kMostRefused) {
    ++state_->refused_beyond;
    state_->note_version(info);
    return;
  }
  state_->refused.push_back({state_->intern(info), std::move(detail), std::move(reason)});
}

void IndicatorIndexBuilder::add(Warninglist list) {
  state_->warninglists.push_back(std::move(list));
}

namespace {

// Puts the sections behind each other, masks those that hold text, signs the whole.
class FileWriter {
 public:
  FileWriter() : out_(sizeof(index_format::Header)) {}

  void section(Section which, std::string bytes, bool is_masked) {
    out_.resize((out_.size() + 7) / 8 * 8);
    auto& entry = header_.table[static_cast<std::size_t>(which)];
    entry.offset = out_.size();
    entry.size = bytes.size();
    if (is_masked) index_format::mask(entry.offset, bytes);
    append(bytes.data(), bytes.size());
  }

  template <class T>
  void table(Section which, const std::vector<T>& values) {
    out_.resize((out_.size() + 7) / 8 * 8);
    header_.table[static_cast<std::size_t>(which)] = {out_.size(), values.size() * sizeof(T)};
    append(values.data(), values.size() * sizeof(T));
  }

  Result<std::vector<std::byte>> finish() {
    std::copy(index_format::kMagic.begin(), index_format::kMagic.end(), header_.magic.begin());
    header_.file_size = out_.size();
    if (header_.file_size > index_format::kMostFile) return fail(too_large());
    std::memcpy(out_.data(), &header_, sizeof(header_));
    const Sha256 digest = sha256_of(out_);
    std::memcpy(out_.data() + offsetof(index_format::Header, digest), digest.data(), digest.size());
    return std::move(out_);
  }

  static Error too_large() {
    return {ErrorCode::kLimitExceeded,
            "4 GiB",
            {"The index would be larger than 4 GiB. Compile fewer indicators into one.",
             "索引が 4 GiB を超えます。インジケータを分けて変換してください。"}};
  }

 private:
  void append(const void* bytes, std::size_t size) {
    const auto* const begin = static_cast<const std::byte*>(bytes);
    out_.insert(out_.end(), begin, begin + size);
  }

  index_format::Header header_;
  std::vector<std::byte> out_;
};

// The bits of the prefilter and the table of buckets over sorted keys.
void add_lookup_tables(FileWriter& file, const std::vector<std::uint64_t>& keys) {
  constexpr std::uint64_t kKeysPerBlock = 32;  // 16 bits a key: one in sixty passes by mistake
  const std::uint64_t blocks = power_of_two(keys.size() / kKeysPerBlock + 1);
  std::string filter(blocks * 64, '\0');
  for (const std::uint64_t key : keys) {
    const auto bits = index_format::filter_bits(key, blocks);
    for (const std::uint32_t bit : {bits.first, bits.second}) {
      filter[bits.block * 64 + bit / 8] |= static_cast<char>(1U << (bit % 8));
    }
  }
  const std::uint64_t buckets = power_of_two(keys.size() / 4 + 2);
  const int shift = 64 - std::countr_zero(buckets);
  std::vector<std::uint32_t> begins;
  std::size_t at = 0;
  for (std::uint64_t bucket = 0; bucket < buckets; ++bucket) {
    while (at < keys.size() && (keys[at] >> shift) < bucket) ++at;
    begins.push_back(static_cast<std::uint32_t>(at));
  }
  begins.push_back(static_cast<std::uint32_t>(keys.size()));
  file.table(Section::kKeys, keys);
  file.table(Section::kBuckets, begins);
  file.section(Section::kFilter, std::move(filter), false);
}

}  // namespace

Result<std::vector<std::byte>> IndicatorIndexBuilder::finish() {
  State& its = *state_;
  if (its.too_large) {
    state_ = std::make_unique<State>();
    return fail(FileWriter::too_large());
  }
  its.drop_superseded(its.entries);
  its.drop_superseded(its.expressions);
  its.drop_superseded(its.patterns);
  its.drop_superseded(its.rules);
  its.drop_superseded(its.refused);

  const auto payload = [&](const Entry& e) {
    return std::string_view(its.payloads).substr(e.payload, e.size);
  };
  const auto same = [&](const Entry& a, const Entry& b) {
    return a.key == b.key && a.type == b.type && a.port == b.port && payload(a) == payload(b);
  };
  std::sort(its.entries.begin(), its.entries.end(), [&](const Entry& a, const Entry& b) {
    if (a.key != b.key) return a.key < b.key;
    return std::tuple(a.type, payload(a), a.port, a.info) <
           std::tuple(b.type, payload(b), b.port, b.info);
  });

  FileWriter file;
  std::vector<std::uint64_t> keys;
  std::vector<index_format::Value> values;
  std::vector<std::uint32_t> owners;
  std::map<AtomType, std::uint64_t> counts;
  // Of networks, by version: looked up one length after another, the longest first.
  std::array<std::set<std::uint8_t, std::greater<>>, 2> prefixes;
  for (std::size_t i = 0; i < its.entries.size();) {
    const Entry& entry = its.entries[i];
    std::vector<std::uint32_t> infos;
    for (; i < its.entries.size() && same(its.entries[i], entry); ++i) {
      if (infos.empty() || infos.back() != its.entries[i].info) {
        infos.push_back(its.entries[i].info);
        its.count(infos.back());
      }
    }
    index_format::Value value;
    value.payload = its.append(its.pool, payload(entry));
    value.size = entry.size;
    value.port = entry.port;
    value.type = entry.type;
    if (infos.size() == 1) {
      value.owners = index_format::kOneOwner | infos.front();
    } else {
      value.owners = static_cast<std::uint32_t>(owners.size());
      owners.push_back(static_cast<std::uint32_t>(infos.size()));
      owners.insert(owners.end(), infos.begin(), infos.end());
    }
    keys.push_back(entry.key);
    values.push_back(value);
    ++counts[static_cast<AtomType>(entry.type)];
    if (value.type == static_cast<std::uint8_t>(AtomType::kIpNetwork)) {
      const std::string_view network = payload(entry);
      prefixes[network[0] == '\6' ? 1 : 0].insert(static_cast<std::uint8_t>(network[1]));
    }
  }
  its.entries = {};
  its.payloads = {};
  add_lookup_tables(file, keys);
  file.table(Section::kValues, values);
  file.table(Section::kOwners, owners);

  std::vector<std::uint32_t> offsets;
  std::string infos;
  std::uint64_t superseded = 0;
  for (std::uint32_t i = 0; i < its.infos.size(); ++i) {
    offsets.push_back(its.append(infos, *its.infos[i].packed));
    if (!its.is_current(i)) ++superseded;
  }
  offsets.push_back(static_cast<std::uint32_t>(infos.size()));
  file.table(Section::kInfoOffsets, offsets);
  file.section(Section::kInfos, std::move(infos), true);
  file.section(Section::kPool, std::move(its.pool), true);

  PackedWriter packed;
  std::sort(its.expressions.begin(), its.expressions.end(), comes_first<Expression, Expression>);
  packed.number(its.expressions.size());
  for (const Expression& each : its.expressions) {
    packed.number(static_cast<std::uint64_t>(each.type));
    packed.text(each.text);
    packed.text(each.excluded);
    packed.number(each.info);
    its.count(each.info);
    const auto literals = each.type == AtomType::kPathRegex ? literals_of_regex(each.text)
                                                            : literals_of_text(each.text);
    put_texts(packed, literals.value_or(std::vector<std::string>()));
    ++counts[each.type];
  }
  file.section(Section::kExpressions, packed.take(), true);

  std::sort(its.patterns.begin(), its.patterns.end(), comes_first<TextOf, TextOf>);
  packed.number(its.patterns.size());
  for (const TextOf& each : its.patterns) {
    packed.text(each.text);
    packed.number(each.version);
    packed.number(each.info);
    its.count(each.info);
    packed.number(each.tests.size());
    for (const PatternTest& test : each.tests) {
      put_texts(packed, test.types);
      put_texts(packed, test.literals);
    }
  }
  file.section(Section::kPatterns, packed.take(), true);

  std::sort(its.rules.begin(), its.rules.end(), comes_first<TextOf, TextOf>);
  packed.number(its.rules.size());
  for (const TextOf& each : its.rules) {
    packed.text(each.text);
    packed.number(each.info);
    its.count(each.info);
  }
  file.section(Section::kRules, packed.take(), true);

  std::sort(its.refused.begin(), its.refused.end(), comes_first<Refusal, Refusal>);
  packed.number(its.refused.size());
  for (const Refusal& each : its.refused) {
    packed.number(each.info);
    packed.text(each.detail);
    packed.text(each.reason.en);
    packed.text(each.reason.ja);
  }
  file.section(Section::kRefused, packed.take(), true);

  packed.number(its.warninglists.size());
  for (const Warninglist& list : its.warninglists) {
    packed.text(list.name);
    packed.text(list.file);
    packed.number(static_cast<std::uint64_t>(list.type));
    put_texts(packed, list.matching_attributes);
    put_texts(packed, list.values);
  }
  file.section(Section::kWarninglists, packed.take(), true);

  for (const std::uint64_t count :
       {its.indicators, superseded, its.patterns.size(), its.rules.size(),
        its.refused.size() + its.refused_beyond, its.warninglists.size(), counts.size()}) {
    packed.number(count);
  }
  for (const auto& [type, count] : counts) {
    packed.number(static_cast<std::uint64_t>(type));
    packed.number(count);
  }
  for (const auto& lengths : prefixes) {
    packed.number(lengths.size());
    for (const std::uint8_t length : lengths) packed.number(length);
  }
  file.section(Section::kSummary, packed.take(), true);
  const bool too_large = its.too_large;
  state_ = std::make_unique<State>();
  if (too_large) return fail(FileWriter::too_large());
  return file.finish();
}

}  // namespace konseki
