// The committed model, embedded.
#pragma once

#include <string_view>

namespace eti::model {

std::string_view built_in_model();
std::string_view built_in_side();

}  // namespace eti::model
