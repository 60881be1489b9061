#include "eti/intel/text_numbers.h"

#include <utility>

namespace eti::intel {
namespace {

// With more texts than numbers, entries lose theirs; one number is left for that.
constexpr std::size_t kMostTexts = (1U << 24) - 1;

}  // namespace

TextNumbers::TextNumbers(std::shared_ptr<const Texts> texts) : texts_(std::move(texts)) {
    if (!texts_) {
        texts_ = own_ = std::make_shared<Texts>();
    }
    number_all();
}

uint32_t TextNumbers::of(std::string_view text) {
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) {
        return known->second;
    }
    if (texts_->size() >= kMostTexts && !text.empty()) {
        return of({});
    }
    if (!own_) {
        texts_ = own_ = std::make_shared<Texts>(*texts_);
        number_all();
    }
    const auto number = static_cast<uint32_t>(own_->size());
    numbers_.emplace(own_->emplace_back(text), number);
    return number;
}

void TextNumbers::number_all() {
    numbers_.clear();
    for (const std::string& text : *texts_) {
        numbers_.emplace(text, static_cast<uint32_t>(numbers_.size()));
    }
}

}  // namespace eti::intel
