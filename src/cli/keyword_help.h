// Keywords on the way to a command; the commands bring their own help.
#pragma once

#include <string_view>

namespace eti::cli {

std::string_view keyword_help(std::string_view keyword);  // empty: none
// names_another_system recognises the suffixes that ask about logical systems and tenants.
bool names_another_system(std::string_view keyword);

}  // namespace eti::cli
