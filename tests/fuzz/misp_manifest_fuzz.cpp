#include "tests/support/import_check.h"

#include <cstddef>
#include <cstdint>

// A UUID becomes part of a path, so nothing else may come out.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(data, data + size);
    const auto manifest = eti::analysis::import_misp_manifest(text, eti::test::kSmallLimits);
    ETI_CHECK(manifest.error.empty() == !manifest.events.empty());
    for (const auto& event : manifest.events) {
        ETI_CHECK(event.uuid.size() == 36 && event.timestamp >= 0);
        ETI_CHECK(event.uuid.find_first_not_of("0123456789abcdef-") == std::string::npos);
    }
    return 0;
}
