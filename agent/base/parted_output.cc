#include "agent/base/parted_output.h"

#include <algorithm>

#include "agent/base/part_path.h"

namespace konseki {

Result<std::unique_ptr<PartedOutput>> PartedOutput::create(std::string path,
                                                           std::uint64_t part_bytes,
                                                           OwnFiles& own_files) {
  std::unique_ptr<PartedOutput> output(new PartedOutput(std::move(path), part_bytes, own_files));
  KONSEKI_TRY(output->add_part());
  return output;
}

Result<void> PartedOutput::add_part() {
  const auto number = static_cast<std::uint32_t>(parts_.size() + 1);
  if (number > kMostParts) {
    return fail(ErrorCode::kLimitExceeded, path_ + ": more than 999 parts",
                {"Choose larger parts with --split.",
                 "--split でより大きな分割サイズを指定して"
                 "ください。"});
  }
  KONSEKI_ASSIGN(auto part, OutputFile::create(part_path(path_, number)));
  if (const auto own = part->identity()) own_files_.add(*own);
  parts_.push_back(std::move(part));
  left_ = part_bytes_;
  return {};
}

Result<void> PartedOutput::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (left_ == 0) KONSEKI_TRY(add_part());
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    KONSEKI_TRY(parts_.back()->write(bytes.first(count)));
    left_ -= count;
    bytes = bytes.subspan(count);
  }
  return {};
}

Result<void> PartedOutput::commit() {
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) KONSEKI_TRY((*part)->commit());
  return {};
}

std::vector<std::string> PartedOutput::paths() const {
  std::vector<std::string> paths;
  for (std::uint32_t number = 1; number <= parts_.size(); ++number) {
    paths.push_back(part_path(path_, number));
  }
  return paths;
}

}  // namespace konseki
