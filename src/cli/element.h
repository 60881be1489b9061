// A command's reply as a tree, named after the vendor's XML; JSON and XML are rendered from it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace eti::cli {

struct Element {
    std::string name;
    std::string value;              // of a leaf
    std::vector<Element> children;  // of a group

    static Element leaf(std::string name, std::string value) {
        return {std::move(name), std::move(value), {}};
    }
    static Element leaf(std::string name, uint64_t value) {
        return {std::move(name), std::to_string(value), {}};
    }
    static Element group(std::string name, std::vector<Element> children = {}) {
        return {std::move(name), {}, std::move(children)};
    }
};

}  // namespace eti::cli
