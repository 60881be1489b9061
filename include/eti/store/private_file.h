// Small files of the data folder.
#pragma once

#include <string>
#include <string_view>

namespace eti::analysis {

// write_file replaces FILE whole (write aside, fsync, rename) with the given mode; throws
// std::runtime_error with the file and the remedy.
void write_file(const std::string& file, std::string_view text, unsigned mode);
// read_file throws likewise; a file larger than max_bytes is refused.
std::string read_file(const std::string& file, std::size_t max_bytes);

}  // namespace eti::analysis
