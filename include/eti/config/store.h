// Loading a configuration: Junos set lines through the YANG model to Settings.
#pragma once

#include "eti/config/settings.h"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eti::config {

// ConfigError names where and why; what() is the whole sentence "file:line:column: reason".
class ConfigError : public std::runtime_error {
  public:
    ConfigError(std::string file, std::size_t line, std::size_t column, const std::string& reason);

    std::string file;
    std::size_t line;    // from 1; 0: the file as a whole
    std::size_t column;  // from 1; one past the end of the line for a missing argument
    std::string reason;
};

class Model;

// Loader holds the YANG model, loaded once, for any number of configurations. One thread.
class Loader {
  public:
    // yang_directory holds the modules. Throws ConfigError when they cannot be loaded.
    explicit Loader(const std::string& yang_directory);
    ~Loader();

    // load reads a file of set lines ('#' comments, blank lines), validates the tree and builds the
    // settings. Throws ConfigError, and nothing else, for whatever the text holds.
    Settings load(const std::string& path) const;
    // load_text does the same for text; name stands for the file in messages.
    Settings load_text(std::string_view text, const std::string& name) const;

  private:
    std::unique_ptr<Model> model_;
};

// load_settings and load_settings_text do it with a Loader of their own.
Settings load_settings(const std::string& path, const std::string& yang_directory);
Settings load_settings_text(std::string_view text, const std::string& name,
                            const std::string& yang_directory);

// default_yang_directory answers $ETI_YANG_DIR, else the installed folder if there is one, else the
// folder of the source tree this was built from.
std::string default_yang_directory();

}  // namespace eti::config
