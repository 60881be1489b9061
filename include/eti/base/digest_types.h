// Digest values: plain bytes, usable as keys without OpenSSL.
#pragma once

#include <array>
#include <cstdint>

namespace eti {

using Sha1Digest = std::array<uint8_t, 20>;
using Sha256Digest = std::array<uint8_t, 32>;
using Md5Digest = std::array<uint8_t, 16>;

}  // namespace eti
