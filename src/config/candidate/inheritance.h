// "display inheritance": what groups add, and where it comes from.
#pragma once

#include "config/candidate/groups.h"
#include "config/candidate/text_printer.h"

namespace eti::config {

// inheritance_notes answers the lines before each statement a group added. The expansion must
// outlive it.
std::function<std::string(const ConfigNode&)> inheritance_notes(const Expansion& expansion);

}  // namespace eti::config
