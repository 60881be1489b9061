#include "tests/support/import_check.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(data, data + size);
    eti::test::check_import(eti::analysis::import_feodo_json(text, eti::test::kSmallLimits));
    return 0;
}
