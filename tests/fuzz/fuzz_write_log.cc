// Logs of auditd, sftp-server and FTP servers: any bytes; every line lies inside the log.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "agent/base/memory_reader.h"
#include "agent/match/escalation/write_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  konseki::SpanReader log(std::as_bytes(std::span(data, size)));
  const bool packed =
      size > 1 && (data[0] == 0x1f || data[0] == 'B' || data[0] == 0xfd || data[0] == 0x28);
  (void)konseki::read_write_log(log, [&](konseki::WriteLine&& line) {
    if (!packed && line.range.end() > size) std::abort();
    if (line.path.empty()) std::abort();
  });
  return 0;
}
