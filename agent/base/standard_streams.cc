#include "agent/base/standard_streams.h"

namespace konseki {

void prepare_standard_streams() {}

bool write_standard(StandardStream stream, std::string_view text) {
  std::FILE* file = stream == StandardStream::kOutput ? stdout : stderr;
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

void clear_terminal_line() { write_standard(StandardStream::kError, "\r\x1b[K"); }

std::FILE* open_c_file(const std::string& path) { return std::fopen(path.c_str(), "rb"); }

}  // namespace konseki
