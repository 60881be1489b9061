// The one place that knows libxgboost.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace eti::model {

// Booster owns a model of the library. Failures are std::runtime_error with its words.
class Booster {
  public:
    explicit Booster(std::string_view model);
    ~Booster();
    Booster(const Booster&) = delete;
    Booster& operator=(const Booster&) = delete;

    std::size_t features() const;
    float predict(std::span<const float> row) const;
    // contributions has one margin per feature, and the bias last.
    std::vector<float> contributions(std::span<const float> row) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::model
