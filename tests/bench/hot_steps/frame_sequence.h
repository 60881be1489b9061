// Frames written out before anything is measured, in the order in which they cross the wire.
#pragma once

#include "session_template.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eti::bench {

struct Frame {
    std::span<const uint8_t> bytes;
    uint8_t side = 0;  // the wire's side it comes in
};

class FrameSequence {
  public:
    void add(const TemplatePacket& packet, uint32_t flow);
    void clear();  // keeps the memory
    std::size_t size() const { return places_.size(); }
    Frame at(std::size_t i) const;

  private:
    struct Place {
        std::size_t offset;
        std::size_t size;
        uint8_t side;
    };
    std::vector<uint8_t> bytes_;
    std::vector<Place> places_;
};

}  // namespace eti::bench
