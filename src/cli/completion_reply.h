// What a key does to a line that is being typed.
#pragma once

#include "eti/cli/answer.h"

#include <optional>
#include <string>
#include <string_view>

namespace eti::cli {

enum class Key { Help, Space, Tab };

struct CompletionReply {
    std::optional<std::string> insert;  // in place of the word being typed
    std::string output;                 // to be shown; ends in a newline unless empty
    std::optional<std::size_t> caret;   // of the word that output complains about
};

CompletionReply reply_to_key(const Completions& completions, std::string_view line, Key key);

}  // namespace eti::cli
