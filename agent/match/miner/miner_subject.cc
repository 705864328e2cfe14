#include "agent/match/miner/miner_subject.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/base/digest.h"

namespace konseki {
namespace {

constexpr std::int64_t kAgeFrom = 600;  // seconds a process lives before its share counts

int rank(CommandPlace place) {
  switch (place) {
    case CommandPlace::kHistory:
      return 0;
    case CommandPlace::kScript:
      return 1;
    case CommandPlace::kProcess:
      return 2;
    case CommandPlace::kStartsByItself:
      return 3;
  }
  return 0;
}

}  // namespace

void MinerSubject::take(MinerSubject&& fresh, std::vector<MinerSign>&& fresh_signs) {
  // The process itself, or the file, says more than a socket or an entry that names it.
  const bool is_weak = what.empty() || (is_memory && !fresh.is_memory);
  if (is_weak || sha256.empty()) {
    if (!fresh.what.empty() && (is_weak || !fresh.sha256.empty())) {
      is_memory = fresh.is_memory;
      address = std::move(fresh.address);
      schema = std::move(fresh.schema);
      sha256 = std::move(fresh.sha256);
      what = std::move(fresh.what);
    }
  }
  if (!fresh.program.empty()) {
    program = std::move(fresh.program);
    open_files = std::move(fresh.open_files);
  }
  if (fresh.started) {
    started = fresh.started;
    processor_time = fresh.processor_time;
  }
  place = std::max(place, fresh.place,
                   [](CommandPlace a, CommandPlace b) { return rank(a) < rank(b); });
  for (MinerSign& sign : fresh_signs) {
    auto [at, is_new] = signs.try_emplace(sign.name, sign);
    // The same whatever came first: the higher score, then the one that has a place in the file.
    const auto order = [](const MinerSign& each) {
      return std::tuple(-each.score, each.range.length == 0, each.excerpt, each.range.offset);
    };
    if (!is_new && order(at->second) > order(sign)) {
      at->second = std::move(sign);
    }
  }
}

void MinerSubject::judge_share(Timestamp now) {
  if (!started || signs.empty()) return;
  const std::int64_t age = now.seconds - started->seconds;
  if (age < kAgeFrom || processor_time / 10 < age * 50) return;
  const std::int64_t percent = processor_time / 10 / age;
  const std::string hours = std::to_string(age / 3600) + ':' + (age / 60 % 60 < 10 ? "0" : "") +
                            std::to_string(age / 60 % 60);
  signs["process.busy"] =
      MinerSign{"process.busy",
                MinerSignKind::kNote,
                30,
                {"it has used " + std::to_string(percent) + "% of a processor since its start, " +
                     hours + " hours ago",
                 "起動から " + hours + " 時間の CPU 使用率が 1 コアの " + std::to_string(percent) +
                     "% です"}};
}

std::string file_key(const PathSpec& address) { return "file " + subject_path(address); }

std::string process_key(std::uint64_t pid) { return "process " + std::to_string(pid); }

MinerSubject subject_of(const MatchFile& file) {
  MinerSubject subject;
  subject.address = file.address;
  if (file.digests) subject.sha256 = to_hex(file.digests->sha256);
  subject.what = file.item.path;
  return subject;
}

}  // namespace konseki
