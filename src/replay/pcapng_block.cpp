#include "pcapng_block.h"

#include <algorithm>
#include <array>

namespace eti::replay {
namespace {

struct LinkNumber {
    uint32_t file;
    uint32_t dlt;
};
constexpr std::array<LinkNumber, 5> kLinkNumbers{
    {{100, 11}, {101, 12}, {102, 15}, {103, 16}, {106, 19}}};

void read_options(Fields body, Interface& out) {
    constexpr uint16_t kEnd = 0;
    constexpr uint16_t kResolution = 9;
    constexpr uint16_t kOffset = 14;
    while (!body.bytes().empty()) {
        uint16_t code = 0;
        uint16_t length = 0;
        wire::Reader value;
        if (!body.u16(code) || !body.u16(length) || code == kEnd ||
            !body.bytes().take(length, value)) {
            return;  // whoever wrote a half option meant nothing by it
        }
        const std::size_t padding = (4 - length % 4U) % 4;
        uint64_t offset = 0;
        if (code == kResolution && !value.u8(out.resolution)) {
            return;
        }
        if (code == kOffset && body.same_order(value.bytes()).u64(offset)) {
            out.offset_seconds = static_cast<int64_t>(offset);
        }
        if (!body.bytes().skip(std::min(padding, body.bytes().remaining()))) {
            return;
        }
    }
}

}  // namespace

bool Fields::u16(uint16_t& out) {
    uint16_t value = 0;
    if (!reader_.u16(value)) {
        return false;
    }
    out = little_endian_ ? static_cast<uint16_t>(value >> 8 | value << 8) : value;
    return true;
}

bool Fields::u32(uint32_t& out) {
    uint32_t value = 0;
    if (!reader_.u32(value)) {
        return false;
    }
    out = little_endian_ ? __builtin_bswap32(value) : value;
    return true;
}

bool Fields::u64(uint64_t& out) {
    const wire::Reader start = reader_;
    uint32_t first = 0;
    uint32_t second = 0;
    if (!u32(first) || !u32(second)) {
        reader_ = start;
        return false;
    }
    const uint64_t high = little_endian_ ? second : first;
    out = high << 32 | (little_endian_ ? first : second);
    return true;
}

// Section 4.1.
bool read_byte_order(std::span<const uint8_t> body, bool& little_endian) {
    constexpr uint32_t kMagic = 0x1a2b3c4d;
    wire::Reader reader(body);
    uint32_t magic = 0;
    if (!reader.u32(magic)) {
        return false;
    }
    little_endian = magic == __builtin_bswap32(kMagic);
    return little_endian || magic == kMagic;
}

// Section 4.2: link type, reserved, snap length, options.
bool read_interface(Fields body, Interface& out) {
    uint16_t link_type = 0;
    if (!body.u16(link_type) || !body.bytes().skip(2) || !body.u32(out.snap_length)) {
        return false;
    }
    out.link_type = link_type_from_file(link_type);
    read_options(body, out);
    return true;
}

// Sections 4.3 and 4.4, and appendix A for the obsolete block.
bool read_packet(uint32_t type, Fields body, const std::vector<Interface>& interfaces,
                 CapturedPacket& out) {
    uint32_t number = 0;
    uint32_t captured = 0;
    uint32_t high = 0;
    uint32_t low = 0;
    uint16_t old_number = 0;
    if (type == kSimplePacket) {
        if (interfaces.empty() || !body.u32(out.original_size)) {
            return false;
        }
        const uint32_t limit = interfaces.front().snap_length;
        captured = limit == 0 ? out.original_size : std::min(out.original_size, limit);
    } else {
        const bool numbered =
            type == kOldPacket ? body.u16(old_number) && body.bytes().skip(2) : body.u32(number);
        number = type == kOldPacket ? old_number : number;
        if (!numbered || !body.u32(high) || !body.u32(low) || !body.u32(captured) ||
            !body.u32(out.original_size) || number >= interfaces.size()) {
            return false;
        }
        out.time = time_of(static_cast<uint64_t>(high) << 32 | low, interfaces[number]);
    }
    wire::Reader bytes;
    if (!body.bytes().take(captured, bytes)) {
        return false;
    }
    out.bytes = bytes.bytes();
    out.link_type = interfaces[number].link_type;
    return true;
}

Timestamp time_of(uint64_t units, const Interface& interface) {
    __extension__ using Wide = unsigned __int128;
    constexpr int64_t kLastSecond = 9'000'000'000;  // 64 bits of nanoseconds end in 2262
    const unsigned exponent = interface.resolution & 0x7fU;
    Wide per_second = 1;
    if ((interface.resolution & 0x80) != 0) {
        per_second <<= std::min(exponent, 64U);
    } else {
        for (unsigned i = 0; i < std::min(exponent, 20U); ++i) {
            per_second *= 10;
        }
    }
    const auto whole = static_cast<int64_t>(std::min<Wide>(units / per_second, kLastSecond));
    const auto rest = static_cast<int64_t>((units % per_second) * 1'000'000'000 / per_second);
    const int64_t offset = std::clamp(interface.offset_seconds, -kLastSecond, kLastSecond);
    const int64_t seconds = std::min(whole + offset, kLastSecond);
    return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(rest));
}

uint32_t link_type_from_file(uint32_t number) {
    for (const LinkNumber& link : kLinkNumbers) {
        if (link.file == number) {
            return link.dlt;
        }
    }
    return number;
}

uint32_t link_type_for_file(uint32_t number) {
    for (const LinkNumber& link : kLinkNumbers) {
        if (link.dlt == number) {
            return link.file;
        }
    }
    return number;
}

}  // namespace eti::replay
