#include "agent/match/miner/miner_finding.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki {
namespace {

constexpr std::size_t kMostOpenFiles = 20;  // told of a process
constexpr std::size_t kMostTold = 4;        // signs in the reason; all are witnesses

// "DESCRIPTOR PATH" without the descriptor and " (deleted)".
std::string_view path_of_descriptor(std::string_view text) {
  constexpr std::string_view kDeleted = " (deleted)";
  text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  if (text.ends_with(kDeleted)) text.remove_suffix(kDeleted.size());
  return text;
}

std::string rule_of(const MinerSubject& subject, MinerVerdict verdict) {
  switch (verdict) {
    case MinerVerdict::kMiner:
      if (subject.is_memory) return "miner.memory";
      return subject.schema.empty() ? "miner.file" : "miner." + subject.schema;
    case MinerVerdict::kLoader:
      return "miner.loader";
    case MinerVerdict::kDisguise:
      return "miner.disguise";
    case MinerVerdict::kDriver:
      return "miner.driver";
    case MinerVerdict::kLocked:
      return "miner.locked";
    case MinerVerdict::kHostChange:
    case MinerVerdict::kNothing:
      break;
  }
  return "miner.host_change";
}

std::string_view technique_of(MinerVerdict verdict) {
  switch (verdict) {
    case MinerVerdict::kLoader:
      return "T1105";
    case MinerVerdict::kDisguise:
      return "T1036.004";
    case MinerVerdict::kLocked:
      return "T1222.002";
    default:
      return "T1496";
  }
}

// The signs of a subject, the gravest first.
std::vector<const MinerSign*> by_score(const MinerSubject& subject) {
  std::vector<const MinerSign*> order;
  for (const auto& [name, sign] : subject.signs) order.push_back(&sign);
  std::stable_sort(order.begin(), order.end(),
                   [](const MinerSign* a, const MinerSign* b) { return a->score > b->score; });
  return order;
}

Witness witness_of(const MinerSign& sign, const MinerSubject& subject) {
  Witness witness;
  witness.name = sign.name;
  witness.score = sign.score;
  witness.text = sign.text;
  witness.excerpt = sign.excerpt;
  if (sign.address) {
    witness.addresses.push_back(*sign.address);
  } else if (sign.range.length > 0 && subject.schema.empty()) {
    PathSpec address = subject.address;
    address.range = sign.range;
    witness.addresses.push_back(std::move(address));
  }
  return witness;
}

Bilingual reason_of(MinerVerdict verdict, std::span<const MinerSign* const> order) {
  std::string en, ja;
  for (const MinerSign* sign : order.first(std::min(order.size(), kMostTold))) {
    en += (en.empty() ? "" : "; ") + sign->text.en;
    ja += (ja.empty() ? "" : "、") + sign->text.ja;
  }
  switch (verdict) {
    case MinerVerdict::kMiner:
      return {"Traces of a coin miner: " + en + ".", "コインマイナーの痕跡: " + ja + "。"};
    case MinerVerdict::kLoader:
      return {"Brings and runs a script, as droppers of miners do: " + en + ".",
              "マイナーのドロッパーに見られる、スクリプトの取得と実行: " + ja + "。"};
    case MinerVerdict::kDisguise:
      return {"Passes for a part of the system, as miners do: " + en + ".",
              "マイナーに見られる、システムの一部への偽装: " + ja + "。"};
    case MinerVerdict::kLocked:
      return {"Starts by itself or lies among what does, and " + en +
                  ": miners lock their files so, and cautious administrators as well.",
              "自動起動の場所にあり、" + ja +
                  "。マイナーが自身を守る手口ですが、管理者が設定することもあります。"};
    case MinerVerdict::kDriver:
      return {
          "A driver that miners bring, and programs that watch the hardware as well: " + en + ".",
          "マイナーが持ち込むドライバー (ハードウェア監視ソフトにも使われます): " + ja + "。"};
    case MinerVerdict::kHostChange:
      return {"A change that mining intrusions make, on a host with traces of a miner: " + en + ".",
              "マイナーの痕跡があるホストで見られる、同種の侵害に伴う変更: " + ja + "。"};
    case MinerVerdict::kNothing:
      break;
  }
  return {};
}

// Its program and what it holds open, each with its address.
void add_files_of_process(const MinerSubject& subject, Finding& finding) {
  const auto address = [&](std::string_view path) {
    PathSpec out;
    out.evidence = subject.address.evidence;
    out.path = path;
    return out;
  };
  if (!subject.program.empty()) {
    Witness witness;
    witness.name = "process.program";
    witness.text = {"its program: " + subject.program, "プログラム: " + subject.program};
    witness.addresses.push_back(address(subject.program));
    finding.witnesses.push_back(std::move(witness));
    finding.first_seen = subject.started;
  }
  if (subject.open_files.empty()) return;
  Witness witness;
  witness.name = "process.open_files";
  const std::string count = std::to_string(subject.open_files.size());
  witness.text = {"it holds " + count + " files open", "開いているファイル " + count + " 件"};
  for (const std::string& each : subject.open_files) {
    if (witness.addresses.size() >= kMostOpenFiles) {
      witness.excerpt += "\n...";
      break;
    }
    witness.excerpt += (witness.excerpt.empty() ? "" : "\n") + each;
    witness.addresses.push_back(address(path_of_descriptor(each)));
  }
  finding.witnesses.push_back(std::move(witness));
}

}  // namespace

MinerVerdict verdict_of(const MinerSubject& subject) {
  bool mining = false, loader = false;
  for (const auto& [name, sign] : subject.signs) {
    mining = mining || sign.kind == MinerSignKind::kMining;
    loader = loader || sign.kind == MinerSignKind::kLoader;
  }
  if (mining) return MinerVerdict::kMiner;
  if (loader) return MinerVerdict::kLoader;
  const auto has = [&](const char* name) { return subject.signs.contains(name); };
  if (has("name.imitates_system") && (has("path.hidden") || has("process.from_memory") ||
                                      has("process.deleted") || has("process.hidden"))) {
    return MinerVerdict::kDisguise;
  }
  if (has("host.immutable_startup")) return MinerVerdict::kLocked;
  return has("host.winring0") ? MinerVerdict::kDriver : MinerVerdict::kNothing;
}

std::optional<Finding> miner_finding(const MinerSubject& subject, MinerVerdict verdict) {
  if (verdict == MinerVerdict::kNothing) return std::nullopt;
  std::vector<int> scores;
  bool mining = false, loader = false, change = false;
  for (const auto& [name, sign] : subject.signs) {
    scores.push_back(sign.score);
    mining = mining || sign.kind == MinerSignKind::kMining;
    loader = loader || sign.kind == MinerSignKind::kLoader;
    change = change || sign.kind == MinerSignKind::kHostChange;
  }
  if (verdict == MinerVerdict::kHostChange && !change) return std::nullopt;
  int score = combine_scores(scores);
  // People fetch and run installers by hand, too: that alone is no more than a note.
  const bool by_hand =
      subject.place == CommandPlace::kHistory || subject.place == CommandPlace::kScript;
  if (!mining && by_hand && subject.signs.size() < 3) score = std::min(score, 25);
  if (verdict == MinerVerdict::kDriver || verdict == MinerVerdict::kHostChange ||
      verdict == MinerVerdict::kLocked) {
    score = std::min(score, 25);
  }
  if (score < 10) return std::nullopt;
  Finding finding;
  finding.matcher = "miner";
  finding.rule = rule_of(subject, verdict);
  finding.origin = "konseki";
  finding.score = score;
  finding.severity = severity_of_score(score, std::size_t{mining} + loader + change);
  finding.technique = technique_of(verdict);
  finding.subject = subject.address;
  finding.schema = subject.schema;
  finding.sha256 = subject.sha256;
  const std::vector<const MinerSign*> order = by_score(subject);
  for (const MinerSign* sign : order) finding.witnesses.push_back(witness_of(*sign, subject));
  add_files_of_process(subject, finding);
  finding.reason = reason_of(verdict, order);
  return finding;
}

}  // namespace konseki
