// OpenSSL handles as owning pointers.
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

using EvpMdContext = std::unique_ptr<EVP_MD_CTX, Closer<EVP_MD_CTX_free>>;

}  // namespace konseki
