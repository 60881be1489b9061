#include "eti/dns/tcp_messages.h"

#include "eti/wire/reader.h"

#include <algorithm>

namespace eti::dns {

bool TcpMessages::read_length(std::span<const uint8_t>& bytes) {
    wire::Reader at(bytes);
    uint8_t byte = 0;
    while (length_bytes_ < 2 && at.u8(byte)) {
        length_ = static_cast<uint16_t>(length_ << 8 | byte);
        ++length_bytes_;
    }
    bytes = at.bytes();
    return length_bytes_ == 2;
}

bool TcpMessages::next(std::span<const uint8_t>& bytes, Buffer buffer,
                       std::span<const uint8_t>& message) {
    while (read_length(bytes)) {
        const std::size_t size = std::min<std::size_t>(length_ - have_, bytes.size());
        const auto piece = bytes.first(size);
        bytes = bytes.subspan(size);
        const bool kept = length_ <= kMaxMessageBytes;
        const bool whole = have_ + size == length_;
        if (kept && !(whole && have_ == 0)) {
            std::ranges::copy(piece, buffer.subspan(have_).begin());
            message = buffer.first(have_ + size);
        } else {
            message = piece;
        }
        have_ = static_cast<uint16_t>(have_ + size);
        if (!whole) {
            return false;
        }
        *this = {};
        if (kept) {
            return true;
        }
    }
    return false;
}

}  // namespace eti::dns
