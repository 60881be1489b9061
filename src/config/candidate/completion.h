// What may be typed next.
#pragma once

#include "config/candidate/words.h"
#include "eti/config/edit_session.h"

#include <string_view>

namespace eti::config {

// complete answers the completions of the last word of arguments, or of a new one after a blank.
// Words that are wrong have none.
Choices complete(const Model& model, const ConfigNode& root, const Level& level, Verb verb,
                 std::string_view arguments);

}  // namespace eti::config
