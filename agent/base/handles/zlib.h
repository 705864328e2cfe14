// zlib deflate streams as owning pointers.
#pragma once

#include <zlib.h>

#include <memory>

namespace konseki {

struct DeflateCloser {
  void operator()(z_stream* stream) const noexcept {
    deflateEnd(stream);
    delete stream;
  }
};
using DeflateStream = std::unique_ptr<z_stream, DeflateCloser>;

}  // namespace konseki
