// One condition of a filter: field, comparison and value, checked together.
#pragma once

#include "eti/store/filter.h"

namespace eti::analysis {

struct TermText {
    std::string_view field;  // empty: a word alone, which is an address or part of a name
    std::string_view op;
    std::string value;
    bool quoted = false;
    std::size_t field_column = 0;
    std::size_t value_column = 0;
};
// read_term throws FilterError.
Filter read_term(const TermText& text, int64_t now_us);

}  // namespace eti::analysis
