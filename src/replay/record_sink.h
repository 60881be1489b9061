// Turns the core's records, certificates and DNS answers into JSON lines, as the control side does
// live.
#pragma once

#include "eti/base/record_ring.h"
#include "eti/enrich/context.h"
#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"
#include "eti/metadata/record_json.h"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

namespace eti::replay {

class RecordSink {
  public:
    // out may be null: records are counted only.
    explicit RecordSink(std::ostream* out) : out_(out) {}

    RecordRing<metadata::Record>& records() { return records_; }
    RecordRing<metadata::CertificateBytes>& certificates() { return certificates_; }
    RecordRing<metadata::DnsAnswer>& dns_answers() { return dns_answers_; }

    void drain();

    uint64_t sessions() const { return sessions_; }
    uint64_t blocked() const { return blocked_; }
    const std::map<std::string, uint64_t>& visibility() const { return visibility_; }

  private:
    void finish(const metadata::Record& record);

    RecordRing<metadata::Record> records_{1024};
    RecordRing<metadata::CertificateBytes> certificates_{64};
    RecordRing<metadata::DnsAnswer> dns_answers_{64};
    enrich::Context context_;
    std::map<Sha1Digest, metadata::CertificateSummary> summaries_;
    std::map<std::string, uint64_t> visibility_;
    metadata::SensorIdentity sensor_{"replay", "0"};
    std::ostream* out_;
    std::string line_;
    uint64_t sessions_ = 0;
    uint64_t blocked_ = 0;
};

}  // namespace eti::replay
