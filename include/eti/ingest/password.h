// scrypt by OpenSSL (RFC 7914).
#pragma once

#include <string>
#include <string_view>

namespace eti::analysis {

// password_hash is 32 bytes; about 50 ms and 32 MiB each.
std::string password_hash(std::string_view password, std::string_view salt);
// same_bytes takes as long whatever differs.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace eti::analysis
