// libFuzzer: lines of a hostile bundle's record streams and of allow lists. What is read must be
// written again without harm.
#include <cstdint>
#include <string_view>

#include "agent/base/record_json.h"
#include "agent/base/record_reader.h"
#include "agent/pipeline/allow_list.h"
#include "konseki/persistence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  konseki::RecordReader known("persistence", &konseki::kPersistenceSchema);
  konseki::RecordReader unknown("other", nullptr);
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    for (konseki::RecordReader* reader : {&known, &unknown}) {
      if (const auto record = reader->read(rest.substr(0, end))) {
        (void)konseki::record_json(*record);
      }
    }
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  konseki::AllowList list;
  if (list.add(text, "fuzz")) (void)list.size();
  return 0;
}
