#include "eti/base/check.h"
#include "eti/intel/feed.h"

#include <cstddef>
#include <cstdint>
#include <string>

// Whatever the parser accepts, the table built from it must find again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using eti::intel::AllowlistKind;
    const std::string text(data, data + size);
    const auto feed = eti::intel::parse_allowlist_feed(text, {1U << 20, 1000});
    const eti::intel::Allowlist list(feed.entries);
    for (const auto& entry : feed.entries) {
        switch (entry.kind) {
            case AllowlistKind::Address:
                ETI_CHECK(list.contains_address(entry.range.first));
                ETI_CHECK(list.contains_address(entry.range.last));
                break;
            case AllowlistKind::Hostname: {
                const bool suffix = entry.hostname.starts_with('.');
                ETI_CHECK(list.contains_hostname(entry.hostname.substr(suffix ? 1 : 0)));
                break;
            }
            case AllowlistKind::CertificateSha1:
                ETI_CHECK(list.contains_certificate(entry.sha1));
                break;
            case AllowlistKind::CertificateSha256:
                break;
        }
    }
    // The same bytes as a name off the wire.
    static_cast<void>(list.contains_hostname(text));
    return 0;
}
