// Texts that many entries share, by number.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace eti::intel {

using Texts = std::deque<std::string>;

// TextNumbers gives each distinct text a number of 24 bits. The texts it begins with are shared,
// and copied when one is met that is not among them.
class TextNumbers {
  public:
    explicit TextNumbers(std::shared_ptr<const Texts> texts = nullptr);

    uint32_t of(std::string_view text);
    const std::shared_ptr<const Texts>& texts() const { return texts_; }

  private:
    void number_all();

    std::shared_ptr<const Texts> texts_;
    std::shared_ptr<Texts> own_;  // texts_, once it is a copy
    std::unordered_map<std::string_view, uint32_t> numbers_;
};

}  // namespace eti::intel
