// Roots that Mozilla's programme once had and Debian 12 no longer ships, as PEM.
#pragma once

#include <string_view>

namespace eti::x509 {

std::string_view removed_roots();

}  // namespace eti::x509
