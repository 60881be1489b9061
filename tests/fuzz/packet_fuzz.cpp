// Any frame of any link type, down to its innermost packet. Input: a byte that chooses the link
// type, a byte of flags (bit 0: captured; bits 4-7: bytes that a snap length cut off), the frame.
// What the view says must lie inside the frame, must not depend on what follows the frame in
// memory, and a reset for it must read back as one. Plain packets, which are read at one go, must
// read as they do layer by layer.
#include "eti/base/check.h"
#include "eti/decap/parse.h"
#include "eti/decap/reset.h"
#include "eti/flow/flow_key.h"
#include "eti/net/layers.h"
#include "eti/net/transport_checksum.h"
#include "tests/support/view_facts.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace eti;
using net::PacketView;
using net::ParseResult;

std::size_t offset_in(std::span<const uint8_t> frame, std::span<const uint8_t> part) {
    ETI_CHECK(part.data() >= frame.data());
    ETI_CHECK(part.data() + part.size() <= frame.data() + frame.size());
    return static_cast<std::size_t>(part.data() - frame.data());
}

void check_view(std::span<const uint8_t> frame, ParseResult result, const PacketView& view) {
    if (view.ip_bytes == 0) {
        ETI_CHECK(result == ParseResult::NotIp || result == ParseResult::Malformed);
        return;
    }
    ETI_CHECK(view.enclosing <= decap::kMaxEnclosing);
    ETI_CHECK(view.ip_offset + view.ip_header().size() <= frame.size());
    if (result == ParseResult::Malformed) {
        return;
    }
    const std::size_t headers = view.ip_header_bytes + view.transport_header_bytes;
    if (result != ParseResult::Fragment && !view.payload.empty()) {
        ETI_CHECK(offset_in(frame, view.payload) == view.ip_offset + headers);
    }
    ETI_CHECK(headers + view.payload.size() + view.missing <= view.ip_bytes + std::size_t{60});
    if (result == ParseResult::Fragment) {
        ETI_CHECK(view.fragment_offset != 0 || view.more_fragments);
    }
    if (result == ParseResult::Transport) {
        ETI_CHECK(view.protocol == net::kTcp || view.protocol == net::kUdp);
        static_cast<void>(net::transport_checksum(view));
        static_cast<void>(view.tcp_options());
    }
    static_cast<void>(net::ip_checksum_valid(view));
}

void check_reset(const PacketView& view, net::Toward toward) {
    std::array<uint8_t, decap::kMaxResetBytes> out;
    const std::size_t size = decap::build_reset(view, toward, 7, 9, out);
    if (size == 0) {
        return;
    }
    const bool mirror = toward == net::Toward::Sender;
    const std::span<const uint8_t> reset = std::span<const uint8_t>(out).first(size);
    PacketView back;
    decap::Outer outer;
    ETI_CHECK(decap::parse(reset, {}, back, outer) == ParseResult::Transport);
    ETI_CHECK(back.source == (mirror ? view.destination : view.source));
    ETI_CHECK(back.destination_port == (mirror ? view.source_port : view.destination_port));
    ETI_CHECK(back.enclosing == view.enclosing);
    ETI_CHECK(back.tcp_flags == (net::kRst | net::kAck));
    ETI_CHECK(net::transport_checksum(back) == net::ChecksumState::Valid);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr std::array<uint32_t, 16> kLinks{1,   1,   1,   0,   12,  9,   50,  51,
                                              104, 105, 113, 119, 127, 163, 192, 276};
    if (size < 2) {
        return 0;
    }
    const bool captured = (data[1] & 1) != 0;
    const net::Framing framing{net::link_type_of(kLinks[data[0] % kLinks.size()]), captured,
                               captured ? static_cast<uint32_t>(data[1] >> 4) * 16U : 0};
    const std::vector<uint8_t> frame(data + 2, data + size);  // of its own: nothing behind it
    PacketView view;
    decap::Outer outer;
    const ParseResult result = decap::parse(frame, framing, view, outer);
    check_view(frame, result, view);
    PacketView short_way = view;  // used before
    PacketView by_layers;
    const ParseResult read = net::parse_packet(frame, framing, short_way);
    ETI_CHECK(read == net::parse_layers(frame, framing, by_layers));
    ETI_CHECK(read != ParseResult::Transport ||
              test::facts_of(short_way) == test::facts_of(by_layers));
    const flow::FlowHasher hasher({1, 2});
    ETI_CHECK(hasher.pair(view.source, view.destination, 0) ==
              hasher.pair(view.destination, view.source, 0));

    const bool live = !captured && framing.link == net::LinkType::Ethernet;
    if (live && result == ParseResult::Transport && view.protocol == net::kTcp) {
        check_reset(view, net::Toward::Receiver);
        check_reset(view, net::Toward::Sender);
    }
    if (result == ParseResult::Fragment) {
        PacketView whole;
        const ParseResult again = decap::parse_ip(view.payload, view, whole, outer);
        check_view(view.payload, again, whole);
    }
    return 0;
}
