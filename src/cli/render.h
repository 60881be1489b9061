// The forms a reply can take, and helpers for text layouts.
#pragma once

#include "cli/element.h"
#include "eti/base/clock.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

// render_json wraps every value as the vendor does: {"a":[{"b":[{"data":"1"}]}]}, elements of one
// name in one array. Ends in a newline.
std::string render_json(const Element& tree);
// render_xml puts the tree into an rpc-reply. Ends in a newline.
std::string render_xml(const Element& tree);
// render_rpc is the call that asks for a reply: its name and arguments.
std::string render_rpc(const Element& call);

// pad fills text with blanks up to width; a longer text gets one blank, so that columns never
// touch.
std::string pad(std::string_view text, std::size_t width);

struct LabelledNumber {
    std::string_view label;  // with its indentation and colon
    uint64_t value = 0;
};
// number_block right-aligns the values so that all end at the same column, at least end.
std::string number_block(const std::vector<LabelledNumber>& rows, std::size_t end);

// or_unknown writes N/A for what is empty, as the vendor does.
std::string or_unknown(std::string_view text);

// local_time writes 2024-11-25 10:20:44 CET in the box's time zone, N/A for no time.
std::string local_time(Timestamp time);

}  // namespace eti::cli
