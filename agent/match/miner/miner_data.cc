#include "agent/match/miner/miner_data.h"

#include <algorithm>
#include <charconv>

#include "agent/base/embedded_files.h"
#include "agent/base/unicode.h"

namespace konseki {

std::span<const EmbeddedFile> embedded_miner_data();

namespace {

constexpr auto kPools = MinerData::kFiles[0];
constexpr auto kNames = MinerData::kFiles[1];
constexpr auto kPorts = MinerData::kFiles[2];

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = line.find('\t');
    out.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return out;
    line.remove_prefix(end + 1);
  }
}

tl::unexpected<Error> wrong(std::string_view file, std::size_t line, std::string_view what) {
  return fail(ErrorCode::kInvalidArgument,
              std::string(file) + ":" + std::to_string(line) + ": " + std::string(what),
              {"Write name, kind, date and source, separated by tabs.",
               "名前、種別、日付、出典をタブ区切りで書いてください。"});
}

// "kworker/0:1-events" and "XMRig.exe" by the name that counts.
std::string plain_name(std::string_view program) {
  std::string name = fold_case(program);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name.ends_with(".exe")) name.resize(name.size() - 4);
  // A name of the kernel goes up to its number: kworker/u8:2, kswapd0.
  if (const std::size_t slash = name.find('/'); slash != std::string::npos) name.resize(slash);
  return name;
}

}  // namespace

Result<void> MinerData::load(std::string_view file, std::string_view text) {
  if (std::find(kFiles.begin(), kFiles.end(), file) == kFiles.end()) {
    return fail(
        ErrorCode::kInvalidArgument, std::string(file) + ": not a file of miner data",
        {"Name it miner-pools.tsv, miner-names.tsv or miner-ports.tsv.",
         "miner-pools.tsv、miner-names.tsv、miner-ports.tsv のどれかの名前にしてください。"});
  }
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string_view> columns = columns_of(line);
    if (file == kPools) {
      if (columns[0].find('.') == std::string_view::npos) return wrong(file, number, "no domain");
      pools_.insert(fold_case(columns[0]));
    } else if (file == kNames) {
      if (columns.size() < 2) return wrong(file, number, "no kind");
      const MinerName kind = columns[1] == "miner"      ? MinerName::kMiner
                             : columns[1] == "disguise" ? MinerName::kDisguise
                             : columns[1] == "system"   ? MinerName::kSystem
                                                        : MinerName::kNone;
      if (kind == MinerName::kNone) return wrong(file, number, "unknown kind");
      names_[fold_case(columns[0])] = kind;
    } else if (file == kPorts) {
      std::uint64_t port = 0;
      const auto [last, error] =
          std::from_chars(columns[0].data(), columns[0].data() + columns[0].size(), port);
      if (error != std::errc() || last != columns[0].data() + columns[0].size() || port > 65535) {
        return wrong(file, number, "no port");
      }
      ports_.insert(port);
    }
  }
  return {};
}

Result<MinerData> MinerData::with(
    std::span<const std::pair<std::string_view, std::string_view>> texts) {
  MinerData data;
  for (const auto& [name, text] : texts) KONSEKI_TRY(data.load(name, text));
  for (const EmbeddedFile& file : embedded_miner_data()) {
    bool replaced = false;
    for (const auto& [name, text] : texts) replaced = replaced || name == file.name;
    if (!replaced) KONSEKI_TRY(data.load(file.name, file.bytes));
  }
  return data;
}

std::string_view MinerData::pool_of(std::string_view host) const {
  while (host.ends_with('.')) host.remove_suffix(1);
  while (!host.empty()) {
    if (const auto found = pools_.find(host); found != pools_.end()) return *found;
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  return {};
}

MinerName MinerData::kind_of(std::string_view program) const {
  const std::string name = plain_name(program);
  auto found = names_.find(name);
  if (found == names_.end()) {
    // "kswapd0": the number is no part of it, but for names that are listed with theirs.
    const std::size_t end = name.find_last_not_of("0123456789");
    if (end != std::string::npos) found = names_.find(std::string_view(name).substr(0, end + 1));
    if (found != names_.end() && found->second != MinerName::kSystem) return MinerName::kNone;
  }
  return found == names_.end() ? MinerName::kNone : found->second;
}

}  // namespace konseki
