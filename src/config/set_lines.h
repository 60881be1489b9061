// The text of a configuration into a validated tree.
#pragma once

#include "config/model.h"

#include <string>
#include <string_view>

namespace eti::config {

// parse_set_lines reads set lines, or curly text, and validates the tree. Throws ConfigError at the
// first wrong word, or at the line whose statement breaks a constraint.
Tree parse_set_lines(const Model& model, std::string_view text, const std::string& file);

}  // namespace eti::config
