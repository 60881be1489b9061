#include "record_sink.h"

#include "eti/x509/certificate.h"

#include <span>

namespace eti::replay {

void RecordSink::drain() {
    // Answers and certificates first: a record must find its name and its leaf's summary.
    while (const auto* answer = dns_answers_.front()) {
        context_.note(*answer);
        dns_answers_.release();
    }
    while (const auto* certificate = certificates_.front()) {
        learn(*certificate);
        certificates_.release();
    }
    while (const auto* record = records_.front()) {
        metadata::Record completed = *record;
        records_.release();
        context_.complete(completed);
        if (completed.phase == metadata::Phase::End) {
            finish(completed);
        }
    }
}

void RecordSink::learn(const metadata::CertificateBytes& certificate) {
    const std::span<const uint8_t> der(certificate.der.data(), certificate.size);
    const auto [_, added] = summaries_.try_emplace(certificate.sha1, x509::summarize(der));
    if (added) {
        bytes_.try_emplace(certificate.sha1, der.begin(), der.end());
    }
    if (added && show_certificates_ && out_ != nullptr) {
        line_.clear();
        metadata::append_certificate_json(line_, certificate.sha1, der);
        *out_ << line_;
    }
}

// A capture's reader has no later place where the chain's bytes are known.
void RecordSink::judge_chain(const metadata::Record& record, metadata::CertificateSummary& leaf) {
    if (leaf.chain_judged || no_roots_ || record.certificate.chain.truncated()) {
        return;
    }
    if (roots_ == nullptr) {
        roots_ = x509::ChainVerifier::of_system();
        no_roots_ = roots_ == nullptr;
    }
    std::vector<std::span<const uint8_t>> chain;
    for (const Sha1Digest& sha1 : record.certificate.chain.view()) {
        const auto bytes = bytes_.find(sha1);
        if (bytes == bytes_.end()) {
            return;  // what its missing part would have proved is not known
        }
        chain.emplace_back(bytes->second);
    }
    if (roots_ != nullptr && !chain.empty()) {
        const x509::ChainVerdict verdict = roots_->judge(chain, record.start);
        leaf.chain_judged = true;
        leaf.issuer_known = verdict.issuer_known;
        leaf.chain_from = verdict.from;
        leaf.chain_until = verdict.until;
    }
}

void RecordSink::finish(const metadata::Record& record) {
    ++sessions_;
    blocked_ += record.action == metadata::Action::Block ? 1 : 0;
    ++visibility_[std::string(metadata::name_of(record.visibility))];
    if (out_ == nullptr) {
        return;
    }
    const auto leaf = summaries_.find(record.certificate.sha1);
    if (leaf != summaries_.end() && record.certificate.seen && !record.certificate.inherited) {
        judge_chain(record, leaf->second);
    }
    line_.clear();
    metadata::append_json(
        line_, record,
        record.certificate.seen && leaf != summaries_.end() ? &leaf->second : nullptr, sensor_);
    *out_ << line_;
}

}  // namespace eti::replay
