// One TCP connection described by a few bytes: what both ends say, turn by turn, and a script of
// how the segments of it cross the wire. Whatever the script, both ends receive the same streams.
#pragma once

#include "eti/base/direction.h"
#include "eti/wire/reader.h"
#include "tests/support/encapsulation_builder.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace eti::test {

// What one end says until the other one answers.
struct Turn {
    Direction direction = Direction::Out;
    Bytes bytes;
};

// Of a segment script, one step. Three bytes: kind (bits 0-2) and flags, and two arguments.
struct SegmentStep {
    enum class Kind : uint8_t {
        Few,          // the next `second` bytes
        Many,         // the next 16 * `second`
        Ahead,        // leaves 4 * `first` bytes out, then 4 * `second`: they come too early
        Again,        // starts 4 * `first` before the next byte, for 8 * `second`
        Acknowledge,  // the other end says what it has
        Ignored,      // a segment that its receiver ignores
        Rewritten,    // like Again, with another value for a byte that has passed
        Rest,         // the turn's missing bytes in pieces of `first`, the last one first if odd
    };
    Kind kind = Kind::Rest;
    bool fragmented = false;  // bit 3
    bool reversed = false;    // bit 4: the last fragment first
    uint8_t pieces = 0;       // bits 5-6: fragments beyond two
    bool finishes = false;    // bit 7: a FIN on what ends the stream
    uint8_t first = 0;
    uint8_t second = 0;
};

inline bool read_step(wire::Reader& script, SegmentStep& step) {
    uint8_t head = 0;
    if (!script.u8(head) || !script.u8(step.first) || !script.u8(step.second)) {
        return false;
    }
    step.kind = static_cast<SegmentStep::Kind>(head & 7);
    step.fragmented = (head & 0x08) != 0;
    step.reversed = (head & 0x10) != 0;
    step.pieces = head >> 5 & 3;
    step.finishes = (head & 0x80) != 0;
    return true;
}

// StreamCase is a whole input: a byte of flags, one that chooses the encapsulation, one for the
// sequence numbers, the script behind its 16-bit length, and the turns. A turn is a byte of
// direction (lowest bit), a 16-bit length and the bytes.
struct StreamCase {
    static constexpr std::size_t kMaxTurnBytes = 20'000;
    static constexpr std::size_t kMaxTurns = 16;

    bool ipv6 = false;         // bit 0
    bool name_server = false;  // bit 1: port 53
    bool early_data = false;   // bit 2: the SYN carries the beginning of the first turn
    bool early_taken = false;  // bit 3: and the server takes it
    std::size_t encapsulation = 0;
    uint32_t sequence = 0;
    wire::Reader script;
    std::vector<Turn> turns;
};

inline bool read_stream_case(std::span<const uint8_t> bytes, StreamCase& made) {
    wire::Reader input(bytes);
    uint8_t flags = 0;
    uint8_t encapsulation = 0;
    uint8_t sequence = 0;
    if (!input.u8(flags) || !input.u8(encapsulation) || !input.u8(sequence) ||
        !input.u16_prefixed(made.script)) {
        return false;
    }
    made.ipv6 = (flags & 1) != 0;
    made.name_server = (flags & 2) != 0;
    made.early_data = (flags & 4) != 0;
    made.early_taken = (flags & 8) != 0;
    made.encapsulation = encapsulation % encapsulations().size();
    made.sequence = 0U - sequence * 97U;  // most of them wrap soon
    uint8_t direction = 0;
    uint16_t length = 0;
    wire::Reader content;
    while (made.turns.size() < StreamCase::kMaxTurns && input.u8(direction) && input.u16(length) &&
           input.take(std::min<std::size_t>(length, input.remaining()), content)) {
        const auto said =
            content.bytes().first(std::min(content.remaining(), StreamCase::kMaxTurnBytes));
        made.turns.push_back({static_cast<Direction>(direction & 1), {said.begin(), said.end()}});
    }
    return true;
}

// SegmentHead is what goes before the payload.
struct SegmentHead {
    Bytes source;  // 4 or 16 bytes
    Bytes destination;
    uint16_t source_port = 0;
    uint16_t destination_port = 0;
    uint32_t sequence = 0;
    uint32_t acknowledgment = 0;
    uint8_t flags = net::kAck;
};

// ip_segment does what tcp_frame does, without Ethernet and at a tenth of the cost: searches make
// millions.
inline Bytes ip_segment(const SegmentHead& head, std::span<const uint8_t> payload) {
    Bytes packet;
    const std::size_t ip_header = head.source.size() == 4 ? 20 : 40;
    packet.reserve(ip_header + 20 + payload.size());
    const auto put = [&](std::size_t value, unsigned bytes) {
        for (; bytes > 0; --bytes) {
            packet.push_back(static_cast<uint8_t>(value >> (8 * (bytes - 1))));
        }
    };
    const auto append = [&](const Bytes& bytes) {
        packet.insert(packet.end(), bytes.begin(), bytes.end());
    };
    const auto set = [&](std::size_t at, uint16_t value) {
        packet[at] = static_cast<uint8_t>(value >> 8);
        packet[at + 1] = static_cast<uint8_t>(value);
    };
    if (ip_header == 20) {
        put(0x45000000 | (40 + payload.size()), 4);
        put(0x00070000, 4);
        put(0x40060000, 4);
    } else {
        put(0x60000000, 4);
        put((20 + payload.size()) << 16 | 0x0640, 4);
    }
    append(head.source);
    append(head.destination);
    if (ip_header == 20) {
        net::Checksum checksum;
        checksum.add(packet);
        set(10, checksum.finish());
    }
    put(head.source_port, 2);
    put(head.destination_port, 2);
    put(head.sequence, 4);
    put(head.acknowledgment, 4);
    put(0x5000U | head.flags, 2);
    put(0xffff, 2);
    put(0, 4);
    packet.insert(packet.end(), payload.begin(), payload.end());
    net::Checksum checksum;
    checksum.add(head.source);
    checksum.add(head.destination);
    checksum.add(net::kTcp);
    checksum.add(static_cast<uint16_t>(20 + payload.size()));
    checksum.add(std::span(packet).subspan(ip_header));
    set(ip_header + 16, checksum.finish());
    return packet;
}

// fragments cuts an IP packet into that many, or fewer when it is short: a first IPv6 fragment must
// hold the TCP header, or its receiver drops it (RFC 7112).
inline std::vector<Bytes> fragments(const Bytes& ip, unsigned pieces, uint16_t identification) {
    const bool v4 = ip[0] >> 4 == 4;
    const std::size_t header = v4 ? (ip[0] & 0x0fU) * 4U : 40U;
    const std::size_t body = ip.size() - header;
    const std::size_t piece = std::max<std::size_t>(v4 ? 8 : 24, (body / pieces + 7) / 8 * 8);
    std::vector<Bytes> made;
    for (std::size_t at = 0; at < body; at += piece) {
        const std::size_t size = std::min(piece, body - at);
        const bool more = at + size < body;
        const auto from = ip.begin() + static_cast<std::ptrdiff_t>(header + at);
        Bytes packet(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(header));
        if (v4) {
            const Bytes fields = join({number(header + size, 2),
                                       number(identification, 2),
                                       number((more ? 0x2000U : 0U) | at / 8, 2),
                                       {packet[8], packet[9], 0, 0}});
            std::copy(fields.begin(), fields.end(), packet.begin() + 2);
            net::Checksum checksum;
            checksum.add(packet);
            const Bytes sum = number(checksum.finish(), 2);
            std::copy(sum.begin(), sum.end(), packet.begin() + 10);
        } else {
            const Bytes length = number(8 + size, 2);
            std::copy(length.begin(), length.end(), packet.begin() + 4);
            packet = join({packet,
                           {packet[6], 0},
                           number(at | (more ? 1U : 0U), 2),
                           number(identification, 4)});
            packet[6] = 44;
        }
        packet.insert(packet.end(), from, from + static_cast<std::ptrdiff_t>(size));
        made.push_back(std::move(packet));
    }
    return made;
}

}  // namespace eti::test
