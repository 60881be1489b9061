#include "record_sink.h"

#include "eti/x509/certificate.h"

namespace eti::replay {

void RecordSink::drain() {
    // Certificates first: a record must find its leaf's summary.
    while (const auto* certificate = certificates_.front()) {
        summaries_.try_emplace(certificate->sha1,
                               x509::summarize({certificate->der.data(), certificate->size}));
        certificates_.release();
    }
    while (const auto* record = records_.front()) {
        if (record->phase == metadata::Phase::End) {
            ++sessions_;
            blocked_ += record->action == metadata::Action::Block ? 1 : 0;
            ++visibility_[std::string(metadata::name_of(record->visibility))];
            if (out_ != nullptr) {
                const auto leaf = summaries_.find(record->certificate.sha1);
                line_.clear();
                metadata::append_json(line_, *record,
                                      record->certificate.seen && leaf != summaries_.end()
                                          ? &leaf->second
                                          : nullptr,
                                      sensor_);
                *out_ << line_;
            }
        }
        records_.release();
    }
}

}  // namespace eti::replay
