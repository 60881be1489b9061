#include "eti/base/check.h"
#include "eti/intel/feed.h"

#include <cstddef>
#include <cstdint>
#include <string>

// A feed that carries an error carries no entries, and its bounds hold whatever comes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(data, data + size);
    const auto feed = eti::intel::parse_certificate_feed(text, {1U << 20, 1000});
    const std::size_t entries = feed.entries.size() + feed.sha256_entries.size();
    ETI_CHECK(entries <= 1000 && feed.rejected.size() <= eti::intel::kMaxRejectedLines);
    ETI_CHECK(feed.error.empty() == (entries > 0));
    const auto same = eti::intel::parse_certificate_table(text, {1U << 20, 1000});
    ETI_CHECK(same.error == feed.error && same.entries == entries);
    ETI_CHECK(same.rejected_count == feed.rejected_count && same.table.size() <= entries);
    eti::intel::CertificateTable::Found found{};
    for (const auto& entry : feed.entries) {
        ETI_CHECK(same.table.find(entry.sha1, found));
    }
    for (const auto& entry : feed.sha256_entries) {
        ETI_CHECK(same.table.find(entry.sha256, found));
    }
    return 0;
}
