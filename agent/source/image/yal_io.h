// Reading through libyal from a ByteReader, and its errors as ours.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "agent/base/handles/bfio_copies.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// One handle of one copy of libbfio on `reader`, which must outlive it.
class YalHandle {
 public:
  YalHandle(const BfioCopy& bfio, ByteReader& reader);
  YalHandle(const YalHandle&) = delete;
  YalHandle& operator=(const YalHandle&) = delete;
  ~YalHandle();
  libbfio_handle_t* get() const { return handle_; }  // null when it could not be made

 private:
  const BfioCopy* bfio_;
  libbfio_handle_t* handle_ = nullptr;
};

// A pool of such handles, one a reader in the order given; readers must outlive it.
class YalPool {
 public:
  YalPool(const BfioCopy& bfio, std::span<ByteReader* const> readers);
  YalPool(const YalPool&) = delete;
  YalPool& operator=(const YalPool&) = delete;
  ~YalPool();
  libbfio_pool_t* get() const { return pool_; }  // null when it could not be made

 private:
  bool append(ByteReader& reader);

  const BfioCopy* bfio_;
  libbfio_pool_t* pool_ = nullptr;
};

// One libyal error, freed at the end; text() is the library's word for the innermost cause.
template <auto SprintTrace, auto Free>
class YalError {
 public:
  YalError() = default;
  YalError(const YalError&) = delete;
  YalError& operator=(const YalError&) = delete;
  ~YalError() {
    if (error_ != nullptr) Free(&error_);
  }
  std::intptr_t** out() { return &error_; }
  std::string text() const {
    char buffer[4096] = {};
    if (error_ == nullptr || SprintTrace(error_, buffer, sizeof buffer) < 0) return "unknown error";
    const std::string_view trace = buffer;
    return std::string(trace.substr(0, trace.find('\n')));
  }

 private:
  std::intptr_t* error_ = nullptr;
};

// A medium that a library reads, with all it depends on kept alive by `keep`.
class YalMedium : public ByteReader {
 public:
  // Fills the span at the offset; answers the count, or -1 and the reason.
  using Read = std::function<std::int64_t(std::uint64_t, std::span<std::byte>, std::string&)>;

  YalMedium(std::uint64_t size, Read read) : size_(size), read_(std::move(read)) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  std::uint64_t size_;
  Read read_;
};

}  // namespace konseki
