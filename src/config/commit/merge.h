// Two operators' changes to one configuration, put together.
#pragma once

#include "config/candidate/config_node.h"

#include <memory>
#include <stdexcept>
#include <string>

namespace eti::config {

// MergeConflict: both sides changed one statement. banner is where it stands, word what it is.
class MergeConflict : public std::runtime_error {
  public:
    MergeConflict(std::string where, std::string what);

    std::string banner;  // "[edit security policies]"
    std::string word;    // "policy P"; empty: the order of the statements there
};

// merge_changes answers theirs with what led from base to mine. Nobody's change is lost: a
// statement that both sides left different from base, and from each other, is a MergeConflict.
std::unique_ptr<ConfigNode> merge_changes(const ConfigNode& base, const ConfigNode& mine,
                                          const ConfigNode& theirs);

}  // namespace eti::config
