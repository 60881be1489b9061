#include "model/side_file.h"

#include "eti/base/hex.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace eti::model {
namespace {

std::string sha256_of(const std::string& text) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return to_hex(digest);
}

float threshold(const nlohmann::json& side, const char* name) {
    const auto value = side.at("thresholds").at(name).get<float>();
    if (!(value > 0 && value <= 1)) {
        throw std::runtime_error(std::string("threshold '") + name + "' is not between 0 and 1");
    }
    return value;
}

SideFile parse(const Files& files) {
    const auto side = nlohmann::json::parse(files.side);
    SideFile read;
    read.version = side.at("version").get<std::string>();
    read.manifest = side.at("training_manifest_sha256").get<std::string>();
    if (side.at("model_sha256").get<std::string>() != sha256_of(files.model)) {
        throw std::runtime_error("the model file is not the one it was written for, or is damaged");
    }
    for (const auto& name : side.at("features")) {
        const auto feature = features::feature_of(name.get<std::string>());
        if (!feature) {
            throw std::runtime_error("feature '" + name.get<std::string>() +
                                     "' is not in this program; train the model anew");
        }
        read.features.push_back(*feature);
    }
    read.thresholds = {threshold(side, "fpr_1e-2"), threshold(side, "fpr_1e-3")};
    return read;
}

}  // namespace

SideFile read_side_file(const Files& files) {
    try {
        return parse(files);
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string("the model's side file is no good: ") + error.what());
    }
}

}  // namespace eti::model
