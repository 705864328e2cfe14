// ProcessMemory: the memory of running processes, read without stopping or changing them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

struct RunningProcess {
  std::uint32_t pid = 0;
  std::string name;   // as the kernel keeps it
  std::string image;  // path of its program; empty where it is not told
};

// A run of addresses that was mapped at once and may be read by its process.
struct MemoryRegion {
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::string access;      // "rwx", with '-' for what is not allowed
  std::string file;        // what is mapped, or the kernel's word ("[heap]"); empty: nothing
  bool shared = false;     // changes go to the file or to other processes
  bool is_device = false;  // reading might make a device do something: not to be read
  // What of it lies in memory now, in order. Pages that were never touched or lie in swap are left
  // alone, for reading them would change the memory of the host.
  std::vector<ByteRange> resident;
  std::uint64_t swapped = 0;  // bytes in swap, where that is known
};

// One process, opened for reading. Not thread-safe.
class OpenedProcess {
 public:
  virtual ~OpenedProcess() = default;

  // In the order of their addresses.
  virtual Result<std::vector<MemoryRegion>> regions() = 0;
  // Fills `out` from `address` and answers how many bytes it holds; 0 where nothing can be read.
  // kNotFound: the process has ended.
  virtual Result<std::size_t> read(std::uint64_t address, std::span<std::byte> out) = 0;
};

// Not thread-safe.
class ProcessMemory {
 public:
  virtual ~ProcessMemory() = default;

  // Every process but our own and the threads of the kernel, by their ids.
  virtual Result<std::vector<RunningProcess>> processes() = 0;
  // kPermissionDenied where we may not look, kNotFound where it has ended.
  virtual Result<std::unique_ptr<OpenedProcess>> open(std::uint32_t pid) = 0;
  // By which path the memory of a process goes in findings: "/proc/1/mem".
  virtual std::string path_of(std::uint32_t pid) const = 0;
};

}  // namespace konseki
