// A tree as it is typed into settings: groups expanded, inactive statements left out, validated.
#pragma once

#include "config/candidate/config_node.h"
#include "eti/config/settings.h"
#include "eti/config/store.h"

#include <string>

namespace eti::config {

// CheckError is why a configuration is not accepted, in the vendor's parts.
struct CheckError {
    std::string path;  // "[edit security policies]"
    std::string word;  // the statement's own words, "policy P"; empty: none
    std::string message;

    std::string text() const;  // path, 'word' and message on lines of their own
};

// CheckFailed is the ConfigError of a statement, and also knows it.
class CheckFailed : public ConfigError {
  public:
    CheckFailed(const ConfigError& place, CheckError what)
        : ConfigError(place), error(std::move(what)) {}

    CheckError error;
};

// build_tree expands, validates and adds defaults. Throws CheckFailed; name stands for the text
// the statements came from.
Tree build_tree(const Model& model, const ConfigNode& root, const std::string& name);
// compile does that and goes on to settings.
Settings compile(const Model& model, const ConfigNode& root, const std::string& name = "candidate");

}  // namespace eti::config
