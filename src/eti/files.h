// Files that an operator names: read and written with his own rights.
#pragma once

#include "eti/client.h"

#include <optional>
#include <string>

namespace eti::client {

// read_file returns nothing and the reason when the file cannot be read or is too large to load.
std::optional<std::string> read_file(const std::string& path, std::string& why);

// write_file says what it wrote, "Wrote 42 lines of output to 'F'\n"; ok false: why not.
struct Written {
    bool ok = true;
    std::string message;
};
Written write_file(const OutputFile& file, const std::string& text);

}  // namespace eti::client
