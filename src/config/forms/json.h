// The JSON form of a configuration, with the vendor's conventions: a list is an array of objects, a
// flag or empty container is [null], and properties stand in "@" of an object or in "@name" beside
// a value.
#pragma once

#include "config/candidate/text_parser.h"

#include <string>
#include <string_view>

namespace eti::config {

// write_json answers {"configuration": ...} with what is below top, a whole tree. Numbers are bare
// where the schema has a number. mask hides secrets.
std::string write_json(const ConfigNode& top, bool mask = false);

// read_json reads it as statements below a level. Values may be strings or numbers; a list of one
// entry may be a bare object. A text that is no JSON, or holds unknown properties, has a null root.
ParsedText read_json(const Model& model, std::string_view text, const Level& level);

}  // namespace eti::config
