// What the model remembers of each statement, reached through libyang's private pointer.
#pragma once

#include "config/model.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

struct SchemaInfo {
    std::string_view keyword;
    std::vector<std::string_view> key_keywords;
    std::vector<Statement> keys;
    std::vector<Statement> children;
    std::size_t order = 0;
    Kind kind = Kind::Container;
    bool universal = false;
    bool hierarchy = false;
    bool secret = false;
};

// last_message is libyang's latest complaint.
std::string last_message(const ly_ctx* context);

}  // namespace eti::config
