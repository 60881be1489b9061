// The certificate blocklist as the service serves it and judges by it.
#pragma once

#include "eti/intel/feed.h"
#include "eti/intel/sha1_blocklist.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace eti::analysis {

struct RenderedFeed {
    std::string body;
    std::size_t entries = 0;
    std::string notice;  // rejected lines, as a sentence; empty when there are none
    std::string error;   // not empty: the text must not be used, and why
};

// render_certificate_feed turns any form intel reads into SSLBL CSV with LF line ends. Listing
// dates are carried over where the text has them.
RenderedFeed render_certificate_feed(std::string_view text);

// CertificateList never changes after construction.
class CertificateList {
  public:
    struct Hit {
        std::string reason;
    };
    CertificateList() = default;
    CertificateList(std::string_view body, std::string version);

    // find takes lower-case hex digests; an empty one matches nothing.
    std::optional<Hit> find(std::string_view sha1, std::string_view sha256) const;
    const std::string& version() const { return version_; }

  private:
    intel::Sha1Blocklist sha1s_;
    std::map<std::string, std::string, std::less<>> sha256_reasons_;
    std::string version_;
};

}  // namespace eti::analysis
