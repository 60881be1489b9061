// The filter of the servers' page: a text is a filter within its bounds, or an error inside it.
#include "eti/base/check.h"
#include "eti/store/filter.h"

#include <cstdint>
#include <string_view>

namespace {

std::size_t terms_of(const eti::analysis::Filter& filter, std::size_t depth) {
    ETI_CHECK(depth <= 3 * eti::analysis::kMaxFilterDepth + 3);
    std::size_t terms = filter.kind == eti::analysis::Filter::Kind::Term ? 1 : 0;
    for (const auto& part : filter.parts) {
        terms += terms_of(part, depth + 1);
    }
    return terms;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto filter = eti::analysis::parse_filter(text, 1'795'521'600'000'000);
        // A word alone is two conditions.
        ETI_CHECK(terms_of(filter, 0) <= 2 * eti::analysis::kMaxFilterTerms);
    } catch (const eti::analysis::FilterError& error) {
        ETI_CHECK(error.column() >= 1 && error.column() <= size + 1);
        ETI_CHECK(error.what()[0] != '\0');
    }
    return 0;
}
