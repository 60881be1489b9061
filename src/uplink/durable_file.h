// Files that survive a power cut whole: the old content or the new, never a mixture.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eti::uplink {

// write_durably writes a temporary file beside path, syncs it, renames it over path and syncs the
// folder, which it makes (mode 0700) when missing. Returns an empty text, or why as a sentence;
// then path is untouched.
std::string write_durably(const std::string& path, std::string_view bytes);

enum class ReadResult { Read, Missing, Failed };
// read_bounded reads a regular file of at most limit bytes; on Failed, problem says why.
ReadResult read_bounded(const std::string& path, std::size_t limit, std::string& bytes,
                        std::string& problem);

// make_private_folder makes the folder and its parents with mode 0700; false: errno says why.
bool make_private_folder(const std::string& path);

}  // namespace eti::uplink
