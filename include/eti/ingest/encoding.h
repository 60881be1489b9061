// Digests and base64 by OpenSSL, for the service's cold paths.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eti::analysis {

std::string sha1_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string base64_encode(std::string_view bytes);
// base64_decode takes the padded standard alphabet without line breaks, nothing else.
std::optional<std::string> base64_decode(std::string_view text);
// random_hex is for tokens: bytes from OpenSSL's generator, two digits each.
std::string random_hex(std::size_t bytes);

}  // namespace eti::analysis
