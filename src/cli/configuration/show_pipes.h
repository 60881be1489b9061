// The pipes that only a configuration has: display forms and compare.
#pragma once

#include "cli/command_line.h"
#include "cli/pipes.h"
#include "eti/config/edit_session.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eti::cli {

// ShowPipes takes the pipes that decide what is shown out of the others, which filter its lines.
struct ShowPipes {
    // Throws SyntaxError.
    ShowPipes(std::span<const Token> pipes, std::size_t end);

    Answer answer(std::string text) const;  // filtered

    config::ShowOptions options;
    bool compare = false;
    std::optional<unsigned> rollback;  // of compare

  private:
    bool take(std::span<const Token> words, std::size_t end);
    void take_display(std::span<const Token> words, std::size_t end);
    void take_compare(std::span<const Token> words);

    Pipeline filters_;
};

// complete_show_pipe answers for the words after the last '|', the last one being typed.
std::vector<Completion> complete_show_pipe(std::span<const Token> words);

}  // namespace eti::cli
