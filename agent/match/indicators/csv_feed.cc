#include "agent/match/indicators/csv_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/base/unicode.h"
#include "agent/match/indicators/csv_row.h"
#include "agent/match/indicators/list_line.h"
#include "agent/match/indicators/marking.h"
#include "agent/match/indicators/misp_feed.h"
#include "agent/match/indicators/value_fields.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxRow = std::size_t{1} << 20;

// 0 to 100, "high", "85%", "高".
std::optional<int> confidence_of(const std::string& cell) {
  struct Grade {
    std::string_view word;
    int confidence;
  };
  static constexpr Grade kGrades[] = {{"high", 85}, {"medium", 50}, {"med", 50}, {"low", 15},
                                      {"高", 85},   {"中", 50},     {"低", 15}};
  const std::string word = fold_case(cell);
  for (const Grade& grade : kGrades) {
    if (word == grade.word) return grade.confidence;
  }
  stix::Value holder = stix::Value::dictionary();
  holder.add("n", stix::Value::of(word.ends_with('%') ? word.substr(0, word.size() - 1) : word));
  const auto number = number_of(holder, "n");
  if (!number) return std::nullopt;
  return static_cast<int>(std::clamp<std::int64_t>(*number, 0, 100));
}

void add_tags(const std::string& cell, IndicatorInfo& info) {
  std::size_t from = 0;
  while (from <= cell.size()) {
    const std::size_t to = std::min(cell.find_first_of(",;", from), cell.size());
    std::string tag = cell.substr(from, to - from);
    tag.erase(0, tag.find_first_not_of(' '));
    if (!tag.empty()) apply_misp_tag(tag, info);
    from = to + 1;
  }
}

void add_fact(CsvRole role, const std::string& cell, IndicatorInfo& info) {
  switch (role) {
    case CsvRole::kName:
      info.name = info.name.empty() ? cell : cell + ": " + info.name;
      break;
    case CsvRole::kDescription:
      info.name += info.name.empty() ? cell : ": " + cell;
      break;
    case CsvRole::kConfidence:
      info.confidence = confidence_of(cell);
      break;
    case CsvRole::kTlp:
      if (std::string tlp = tlp_of_word(cell); !tlp.empty()) {
        info.markings.push_back(std::move(tlp));
      } else {
        info.markings.push_back(cell);
      }
      break;
    case CsvRole::kFirstSeen:
      info.valid_from = parse_feed_time(cell);
      break;
    case CsvRole::kLastSeen:
      info.valid_until = parse_feed_time(cell);
      break;
    case CsvRole::kModified:
      info.modified = parse_feed_time(cell).value_or(stix::kDistantPast);
      break;
    case CsvRole::kSource:
      info.source = cell;
      break;
    case CsvRole::kId:
      info.id = cell;
      break;
    case CsvRole::kTags:
      add_tags(cell, info);
      break;
    default:
      break;
  }
}

// The parts of a cell that holds several values.
std::vector<std::string> parts_of(const std::string& cell) {
  std::vector<std::string> out;
  std::size_t from = 0;
  while (from < cell.size()) {
    const std::size_t to = std::min(cell.find_first_of(" \t\n;,", from), cell.size());
    if (to > from) out.push_back(cell.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

Result<void> add_atoms(std::optional<AtomType> type, const std::string& cell,
                       std::vector<Atom>& out) {
  const auto make = [&](const std::string& text) {
    return type ? make_atom(*type, text) : guess_listed(text);
  };
  auto whole = make(cell);
  if (whole) {
    out.push_back(*std::move(whole));
    return {};
  }
  const std::vector<std::string> parts = parts_of(cell);
  std::vector<Atom> found;
  for (const std::string& part : parts) {
    auto atom = make(part);
    if (!atom || parts.size() < 2) return fail(whole.error());
    found.push_back(*std::move(atom));
  }
  if (found.empty()) return fail(whole.error());
  out.insert(out.end(), found.begin(), found.end());
  return {};
}

}  // namespace

void CsvReader::refuse(IndicatorInfo info, const std::string& place, const std::string& detail,
                       Bilingual reason) {
  sink_.refuse(std::move(info), detail.empty() ? place : place + ": " + detail, std::move(reason));
}

void CsvReader::use(std::string_view line, std::uint64_t number) {
  if (open_.empty()) {
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#')) return;
    open_number_ = number;
    open_ = line;
  } else {
    open_ += '\n';
    open_ += line;
  }
  const bool is_whole = split_csv(open_, header_.delimiter, cells_);
  if (!is_whole && open_.size() < kMaxRow) return;
  if (is_whole) {
    row(open_number_);
  } else {
    finish();
  }
  open_.clear();
}

void CsvReader::finish() {
  if (open_.empty()) return;
  IndicatorInfo info;
  info.file = report_.file;
  refuse(std::move(info), fmt::format("line {}", open_number_), {},
         {"a quotation mark is not closed", "引用符が閉じていません"});
  open_.clear();
}

void CsvReader::typed(IndicatorInfo info, const std::string& type, const std::string& value,
                      const std::string& place) {
  if (header_.is_misp) {
    give_misp_target(std::move(info), type, value, options_, sink_);
    return;
  }
  std::vector<Atom> atoms;
  const auto known = atom_type_of_word(type);
  if (!known && !is_open_word(type)) {
    // MISP's composite types and rules under other headers.
    give_misp_target(std::move(info), type, value, options_, sink_);
    return;
  }
  const auto added = add_atoms(known, value, atoms);
  if (!added) {
    refuse(std::move(info), place, type + " " + added.error().detail, added.error().advice);
    return;
  }
  sink_.take(std::move(info), std::move(atoms));
}

void CsvReader::row(std::uint64_t number) {
  const std::string place = fmt::format("line {}", number);
  IndicatorInfo info;
  info.file = report_.file;
  std::string type;
  std::string value;
  std::string port;
  bool has_value = false;
  std::vector<Atom> atoms;
  std::optional<Error> problem;
  const std::size_t count = std::min(cells_.size(), header_.columns.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& cell = cells_[i];
    if (cell.empty() || cell == "-" || cell == "N/A" || cell == "None") continue;
    const CsvColumn& column = header_.columns[i];
    if (column.role == CsvRole::kToIds) {
      if (cell != "1" && cell != "true" && cell != "True") {
        ++report_.not_detection;
        return;
      }
    } else if (column.role == CsvRole::kType) {
      type = cell;
    } else if (column.role == CsvRole::kValue && !has_value) {
      value = cell;
      has_value = true;
    } else if (column.role == CsvRole::kPort) {
      port = cell;
    } else if (column.role == CsvRole::kTyped || column.role == CsvRole::kDigest) {
      const auto added = add_atoms(column.type, cell, atoms);
      if (!added) problem = added.error();
    } else {
      add_fact(column.role, cell, info);
    }
  }
  if (has_value) {
    typed(std::move(info), type, value, place);
    return;
  }
  if (!port.empty()) {
    const auto with_port = make_atom(AtomType::kIpAddress, "192.0.2.1:" + port);
    for (Atom& atom : atoms) {
      const bool has_ports = atom.type == AtomType::kIpAddress || atom.type == AtomType::kDomain;
      if (has_ports && with_port && !atom.port) atom.port = with_port->port;
    }
  }
  if (!atoms.empty()) {
    sink_.take(std::move(info), std::move(atoms));
  } else if (problem) {
    refuse(std::move(info), place, problem->detail, problem->advice);
  } else {
    refuse(std::move(info), place, {},
           {"the row holds no value to look for", "照合する値のない行です"});
  }
}

}  // namespace konseki
