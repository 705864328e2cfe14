// Closer: makes a std::unique_ptr deleter out of a C library's close function.
#pragma once

namespace konseki {

template <auto Close>
struct Closer {
  template <class Handle>
  void operator()(Handle* handle) const noexcept {
    Close(handle);
  }
};

}  // namespace konseki
