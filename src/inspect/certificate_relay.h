// Hands each distinct certificate to the control thread once.
#pragma once

#include "eti/base/digest_types.h"
#include "eti/base/record_ring.h"
#include "eti/inspect/counters.h"
#include "eti/metadata/record.h"

#include <cstdint>
#include <span>
#include <vector>

namespace eti::inspect {

// CertificateRelay also owns the buffers in which certificates are copied that arrive in pieces.
class CertificateRelay {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    CertificateRelay(RecordRing<metadata::CertificateBytes>& ring, uint32_t buffers,
                     Counters& counters);

    // offer sends the certificate unless it was sent before. Longer ones than the bound, and
    // those that find the ring full, are not sent; the latter get another chance.
    void offer(const Sha1Digest& sha1, std::span<const uint8_t> der);

    uint32_t acquire_buffer();  // kNone when all are in use
    std::span<uint8_t> buffer(uint32_t index) { return buffers_[index]; }
    void release_buffer(uint32_t index) { free_.push_back(index); }
    uint32_t buffers_in_use() const {
        return static_cast<uint32_t>(buffers_.size() - free_.size());
    }

  private:
    using Buffer = std::array<uint8_t, metadata::CertificateBytes::kMaxBytes>;
    // A direct-mapped memory: a forgotten digest only means one repetition, which control drops.
    static constexpr std::size_t kRemembered = 1U << 14;

    RecordRing<metadata::CertificateBytes>& ring_;
    Counters& counters_;
    std::vector<Sha1Digest> remembered_;
    std::vector<Buffer> buffers_;
    std::vector<uint32_t> free_;
};

}  // namespace eti::inspect
