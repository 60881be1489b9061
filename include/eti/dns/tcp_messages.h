// DNS messages out of a TCP stream: each has its length before it (RFC 7766 section 8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::dns {

// TcpMessages frames one direction's bytes, given in order and in any pieces. The buffer is lent by
// the caller, who may take it back while buffer_in_use() is false. A gap in the stream ends the
// framing for good: the caller stops.
class TcpMessages {
  public:
    // A longer message is passed over, however it is cut, and the framing goes on behind it.
    static constexpr std::size_t kMaxMessageBytes = 4'096;
    using Buffer = std::span<uint8_t, kMaxMessageBytes>;

    // next takes bytes from the front of the span; true when a message is whole. The message
    // borrows from the bytes or the buffer and is valid until the next call. Call until false.
    [[nodiscard]] bool next(std::span<const uint8_t>& bytes, Buffer buffer,
                            std::span<const uint8_t>& message);

    // buffer_in_use tells whether the buffer holds the beginning of a message.
    bool buffer_in_use() const { return have_ > 0 && length_ <= kMaxMessageBytes; }

  private:
    bool read_length(std::span<const uint8_t>& bytes);

    uint16_t length_ = 0;       // of the message in progress
    uint16_t have_ = 0;         // its bytes that have passed
    uint8_t length_bytes_ = 0;  // bytes of the length that have passed
};

}  // namespace eti::dns
