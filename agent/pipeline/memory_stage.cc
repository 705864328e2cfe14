#include "agent/pipeline/memory_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace konseki {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kBlock = std::uint64_t{16} << 20;
constexpr std::uint64_t kOverlap = std::uint64_t{1} << 20;
constexpr std::size_t kPage = 4096;
// Pages that are not there between two runs that are; as zeros they keep one block whole.
constexpr std::uint64_t kBridged = std::uint64_t{64} << 10;

// The file is looked at as a file. What only looks like one is memory.
bool is_data_file(const MemoryRegion& region) {
  const std::string_view file = region.file;
  return region.shared && region.access.find('x') == std::string::npos &&
         (file.starts_with('/') || file.starts_with('\\')) && !file.starts_with("/memfd:") &&
         !file.starts_with("/SYSV") && !file.starts_with("/dev/") && !file.ends_with(" (deleted)");
}

std::uint64_t length_of(const std::vector<ByteRange>& ranges) {
  return std::accumulate(
      ranges.begin(), ranges.end(), std::uint64_t{0},
      [](std::uint64_t sum, const ByteRange& each) { return sum + each.length; });
}

// Memory as content whose offsets are addresses. Pages that are not there, or that vanish while
// they are read, read as zeros. Reads nothing once the time is up, the run is stopped, or the
// process has ended.
class BlockReader : public ByteReader {
 public:
  BlockReader(OpenedProcess& process, Clock::time_point deadline, Budget& budget,
              const std::stop_token& stop)
      : process_(process), deadline_(deadline), budget_(budget), stop_(stop) {}

  // In the order of addresses.
  void add_resident(const ByteRange& range) { resident_.push_back(range); }

  // Pages that were listed and could not be read; each counts once, however often it was asked for.
  std::uint64_t lost() const { return length_of(lost_); }
  bool ended() const { return ended_; }
  bool out_of_time() const { return out_of_time_; }

  std::uint64_t size() const override { return ~std::uint64_t{0}; }

  Result<std::size_t> read_at(std::uint64_t address, std::span<std::byte> out) override {
    budget_.pace();
    out_of_time_ = out_of_time_ || Clock::now() >= deadline_ || stop_.stop_requested();
    if (out_of_time_ || ended_) return std::size_t{0};
    std::fill(out.begin(), out.end(), std::byte{0});
    const std::uint64_t end = address + out.size();
    auto run = std::upper_bound(resident_.begin(), resident_.end(), address,
                                [](std::uint64_t at, const auto& each) { return at < each.end(); });
    for (; run != resident_.end() && run->offset < end; ++run) {
      const std::uint64_t from = std::max(run->offset, address);
      read_run(from, out.subspan(static_cast<std::size_t>(from - address),
                                 static_cast<std::size_t>(std::min(run->end(), end) - from)));
    }
    return ended_ ? std::size_t{0} : out.size();
  }

 private:
  void read_run(std::uint64_t address, std::span<std::byte> out) {
    for (std::size_t done = 0; done < out.size() && !ended_;) {
      const auto got = process_.read(address + done, out.subspan(done));
      if (got && *got > 0) {
        done += std::min(*got, out.size() - done);
        continue;
      }
      ended_ = !got && got.error().code == ErrorCode::kNotFound;
      const std::size_t to_page_end = kPage - static_cast<std::size_t>((address + done) % kPage);
      const std::size_t missing = std::min(to_page_end, out.size() - done);
      note_lost({address + done, missing});
      done += missing;
    }
  }

  void note_lost(const ByteRange& range) {
    const auto after =
        std::upper_bound(lost_.begin(), lost_.end(), range.offset,
                         [](std::uint64_t at, const auto& each) { return at < each.offset; });
    if (after != lost_.begin() && std::prev(after)->end() >= range.offset) {
      ByteRange& before = *std::prev(after);
      before.length = std::max(before.end(), range.end()) - before.offset;
    } else {
      lost_.insert(after, range);
    }
  }

  OpenedProcess& process_;
  Clock::time_point deadline_;
  Budget& budget_;
  const std::stop_token& stop_;
  std::vector<ByteRange> resident_;
  std::vector<ByteRange> lost_;
  bool ended_ = false;
  bool out_of_time_ = false;
};

Error limit(std::string detail) {
  return {ErrorCode::kLimitExceeded,
          std::move(detail),
          {"Where it matters, take an image of the whole memory.",
           "重要な場合はメモリ全体のイメージを取得してください。"}};
}

// What of a region is looked at.
struct Share {
  const MemoryRegion* region = nullptr;
  std::uint64_t bytes = 0;  // from its first resident page on
};

class Scan {
 public:
  Scan(MatchStage& matches, const MemoryLimits& limits, Budget& budget, const std::stop_token& stop,
       const MemoryGap& gap)
      : matches_(matches), limits_(limits), budget_(budget), stop_(stop), gap_(gap) {}

  Result<void> look_at(ProcessMemory& memory, const RunningProcess& process) {
    const std::string what = fmt::format("process {} ({})", process.pid, process.name);
    auto opened = memory.open(process.pid);
    if (!opened) return miss(what, opened.error());
    const auto regions = (*opened)->regions();
    if (!regions) return miss(what, regions.error());
    BlockReader reader(**opened, Clock::now() + limits_.time, budget_, stop_);
    const std::vector<Share> shares = share_out(*regions);
    const std::vector<MemoryBlock> blocks = blocks_of(shares, reader);
    KONSEKI_TRY(tell_of_swap(what, *regions));
    KONSEKI_TRY(tell_of_cut(what, *regions, shares));
    if (blocks.empty()) return {};  // one that has ended and was not waited for
    MatchProcess seen{process, {}, blocks};
    seen.address.path = memory.path_of(process.pid);
    seen.time = std::chrono::ceil<std::chrono::seconds>(limits_.time);
    matches_.see_process(std::move(seen), reader);
    return tell_of_outcome(what, shares, reader);
  }

  Result<void> miss(const std::string& what, const Error& error) {
    count_missed(error.code == ErrorCode::kNotFound ? "ended" : error_code_name(error.code));
    return gap_(what, error);
  }

  void count_missed(std::string_view reason, std::uint64_t count = 1) {
    if (count > 0) coverage_.not_looked_at[std::string(reason)] += count;
  }

  MatchCoverage take_coverage() { return std::move(coverage_); }

 private:
  // In the order of addresses. The smallest regions first, so that one huge heap costs the rest of
  // a process nothing.
  std::vector<Share> share_out(const std::vector<MemoryRegion>& regions) {
    std::vector<Share> shares;
    for (const MemoryRegion& region : regions) {
      if (region.is_device) {
        count_missed("regions_device");
      } else if (is_data_file(region)) {
        count_missed("regions_mapped_file");
      } else if (!region.resident.empty()) {
        shares.push_back({&region, length_of(region.resident)});
      }
    }
    std::vector<Share*> order;
    for (Share& share : shares) order.push_back(&share);
    std::stable_sort(order.begin(), order.end(),
                     [](const Share* a, const Share* b) { return a->bytes < b->bytes; });
    std::uint64_t left = limits_.bytes;
    for (Share* const share : order) {
      share->bytes = std::min(share->bytes, left);
      left -= share->bytes;
    }
    return shares;
  }

  static std::vector<MemoryBlock> blocks_of(const std::vector<Share>& shares, BlockReader& reader) {
    std::vector<MemoryBlock> blocks;
    for (const Share& share : shares) {
      const std::size_t first = blocks.size();
      std::uint64_t left = share.bytes;
      for (const ByteRange& run : share.region->resident) {
        const ByteRange used{run.offset, std::min(run.length, left)};
        if (used.length == 0) break;
        left -= used.length;
        reader.add_resident(used);
        add_run(blocks, first, *share.region, used);
      }
    }
    return blocks;
  }

  // Joins the run to the region's last block where it lies near, else begins a new one.
  static void add_run(std::vector<MemoryBlock>& blocks, std::size_t first,
                      const MemoryRegion& region, ByteRange run) {
    if (blocks.size() > first && run.offset - blocks.back().range.end() <= kBridged) {
      const std::uint64_t end = run.end();
      run.offset = blocks.back().range.offset;
      run.length = end - run.offset;
      blocks.pop_back();
    }
    while (run.length > kBlock) {
      blocks.push_back({{run.offset, kBlock}, &region});
      run.offset += kBlock - kOverlap;
      run.length -= kBlock - kOverlap;
    }
    blocks.push_back({run, &region});
  }

  Result<void> tell_of_swap(const std::string& what, const std::vector<MemoryRegion>& regions) {
    std::uint64_t swapped = 0;
    for (const MemoryRegion& region : regions) swapped += region.swapped;
    if (swapped == 0) return {};
    count_missed("bytes_in_swap", swapped);
    return gap_(what,
                {ErrorCode::kUnsupported,
                 fmt::format("{} bytes of its memory lie in swap and were left there", swapped),
                 {"Collect the swap space for its content.",
                  "内容が必要な場合はスワップ領域を収集してください。"}});
  }

  Result<void> tell_of_cut(const std::string& what, const std::vector<MemoryRegion>& regions,
                           const std::vector<Share>& shares) {
    std::uint64_t cut = 0, cut_regions = 0, all = 0;
    for (const MemoryRegion& region : regions) all += length_of(region.resident);
    for (const Share& share : shares) {
      const std::uint64_t missing = length_of(share.region->resident) - share.bytes;
      cut += missing;
      if (missing > 0) ++cut_regions;
    }
    if (cut == 0) return {};
    count_missed("bytes_too_many", cut);
    count_missed("regions_too_large", cut_regions);
    return gap_(what,
                limit(fmt::format("{} of {} bytes of its memory were not looked at: more than "
                                  "{} of one process",
                                  cut, all, limits_.bytes)));
  }

  Result<void> tell_of_outcome(const std::string& what, const std::vector<Share>& shares,
                               const BlockReader& reader) {
    if (reader.ended()) {
      return miss(what, {ErrorCode::kNotFound, "it ended while it was looked at", {}});
    }
    if (reader.out_of_time()) {
      count_missed("time_limit");
      return gap_(what,
                  limit(fmt::format("not done after {:.0f} seconds; what was found until then "
                                    "is kept",
                                    std::chrono::duration<double>(limits_.time).count())));
    }
    std::uint64_t bytes = 0;
    for (const Share& share : shares) bytes += share.bytes;
    ++coverage_.looked_at["processes"];
    coverage_.looked_at["regions"] += shares.size();
    coverage_.looked_at["bytes"] += bytes - std::min(bytes, reader.lost());
    if (reader.lost() == 0) return {};
    count_missed("bytes_unreadable", reader.lost());
    return gap_(what, {ErrorCode::kIoError,
                       fmt::format("{} bytes of its memory could not be read", reader.lost()),
                       {}});
  }

  MatchStage& matches_;
  const MemoryLimits& limits_;
  Budget& budget_;
  const std::stop_token& stop_;
  const MemoryGap& gap_;
  MatchCoverage coverage_{"memory", {}, {}, {}};
};

}  // namespace

Result<void> scan_processes(ProcessMemory& memory, MatchStage& matches, const MemoryLimits& limits,
                            Budget& budget, const std::stop_token& stop,
                            const MemoryProgress& progress, const MemoryGap& gap) {
  Scan scan(matches, limits, budget, stop, gap);
  const auto processes = memory.processes();
  if (!processes) return scan.miss("processes", processes.error());
  std::size_t done = 0;
  for (const RunningProcess& process : *processes) {
    if (stop.stop_requested() || budget.out_of_time()) break;
    progress(process, done, processes->size());
    KONSEKI_TRY(scan.look_at(memory, process));
    ++done;
  }
  if (const std::size_t left = processes->size() - done; left > 0) {
    scan.count_missed("processes_left", left);
    KONSEKI_TRY(gap("processes",
                    limit(fmt::format("the run ended before {} processes were looked at; the "
                                      "first of them is {} ({})",
                                      left, (*processes)[done].pid, (*processes)[done].name))));
  }
  matches.add_coverage(scan.take_coverage());
  return {};
}

}  // namespace konseki
