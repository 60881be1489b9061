// "display changed": what differs from the active configuration, marked where it stands.
#pragma once

#include "config/forms/xml.h"

#include <string>

namespace eti::config {

// changed_nodes answers the nodes of now that are new or different, those a statement was removed
// below or moved, and everything above them.
ChangedNodes changed_nodes(const ConfigNode& now, const ConfigNode& active);

// print_changed prints what is below a node of the tree, as the text form does, with '!' before
// each line of a changed statement; of a leaf, the leaf itself.
std::string print_changed(const ConfigNode& node, const ChangedNodes& changed);

}  // namespace eti::config
