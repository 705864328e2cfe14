#include "agent/pipeline/memory_stage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <list>
#include <map>
#include <thread>

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// Processes made of pages; a page without content reads as zeros.
class FakeMemory : public ProcessMemory {
 public:
  struct Fake {
    RunningProcess process;
    std::vector<MemoryRegion> regions;
    std::map<std::uint64_t, std::string> pages = {};  // by address
    std::vector<std::uint64_t> unreadable = {};       // pages, by address
    std::optional<ErrorCode> refused = {};            // of open()
    bool ends = false;                                // while it is read
    std::chrono::milliseconds slow{0};                // each read
  };
  class Opened : public OpenedProcess {
   public:
    explicit Opened(const Fake& fake) : fake_(fake) {}
    Result<std::vector<MemoryRegion>> regions() override { return fake_.regions; }
    Result<std::size_t> read(std::uint64_t address, std::span<std::byte> out) override {
      std::this_thread::sleep_for(fake_.slow);
      if (fake_.ends) return fail(ErrorCode::kNotFound, "ended");
      const std::uint64_t base = address / kPage * kPage;
      for (const std::uint64_t each : fake_.unreadable) {
        if (each == base) return std::size_t{0};
      }
      std::string text(kPage, '\0');
      if (const auto page = fake_.pages.find(base); page != fake_.pages.end()) {
        text.replace(0, page->second.size(), page->second);
      }
      const std::size_t from = address % kPage;
      const std::size_t count = std::min<std::size_t>(out.size(), kPage - from);
      const auto bytes = std::as_bytes(std::span(text)).subspan(from, count);
      std::copy(bytes.begin(), bytes.end(), out.begin());
      return count;
    }

   private:
    const Fake& fake_;
  };

  Fake& add(std::uint32_t pid, std::string name, std::vector<MemoryRegion> regions = {}) {
    fakes.push_back({{pid, std::move(name), "/usr/bin/x"}, std::move(regions)});
    return fakes.back();
  }
  Result<std::vector<RunningProcess>> processes() override {
    std::vector<RunningProcess> out;
    for (const Fake& fake : fakes) out.push_back(fake.process);
    return out;
  }
  Result<std::unique_ptr<OpenedProcess>> open(std::uint32_t pid) override {
    for (const Fake& fake : fakes) {
      if (fake.process.pid != pid) continue;
      if (fake.refused) return fail(*fake.refused, "no");
      return std::unique_ptr<OpenedProcess>(std::make_unique<Opened>(fake));
    }
    return fail(ErrorCode::kNotFound, "no such process");
  }
  std::string path_of(std::uint32_t pid) const override {
    return "/proc/" + std::to_string(pid) + "/mem";
  }

  std::list<Fake> fakes;
};

// Keeps what it is shown, as text without zeros.
class Reader : public Matcher {
 public:
  explicit Reader(std::vector<std::string>& seen) : seen_(seen) {}
  std::string_view name() const override { return "reader"; }
  MatchCoverage coverage() const override { return {"reader", {}, {}, {}}; }
  void match_memory(const MatchProcess& process, ByteReader& memory, FindingSink&) override {
    for (const MemoryBlock& block : process.blocks) {
      std::string text(block.range.length, '\0');
      const auto got = memory.read_at(block.range.offset, std::as_writable_bytes(std::span(text)));
      ASSERT_TRUE(got.has_value());
      std::erase(text, '\0');
      seen_.push_back(fmt::format("{} {} {:x}+{:x} {}", process.address.evidence,
                                  process.address.path, block.range.offset, *got, text));
    }
  }

 private:
  std::vector<std::string>& seen_;
};

MemoryRegion region(std::uint64_t base, std::vector<ByteRange> resident, std::string file = "",
                    bool shared = false, std::string access = "rw-") {
  MemoryRegion out;
  out.base = base;
  out.size = std::uint64_t{1} << 30;
  out.access = std::move(access);
  out.file = std::move(file);
  out.shared = shared;
  out.resident = std::move(resident);
  return out;
}

class MemoryStage : public ::testing::Test {
 protected:
  MatchCoverage run(const MemoryLimits& limits = {}, std::stop_token stop = {}) {
    std::vector<std::unique_ptr<Matcher>> matchers;
    matchers.push_back(std::make_unique<Reader>(seen));
    MatchStage stage(std::move(matchers));
    MatchContext context;
    context.evidence = "live";
    stage.begin(context);
    Budget budget({}, std::nullopt);
    EXPECT_TRUE(scan_processes(
                    memory, stage, limits, budget, stop,
                    [&](const RunningProcess& process, std::size_t, std::size_t) {
                      begun.push_back(process.name);
                    },
                    [&](std::string_view what, const Error& error) -> Result<void> {
                      gaps.push_back(fmt::format("{}: {}: {}", what, error_code_name(error.code),
                                                 error.detail));
                      return {};
                    })
                    .has_value());
    stage.finish();
    for (const MatchCoverage& each : stage.summary().matchers) {
      if (each.matcher == "memory") return each;
    }
    ADD_FAILURE() << "no coverage";
    return {};
  }

  FakeMemory memory;
  std::vector<std::string> seen, gaps, begun;
};

TEST_F(MemoryStage, ShowsWhatIsResidentAndJoinsWhatLiesNear) {
  auto& one = memory.add(7, "one",
                         {region(0x10000, {{0x10000, kPage}, {0x13000, kPage}, {0x80000, kPage}}),
                          region(0x40000000, {{0x40000000, kPage}}, "/usr/share/data", true),
                          region(0x80000000, {{0x80000000, kPage}}, "/memfd:x (deleted)", true),
                          region(0xc0000000, {{0xc0000000, kPage}}, "/usr/lib/x", true, "r-x")});
  one.pages = {{0x10000, "first"},       {0x11000, "hidden"},    {0x13000, "second"},
               {0x80000, "third"},       {0x40000000, "a file"}, {0x80000000, "memfd"},
               {0xc0000000, "a program"}};
  one.regions.push_back(region(0x100000000, {}, "/dev/dri/card0", true));
  one.regions.back().is_device = true;
  const MatchCoverage coverage = run();
  EXPECT_THAT(
      seen, ElementsAre("live /proc/7/mem 10000+4000 firstsecond",
                        "live /proc/7/mem 80000+1000 third", "live /proc/7/mem 80000000+1000 memfd",
                        "live /proc/7/mem c0000000+1000 a program"));
  EXPECT_THAT(gaps, IsEmpty());
  EXPECT_THAT(begun, ElementsAre("one"));
  EXPECT_EQ(coverage.looked_at.at("processes"), 1u);
  EXPECT_EQ(coverage.looked_at.at("regions"), 3u);
  EXPECT_EQ(coverage.looked_at.at("bytes"), 5 * kPage);
  EXPECT_EQ(coverage.not_looked_at.at("regions_mapped_file"), 1u);
  EXPECT_EQ(coverage.not_looked_at.at("regions_device"), 1u);
}

TEST_F(MemoryStage, LongRegionsComeInBlocksThatOverlap) {
  memory.add(7, "long", {region(0, {{0, 20 * kMiB}})});
  run();
  EXPECT_THAT(seen, ElementsAre(HasSubstr(" 0+1000000 "), HasSubstr(" f00000+500000 ")));
  EXPECT_THAT(gaps, IsEmpty());
}

TEST_F(MemoryStage, TheLargestRegionIsCutFirst) {
  memory.add(7, "large", {region(0, {{0, kMiB}}), region(2 * kMiB, {{2 * kMiB, kPage}})}).pages = {
      {2 * kMiB, "small"}};
  const MatchCoverage coverage = run({.bytes = kMiB});
  EXPECT_THAT(seen, ElementsAre(HasSubstr(" 0+ff000 "), HasSubstr(" 200000+1000 small")));
  EXPECT_THAT(gaps, ElementsAre("process 7 (large): limit_exceeded: 4096 of 1052672 bytes of its "
                                "memory were not looked at: more than 1048576 of one process"));
  EXPECT_EQ(coverage.not_looked_at.at("bytes_too_many"), kPage);
  EXPECT_EQ(coverage.not_looked_at.at("regions_too_large"), 1u);
}

TEST_F(MemoryStage, NamesEveryProcessThatItCouldNotLookAt) {
  memory.add(1, "init").refused = ErrorCode::kPermissionDenied;
  memory.add(2, "gone").refused = ErrorCode::kNotFound;
  memory.add(3, "ends", {region(0, {{0, kPage}})}).ends = true;
  auto& swapped = memory.add(4, "swapped", {region(0, {{0, kPage}})});
  swapped.regions.front().swapped = 2 * kPage;
  memory.add(5, "holes", {region(0, {{0, 4 * kPage}})}).unreadable = {kPage, 3 * kPage};
  const MatchCoverage coverage = run();
  EXPECT_THAT(
      gaps,
      ElementsAre("process 1 (init): permission_denied: no", "process 2 (gone): not_found: no",
                  "process 3 (ends): not_found: it ended while it was looked at",
                  "process 4 (swapped): unsupported: 8192 bytes of its memory lie in swap and were "
                  "left there",
                  "process 5 (holes): io_error: 8192 bytes of its memory could not be read"));
  EXPECT_EQ(coverage.not_looked_at.at("permission_denied"), 1u);
  EXPECT_EQ(coverage.not_looked_at.at("ended"), 2u);
  EXPECT_EQ(coverage.not_looked_at.at("bytes_in_swap"), 2 * kPage);
  EXPECT_EQ(coverage.not_looked_at.at("bytes_unreadable"), 2 * kPage);
  EXPECT_EQ(coverage.looked_at.at("processes"), 2u);
  EXPECT_EQ(coverage.looked_at.at("bytes"), 3 * kPage);
}

TEST_F(MemoryStage, AProcessThatTakesTooLongIsLeft) {
  auto& slow = memory.add(7, "slow", {region(0, {{0, kPage}}), region(kMiB, {{kMiB, kPage}})});
  slow.slow = std::chrono::milliseconds(30);
  const MatchCoverage coverage = run({.time = std::chrono::milliseconds(10)});
  EXPECT_THAT(seen, ElementsAre(HasSubstr(" 0+1000 "), HasSubstr(" 100000+0 ")));
  EXPECT_THAT(gaps, ElementsAre(HasSubstr("process 7 (slow): limit_exceeded: not done after")));
  EXPECT_EQ(coverage.not_looked_at.at("time_limit"), 1u);
}

TEST_F(MemoryStage, AnEndedRunSaysHowManyAreLeft) {
  memory.add(1, "a", {region(0, {{0, kPage}})});
  memory.add(2, "b", {region(0, {{0, kPage}})});
  std::stop_source stop;
  stop.request_stop();
  const MatchCoverage coverage = run({}, stop.get_token());
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_EQ(coverage.not_looked_at.at("processes_left"), 2u);
  EXPECT_THAT(gaps, ElementsAre(HasSubstr("2 processes were looked at; the first of them is 1")));
}

}  // namespace
}  // namespace konseki
