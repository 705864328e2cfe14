#include <algorithm>
#include <vector>

#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/utmp/lastlog_record.h"
#include "collectors/linux/utmp/schema.h"
#include "collectors/linux/utmp/utmp_file.h"

namespace konseki {
namespace {

constexpr std::size_t kChunk = 512 * 1024;
// Stored bytes that are read at most: 3.6 million accounts. The apparent size is up to 1.2 TB.
constexpr std::uint64_t kMaxStored = 1ULL << 30;

struct Run {
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};

// Calls `visit` for the stored ranges in pieces of kChunk, ascending. Answers false when the
// limit ended it.
Result<bool> for_each_run(ByteReader& content, const std::function<void(const Run&)>& visit) {
  std::uint64_t stored = 0;
  for (std::uint64_t at = 0; at < content.size();) {
    const ByteRange data = content.next_data(at);
    if (data.length == 0) return true;
    Run run;
    run.offset = std::max(data.offset, at);
    run.bytes.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(data.end() - run.offset, kChunk)));
    KONSEKI_ASSIGN(const std::size_t got, content.read_at(run.offset, run.bytes));
    if (got == 0) return true;
    run.bytes.resize(got);
    visit(run);
    at = run.offset + got;
    stored += got;
    if (stored >= kMaxStored && at < content.size()) return false;
  }
  return true;
}

// File systems store whole blocks, so a record may begin in one run and end in the next; a hole
// between them reads as zeros.
class Assembler {
 public:
  Assembler(const LastlogLayout& layout,
            const std::function<void(std::uint64_t, std::span<const std::byte>)>& visit)
      : layout_(layout), visit_(visit), record_(layout.size) {}

  void add(const Run& run) {
    for (std::size_t at = 0; at < run.bytes.size();) {
      const std::uint64_t offset = run.offset + at;
      const std::uint64_t index = offset / layout_.size;
      if (index != index_) flush();
      index_ = index;
      const auto within = static_cast<std::size_t>(offset % layout_.size);
      const std::size_t length = std::min(layout_.size - within, run.bytes.size() - at);
      std::copy_n(run.bytes.begin() + static_cast<std::ptrdiff_t>(at), length,
                  record_.begin() + static_cast<std::ptrdiff_t>(within));
      filled_ = within + length;
      at += length;
    }
  }

  void flush() {
    if (filled_ != 0) visit_(index_, record_);
    std::fill(record_.begin(), record_.end(), std::byte{0});
    filled_ = 0;
  }

 private:
  LastlogLayout layout_;
  const std::function<void(std::uint64_t, std::span<const std::byte>)>& visit_;
  std::vector<std::byte> record_;
  std::uint64_t index_ = 0;
  std::size_t filled_ = 0;
};

struct Guess {
  LastlogLayout layout;
  bool any_content = false;
  bool sound = false;
};

Result<Guess> guess_layout(ByteReader& content) {
  std::array<LastlogScore, kLastlogLayouts.size()> scores{};
  auto read = for_each_run(content, [&](const Run& run) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const LastlogScore score = score_lastlog(run.bytes, run.offset, kLastlogLayouts[i]);
      scores[i].sound += score.sound;
      scores[i].unsound += score.unsound;
    }
  });
  if (!read) return fail(std::move(read).error());
  Guess guess{kLastlogLayouts[0], false, false};
  std::size_t best = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i].sound + scores[i].unsound > 0) guess.any_content = true;
    if (scores[i].sound > scores[best].sound ||
        (scores[i].sound == scores[best].sound && scores[i].unsound < scores[best].unsound)) {
      best = i;
    }
  }
  guess.layout = kLastlogLayouts[best];
  guess.sound = scores[best].sound > 0;
  return guess;
}

std::string_view name_of(std::uint64_t uid, const std::vector<HostUser>& users) {
  const std::string id = std::to_string(uid);
  for (const HostUser& user : users) {
    if (user.id == id) return user.name;
  }
  return {};
}

}  // namespace

Result<void> parse_lastlog_file(ByteReader& content, const std::vector<HostUser>& users,
                                const RecordEmitter& emit) {
  KONSEKI_ASSIGN(const Guess guess, guess_layout(content));
  if (!guess.any_content) return {};
  if (!guess.sound) {
    return fail(ErrorCode::kCorrupt, "no record makes sense in any known form of lastlog");
  }
  const std::size_t size = guess.layout.size;
  const std::function<void(std::uint64_t, std::span<const std::byte>)> visit =
      [&](std::uint64_t uid, std::span<const std::byte> bytes) {
        const LastlogRecord raw = read_lastlog_record(bytes, guess.layout);
        if (raw.blank) return;
        Record record(kLinuxLastlogSchema);
        record.source.range = ByteRange{uid * size, size};
        record.set("uid", uid);
        set_unless_empty(record, "user", name_of(uid, users));
        record.set("time", raw.time);
        set_unless_empty(record, "line", raw.line);
        set_unless_empty(record, "host", raw.host);
        const std::uint64_t end = (uid + 1) * size;
        if (end > content.size()) {
          record.status = ParseStatus::kPartial;
          record.note = "record cut by the end of the file";
        } else if (!raw.problem.empty()) {
          record.status = ParseStatus::kCorrupt;
          record.note = raw.problem;
        }
        emit(std::move(record));
      };
  Assembler assembler(guess.layout, visit);
  KONSEKI_ASSIGN(const bool whole,
                 for_each_run(content, [&](const Run& run) { assembler.add(run); }));
  assembler.flush();
  if (!whole) {
    Record record(kLinuxLastlogSchema);
    record.status = ParseStatus::kPartial;
    record.note = cut_note(kMaxStored);
    emit(std::move(record));
  }
  return {};
}

}  // namespace konseki
