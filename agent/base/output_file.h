// Output of our own work: files and stdout. With output_directory.h, append_file.h and terminal.h
// the only part of this room that calls the operating system.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/output_stream.h"
#include "agent/base/own_files.h"
#include "konseki/result.h"

namespace konseki {

// A file that appears under its name only when it is whole: bytes go to `path`.partial, commit()
// flushes them to the disk and renames. Neither name may exist before; nothing is ever replaced
// and no link followed. Without commit() the .partial file stays, for `konseki recover`.
// Paths are bytes as the system takes them (UTF-8 on Windows).
class OutputFile : public OutputStream {
 public:
  static Result<std::unique_ptr<OutputFile>> create(std::string path);

  // The name while it is written.
  virtual const std::string& partial_path() const = 0;
  // Of the file while it is written and after; nothing where the system does not say.
  virtual std::optional<FileIdentity> identity() const = 0;
  virtual Result<void> commit() = 0;
};

// The process's standard output, never closed.
std::unique_ptr<OutputStream> standard_output();
// The file that standard output is redirected to; nothing for pipes and terminals.
std::optional<FileIdentity> standard_output_identity();

// Whether someone watches stderr: progress is then drawn in place.
bool standard_error_is_terminal();

// Bytes that this user can still write to the volume that holds `directory`.
Result<std::uint64_t> free_space(const std::string& directory);

// Bytes of the largest file that the file system of `directory` can hold, as far as is known: FAT
// ends just below 4 GiB.
Result<std::uint64_t> largest_file(const std::string& directory);

}  // namespace konseki
