// The certificate blocklist as the service serves it and judges by it.
#pragma once

#include "eti/intel/certificate_table.h"

#include <optional>
#include <string>
#include <string_view>

namespace eti::analysis {

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
    intel::CertificateTable table_;
    std::string version_;
};

}  // namespace eti::analysis
