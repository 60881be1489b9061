// How one statement is written: its words and their quotes.
#pragma once

#include "config/candidate/words.h"

#include <string>
#include <string_view>

namespace eti::config {

inline constexpr std::string_view kSecret = "/* SECRET-DATA */";

// quoted answers a word as it has to be typed.
std::string quoted(std::string_view word);
// words_of answers keyword and values, and nothing of what is below. mask hides a secret value.
std::string words_of(Statement statement, const std::vector<std::string>& values,
                     bool mask = false);
std::string words_of(const ConfigNode& node, bool mask = false);
std::string path_words(const Level& level);  // "services ssl initiation"; empty at the top
std::string banner(const Level& level);      // "[edit services ssl initiation]"

}  // namespace eti::config
