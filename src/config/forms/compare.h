// The difference of two configurations in the vendor's patch style, and back.
//
//   [edit security policies from-zone trust to-zone untrust]
//   -   /* old */
//   +   /* new */                              the comment of the statement without a sign
//       policy first { ... }
//   +   policy second {                       stands after "first"
//   +       description "is new";
//   +   }
//   !   policy third { ... }                  has moved here: after "second"
//   !   inactive: policy fourth { ... }       also active:, protect:, unprotect:
//   [edit system]
//   -   host-name a;
//   +   host-name b;
#pragma once

#include "config/candidate/text_parser.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

// compare answers what leads from one configuration to another; empty when they are the same.
// mask hides secrets: such a text cannot be applied.
std::string compare(const ConfigNode& before, const ConfigNode& after, bool mask = true);

// apply_patch does what a patch says, to a whole configuration. Headers are paths from the given
// level. Lines that are wrong or do not fit the configuration are named, the others applied.
std::vector<TextError> apply_patch(const Model& model, ConfigNode& root, std::string_view text,
                                   const Level& level = {});

}  // namespace eti::config
