#include "agent/cli/output_target.h"

#include <span>

namespace konseki {

Result<OutputTarget> OutputTarget::open(const std::string& path) {
  OutputTarget target;
  if (path.empty() || path == "-") {
    target.stdout_ = standard_output();
  } else {
    KONSEKI_ASSIGN(target.file_, OutputFile::create(path));
  }
  return target;
}

Result<void> OutputTarget::write(std::string_view text) {
  return stream().write(std::as_bytes(std::span(text)));
}

Result<void> OutputTarget::commit() { return file_ ? file_->commit() : Result<void>(); }

}  // namespace konseki
