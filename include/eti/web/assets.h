// The page's files, inside the program.
#pragma once

#include <string_view>

namespace eti::web {

struct Asset {
    std::string_view path;  // "/app.js"
    std::string_view type;  // of the content
    std::string_view hash;  // of the content; changes with it
    std::string_view bytes;
    std::string_view gzip;  // the same, compressed
};

// find_asset is nullptr when the page has no such file. Any thread.
const Asset* find_asset(std::string_view path);

}  // namespace eti::web
