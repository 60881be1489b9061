#include "eti/config/store.h"

#include "config/compile.h"
#include "config/model.h"
#include "config/set_lines.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace eti::config {
namespace {

constexpr const char* kInstalledYangDirectory = "/usr/share/openeti/yang";

std::string sentence(const std::string& file, std::size_t line, std::size_t column,
                     const std::string& reason) {
    std::string text = file;
    if (line != 0) {
        text += ":" + std::to_string(line) + ":" + std::to_string(column);
    }
    return text + ": " + reason;
}

std::string read_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        throw ConfigError(path, 0, 0, "is a directory; name a file of set lines");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw ConfigError(
            path, 0, 0,
            "cannot read the configuration: " + std::system_category().message(errno) +
                "; check the name and its permissions");
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

ConfigError::ConfigError(std::string file_name, std::size_t line_number, std::size_t column_number,
                         const std::string& why)
    : std::runtime_error(sentence(file_name, line_number, column_number, why)),
      file(std::move(file_name)),
      line(line_number),
      column(column_number),
      reason(why) {}

Loader::Loader(const std::string& yang_directory)
    : model_(std::make_unique<Model>(yang_directory)) {}

Loader::~Loader() = default;

Settings Loader::load(const std::string& path) const {
    return load_text(read_file(path), path);
}

Settings Loader::load_text(std::string_view text, const std::string& name) const {
    return compile_settings(parse_set_lines(*model_, text, name));
}

Settings load_settings(const std::string& path, const std::string& yang_directory) {
    return Loader(yang_directory).load(path);
}

Settings load_settings_text(std::string_view text, const std::string& name,
                            const std::string& yang_directory) {
    return Loader(yang_directory).load_text(text, name);
}

std::string default_yang_directory() {
    if (const char* named = std::getenv("ETI_YANG_DIR"); named != nullptr && *named != '\0') {
        return named;
    }
    std::error_code error;
    if (std::filesystem::is_directory(kInstalledYangDirectory, error)) {
        return kInstalledYangDirectory;
    }
    return ETI_SOURCE_DIR "/config/yang";
}

}  // namespace eti::config
