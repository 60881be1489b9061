#include "frame_sequence.h"

#include "tests/support/inspect_bench.h"

namespace eti::bench {

void FrameSequence::add(const TemplatePacket& packet, uint32_t flow) {
    const std::size_t offset = bytes_.size();
    const std::size_t size = packet.frame.size();
    bytes_.resize(offset + size);
    write_packet(packet, flow, std::span(bytes_).subspan(offset, size));
    places_.push_back(
        {offset, size, packet.way == Way::ToServer ? test::kClientSide : test::kServerSide});
}

void FrameSequence::clear() {
    bytes_.clear();
    places_.clear();
}

Frame FrameSequence::at(std::size_t i) const {
    const Place& place = places_[i];
    return {std::span(bytes_).subspan(place.offset, place.size), place.side};
}

}  // namespace eti::bench
