#include "eti/base/check.h"
#include "eti/x509/certificate.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto summary = eti::x509::summarize({data, size});
    ETI_CHECK(summary.san.size() <= 100);
    ETI_CHECK(summary.parsed || (summary.subject.empty() && !summary.self_signed));
    return 0;
}
