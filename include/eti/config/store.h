// Loading a configuration: Junos set lines through the YANG model to Settings.
#pragma once

#include "eti/config/settings.h"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eti::config {

// ConfigError names where and why; what() is the whole sentence "file:line:column: reason".
class ConfigError : public std::runtime_error {
  public:
    ConfigError(std::string file, std::size_t line, std::size_t column, const std::string& reason);

    std::string file;
    std::size_t line;    // from 1; 0: the tree as a whole
    std::size_t column;  // from 1
    std::string reason;
};

// load_settings reads a file of set lines ('#' comments, blank lines), validates the tree and
// builds the settings. yang_directory holds the modules. Throws ConfigError.
Settings load_settings(const std::string& path, const std::string& yang_directory);
// load_settings_text does the same for text; name stands for the file in messages.
Settings load_settings_text(std::string_view text, const std::string& name,
                            const std::string& yang_directory);

}  // namespace eti::config
