// What cmake/embed.py writes: the bytes of the files.
#pragma once

#include "eti/web/assets.h"

#include <span>

namespace eti::web {

std::span<const Asset> embedded_files();

}  // namespace eti::web
