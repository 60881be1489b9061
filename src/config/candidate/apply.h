// Steps of a line, and whole trees, into a tree.
#pragma once

#include "config/candidate/words.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace eti::config {

// What happens to a statement the new one excludes: an operator's later word wins, in a file two
// lines that contradict each other are an error.
enum class Contradiction { Replace, Refuse };

// ContradictionError names the step that excludes an earlier statement.
class ContradictionError : public std::runtime_error {
  public:
    ContradictionError(const Step& which, const std::string& message)
        : std::runtime_error(message), step(which) {}
    Step step;
};

ConfigNode* find_level(ConfigNode& root, const Level& level);
const ConfigNode* find_level(const ConfigNode& root, const Level& level);
ConfigNode& make_level(ConfigNode& root, const Level& level);

// apply_steps adds what the steps say below a node and answers the last node. line: what the
// positions of new nodes say; 0: none.
ConfigNode& apply_steps(ConfigNode& level, const std::vector<Step>& steps, std::size_t line,
                        Contradiction contradiction);
// prune removes a node, and those above it, that hold nothing and mean nothing.
void prune(ConfigNode& node);
// merge adds a copy of everything below from to into.
void merge(ConfigNode& into, const ConfigNode& from);

}  // namespace eti::config
