// Texts that many entries share, by number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace eti::intel {

using Texts = std::deque<std::string>;  // the first has number 1

// text_of borrows from the texts.
inline std::string_view text_of(const Texts& texts, uint32_t number) {
    return texts[number - 1];
}
// worth_numbering_again tells whether so many entries need only a small part of the texts: those of
// entries that left stay until then.
bool worth_numbering_again(const std::shared_ptr<const Texts>& texts, std::size_t entries);
std::size_t memory_bytes(const std::shared_ptr<const Texts>& texts);

// TextNumbers gives each distinct text a number of 24 bits, from 1 on. The texts it begins with are
// shared, and copied when one is met that is not among them. The first question takes time for all
// the texts.
class TextNumbers {
  public:
    explicit TextNumbers(std::shared_ptr<const Texts> texts = nullptr) : texts_(std::move(texts)) {}

    uint32_t of(std::string_view text);
    // texts are null when there are none.
    const std::shared_ptr<const Texts>& texts() const { return texts_; }

  private:
    void number_all();

    std::shared_ptr<const Texts> texts_;
    std::shared_ptr<Texts> own_;  // texts_, once it is a copy
    std::unordered_map<std::string_view, uint32_t> numbers_;
};

}  // namespace eti::intel
