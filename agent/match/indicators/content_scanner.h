// ContentScanner: host names, addresses, URLs and mail addresses in any bytes, in one pass.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/match/stix/ip_network.h"
#include "konseki/byte_reader.h"

namespace konseki {

// Something that has the form of an address. Views live for one call.
struct Candidate {
  enum class Kind : std::uint8_t { kHost, kAddress, kUrl, kEmail };
  Kind kind = Kind::kHost;
  std::string_view text;  // canonical: lower-case host, canonical URL or mail address
  const stix::IpNetwork* address = nullptr;  // kAddress
  std::uint16_t port = 0;                    // behind the host or address; 0: none
  ByteRange range;                           // in the content
};

// Takes candidates; answers true when it knows the value, so that less exact forms at the same
// place are left out.
class CandidateSink {
 public:
  virtual ~CandidateSink() = default;
  virtual bool take(const Candidate& candidate) = 0;
};

// Looks for dots that stand between characters of names, and takes what is around them: plain, as
// UTF-16 of either order at any offset, percent-encoded, and with what keeps addresses from being
// clicked ([.], (dot), hxxp). A name ends where a character stands that no name has, so a longer
// name is never cut. Every token is bounded (253 bytes of a host, 2,048 of a URL), whatever the
// length of a line. Thread-safe.
class ContentScanner {
 public:
  struct Options {
    bool ipv6 = false;  // look for colons too
    bool idn = false;   // hosts of other scripts, as DNS names them
    bool urls = true;   // URLs and mail addresses, not only their hosts
    bool emails = true;
  };

  explicit ContentScanner(Options options) : options_(options) {}

  // `base` is the offset of `content` in the file. Tokens that touch an end are taken as they are:
  // callers that read in blocks let them overlap by kOverlap and pass the same bytes twice.
  void scan(std::span<const std::byte> content, std::uint64_t base, CandidateSink& sink) const;
  void scan(std::string_view text, std::uint64_t base, CandidateSink& sink) const;

  static constexpr std::size_t kOverlap = 4096;

 private:
  Options options_;
};

// The line around `range`, or as much of it as a reader needs: UTF-8, at most 240 bytes.
std::string excerpt_of(std::string_view content, ByteRange range);

}  // namespace konseki
