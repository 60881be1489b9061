#include "certificate_relay.h"

#include <algorithm>
#include <cstring>

namespace eti::inspect {

CertificateRelay::CertificateRelay(RecordRing<metadata::CertificateBytes>& ring, uint32_t buffers,
                                   Counters& counters)
    : ring_(ring), counters_(counters), remembered_(kRemembered), buffers_(buffers) {
    free_.reserve(buffers);
    for (uint32_t i = buffers; i > 0; --i) {
        free_.push_back(i - 1);
    }
}

uint32_t CertificateRelay::acquire_buffer() {
    if (free_.empty()) {
        counters_.add(Counter::CertificateBuffersFull);
        return kNone;
    }
    const uint32_t index = free_.back();
    free_.pop_back();
    return index;
}

void CertificateRelay::offer(const Sha1Digest& sha1, std::span<const uint8_t> der) {
    uint32_t spread = 0;
    std::memcpy(&spread, sha1.data(), sizeof spread);
    Sha1Digest& remembered = remembered_[spread & (kRemembered - 1)];
    if (remembered == sha1) {
        return;
    }
    if (der.size() > metadata::CertificateBytes::kMaxBytes) {
        counters_.add(Counter::CertificateTooLong);
        return;
    }
    metadata::CertificateBytes* slot = ring_.reserve();
    if (slot == nullptr) {
        counters_.add(Counter::CertificateRingFull);
        return;
    }
    slot->sha1 = sha1;
    slot->size = static_cast<uint32_t>(der.size());
    std::copy(der.begin(), der.end(), slot->der.begin());
    ring_.commit();
    remembered = sha1;
}

}  // namespace eti::inspect
