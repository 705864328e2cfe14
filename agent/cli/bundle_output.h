// BundleOutput: where a collection writes its bundle: a file, its parts, or standard output.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/output_file.h"
#include "agent/base/own_files.h"
#include "agent/base/parted_output.h"
#include "agent/bundle/reader.h"
#include "agent/seal/age_writer.h"
#include "konseki/result.h"

namespace konseki {

// Not thread-safe; own_files() is shared with the source, which leaves out what is written.
class BundleOutput {
 public:
  // `output` as given with -o: a folder, a file, or "-".
  explicit BundleOutput(std::string output);

  bool is_stdout() const { return output_ == "-"; }
  const std::shared_ptr<OwnFiles>& own_files() const { return own_files_; }
  // Names that the source leaves out: the folder, or the file while it is written.
  std::vector<std::string> left_out() const;
  // The folder that is written to.
  std::string folder() const;

  // Opens it, in a folder as `name`. Parts end at `part_size` bytes, or where the file system ends
  // a file. kIoError with advice where there is hardly any space.
  Result<void> open(const std::string& name, const std::optional<std::uint64_t>& part_size);
  // What open() made, for the audit log: the file while it is written, "stdout", or empty.
  std::string written_name() const;
  // Bytes that it may take; absent: unknown.
  const std::optional<std::uint64_t>& space() const { return space_; }

  // From here on nothing but what this encrypts reaches the medium.
  Result<void> encrypt(const AgeTargets& targets);
  bool encrypted() const { return encrypted_ != nullptr; }
  OutputStream& stream();
  // After the last byte: gives the file its name.
  Result<void> commit();

  // Of a file: its name, and those of its parts.
  const std::string& path() const { return path_; }
  std::vector<std::string> parts() const { return file_->paths(); }
  // The bundle as it is on the medium, through the key that the run still holds.
  Result<std::unique_ptr<BundleReader>> reopen() const;

 private:
  const std::string output_;
  const bool in_folder_;  // output_ is one
  const std::shared_ptr<OwnFiles> own_files_ = std::make_shared<OwnFiles>();
  std::string path_;
  std::optional<std::uint64_t> space_;
  bool stdout_is_file_ = false;
  std::unique_ptr<PartedOutput> file_;
  std::unique_ptr<OutputStream> stdout_;
  std::unique_ptr<AgeWriter> encrypted_;  // in front of one of the two
};

}  // namespace konseki
