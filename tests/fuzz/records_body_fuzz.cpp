// A posted body: decompressed within its bound, then read line by line.
#include "eti/base/check.h"
#include "eti/ingest/decompress.h"
#include "eti/ingest/record_parser.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t kMaxBytes = 1UL << 20;

void read_records(std::string text) {
    eti::analysis::RecordLimits limits;
    limits.max_line_bytes = 16UL << 10;
    limits.max_lines = 1000;
    eti::analysis::RecordBatch batch;
    if (!eti::analysis::parse_records(text, batch, limits)) {
        return;
    }
    ETI_CHECK(batch.accepted() + batch.rejected.size() <= limits.max_lines + 1);
    for (const auto& session : batch.sessions) {
        ETI_CHECK(!session.id.empty() && !session.sensor.empty());
        ETI_CHECK(session.sha1.empty() || session.sha1.size() == 40);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    for (const char* encoding : {"", "zstd", "gzip"}) {
        std::string text;
        if (eti::analysis::decompress(encoding, body, kMaxBytes, text) ==
            eti::analysis::DecompressResult::Ok) {
            ETI_CHECK(text.size() <= kMaxBytes);
            read_records(std::move(text));
        }
    }
    return 0;
}
