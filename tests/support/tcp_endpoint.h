// A TCP endpoint's receiving half, written for clearness and apart from the product: what of the
// segments that reach it becomes the byte stream of its application (RFC 9293, RFC 5961, RFC 7323).
#pragma once

#include "eti/net/checksum.h"
#include "eti/net/packet_view.h"
#include "eti/net/tcp_options.h"
#include "tests/support/tls_builder.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>

namespace eti::test {

// Which copy of a byte counts that waits for others before it.
enum class Overlap : uint8_t {
    FirstWins,
    LastWins,
    Linux,  // a segment that starts earlier, or as early and reaches farther; else the first
};
// How urgent bytes reach the application.
enum class Urgent : uint8_t { Apart, Inline };

class TcpEndpoint {
  public:
    enum class State : uint8_t { Listening, Asking, Open, Reset };

    Overlap overlap = Overlap::FirstWins;
    Urgent urgent = Urgent::Apart;
    State state = State::Listening;
    bool takes_syn_data = false;  // RFC 7413
    bool signs = false;           // RFC 2385: both ends have a key
    uint32_t own_next = 0;        // what it has sent: nothing beyond can be acknowledged
    uint32_t next = 0;            // the byte it waits for
    uint32_t window = 65'535;
    Bytes delivered;  // to the application

    // ask is the SYN of an active open.
    void ask(uint32_t own_sequence) {
        state = State::Asking;
        own_next = own_sequence + 1;
    }

    // receive takes a segment that has arrived; true when it is to be acknowledged.
    bool receive(const net::PacketView& view) {
        const net::TcpOptions options = net::parse_tcp_options(view.tcp_options());
        if (!undamaged(view) || options.has_md5 != signs || state == State::Reset) {
            return false;
        }
        if (state != State::Open) {
            return open(view, options);
        }
        const bool old = options.has_timestamp && timestamp_known_ &&
                         static_cast<int32_t>(options.timestamp - timestamp_) < 0;
        if (view.has(net::kRst)) {
            state = view.sequence == next ? State::Reset : state;
            return false;
        }
        if (old || view.has(net::kSyn) || !view.has(net::kAck) ||
            static_cast<int32_t>(view.acknowledgment - own_next) > 0) {
            return true;
        }
        if (options.has_timestamp && view.sequence == next) {
            timestamp_ = options.timestamp;
            timestamp_known_ = true;
        }
        note_urgent(view);
        take(view.sequence, view.payload);
        return !view.payload.empty();
    }

  private:
    static bool undamaged(const net::PacketView& view) {
        const auto segment = view.frame.subspan(view.ip_offset + view.ip_header_bytes,
                                                view.ip_bytes - view.ip_header_bytes);
        net::Checksum sum;
        const std::size_t skip = view.ipv6 ? 0U : 12U;
        sum.add(std::span(view.source.bytes()).subspan(skip));
        sum.add(std::span(view.destination.bytes()).subspan(skip));
        sum.add(net::kTcp);
        sum.add(static_cast<uint16_t>(segment.size()));
        sum.add(segment);
        return sum.finish() == 0;
    }

    bool open(const net::PacketView& view, const net::TcpOptions& options) {
        const bool confirmed = view.has(net::kAck) && view.acknowledgment == own_next;
        if (view.has(net::kRst)) {
            state = state == State::Asking && confirmed ? State::Reset : state;
            return false;
        }
        // A SYN without an ACK is a simultaneous open to who asks himself.
        const bool fits =
            state == State::Listening ? !view.has(net::kAck) : confirmed || !view.has(net::kAck);
        if (!view.has(net::kSyn) || !fits) {
            return false;
        }
        next = view.sequence + 1;
        timestamp_ = options.timestamp;
        timestamp_known_ = options.has_timestamp;
        if (takes_syn_data) {
            take(next, view.payload);
        }
        state = State::Open;
        return view.has(net::kAck);  // a bare SYN is answered with SYN|ACK
    }

    void note_urgent(const net::PacketView& view) {
        if (view.has(net::kUrg)) {  // a pointer of 0 is Linux's first byte
            const uint32_t back = view.urgent_pointer == 0 ? 0U : 1U;
            urgent_at_ = view.sequence + view.urgent_pointer - back;
            urgent_known_ = static_cast<int32_t>(urgent_at_ - next) >= 0;
        }
    }

    void take(uint32_t sequence, std::span<const uint8_t> payload) {
        const auto ahead = static_cast<int32_t>(sequence - next);
        const auto reach = static_cast<int32_t>(window);
        if (ahead >= reach || ahead < -(1 << 30) || payload.empty()) {
            return;
        }
        const auto size = static_cast<int32_t>(payload.size());
        const auto begin = std::max(0, -ahead);
        const auto end = std::min(size, reach - ahead);
        const auto place_of = [&](int32_t i) {
            return position_ + static_cast<uint64_t>(ahead + i);
        };
        for (int32_t i = begin; i < end; ++i) {
            place(place_of(i),
                  {payload[static_cast<std::size_t>(i)], place_of(begin), place_of(end)});
        }
        while (!waiting_.empty() && waiting_.begin()->first == position_) {
            const bool apart = urgent_known_ && urgent_at_ == next && urgent == Urgent::Apart;
            if (!apart) {
                delivered.push_back(waiting_.begin()->second.value);
            }
            waiting_.erase(waiting_.begin());
            ++position_;
            ++next;
        }
    }

    struct Waiting {
        uint8_t value = 0;
        uint64_t segment_start = 0;  // of the segment it came in
        uint64_t segment_end = 0;
    };

    void place(uint64_t at, const Waiting& copy) {
        const auto [entry, fresh] = waiting_.try_emplace(at, copy);
        const Waiting& old = entry->second;
        const bool reaches_around =
            copy.segment_start < old.segment_start ||
            (copy.segment_start == old.segment_start && copy.segment_end > old.segment_end);
        if (!fresh &&
            (overlap == Overlap::LastWins || (overlap == Overlap::Linux && reaches_around))) {
            entry->second = copy;
        }
    }

    std::map<uint64_t, Waiting> waiting_;  // by place in the stream
    uint64_t position_ = 0;                // of next
    uint32_t timestamp_ = 0;
    uint32_t urgent_at_ = 0;
    bool timestamp_known_ = false;
    bool urgent_known_ = false;
};

}  // namespace eti::test
