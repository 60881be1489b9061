#include "capture.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace eti::bench {
namespace {

// draft-ietf-opsawg-pcapng sections 4.1 to 4.3. Written in host order, as the format allows.
constexpr uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr uint32_t kByteOrder = 0x1a2b3c4d;
constexpr uint32_t kInterface = 1;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kEthernet = 1;

}  // namespace

Capture::Capture(const std::string& path)
    : path_(path), buffer_(std::size_t{1} << 20), file_(std::fopen(path.c_str(), "wb")) {
    if (!file_) {
        throw std::runtime_error("cannot write '" + path + "': " + std::strerror(errno));
    }
    std::setvbuf(file_.get(), buffer_.data(), _IOFBF, buffer_.size());
    constexpr uint32_t kVersion = std::endian::native == std::endian::little ? 1 : 1U << 16;
    for (const uint32_t word :
         {kSectionHeader, 28U, kByteOrder, kVersion, UINT32_MAX, UINT32_MAX, 28U}) {
        put_u32(word);
    }
    for (int direction = 0; direction < 2; ++direction) {
        for (const uint32_t word : {kInterface, 20U, kEthernet, 0U, 20U}) {
            put_u32(word);
        }
    }
}

void Capture::write(Way way, std::span<const uint8_t> frame, uint64_t microseconds) {
    constexpr std::array<uint8_t, 3> kPadding{};
    const auto size = static_cast<uint32_t>(frame.size());
    const uint32_t padding = (4 - size % 4) % 4;
    const uint32_t block = 32 + size + padding;
    for (const uint32_t word : {kEnhancedPacket, block, static_cast<uint32_t>(way),
                                static_cast<uint32_t>(microseconds >> 32),
                                static_cast<uint32_t>(microseconds), size, size}) {
        put_u32(word);
    }
    put(frame);
    put(std::span(kPadding).first(padding));
    put_u32(block);
}

void Capture::finish() {
    if (std::fclose(file_.release()) != 0) {
        throw std::runtime_error("cannot write '" + path_ + "': " + std::strerror(errno));
    }
}

void Capture::put(std::span<const uint8_t> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
        throw std::runtime_error("cannot write '" + path_ + "': " + std::strerror(errno));
    }
}

void Capture::put_u32(uint32_t value) {
    std::array<uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    put(bytes);
}

}  // namespace eti::bench
