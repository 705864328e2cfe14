#include "agent/match/miner/miner_matcher.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/match/miner/host_signs.h"
#include "agent/match/miner/memory_signs.h"
#include "agent/match/miner/miner_finding.h"
#include "agent/match/miner/miner_sign.h"
#include "agent/match/miner/miner_subject.h"
#include "agent/match/miner/text_place.h"
#include "agent/match/process_text.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostContent = std::uint64_t{1} << 20;
constexpr std::size_t kMostSubjects = 50'000;

class MinerMatcher : public Matcher {
 public:
  explicit MinerMatcher(std::shared_ptr<const MinerData> data)
      : owner_(std::move(data)), data_(*owner_), memory_signs_(data_) {}

  std::string_view name() const override { return "miner"; }

  bool wants_content(const MatchFile& file) const override {
    return file.size > 0 && file.size <= kMostContent && file.package_state != "intact";
  }

  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    if (file.package_state == "intact" || file.content.size() > kMostContent) return;
    (void)content;  // what is small enough to be a script is in memory
    ++files_;
    const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                                file.content.size());
    if (!is_plain_text(text)) return;
    CommandPlace place = CommandPlace::kScript;
    std::vector<MinerSign> signs = signs_in_configuration(text, data_);
    const bool configuration = !signs.empty() && signs.front().name == "configuration";
    // In other JSON a pool or a wallet proves little; with Stratum's own scheme it does.
    if (!configuration) {
      const auto commands = place_of_text(file.item.path, text);
      if (commands) {
        place = *commands;
        signs = signs_in_script(text, place, data_);
      } else if (std::none_of(signs.begin(), signs.end(), [](const MinerSign& sign) {
                   return sign.name == "stratum" || sign.name == "wallet.monero";
                 })) {
        return;
      }
    }
    if (signs.empty()) return;
    if (std::any_of(signs.begin(), signs.end(),
                    [](const MinerSign& sign) { return sign.score >= 30; })) {
      sink.keep();
    }
    MinerSubject subject = subject_of(file);
    subject.place = place;
    keep({file_key(file.address), std::move(subject), std::move(signs)});
  }

  void match_memory(const MatchProcess& process, ByteReader& memory, FindingSink& sink) override {
    MemorySigns::State state(memory_signs_);
    std::vector<std::byte> bytes;
    for (const MemoryBlock& block : process.blocks) {
      bytes.resize(static_cast<std::size_t>(block.range.length));
      const auto count = memory.read_at(block.range.offset, bytes);
      if (!count) return sink.gap(process.address.path, count.error());
      if (*count == 0) break;  // whoever shows it says why
      memory_signs_.look(std::span(bytes).first(*count), block.range.offset, state);
    }
    ++processes_;
    std::vector<MinerSign> signs = memory_signs_.take(state);
    if (signs.empty()) return;
    const Bilingual who = process_text(process.process);
    for (MinerSign& sign : signs) {
      const Bilingual place = place_in_memory(process, sign.range.offset);
      sign.text.en += " in the memory of " + who.en + " at " + place.en;
      sign.text.ja = who.ja + " のメモリ " + place.ja + " にある" + sign.text.ja;
      sign.address = process.address;
      sign.address->range = std::exchange(sign.range, {});
    }
    MinerSubject subject;
    subject.address = process.address;
    subject.place = CommandPlace::kProcess;
    subject.what = who.en;
    subject.is_memory = true;
    keep({process_key(process.process.pid), std::move(subject), std::move(signs)});
  }

  void match_entry(const MatchFile& file, FindingSink&) override {
    if (auto sighting = sighting_in_entry(file)) keep(*std::move(sighting));
  }

  void match_record(const Record& record, FindingSink&) override {
    ++records_;
    if (record.schema().name.ends_with(".process")) note_time(record);
    if (auto sighting = sighting_in_record(record, data_)) keep(*std::move(sighting));
  }

  void preview(FindingSink& sink) override {
    bool miner = false;
    for (auto& [key, subject] : subjects_) {
      if (now_) subject.judge_share(*now_);
      const MinerVerdict verdict = verdict_of(subject);
      auto finding = miner_finding(subject, verdict);
      if (!finding) continue;
      miner = miner || (verdict == MinerVerdict::kMiner && finding->severity >= Severity::kMedium);
      sink.emit(*std::move(finding));
    }
    if (!miner) return;
    // What intrusions change on a host says nothing by itself, and much beside a miner.
    for (const auto& [key, subject] : subjects_) {
      if (verdict_of(subject) != MinerVerdict::kNothing) continue;
      if (auto finding = miner_finding(subject, MinerVerdict::kHostChange)) {
        sink.emit(*std::move(finding));
      }
    }
  }

  void finish(FindingSink& sink) override {
    preview(sink);
    if (left_out_ > 0) {
      sink.gap("miner", {ErrorCode::kLimitExceeded,
                         std::to_string(left_out_) + " suspects beyond the first " +
                             std::to_string(kMostSubjects) + " were not judged",
                         {}});
    }
  }

  MatchCoverage coverage() const override {
    MatchCoverage coverage;
    coverage.matcher = "miner";
    coverage.loaded = {{"pools", data_.pools()}, {"names", data_.names()}};
    coverage.looked_at = {{"files", files_}, {"records", records_}};
    if (processes_ > 0) coverage.looked_at["processes"] = processes_;
    if (left_out_ > 0) coverage.not_looked_at["limit_of_suspects"] = left_out_;
    return coverage;
  }

 private:
  // This program started last of all, or nearly so: the time of the look.
  void note_time(const Record& process) {
    const auto* started = std::get_if<Timestamp>(&process.get("started"));
    if (started == nullptr) return;
    std::lock_guard lock(mutex_);
    now_ = std::max(now_.value_or(*started), *started);
  }

  void keep(MinerSighting&& sighting) {
    std::lock_guard lock(mutex_);
    auto found = subjects_.find(sighting.key);
    if (found == subjects_.end()) {
      if (subjects_.size() >= kMostSubjects) {
        ++left_out_;
        return;
      }
      found = subjects_.emplace(std::move(sighting.key), MinerSubject{}).first;
    }
    found->second.take(std::move(sighting.subject), std::move(sighting.signs));
  }

  const std::shared_ptr<const MinerData> owner_;
  const MinerData& data_;
  const MemorySigns memory_signs_;
  std::atomic<std::uint64_t> files_ = 0;
  std::atomic<std::uint64_t> processes_ = 0;
  std::atomic<std::uint64_t> records_ = 0;
  std::mutex mutex_;
  std::map<std::string, MinerSubject> subjects_;
  std::optional<Timestamp> now_;  // of live processes
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::unique_ptr<Matcher> make_miner_matcher(std::shared_ptr<const MinerData> data) {
  return std::make_unique<MinerMatcher>(std::move(data));
}

}  // namespace konseki
