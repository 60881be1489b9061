// Whole texts into a candidate: the modes of "load".
#pragma once

#include "config/candidate/text_parser.h"
#include "eti/config/edit_session.h"

#include <string>
#include <string_view>

namespace eti::config {

// parse_form reads a text whose form its first character tells: '<' is XML, '{' JSON, anything else
// curly-brace text. A text of broken structure has a null root.
ParsedText parse_form(const Model& model, std::string_view text, const Level& level);

// load changes a candidate by a text. name stands for it in messages; a relative load gives the
// level the text starts at, any other the top. What is wrong in the text is named and left out,
// the rest loaded; a text with nothing right, or of broken structure, changes nothing.
//   Merge     adds; values of leaves change. "delete:" and "active:" tags are obeyed
//   Replace   as Merge, and statements tagged "replace:" take the place of what was there
//   Override  the text is all there is afterwards; so it is after Update
//   Set       lines of configuration commands
//   Patch     what "show | compare" prints
// Protected statements stay as they are, except under Patch, which names what it changes.
LoadResult load(const Model& model, ConfigNode& root, LoadMode mode, std::string_view text,
                const std::string& name, const Level& level);

}  // namespace eti::config
