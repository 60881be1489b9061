#include "tests/support/import_check.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(data, data + size);
    const auto hashes = eti::analysis::import_misp_hashes(text, eti::test::kSmallLimits);
    ETI_CHECK(std::is_sorted(hashes.uuids.begin(), hashes.uuids.end()));
    ETI_CHECK(hashes.error.empty() || hashes.uuids.empty());
    ETI_CHECK(std::all_of(hashes.uuids.begin(), hashes.uuids.end(),
                          [](const std::string& uuid) { return uuid.size() == 36; }));
    return 0;
}
