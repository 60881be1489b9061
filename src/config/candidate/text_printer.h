// The candidate as the vendor's curly-brace text, and as set lines.
#pragma once

#include "config/candidate/words.h"

#include <functional>
#include <string>

namespace eti::config {

struct PrintOptions {
    bool mask = true;       // secrets as /* SECRET-DATA */
    bool warnings = false;  // "## Warning: missing mandatory statement(s): ..."
    // note answers whole lines, without indentation and each with its line feed, that go before a
    // statement; empty: none.
    std::function<std::string(const ConfigNode&)> note;
    // mark answers two columns that go before each line of the statement; unset: none.
    std::function<std::string(const ConfigNode&)> mark;
    // hidden leaves a statement out, with what is below it.
    std::function<bool(const ConfigNode&)> hidden;
};

// print_text prints what is below a node; a leaf itself. level: how deep it is indented.
std::string print_text(const ConfigNode& node, const PrintOptions& options, unsigned level = 0);
// print_statement prints the node itself and what is below it.
std::string print_statement(const ConfigNode& node, const PrintOptions& options,
                            unsigned level = 0);

// print_set prints what is below a node as set lines whose paths start with the words of prefix.
std::string print_set(const ConfigNode& node, const std::string& prefix,
                      const PrintOptions& options);
std::string print_set_statement(const ConfigNode& node, const std::string& prefix,
                                const PrintOptions& options);

// missing_of names the mandatory statements that are not below a node: "'a', 'b'".
std::string missing_of(const ConfigNode& node);

}  // namespace eti::config
