// What a reply consists of, written beside each command:
//   "table{row*{name,count#,note?}}"
// '*' a list, '#' an unsigned number, '?' may be missing, braces what is inside. JSON schemas and
// the flat JSON form come from it.
#pragma once

#include "cli/element.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

struct Shape {
    std::string name;
    bool list = false;
    bool number = false;
    bool optional = false;
    std::vector<Shape> children;

    const Shape* child(std::string_view child_name) const;
};

// parse_shape aborts on a malformed text: shapes are written by us.
Shape parse_shape(std::string_view text);

// render_flat_json writes lists as arrays, numbers as numbers, and nothing that wraps a value.
std::string render_flat_json(const Element& tree, const Shape& shape);
// render_schema is the JSON Schema of a command's two JSON forms.
std::string render_schema(std::string_view command, std::string_view help, const Shape& shape);

}  // namespace eti::cli
