#include "eti/decap/reset.h"

#include "descent.h"
#include "eti/decap/parse.h"
#include "eti/net/checksum.h"
#include "eti/wire/writer.h"

#include <algorithm>
#include <array>

namespace eti::decap {
namespace {

using net::Checksum;
using net::LayerTrace;

constexpr std::size_t kMinFrameBytes = 60;  // IEEE 802.3 without the frame check sequence
constexpr uint8_t kHopLimit = 64;

// FrameFixer corrects a frame of which the headers around the innermost packet are copies.
class FrameFixer {
  public:
    FrameFixer(std::span<uint8_t> frame, bool mirror) : frame_(frame), mirror_(mirror) {}

    // apply must be called from the innermost entry to the outermost: sums cover what they cover
    // when it is final. carrier is the IP header around a UDP header. False: not possible.
    bool apply(const LayerTrace::Entry& entry, const LayerTrace::Entry* carrier) {
        switch (entry.kind) {
            case LayerTrace::Kind::Ethernet:
                swap_if_mirrored(entry.at, 6);
                return true;
            case LayerTrace::Kind::Length:
                return store_u16(entry.at, size() - entry.from);
            case LayerTrace::Kind::Ipv4:
                return fix_ipv4(entry.at, entry.from);
            case LayerTrace::Kind::Ipv6:
                return fix_ipv6(entry.at, entry.from);
            case LayerTrace::Kind::Udp:
                swap_if_mirrored(entry.at, 2);
                return carrier != nullptr && fix_udp(entry.at, *carrier);
            case LayerTrace::Kind::TunnelUdp:
                return carrier != nullptr && fix_udp(entry.at, *carrier);
            case LayerTrace::Kind::GreChecksum:
                return fix_checksum(entry.at, Checksum(), entry.from);
        }
        return false;
    }

  private:
    std::size_t size() const { return frame_.size(); }

    bool store_u16(std::size_t at, std::size_t value) {
        if (value > 0xffff || at + 2 > size()) {
            return false;
        }
        frame_[at] = static_cast<uint8_t>(value >> 8);
        frame_[at + 1] = static_cast<uint8_t>(value);
        return true;
    }

    void swap_if_mirrored(std::size_t at, std::size_t bytes) {
        if (mirror_) {
            const auto first = frame_.subspan(at, bytes);
            std::swap_ranges(first.begin(), first.end(), frame_.subspan(at + bytes, bytes).begin());
        }
    }

    // fix_checksum sums from `from` to the end of the frame, with the field itself as zero.
    bool fix_checksum(std::size_t at, Checksum sum, std::size_t from) {
        if (!store_u16(at, 0)) {
            return false;
        }
        sum.add(frame_.subspan(from));
        return store_u16(at, sum.finish());
    }

    bool fix_ipv4(std::size_t at, std::size_t header_bytes) {
        if (mirror_) {
            if (header_bytes != 20) {
                return false;
            }
            frame_[at + 8] = kHopLimit;
            swap_if_mirrored(at + 12, 4);
        }
        const std::size_t own_bytes = (frame_[at] & 0x0fU) * 4U;
        if (own_bytes != header_bytes || !store_u16(at + 2, size() - at) ||
            !store_u16(at + 10, 0)) {  // else it is authenticated (RFC 4302)
            return false;
        }
        Checksum sum;
        sum.add(frame_.subspan(at, header_bytes));
        return store_u16(at + 10, sum.finish());
    }

    bool fix_ipv6(std::size_t at, std::size_t header_bytes) {
        if (mirror_) {
            if (header_bytes != 40) {
                return false;
            }
            frame_[at + 7] = kHopLimit;
            swap_if_mirrored(at + 8, 16);
        }
        return store_u16(at + 4, size() - at - 40);
    }

    // A sender that leaves the sum out does so for all its packets.
    bool fix_udp(std::size_t at, const LayerTrace::Entry& carrier) {
        if (!store_u16(at + 4, size() - at)) {
            return false;
        }
        if (frame_[at + 6] == 0 && frame_[at + 7] == 0) {
            return true;
        }
        const bool ipv6 = carrier.kind == LayerTrace::Kind::Ipv6;
        Checksum pseudo;
        pseudo.add(frame_.subspan(carrier.at + (ipv6 ? 8U : 12U), ipv6 ? 32 : 8));
        pseudo.add(net::kUdp);
        pseudo.add(static_cast<uint16_t>(size() - at));
        if (!fix_checksum(at + 6, pseudo, at)) {
            return false;
        }
        if (frame_[at + 6] == 0 && frame_[at + 7] == 0) {
            return store_u16(at + 6, 0xffff);  // RFC 768: a computed zero
        }
        return true;
    }

    std::span<uint8_t> frame_;
    bool mirror_;
};

bool correct(std::span<uint8_t> frame, bool mirror, const LayerTrace& trace) {
    if (trace.entries.truncated() || trace.observed || (mirror && trace.one_way)) {
        return false;
    }
    FrameFixer fixer(frame, mirror);
    const auto entries = trace.entries.view();
    for (std::size_t i = entries.size(); i > 0; --i) {
        const LayerTrace::Entry* carrier = i > 1 ? &entries[i - 2] : nullptr;
        if (!fixer.apply(entries[i - 1], carrier)) {
            return false;
        }
    }
    return true;
}

// What is inside an MPLS label is guessed from its first bits, and those of swapped addresses may
// be guessed otherwise. A reset that the wire would read otherwise is not sent.
bool reads_as_answer(std::span<const uint8_t> frame, uint8_t enclosing, std::size_t ip_at) {
    net::PacketView view;
    Outer outer;
    return parse(frame, {}, view, outer) == net::ParseResult::Transport &&
           view.enclosing == enclosing && view.ip_offset == ip_at;
}

}  // namespace

std::size_t build_reset(const net::PacketView& packet, net::Toward toward, uint32_t sequence,
                        uint32_t acknowledgment, std::span<uint8_t, kMaxResetBytes> out,
                        std::span<const uint8_t> before) {
    std::array<uint8_t, net::kMaxResetPacketBytes> reset;
    const std::size_t reset_bytes =
        net::build_reset_packet(packet, toward, sequence, acknowledgment, reset);
    wire::Writer writer(out);
    writer.bytes(before);
    writer.bytes(packet.frame.first(packet.ip_offset));
    const std::size_t ip_at = writer.size();
    writer.bytes(std::span(reset).first(reset_bytes));
    if (writer.failed()) {
        return 0;
    }

    // Read what was written. Its lengths are still those of the answered packet.
    const std::span<uint8_t> frame = std::span<uint8_t>(out).first(writer.size());
    LayerTrace trace;
    net::PacketView written;
    written.frame = frame;
    net::Region region = net::Region::whole(frame);
    region.trace = &trace;
    Outer outer;
    const net::ParseResult parsed =
        descend(net::parse_ethernet(region, written), false, &trace, written, outer);
    if (parsed != net::ParseResult::Transport || written.ip_offset != ip_at ||
        !correct(frame, toward == net::Toward::Sender, trace) ||
        !reads_as_answer(frame, packet.enclosing, ip_at)) {
        return 0;
    }
    if (writer.size() < kMinFrameBytes) {
        writer.zeros(kMinFrameBytes - writer.size());
    }
    return writer.size();
}

}  // namespace eti::decap
