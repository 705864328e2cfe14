// Writes the report of the sample bundle to standard output, for looking at it in a browser.
#include <cstdio>
#include <string_view>

#include "agent/report/html_report.h"
#include "tests/cli/report/sample_bundle.h"

int main(int argc, char** argv) {
  using namespace konseki;
  testing::FakeBundle one = testing::sample_bundle();
  testing::FakeBundle two = testing::sample_bundle();
  const bool both = argc > 1 && std::string_view(argv[1]) == "--two";
  const ReportInput inputs[] = {{&one, "web01_20261119T234802Z_5b1f0c9a.tar.zst"},
                                {&two, "web02_20261119T234802Z_77aa0c9a.tar.zst"}};
  const auto done = write_html_report(
      std::span(inputs, both ? 2 : 1), {}, [](std::string_view text) -> Result<void> {
        if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
        return fail(ErrorCode::kIoError, "standard output");
      });
  return done ? 0 : 1;
}
