// What stands beside a model file.
#pragma once

#include "eti/model/model.h"

#include <string>
#include <vector>

namespace eti::model {

struct SideFile {
    std::string version;
    std::string manifest;
    std::vector<features::Feature> features;
    Thresholds thresholds;
};

// read_side_file checks that the model file is the one meant; throws std::runtime_error.
SideFile read_side_file(const Files& files);

}  // namespace eti::model
