// Notices that the operator's feed file changed.
#pragma once

#include <cstdint>
#include <string>

namespace eti::analysis {

class FeedFile {
  public:
    explicit FeedFile(std::string file) : file_(std::move(file)) {}

    const std::string& name() const { return file_; }
    // changed is true once per change of modification time, size or inode, a missing file
    // included; the first call is a change.
    bool changed();

  private:
    struct Stamp {
        int64_t modified_ns = -1;
        int64_t size = -1;
        uint64_t inode = 0;
        bool operator==(const Stamp&) const = default;
    };
    std::string file_;
    Stamp seen_;
    bool looked_ = false;
};

}  // namespace eti::analysis
