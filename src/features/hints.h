// What a name or an issuer hints at without proving anything.
#pragma once

#include <string_view>

namespace eti::features {

// is_dynamic_dns: the name is below a domain whose owner gives names away for changing addresses.
// name is in lower case.
bool is_dynamic_dns(std::string_view name);
// is_free_authority: it certifies whoever controls a name, at once and for nothing. issuer is an
// RFC 2253 text.
bool is_free_authority(std::string_view issuer);

}  // namespace eti::features
