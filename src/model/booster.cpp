#include "model/booster.h"

#include <xgboost/c_api.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>

namespace eti::model {
namespace {

void check(int result, const char* what) {
    if (result != 0) {
        throw std::runtime_error(std::string(what) + ": " + XGBGetLastError());
    }
}

class Matrix {
  public:
    explicit Matrix(std::span<const float> row) {
        check(XGDMatrixCreateFromMat(row.data(), 1, row.size(),
                                     std::numeric_limits<float>::quiet_NaN(), &handle_),
              "cannot hold the vector");
    }
    ~Matrix() { XGDMatrixFree(handle_); }
    Matrix(const Matrix&) = delete;
    Matrix& operator=(const Matrix&) = delete;

    DMatrixHandle get() const { return handle_; }

  private:
    DMatrixHandle handle_ = nullptr;
};

}  // namespace

struct Booster::Impl {
    ~Impl() {
        if (handle != nullptr) {
            XGBoosterFree(handle);
        }
        if (proxy != nullptr) {
            XGDMatrixFree(proxy);
        }
    }
    BoosterHandle handle = nullptr;
    DMatrixHandle proxy = nullptr;  // carries no data, only what a call may know beside the row
};

Booster::Booster(std::string_view model) : impl_(std::make_unique<Impl>()) {
    check(XGBoosterCreate(nullptr, 0, &impl_->handle), "cannot make a model");
    check(XGBoosterLoadModelFromBuffer(impl_->handle, model.data(), model.size()),
          "the model file cannot be read");
    check(XGBoosterSetParam(impl_->handle, "nthread", "1"), "cannot set up the model");
    check(XGProxyDMatrixCreate(&impl_->proxy), "cannot set up the model");
}

Booster::~Booster() = default;

std::size_t Booster::features() const {
    bst_ulong count = 0;
    check(XGBoosterGetNumFeature(impl_->handle, &count), "the model does not say its features");
    return count;
}

float Booster::predict(std::span<const float> row) const {
    std::array<char, 128> values{};
    std::snprintf(values.data(), values.size(),
                  R"({"data":[%llu,true],"shape":[1,%zu],"typestr":"<f4","version":3})",
                  static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(row.data())),
                  row.size());
    constexpr const char* kHow =
        R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,)"
        R"("cache_id":0,"missing":NaN})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    check(XGBoosterPredictFromDense(impl_->handle, values.data(), kHow, impl_->proxy, &shape,
                                    &dimensions, &result),
          "cannot score");
    return result[0];
}

std::vector<float> Booster::contributions(std::span<const float> row) const {
    constexpr const char* kHow =
        R"({"type":2,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
    const Matrix matrix(row);
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    check(XGBoosterPredictFromDMatrix(impl_->handle, matrix.get(), kHow, &shape, &dimensions,
                                      &result),
          "cannot explain");
    return {result, result + row.size() + 1};
}

}  // namespace eti::model
