// Boosted trees over the extractor's vector: a score, and which features brought it there.
#pragma once

#include "eti/features/table.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace eti::model {

// The float32 scores just above a tie of benign ones, from cross-validation only.
struct Thresholds {
    float low = 1;   // a benign session reaches it once in 100
    float high = 1;  // once in 1,000
};

// A model file (XGBoost's JSON) and its side file (JSON): version, features, training manifest and
// thresholds, and the model file's SHA-256.
struct Files {
    std::string model;
    std::string side;
};

struct Contribution {
    features::Feature feature;
    float margin;  // in log odds; positive speaks against the session
};

// Model is immutable but for the library's own caches: one thread at a time; copies of the files
// make others. The constructor throws std::runtime_error with a sentence when the files are
// damaged, do not belong together, or name a feature this program does not have.
class Model {
  public:
    explicit Model(const Files& files);
    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    // score is a probability, the same bits for the same vector everywhere this library runs.
    float score(const features::Vector& vector) const;
    // contributions has one entry per feature of the model, the weightiest against first.
    std::vector<Contribution> contributions(const features::Vector& vector) const;

    const std::string& version() const;
    const std::string& manifest() const;  // SHA-256 of what it was trained on
    Thresholds thresholds() const;
    const std::vector<features::Feature>& features() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// built_in is the model this program was built with.
Files built_in();
// files_in reads DIRECTORY/model.json and DIRECTORY/side.json; throws std::runtime_error. Without a
// directory it is the built-in model.
Files files_in(const std::string& directory);

}  // namespace eti::model
