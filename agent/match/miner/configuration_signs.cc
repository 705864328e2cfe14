// Signs in a miner's configuration file, whatever its name.
#include <algorithm>

#include "agent/base/unicode.h"
#include "agent/match/miner/miner_sign.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;
constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostExcerpt = 200;

// Keys and string values of JSON as miners take it: comments, trailing commas, missing brackets
// outside. Calls `key(name, depth)` and `text(owner key, value, offset)`.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  template <class OnText>
  void walk(const OnText& on_text) {
    std::string key;
    std::vector<std::string> owners;  // key of each open container
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '/') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (c == '"') {
        const std::size_t start = at_;
        const std::string value = read_text();
        if (next_is_colon()) {
          key = value;
          on_text(owners.empty() ? std::string() : owners.back(), key, std::string_view(), start);
        } else {
          on_text(owners.empty() ? std::string() : owners.back(), key, value, start);
        }
      } else if (c == '{' || c == '[') {
        if (owners.size() < kDeepest) {
          // An object inside a list belongs to the list's key.
          owners.push_back(!key.empty() || owners.empty() ? key : owners.back());
        }
        key.clear();
        ++at_;
      } else if (c == '}' || c == ']') {
        if (!owners.empty()) owners.pop_back();
        key.clear();
        ++at_;
      } else {
        if (c == ',') key.clear();
        ++at_;
      }
    }
  }

 private:
  std::string read_text() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (at_ < text_.size()) ++at_;
    return out;
  }
  bool next_is_colon() {
    std::size_t next = text_.find_first_not_of(" \t\r\n", at_);
    if (next == std::string_view::npos || text_[next] != ':') return false;
    at_ = next + 1;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  if (const std::size_t at = url.find('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  return fold_case(url.substr(0, url.find_first_of(":/?")));
}

MinerSign sign_of(std::string_view name, MinerSignKind kind, int score, Bilingual text,
                  std::size_t at, std::string_view excerpt) {
  return {std::string(name),
          kind,
          score,
          std::move(text),
          std::string(excerpt.substr(0, kMostExcerpt)),
          {at, excerpt.size()}};
}

}  // namespace

std::vector<MinerSign> signs_in_configuration(std::string_view text, const MinerData& data) {
  text = text.substr(0, kMostText);
  bool pools = false, url = false, user = false, stak_pool = false, stak_wallet = false;
  std::size_t traits = 0;  // keys that only miners' files have
  std::size_t pools_at = 0;
  std::vector<MinerSign> signs;
  const auto has = [&](std::string_view name) {
    return std::any_of(signs.begin(), signs.end(),
                       [&](const MinerSign& sign) { return sign.name == name; });
  };
  Walker(text).walk([&](const std::string& owner, const std::string& key, std::string_view value,
                        std::size_t at) {
    if (value.empty()) {
      if (key == "pools" || key == "pool_list") pools = true, pools_at = at;
      if (key == "donate-level" || key == "donate-over-proxy" || key == "randomx" ||
          key == "max-threads-hint" || key == "huge-pages-jit" || key == "rig-id" ||
          key == "1gb-pages" || key == "daemon-poll-interval" || key == "cn/0" || key == "rx/0" ||
          key == "max-cpu-usage" || key == "nicehash" || key == "gpu_threads_conf" ||
          key == "cpu_threads_conf" || key == "pool_weight" || key == "use_nicehash") {
        ++traits;
      }
      return;
    }
    if ((owner == "pools" || owner == "pool_list") && (key == "url" || key == "pool_address")) {
      url = true;
    }
    if (owner == "pools" && (key == "user" || key == "wallet")) user = true;
    if (owner == "pools" && (key == "algo" || key == "coin")) ++traits;
    if (key == "pool_address") stak_pool = true;
    if (key == "wallet_address") stak_wallet = true;
    const std::string folded = fold_case(value);
    if (!has("stratum") && folded.starts_with("stratum") &&
        folded.find("://") != std::string::npos) {
      signs.push_back(sign_of(
          "stratum", MinerSignKind::kMining, 75,
          {"an address of the mining protocol Stratum", "マイニング用プロトコル Stratum の接続先"},
          at, value));
    }
    if (!has("pool") && value.find('.') != std::string_view::npos) {
      if (const std::string_view pool = data.pool_of(host_of(value)); !pool.empty()) {
        signs.push_back(sign_of("pool", MinerSignKind::kMining, 65,
                                {"a known mining pool (" + std::string(pool) + ")",
                                 "既知のマイニングプール (" + std::string(pool) + ")"},
                                at, value));
      }
    }
    std::size_t length = 0;
    if (!has("wallet.monero") && value.size() >= 95 &&
        find_monero_address(value, 0, length) != std::string_view::npos) {
      signs.push_back(sign_of("wallet.monero", MinerSignKind::kMining, 50,
                              {"a Monero address", "Monero のアドレス"}, at, value));
    }
  });
  const bool xmrig = pools && url && user && traits >= 1;
  const bool stak = stak_pool && stak_wallet;
  if (xmrig || stak) {
    const std::string_view excerpt = text.substr(pools_at, text.find('\n', pools_at) - pools_at);
    signs.insert(signs.begin(),
                 sign_of("configuration", MinerSignKind::kMining, 85,
                         {"the configuration of a miner (pools, user, mining settings)",
                          "マイナーの設定 (プール、ユーザー、採掘設定)"},
                         pools_at, excerpt));
  }
  return signs;
}

}  // namespace konseki
