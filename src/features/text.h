// Small facts about names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eti::features {

// entropy is Shannon's, in bits per character; 0 for an empty text.
float entropy(std::string_view text);
std::string lower(std::string_view text);
std::vector<std::string_view> labels_of(std::string_view name);
// second_level is the label before the public suffix, guessed from the lengths of the last two:
// "example" of www.example.co.uk. The name itself when it has one label.
std::string_view second_level(std::string_view name);

}  // namespace eti::features
