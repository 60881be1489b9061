// A model and helpers for the tests of the editable tree.
#pragma once

#include "config/candidate/editor.h"
#include "config/candidate/reading.h"
#include "config/candidate/text_printer.h"
#include "tests/unit/config/load.h"

#include <memory>
#include <string>
#include <string_view>

namespace eti::config::testing {

inline const Model& model() {
    static const Model instance(kYangDirectory);
    return instance;
}

// tree answers what a text, of set lines or curly, says.
inline std::unique_ptr<ConfigNode> tree(std::string_view text) {
    return read_configuration(model(), text, "test.conf");
}

inline std::string as_set(const ConfigNode& node) {
    PrintOptions options;
    options.mask = false;
    return print_set(node, {}, options);
}

inline std::string as_text(const ConfigNode& node) {
    PrintOptions options;
    options.mask = false;
    return print_text(node, options);
}

inline Level level(std::string_view words) {
    ConfigNode root;
    return Editor(model(), root).edit({}, words);
}

}  // namespace eti::config::testing
