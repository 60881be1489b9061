#include "eti/intel/text_numbers.h"

#include <numeric>

namespace eti::intel {
namespace {

// With more texts than numbers, entries lose theirs; one number is left for that.
constexpr std::size_t kMostTexts = (1U << 24) - 2;
constexpr std::size_t kUnusedTextsWorth = 1024;

}  // namespace

bool worth_numbering_again(const std::shared_ptr<const Texts>& texts, std::size_t entries) {
    return texts && texts->size() > entries + kUnusedTextsWorth;
}

std::size_t memory_bytes(const std::shared_ptr<const Texts>& texts) {
    if (!texts) {
        return 0;
    }
    return std::accumulate(texts->begin(), texts->end(), std::size_t{0},
                           [](std::size_t bytes, const std::string& text) {
                               return bytes + sizeof text + text.capacity();
                           });
}

uint32_t TextNumbers::of(std::string_view text) {
    if (numbers_.empty() && texts_) {
        number_all();
    }
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) {
        return known->second;
    }
    if (numbers_.size() >= kMostTexts && !text.empty()) {
        return of({});
    }
    if (!own_) {
        own_ = texts_ ? std::make_shared<Texts>(*texts_) : std::make_shared<Texts>();
        texts_ = own_;
        number_all();
    }
    const std::string& added = own_->emplace_back(text);
    return numbers_.emplace(added, static_cast<uint32_t>(own_->size())).first->second;
}

void TextNumbers::number_all() {
    numbers_.clear();
    for (const std::string& text : *texts_) {
        numbers_.emplace(text, static_cast<uint32_t>(numbers_.size() + 1));
    }
}

}  // namespace eti::intel
