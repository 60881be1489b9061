#include "record_sink.h"

#include "eti/x509/certificate.h"

namespace eti::replay {

void RecordSink::drain() {
    // Answers and certificates first: a record must find its name and its leaf's summary.
    while (const auto* answer = dns_answers_.front()) {
        context_.note(*answer);
        dns_answers_.release();
    }
    while (const auto* certificate = certificates_.front()) {
        summaries_.try_emplace(certificate->sha1,
                               x509::summarize({certificate->der.data(), certificate->size}));
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

void RecordSink::finish(const metadata::Record& record) {
    ++sessions_;
    blocked_ += record.action == metadata::Action::Block ? 1 : 0;
    ++visibility_[std::string(metadata::name_of(record.visibility))];
    if (out_ == nullptr) {
        return;
    }
    const auto leaf = summaries_.find(record.certificate.sha1);
    line_.clear();
    metadata::append_json(
        line_, record,
        record.certificate.seen && leaf != summaries_.end() ? &leaf->second : nullptr, sensor_);
    *out_ << line_;
}

}  // namespace eti::replay
