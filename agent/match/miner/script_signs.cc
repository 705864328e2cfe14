// Signs in a whole script, unit file, crontab or history.
#include <algorithm>
#include <set>

#include "agent/match/miner/miner_sign.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;
constexpr std::size_t kMostPools = 20;  // more pools than this are a block list, no miner's script

bool is_kill(std::string_view line) {
  return line.find("pkill") != std::string_view::npos ||
         line.find("killall") != std::string_view::npos ||
         line.find("kill -9") != std::string_view::npos ||
         line.find("taskkill") != std::string_view::npos;
}

// The name of a miner that the line speaks of, as a word of its own.
bool names_miner(std::string_view line, const MinerData& data) {
  std::size_t at = 0;
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  while (at < line.size()) {
    if (!in_name(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && in_name(line[end])) ++end;
    const MinerName kind = data.kind_of(line.substr(at, end - at));
    if (kind == MinerName::kMiner || kind == MinerName::kDisguise) return true;
    at = end;
  }
  return false;
}

}  // namespace

std::vector<MinerSign> signs_in_script(std::string_view text, CommandPlace place,
                                       const MinerData& data) {
  text = text.substr(0, kMostText);
  std::vector<MinerSign> signs;
  std::set<std::string> pools;
  std::size_t kills = 0;
  std::size_t kills_of_miners = 0;
  std::size_t first_kill = 0;
  std::size_t at = 0;
  std::string joined;
  std::size_t joined_at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    const std::size_t line_at = at;
    at = end + 1;
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) continue;
    if (joined.empty() && line[start] == '#') continue;
    // "\" at the end goes on in the next line.
    if (joined.empty()) joined_at = line_at;
    const bool goes_on = line.ends_with('\\') && joined.size() < 4096;
    if (goes_on || !joined.empty()) {
      joined += line.substr(0, line.size() - (goes_on ? 1 : 0));
      if (goes_on) continue;
      line = joined;
    }
    if (is_kill(line)) {
      if (kills++ == 0) first_kill = line_at;
      if (names_miner(line, data)) ++kills_of_miners;
    }
    std::vector<MinerSign> found = signs_in_command(line, place, data);
    // A list of modules to load (modules-load.d) names it alone.
    if (place == CommandPlace::kStartsByItself &&
        line.substr(start, line.find_last_not_of(" \t\r") + 1 - start) == "msr") {
      found.push_back({"host.msr",
                       MinerSignKind::kHostChange,
                       25,
                       {"loads the module for the processor's registers (msr)",
                        "CPU レジスターのモジュール (msr) の読み込み"},
                       "msr",
                       {start, 3}});
    }
    for (MinerSign& sign : found) {
      // Names inside a kill list are somebody else's miners.
      if (is_kill(line) && (sign.name == "name.miner" || sign.name == "name.disguise")) continue;
      if (sign.name == "pool") pools.insert(sign.excerpt);
      const bool known = std::any_of(signs.begin(), signs.end(),
                                     [&](const MinerSign& each) { return each.name == sign.name; });
      if (known) continue;
      sign.range.offset = joined.empty() ? line_at + sign.range.offset : joined_at;
      signs.push_back(std::move(sign));
    }
    joined.clear();
  }
  if (pools.size() > kMostPools) return {};
  if (kills_of_miners >= 2 || kills >= 6) {
    MinerSign sign;
    sign.name = "host.kill_list";
    sign.kind = kills_of_miners >= 2 ? MinerSignKind::kMining : MinerSignKind::kHostChange;
    sign.score = kills_of_miners >= 2 ? 60 : 35;
    sign.text = {"kills other miners (" + std::to_string(kills) + " lines)",
                 "ほかのマイナーを終了させる処理 (" + std::to_string(kills) + " 行)"};
    sign.range = {first_kill, 1};
    sign.excerpt = text.substr(
        first_kill, std::min<std::size_t>(120, text.find('\n', first_kill) - first_kill));
    signs.push_back(std::move(sign));
  }
  return signs;
}

}  // namespace konseki
