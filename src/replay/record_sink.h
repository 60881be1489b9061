// Turns the core's records, certificates and DNS answers into JSON lines, as the control side does
// live.
#pragma once

#include "eti/base/record_ring.h"
#include "eti/enrich/context.h"
#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"
#include "eti/metadata/record_json.h"
#include "eti/x509/chain_verifier.h"

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace eti::replay {

class RecordSink {
  public:
    // out may be null: records are counted only. With certificates, each distinct one gets a line
    // of its own before the first record it belongs to.
    explicit RecordSink(std::ostream* out, bool certificates = false)
        : out_(out), show_certificates_(certificates) {}

    RecordRing<metadata::Record>& records() { return records_; }
    RecordRing<metadata::CertificateBytes>& certificates() { return certificates_; }
    RecordRing<metadata::DnsAnswer>& dns_answers() { return dns_answers_; }

    void drain();

    uint64_t sessions() const { return sessions_; }
    uint64_t blocked() const { return blocked_; }
    const std::map<std::string, uint64_t>& visibility() const { return visibility_; }

  private:
    void judge_chain(const metadata::Record& record, metadata::CertificateSummary& leaf);
    void learn(const metadata::CertificateBytes& certificate);
    void finish(const metadata::Record& record);

    RecordRing<metadata::Record> records_{1024};
    RecordRing<metadata::CertificateBytes> certificates_{64};
    RecordRing<metadata::DnsAnswer> dns_answers_{64};
    enrich::Context context_;
    std::map<Sha1Digest, metadata::CertificateSummary> summaries_;
    std::map<Sha1Digest, std::vector<uint8_t>> bytes_;
    std::shared_ptr<const x509::ChainVerifier> roots_;  // read with the first certificate
    bool no_roots_ = false;
    std::map<std::string, uint64_t> visibility_;
    metadata::SensorIdentity sensor_{"replay", "0"};
    std::ostream* out_;
    bool show_certificates_;
    std::string line_;
    uint64_t sessions_ = 0;
    uint64_t blocked_ = 0;
};

}  // namespace eti::replay
