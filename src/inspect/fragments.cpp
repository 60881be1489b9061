// IP fragments: inspected when their datagram is whole, by the packet that completes it.
#include "core.h"
#include "eti/net/transport_checksum.h"

#include <utility>

namespace eti::inspect {
namespace {

decap::Fragment fragment_of(const Packet& packet) {
    const net::PacketView& view = packet.view;
    decap::Fragment fragment;
    fragment.source = view.source;
    fragment.destination = view.destination;
    fragment.identification = view.ip_identification;
    fragment.link = flow::fold_links(view);
    fragment.offset = view.fragment_offset;
    fragment.protocol = view.protocol;
    fragment.wire = packet.wire;
    fragment.ipv6 = view.ipv6;
    fragment.more = view.more_fragments;
    fragment.header = view.ip_header();
    fragment.payload = view.payload;
    return fragment;
}

// What the cache counts by itself.
constexpr std::pair<Counter, decap::FragmentCounter> kOfTheCache[] = {
    {Counter::FragmentsTinyFirst, decap::FragmentCounter::TinyFirst},
    {Counter::FragmentsRepeated, decap::FragmentCounter::Duplicates},
    {Counter::FragmentsMalformed, decap::FragmentCounter::Malformed},
    {Counter::DatagramsCompleted, decap::FragmentCounter::Completed},
    {Counter::DatagramsEvicted, decap::FragmentCounter::Evicted},
    {Counter::DatagramsTimedOut, decap::FragmentCounter::TimedOut},
};

}  // namespace

Verdict Inspector::Core::inspect_fragment(const Packet& packet) {
    counters_.add(Counter::Fragments);
    // Cut by the capture, its datagram stays in pieces; damaged, its receiver ignores it. Captures
    // may be ahead of hardware that fills checksums in.
    if (packet.view.missing > 0 || (!packet.captured && !net::ip_checksum_valid(packet.view))) {
        counters_.add(Counter::FragmentsDamaged);
        return Verdict::Forward;
    }
    const Verdict verdict = put_together(packet);
    for (const auto& [counter, source] : kOfTheCache) {
        counters_.set(counter, fragments_.counters().get(source));
    }
    return verdict;
}

Verdict Inspector::Core::put_together(const Packet& packet) {
    std::span<const uint8_t> datagram;
    switch (fragments_.add(fragment_of(packet), now_, datagram)) {
        using enum decap::Reassembly;
        case Complete: {
            const Verdict verdict = inspect_rebuilt(packet, datagram);
            if (verdict != Verdict::Forward) {  // nor may the same piece complete it later
                fragments_.refuse(fragment_of(packet), now_);
            }
            return verdict;
        }
        case Overlap:
        case Discarded:
            counters_.add(Counter::DroppedFragments);
            return Verdict::Drop;
        case OverBudget:
            counters_.add(Counter::FragmentsOverBudget);
            return Verdict::Forward;
        case Waiting:
        case Duplicate:
        case Malformed:
            return Verdict::Forward;
    }
    return Verdict::Forward;
}

// inspect_rebuilt: without the fragment at hand nobody can deliver the datagram, so the verdict
// about the whole is carried out on it.
Verdict Inspector::Core::inspect_rebuilt(const Packet& fragment,
                                         std::span<const uint8_t> datagram) {
    if (rebuilt_depth_ == kMaxRebuiltDepth) {
        counters_.add(Counter::FragmentsTooDeep);
        return Verdict::Forward;
    }
    Packet packet = fragment;
    packet.parsed = decap::parse_ip(datagram, fragment.view, packet.view, packet.outer);
    if (packet.parsed == net::ParseResult::Transport) {
        packet.source_is_low = flow::make_key(packet.view, packet.wire, packet.key);
        packet.hash = hasher_(packet.key);
    }
    ++rebuilt_depth_;
    const Verdict verdict = inspect_packet(packet);
    --rebuilt_depth_;
    if (rebuilt_depth_ > 0 && verdict == Verdict::Close) {
        counters_.add(Counter::ResetsLost, reset_count_);
        reset_count_ = 0;  // the headers around it are gone
        return Verdict::Drop;
    }
    rebuilt_ = verdict == Verdict::Close;
    cause_ = packet.view;
    return verdict;
}

std::size_t Inspector::Core::build_reset(const Packet& packet, const Reset& reset,
                                         std::span<uint8_t, decap::kMaxResetBytes> out) const {
    if (!rebuilt_) {
        return decap::build_reset(packet.view, reset.toward, reset.sequence, reset.acknowledgment,
                                  out);
    }
    const auto before = packet.view.frame.first(packet.view.ip_offset);
    return decap::build_reset(cause_, reset.toward, reset.sequence, reset.acknowledgment, out,
                              before);
}

}  // namespace eti::inspect
