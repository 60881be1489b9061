// A pcapng file with one interface per direction, for packets that were sent or came back.
#pragma once

#include "session_template.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace eti::bench {

// Capture throws std::runtime_error when the file cannot be written. Interface 0 is towards the
// servers, interface 1 towards the clients; times count from the start of the run.
class Capture {
  public:
    explicit Capture(const std::string& path);

    void write(Way way, std::span<const uint8_t> frame, uint64_t microseconds);
    // finish writes what is buffered and closes the file.
    void finish();

  private:
    void put(std::span<const uint8_t> bytes);
    void put_u32(uint32_t value);

    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::string path_;
    std::vector<char> buffer_;  // outlives the file that uses it
    std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace eti::bench
