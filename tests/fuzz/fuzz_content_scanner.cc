// libFuzzer: any bytes as content of a file, and as a PE file.
#include <cstdint>
#include <span>

#include "agent/base/memory_reader.h"
#include "agent/match/indicators/content_scanner.h"
#include "agent/match/indicators/line_time.h"
#include "agent/match/indicators/pe_imports.h"

namespace {

class Checked : public konseki::CandidateSink {
 public:
  explicit Checked(std::string_view content) : content_(content) {}
  bool take(const konseki::Candidate& candidate) override {
    if (candidate.range.end() > content_.size() || candidate.text.size() > 8192) __builtin_trap();
    (void)konseki::excerpt_of(content_, candidate.range);
    return candidate.text.size() % 2 == 0;
  }

 private:
  std::string_view content_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Checked sink(text);
  konseki::ContentScanner({true, true, true, true}).scan(text, 0, sink);
  (void)konseki::line_time(text);
  konseki::SpanReader reader(std::as_bytes(std::span(data, size)));
  (void)konseki::import_hash(reader);
  return 0;
}
