// The common structure of the XML and JSON forms, before any statement is looked up.
#pragma once

#include "config/candidate/text_parser.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

// The number of elements of a text and their nesting cannot grow beyond these.
inline constexpr std::size_t kMaxElements = 1'000'000;
inline constexpr std::size_t kMaxElementDepth = 64;

// Element is a named thing with text or with elements below it.
struct Element {
    std::string name;
    std::string text;
    std::string comment;
    bool inactive = false;
    bool protect = false;
    std::optional<ParsedText::Tag> tag;
    Position position;
    std::vector<Element> children;
};

// set_attribute applies inactive="inactive", operation="delete" and the like. It answers why not,
// or nothing; attributes of a namespace of no concern here are passed over.
std::optional<std::string> set_attribute(Element& element, std::string_view name,
                                         std::string_view value);

// with_marks answers a comment as these forms hold it, "/* text */"; without_marks takes it back,
// on one line as the text form keeps it.
std::string with_marks(const std::string& comment);
std::string without_marks(std::string_view text);

// read_elements looks up what is below root as statements below level. Wrong elements are left out
// and named in errors.
ParsedText read_elements(const Model& model, const Level& level, const Element& root);

// broken answers a text that says nothing but why it cannot be read: its root is null.
ParsedText broken(TextError why);

}  // namespace eti::config
