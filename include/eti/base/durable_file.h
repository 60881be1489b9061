// Files that survive a power cut whole: the old content or the new, never a mixture.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eti {

// StagedFile is the new content of a file before it takes the file's place: what may fail for lack
// of room is behind when it has been written. Unpublished, it goes away with the object.
class StagedFile {
  public:
    explicit StagedFile(std::string path);
    ~StagedFile();
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;

    // write puts bytes into a temporary file (mode 0600) beside path and syncs it; the folder is
    // made (mode 0700) when missing. Returns an empty text, or why as a sentence.
    std::string write(std::string_view bytes);
    // publish renames it over path and syncs the folder. Returns an empty text, or why.
    std::string publish();

  private:
    std::string path_;
    std::string temporary_;
    bool published_ = false;
};

// write_durably writes and publishes. Returns an empty text, or why as a sentence.
std::string write_durably(const std::string& path, std::string_view bytes);
// remove_durably: a missing file is no error. Returns an empty text, or why as a sentence.
std::string remove_durably(const std::string& path);

enum class ReadResult { Read, Missing, Failed };
// read_bounded reads a regular file of at most limit bytes; on Failed, problem says why.
ReadResult read_bounded(const std::string& path, std::size_t limit, std::string& bytes,
                        std::string& problem);

// make_private_folder makes the folder and its parents with mode 0700; false: errno says why.
bool make_private_folder(const std::string& path);

}  // namespace eti
