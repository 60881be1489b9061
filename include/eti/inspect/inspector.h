// The core: packets in, verdicts and records out. One per worker; no clock, lock, log, system
// call or allocation after construction.
#pragma once

#include "eti/base/clock.h"
#include "eti/base/record_ring.h"
#include "eti/decap/parse.h"
#include "eti/decap/reset.h"
#include "eti/flow/flow_key.h"
#include "eti/inspect/counters.h"
#include "eti/inspect/tables.h"
#include "eti/metadata/record.h"
#include "eti/metadata/session_view.h"
#include "eti/net/packet_view.h"
#include "eti/net/reset_packet.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace eti::inspect {

// Packet is a frame with everything that is read from it once.
struct Packet {
    flow::FlowKey key;     // set when parsed is Transport
    uint64_t hash = 0;     // of the key, else of nothing: 0
    net::PacketView view;  // the innermost packet
    decap::Outer outer;    // the address pairs around it
    net::ParseResult parsed = net::ParseResult::Malformed;
    bool source_is_low = false;
    bool captured = false;  // from a file, not from a live port
    uint8_t wire = 0;
    uint8_t side = 0;  // the wire's side it came in: 0 or 1
};

// classify reads a frame down to the innermost packet. The frame must outlive the packet. The
// second form fills one that was used before.
Packet classify(std::span<const uint8_t> frame, uint8_t wire, uint8_t side,
                const flow::FlowHasher& hasher, const net::Framing& framing = {});
void classify(std::span<const uint8_t> frame, uint8_t wire, uint8_t side,
              const flow::FlowHasher& hasher, const net::Framing& framing, Packet& packet);

// owner_hash names the worker a packet belongs to, by its high half: of the outermost two
// addresses, so that fragments and whole packets in both directions agree..
uint64_t owner_hash(const Packet& packet, const flow::FlowHasher& hasher);

enum class Verdict : uint8_t {
    Forward,
    Drop,   // the frame goes nowhere
    Close,  // the frame goes nowhere, and resets() are to be sent
};

struct Reset {
    net::Toward toward = net::Toward::Receiver;
    uint32_t sequence = 0;
    uint32_t acknowledgment = 0;
};

struct Options {
    uint8_t worker = 0;  // goes into record numbers
    uint32_t flows = 65'536;
    uint32_t sessions = 16'384;
    uint32_t inspected_bytes_per_direction = 262'144;
    uint32_t out_of_order_segments_per_direction = 64;
    uint32_t segment_blocks = 8'192;      // of 2 KiB, for the segments kept of all sessions
    uint32_t fragment_datagrams = 4'096;  // put together at a time
    uint32_t fragment_blocks = 8'192;     // of 2 KiB, for all of them
    uint32_t small_assembly_buffers = 1'024;
    uint32_t large_assembly_buffers = 64;
    uint32_t certificate_buffers = 512;  // copies of those, to be handed over
    std::chrono::seconds tcp_idle_timeout{1800};
    std::chrono::seconds tcp_handshake_timeout{20};
    std::chrono::seconds udp_idle_timeout{60};
};

// Zones of one wire's two sides.
struct WireZones {
    std::array<std::string, 2> zones;
    // Captures have no sides: every client counts as being on side 0.
    bool client_always_on_first_side = false;
};

struct Outputs {
    RecordRing<metadata::Record>* records = nullptr;
    RecordRing<metadata::CertificateBytes>* certificates = nullptr;
    RecordRing<metadata::SessionView>* sessions = nullptr;   // may be null
    RecordRing<metadata::DnsAnswer>* dns_answers = nullptr;  // may be null
};

// Usage is what of the fixed memory is taken, in pieces of its kind.
struct Usage {
    uint32_t flows = 0;
    uint32_t sessions = 0;
    uint32_t session_states = 0;  // of sessions whose record is not packed
    uint32_t record_blocks = 0;   // of those whose record is
    uint32_t segment_blocks = 0;
    uint32_t assembly_buffers = 0;  // of both sizes
    uint32_t hash_states = 0;
    uint32_t certificate_buffers = 0;
    uint32_t fragment_datagrams = 0;
    uint32_t fragment_blocks = 0;
};

class Inspector {
  public:
    Inspector(const Options& options, const flow::FlowHasher& hasher, const Tables& tables,
              std::vector<WireZones> wires, Outputs outputs, Counters& counters);
    ~Inspector();
    Inspector(const Inspector&) = delete;
    Inspector& operator=(const Inspector&) = delete;

    // Pins the tables and the time until end_burst.
    void begin_burst(Timestamp now);
    // prepare is told what will be inspected next, up to a burst, and has memory fetch it.
    void prepare(std::span<const Packet> packets) const;
    // inspect decides about one packet. The view may be used no longer than the frame lives.
    Verdict inspect(const Packet& packet);
    // judge_only is for packets that cannot be inspected: it stops infected hosts and no more.
    Verdict judge_only(const Packet& packet);
    // What Close asks for: valid until the next inspect.
    std::span<const Reset> resets() const;
    // build_reset writes the frame for one of them; packet is the one given to inspect. 0 when none
    // can be built.
    std::size_t build_reset(const Packet& packet, const Reset& reset,
                            std::span<uint8_t, decap::kMaxResetBytes> out) const;
    // Expires due flows, a bounded number per call.
    void end_burst();

    // request_sessions starts answering the numbered request in the coming end_bursts.
    void request_sessions(uint64_t request);
    // finish ends every flow and writes the records of open sessions: end of a capture, shutdown.
    // May be called again until it returns true: a full ring stops it.
    bool finish();

    uint32_t flow_count() const;
    // usage: with the last flow all is given back, save what unfinished fragments hold.
    Usage usage() const;

  private:
    class Core;
    std::unique_ptr<Core> core_;
};

}  // namespace eti::inspect
