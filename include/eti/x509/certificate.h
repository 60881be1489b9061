// Certificate summaries by OpenSSL, on cold threads only.
#pragma once

#include "eti/metadata/certificate_summary.h"

#include <span>

namespace eti::x509 {

// summarize never fails: what OpenSSL cannot read stays empty and parsed is false. The digests
// are always set.
metadata::CertificateSummary summarize(std::span<const uint8_t> der);

}  // namespace eti::x509
