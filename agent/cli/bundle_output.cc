#include "agent/cli/bundle_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/base/local_path.h"
#include "agent/base/quantities.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/secret_input.h"
#include "agent/seal/age_reader.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/parted_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kLeastSpace = std::uint64_t{64} << 20;

bool is_folder(const std::string& path) {
  auto facts = local_file_facts(path);
  return facts && facts->kind == LocalFileKind::kDirectory;
}

}  // namespace

BundleOutput::BundleOutput(std::string output)
    : output_(std::move(output)), in_folder_(!is_stdout() && is_folder(output_)) {}

std::vector<std::string> BundleOutput::left_out() const {
  if (is_stdout()) return {};
  return {in_folder_ ? output_ : output_ + ".partial"};
}

std::string BundleOutput::folder() const {
  if (in_folder_) return output_;
  const std::size_t slash = output_.find_last_of(kPathSeparators);
  return slash == std::string::npos ? "." : output_.substr(0, slash + 1);
}

Result<void> BundleOutput::open(const std::string& name,
                                const std::optional<std::uint64_t>& part_size) {
  if (is_stdout()) {
    stdout_ = standard_output();
    if (const auto own = standard_output_identity()) {
      own_files_->add(*own);
      stdout_is_file_ = true;
    }
    return {};
  }
  path_ = output_;
  if (in_folder_) {
    if (kPathSeparators.find(path_.back()) == std::string_view::npos) path_ += '/';
    path_ += name;
  }
  const std::string where = folder();
  KONSEKI_ASSIGN(const std::uint64_t free, free_space(where));
  if (free < kLeastSpace) {
    return fail(
        ErrorCode::kIoError,
        fmt::format("{}: {} free, {} needed", where, size_text(free), size_text(kLeastSpace)),
        {"Free some space or give another folder with -o.",
         "空き容量を増やすか、-o で別のフォルダーを指定してください。"});
  }
  space_ = free;
  KONSEKI_ASSIGN(const std::uint64_t largest, largest_file(where));
  KONSEKI_ASSIGN(file_, PartedOutput::create(path_, std::min(part_size.value_or(largest), largest),
                                             *own_files_));
  return {};
}

std::string BundleOutput::written_name() const {
  if (file_) return file_->partial_path();
  return stdout_is_file_ ? "stdout" : "";
}

Result<void> BundleOutput::encrypt(const AgeTargets& targets) {
  KONSEKI_ASSIGN(encrypted_, AgeWriter::create(stream(), targets));
  return {};
}

OutputStream& BundleOutput::stream() {
  if (encrypted_) return *encrypted_;
  return file_ ? static_cast<OutputStream&>(*file_) : *stdout_;
}

Result<void> BundleOutput::commit() {
  if (encrypted_) KONSEKI_TRY(encrypted_->finish());
  if (file_) KONSEKI_TRY(file_->commit());
  return {};
}

Result<std::unique_ptr<BundleReader>> BundleOutput::reopen() const {
  if (!encrypted_) return open_bundle_file(path_, Unlocker());
  KONSEKI_ASSIGN(auto file, open_parted_file(path_));
  KONSEKI_ASSIGN(auto clear, AgeReader::open(std::move(file), encrypted_->file_key()));
  return open_bundle(std::move(clear));
}

}  // namespace konseki
