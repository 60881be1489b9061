#include "eti/model/model.h"

#include "model/booster.h"
#include "model/built_in_files.h"
#include "model/side_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace eti::model {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read '" + path + "'; check the name and its permissions");
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

struct Model::Impl {
    explicit Impl(const Files& files) : side(read_side_file(files)), booster(files.model) {
        if (booster.features() != side.features.size()) {
            throw std::runtime_error("the model has " + std::to_string(booster.features()) +
                                     " features and its side file names " +
                                     std::to_string(side.features.size()));
        }
    }
    std::vector<float> row_of(const features::Vector& vector) const {
        std::vector<float> row;
        row.reserve(side.features.size());
        for (const features::Feature feature : side.features) {
            row.push_back(vector[feature]);
        }
        return row;
    }

    SideFile side;
    Booster booster;
};

Model::Model(const Files& files) : impl_(std::make_unique<Impl>(files)) {}

Model::~Model() = default;

float Model::score(const features::Vector& vector) const {
    return impl_->booster.predict(impl_->row_of(vector));
}

std::vector<Contribution> Model::contributions(const features::Vector& vector) const {
    const std::vector<float> margins = impl_->booster.contributions(impl_->row_of(vector));
    std::vector<Contribution> found;
    for (std::size_t i = 0; i < impl_->side.features.size(); ++i) {
        found.push_back({impl_->side.features[i], margins[i]});
    }
    std::stable_sort(found.begin(), found.end(), [](const Contribution& a, const Contribution& b) {
        return a.margin > b.margin;
    });
    return found;
}

const std::string& Model::version() const {
    return impl_->side.version;
}

const std::string& Model::manifest() const {
    return impl_->side.manifest;
}

Thresholds Model::thresholds() const {
    return impl_->side.thresholds;
}

const std::vector<features::Feature>& Model::features() const {
    return impl_->side.features;
}

Files built_in() {
    return {std::string(built_in_model()), std::string(built_in_side())};
}

Files files_in(const std::string& directory) {
    if (directory.empty()) {
        return built_in();
    }
    return {read_file(directory + "/model.json"), read_file(directory + "/side.json")};
}

}  // namespace eti::model
