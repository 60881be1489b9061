#include "eti/web/assets.h"

#include "web/embedded.h"

#include <algorithm>

namespace eti::web {

const Asset* find_asset(std::string_view path) {
    const auto files = embedded_files();
    const auto found = std::find_if(files.begin(), files.end(),
                                    [path](const Asset& asset) { return asset.path == path; });
    return found == files.end() ? nullptr : &*found;
}

}  // namespace eti::web
