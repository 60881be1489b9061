// Key derivation with SHA-256: HKDF-Extract (RFC 5869 section 2.2) and HKDF-Expand-Label (RFC 8446
// section 7.1). Nothing allocates.
#pragma once

#include "eti/base/digest_types.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace eti::digest {

// The salt must not be longer than a block of SHA-256, 64 bytes.
Sha256Digest hkdf_extract(std::span<const uint8_t> salt, std::span<const uint8_t> secret);
// The label comes without its "tls13 ", at most 32 characters; the context is empty. out is at
// most one digest long.
void hkdf_expand_label(const Sha256Digest& secret, std::string_view label, std::span<uint8_t> out);

}  // namespace eti::digest
