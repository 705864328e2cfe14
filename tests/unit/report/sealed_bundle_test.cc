// Reports read real bundles as they read the fake ones of the other tests.
#include <gtest/gtest.h>

#include "agent/base/json_view.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/writer.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/summary.h"
#include "agent/report/timeline.h"
#include "tests/cli/report/sample_bundle.h"
#include "tests/unit/bundle/memory_output.h"

namespace konseki {
namespace {

using testing::FakeBundle;
using testing::MemoryOutput;

struct Sealed {
  std::unique_ptr<BundleReader> bundle;
  Sha256 digest{};
};

Sealed sealed_copy(FakeBundle& fake) {
  MemoryOutput out;
  auto writer = make_bundle_writer(out);
  const std::string run = member_text(fake, "konseki/run.json").value();
  MemberHeader header;
  header.name = "konseki/run.json";
  header.size = run.size();
  EXPECT_TRUE(writer->add(header, std::as_bytes(std::span(run))));
  std::vector<std::string> streams{"files", "findings"};
  for (const std::string& schema : record_schemas(fake)) streams.push_back("records/" + schema);
  for (const std::string& stream : streams) {
    EXPECT_TRUE(each_line(
        fake, stream, [&](std::string_view line) { return writer->append_line(stream, line); }));
  }
  EXPECT_TRUE(each_line(fake, "audit", [&](std::string_view line) {
    return writer->audit({}, "gap", json_view(line)["details"].raw);
  }));
  const Sha256 digest = writer->seal(manifest_facts(fake).value().run).value();
  const auto bytes = std::as_bytes(std::span(out.bytes()));
  return {open_bundle(
              std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end())))
              .value(),
          digest};
}

std::string timeline_of(BundleReader& bundle) {
  std::string out;
  EXPECT_TRUE(write_timeline(bundle, {}, {}, [&](std::string_view text) {
    out += text;
    return Result<void>{};
  }));
  return out;
}

TEST(SealedBundle, SaysWhatTheFakeSays) {
  FakeBundle fake = testing::sample_bundle();
  const Sealed sealed = sealed_copy(fake);
  const auto expected = summarise(fake);
  const auto found = summarise(*sealed.bundle);
  ASSERT_TRUE(expected && found);
  EXPECT_EQ(found->files.collected, expected->files.collected);
  EXPECT_EQ(found->missed_total, expected->missed_total);
  EXPECT_EQ(found->records_total(), expected->records_total());
  EXPECT_EQ(found->findings, expected->findings);
  EXPECT_EQ(found->gaps_total, expected->gaps_total);
  EXPECT_EQ(found->run.ended, expected->run.ended);
  EXPECT_TRUE(found->sealed);
  EXPECT_TRUE(found->problems.empty());
  EXPECT_EQ(found->manifest_digest, sealed.digest);
  EXPECT_EQ(timeline_of(*sealed.bundle), timeline_of(fake));
}

}  // namespace
}  // namespace konseki
