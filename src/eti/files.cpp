#include "eti/files.h"

#include "eti/cli/protocol.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace eti::client {

std::optional<std::string> read_file(const std::string& path, std::string& why) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        why = "error: '" + path + "' is a folder; name a file\n";
        return std::nullopt;
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        why = "error: cannot read '" + path + "': " + std::strerror(errno) + "\n";
        return std::nullopt;
    }
    std::string text;
    std::string block(1U << 16U, '\0');
    while (text.size() <= cli::kMaxLoadBytes &&
           (file.read(block.data(), static_cast<std::streamsize>(block.size())) ||
            file.gcount() > 0)) {
        text.append(block, 0, static_cast<std::size_t>(file.gcount()));
    }
    if (text.size() > cli::kMaxLoadBytes) {
        why = "error: '" + path + "' is larger than " + std::to_string(cli::kMaxLoadBytes) +
              " bytes\n";
        return std::nullopt;
    }
    return text;
}

Written write_file(const OutputFile& file, const std::string& text) {
    std::ofstream out(file.path,
                      std::ios::binary | (file.append ? std::ios::app : std::ios::trunc));
    out << text << std::flush;
    if (!out) {
        return {false, "error: cannot write '" + file.path + "': " + std::strerror(errno) + "\n"};
    }
    const auto lines = std::count(text.begin(), text.end(), '\n');
    return {true, "Wrote " + std::to_string(lines) + " lines of " + file.what + " to '" +
                      file.path + "'\n"};
}

}  // namespace eti::client
