// A whole configuration from text, as set lines or curly text.
#pragma once

#include "config/candidate/text_parser.h"
#include "config/model.h"

#include <memory>
#include <string>
#include <string_view>

namespace eti::config {

inline constexpr std::size_t kMaxTextSize = 64U << 20;

// is_set_text answers whether a text is set lines: told by its first word.
bool is_set_text(std::string_view text);
// read_configuration reads a file that must be right as a whole. Throws ConfigError.
std::unique_ptr<ConfigNode> read_configuration(const Model& model, std::string_view text,
                                               const std::string& file);

}  // namespace eti::config
