#include "features/messages.h"

#include "eti/tls/registry.h"

#include <cstdlib>

namespace eti::features {
namespace {

constexpr uint8_t kApplicationData = 23;  // RFC 8446 section 5.1
constexpr uint64_t kRecordHeader = 5;

// TLS 1.3 sends the server's handshake, and then the client's Finished, as application data: what
// comes before the client's second flight is left out (RFC 8446 section 2).
class HandshakeFilter {
  public:
    explicit HandshakeFilter(bool tls13) : waiting_(tls13) {}

    bool is_handshake(const metadata::RecordSample& sample) {
        if (sample.type != kApplicationData) {
            return true;
        }
        if (!waiting_) {
            return false;
        }
        waiting_ = sample.record_bytes < 0;  // the client's first one is its Finished
        return true;
    }

  private:
    bool waiting_;
};

}  // namespace

Messages messages_of(const metadata::Record& record) {
    Messages messages;
    HandshakeFilter filter(tls::version::is_tls13(record.server_hello.negotiated_version));
    double silence_us = 0;
    for (const metadata::RecordSample& sample : record.traffic.records.view()) {
        const bool out = sample.record_bytes > 0;
        const auto bytes = static_cast<uint32_t>(std::abs(int64_t{sample.record_bytes}));
        silence_us = sample.delta_us;
        if (filter.is_handshake(sample)) {
            messages.handshake[out ? 0 : 1] += bytes + kRecordHeader;
            continue;
        }
        Message* last = messages.count == 0 ? nullptr : &messages.items[messages.count - 1];
        if (last != nullptr && last->out == out) {
            last->bytes += bytes;
            continue;
        }
        messages.items[messages.count++] = {out, bytes, silence_us * 1e-6};
    }
    return messages;
}

}  // namespace eti::features
