// The host that an address of the web names.
#pragma once

#include <cstdint>
#include <string_view>

namespace konseki {

// Views into what they were read from.
struct UrlHost {
  std::string_view host;  // without the brackets of an IPv6 address; empty for what names none
  std::uint16_t port = 0;
};

// The host and port in "http://HOST:PORT/path" or "HOST:PORT"; port 0 where none is stated.
UrlHost host_of_url(std::string_view url);

}  // namespace konseki
