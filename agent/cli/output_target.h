// OutputTarget: what -o names: a new file, or stdout.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/base/output_file.h"
#include "konseki/result.h"

namespace konseki {

// Text goes to stdout for "-" and for "", else to a new file that appears whole under its name.
class OutputTarget {
 public:
  static Result<OutputTarget> open(const std::string& path);

  Result<void> write(std::string_view text);
  OutputStream& stream() { return file_ ? *file_ : *stdout_; }
  // After the last write.
  Result<void> commit();

 private:
  std::unique_ptr<OutputFile> file_;
  std::unique_ptr<OutputStream> stdout_;
};

}  // namespace konseki
