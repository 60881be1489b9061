// How commands fail.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace eti::cli {

// SyntaxError points at a column of the line.
class SyntaxError : public std::runtime_error {
  public:
    SyntaxError(std::size_t at, const std::string& message)
        : std::runtime_error(message), column(at) {}
    std::size_t column;
};

// CommandError is a command that was understood and could not be done; a sentence.
class CommandError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace eti::cli
