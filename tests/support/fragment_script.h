// Fragment scripts: bytes that describe a sequence of fragments, run through the FragmentCache and
// the model side by side. Random bytes make small datagrams that often complete and often clash.
#pragma once

#include "eti/decap/fragment_cache.h"
#include "eti/net/checksum.h"
#include "eti/net/packet_view.h"
#include "eti/wire/reader.h"
#include "tests/support/fragment_model.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::test {

// One step is six bytes:
//   0: more (0x01), IPv6 (0x02), datagram (0x0c), protocol (0x10), link (0x20), ECN bits 0x40
//   1: offset (low 4 bits), size (high 4 bits), both in pieces of 8 bytes times the script's scale
//   2: bytes to take off the size (low 3 bits), header bytes / 4 beyond the least (high 4 bits)
//   3: 0xf0 and above: one byte differs from the datagram's own
//   4: seconds to wait, when 0xe0 and above
//   5: what to add to the size, in pieces of 8 bytes, when 0xf0 and above
struct FragmentStep {
    decap::Fragment fragment;
    std::vector<uint8_t> header;
    std::vector<uint8_t> payload;
    Duration wait{};
};

// What is where in every datagram, as far as fragments reach.
inline std::vector<uint8_t> make_pattern() {
    std::vector<uint8_t> pattern(2 * 65536);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        pattern[i] = static_cast<uint8_t>(i * 7 + i / 256);
    }
    return pattern;
}

inline bool read_step(wire::Reader& script, std::size_t scale, FragmentStep& step) {
    uint8_t kind = 0;
    uint8_t place = 0;
    uint8_t odd = 0;
    uint8_t content = 0;
    uint8_t wait = 0;
    uint8_t extra = 0;
    if (!script.u8(kind) || !script.u8(place) || !script.u8(odd) || !script.u8(content) ||
        !script.u8(wait) || !script.u8(extra)) {
        return false;
    }
    decap::Fragment& fragment = step.fragment;
    fragment.more = (kind & 0x01) != 0;
    fragment.ipv6 = (kind & 0x02) != 0;
    fragment.source = net::IpAddress::v4(10, 0, 0, 1);
    fragment.destination = net::IpAddress::v4(10, 0, 0, 2);
    fragment.identification = kind >> 2 & 3;
    fragment.protocol = net::kUdp;
    if ((kind & 0x10) != 0 && !fragment.ipv6) {
        fragment.protocol = 200;
    }
    fragment.link = kind >> 5 & 1;
    fragment.offset = static_cast<uint16_t>((place & 0x0f) * scale * 8);
    std::size_t size = static_cast<std::size_t>(place >> 4) % 4 * scale * 8;
    size += extra >= 0xf0 ? (extra & 0x0fU) * 8 : 0;
    size -= std::min<std::size_t>(size, odd & 7);
    static const std::vector<uint8_t> pattern = make_pattern();
    step.payload.assign(pattern.data() + fragment.offset, pattern.data() + fragment.offset + size);
    if (content >= 0xf0 && size > 0) {
        step.payload[content % size] ^= content;
    }
    step.header.assign((fragment.ipv6 ? 40U : 20U) + (odd >> 4) * 4U % 44U, 0);
    step.header[0] =
        fragment.ipv6 ? uint8_t{0x60} : static_cast<uint8_t>(0x40 | step.header.size() / 4);
    step.header[1] = (kind & 0x40) != 0 && odd < 0x10 ? uint8_t{0x11} : uint8_t{0};
    fragment.header = step.header;
    fragment.payload = step.payload;
    step.wait = wait >= 0xe0 ? std::chrono::seconds(wait & 0x1f) : std::chrono::seconds(0);
    return true;
}

// is_whole tells whether packet is a well-formed IP packet of that payload.
inline bool is_whole(std::span<const uint8_t> packet, std::span<const uint8_t> payload, bool ipv6) {
    const std::size_t header = packet.size() - payload.size();
    if (packet.size() < payload.size() ||
        !std::equal(payload.begin(), payload.end(), packet.begin() + static_cast<long>(header))) {
        return false;
    }
    if (ipv6) {
        return header == 40 && packet[6] == net::kUdp &&
               (packet[4] << 8 | packet[5]) == static_cast<int>(payload.size());
    }
    net::Checksum checksum;
    checksum.add(packet.first(header));
    return header == (packet[0] & 0x0fU) * 4U && checksum.finish() == 0 && packet[6] == 0 &&
           packet[7] == 0 && (packet[2] << 8 | packet[3]) == static_cast<int>(packet.size());
}

// run_fragment_script answers with the first disagreement, or with nothing. completed counts.
inline std::optional<std::string> run_fragment_script(std::span<const uint8_t> bytes,
                                                      decap::FragmentCache& cache,
                                                      FragmentModel& model, Timestamp& now,
                                                      std::size_t& completed) {
    wire::Reader script(bytes);
    uint8_t scale = 0;
    FragmentStep step;
    if (!script.u8(scale)) {
        return std::nullopt;
    }
    // Mostly small datagrams; some cross blocks, some the length limit.
    const std::size_t factor = scale < 0xc0 ? 1 : scale < 0xf8 ? 37 : 1000;
    for (int number = 0; number < 64 && read_step(script, factor, step); ++number) {
        now += step.wait;
        std::vector<uint8_t> payload;
        std::span<const uint8_t> datagram;
        const decap::Reassembly expected = model.add(step.fragment, now, payload);
        const decap::Reassembly result = cache.add(step.fragment, now, datagram);
        const bool complete = result == decap::Reassembly::Complete;
        completed += complete ? 1 : 0;
        if (result != expected ||
            (complete ? !is_whole(datagram, payload, step.fragment.ipv6) : !datagram.empty())) {
            return "step " + std::to_string(number) + ": " +
                   std::to_string(static_cast<int>(result)) + ", not " +
                   std::to_string(static_cast<int>(expected));
        }
    }
    return std::nullopt;
}

}  // namespace eti::test
