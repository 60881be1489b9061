// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), without the file around them.
#pragma once

#include "capture.h"
#include "eti/wire/reader.h"

#include <cstdint>
#include <span>
#include <vector>

namespace eti::replay {

// Block types (section 11.1).
enum : uint32_t {
    kSectionHeader = 0x0a0d0d0a,  // the same in both byte orders
    kInterface = 1,
    kOldPacket = 2,
    kSimplePacket = 3,
    kEnhancedPacket = 6,
};

// Fields reads a block's body in its section's byte order.
class Fields {
  public:
    Fields(std::span<const uint8_t> body, bool little_endian)
        : reader_(body), little_endian_(little_endian) {}

    [[nodiscard]] bool u16(uint16_t& out);
    [[nodiscard]] bool u32(uint32_t& out);
    [[nodiscard]] bool u64(uint64_t& out);
    wire::Reader& bytes() { return reader_; }
    Fields same_order(std::span<const uint8_t> part) const { return {part, little_endian_}; }

  private:
    wire::Reader reader_;
    bool little_endian_;
};

struct Interface {
    uint32_t link_type = 0;    // DLT_
    uint32_t snap_length = 0;  // 0: none
    uint8_t resolution = 6;    // of time stamps: 10^-n, or 2^-n with the top bit set
    int64_t offset_seconds = 0;
};

// read_byte_order reads the start of a section header's body; false when it is none.
bool read_byte_order(std::span<const uint8_t> body, bool& little_endian);

bool read_interface(Fields body, Interface& out);

// read_packet reads a packet block of any of the three kinds. time is kept where a block has none.
bool read_packet(uint32_t type, Fields body, const std::vector<Interface>& interfaces,
                 CapturedPacket& out);

// time_of turns a count of the interface's time units into a time; beyond the representable range
// into its end.
Timestamp time_of(uint64_t units, const Interface& interface);

// Raw IP and a few more have another number in files (LINKTYPE_) than in libpcap (DLT_).
uint32_t link_type_from_file(uint32_t number);
uint32_t link_type_for_file(uint32_t number);

}  // namespace eti::replay
