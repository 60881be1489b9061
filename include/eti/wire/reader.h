// The one cursor untrusted bytes pass through. All integers are big-endian.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace eti::wire {

// Reader walks a borrowed range. Every read answers whether it succeeded; a failed read leaves
// the cursor and the output untouched.
class Reader {
  public:
    Reader() = default;
    explicit Reader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool u8(uint8_t& out);
    [[nodiscard]] bool u16(uint16_t& out);
    [[nodiscard]] bool u24(uint32_t& out);
    [[nodiscard]] bool u32(uint32_t& out);
    // take splits off the next n bytes.
    [[nodiscard]] bool take(std::size_t n, Reader& out);
    [[nodiscard]] bool skip(std::size_t n);
    // A length of the named width, then that many bytes.
    [[nodiscard]] bool u8_prefixed(Reader& out);
    [[nodiscard]] bool u16_prefixed(Reader& out);
    [[nodiscard]] bool u24_prefixed(Reader& out);

    std::size_t remaining() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }
    std::span<const uint8_t> bytes() const { return bytes_; }
    // text views the remaining bytes as characters; they may be anything.
    std::string_view text() const;

  private:
    std::span<const uint8_t> bytes_;
};

// Reads are inline: the packet path makes thousands of them per handshake.
inline bool Reader::u8(uint8_t& out) {
    if (bytes_.empty()) {
        return false;
    }
    out = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return true;
}

inline bool Reader::u16(uint16_t& out) {
    if (bytes_.size() < 2) {
        return false;
    }
    out = static_cast<uint16_t>(bytes_[0] << 8 | bytes_[1]);
    bytes_ = bytes_.subspan(2);
    return true;
}

inline bool Reader::u24(uint32_t& out) {
    if (bytes_.size() < 3) {
        return false;
    }
    out =
        static_cast<uint32_t>(bytes_[0]) << 16 | static_cast<uint32_t>(bytes_[1]) << 8 | bytes_[2];
    bytes_ = bytes_.subspan(3);
    return true;
}

inline bool Reader::u32(uint32_t& out) {
    if (bytes_.size() < 4) {
        return false;
    }
    out = static_cast<uint32_t>(bytes_[0]) << 24 | static_cast<uint32_t>(bytes_[1]) << 16 |
          static_cast<uint32_t>(bytes_[2]) << 8 | bytes_[3];
    bytes_ = bytes_.subspan(4);
    return true;
}

inline bool Reader::take(std::size_t n, Reader& out) {
    if (bytes_.size() < n) {
        return false;
    }
    out = Reader(bytes_.first(n));
    bytes_ = bytes_.subspan(n);
    return true;
}

inline bool Reader::skip(std::size_t n) {
    Reader ignored;
    return take(n, ignored);
}

inline bool Reader::u8_prefixed(Reader& out) {
    Reader copy = *this;
    uint8_t length = 0;
    if (!copy.u8(length) || !copy.take(length, out)) {
        return false;
    }
    *this = copy;
    return true;
}

inline bool Reader::u16_prefixed(Reader& out) {
    Reader copy = *this;
    uint16_t length = 0;
    if (!copy.u16(length) || !copy.take(length, out)) {
        return false;
    }
    *this = copy;
    return true;
}

inline bool Reader::u24_prefixed(Reader& out) {
    Reader copy = *this;
    uint32_t length = 0;
    if (!copy.u24(length) || !copy.take(length, out)) {
        return false;
    }
    *this = copy;
    return true;
}

inline std::string_view Reader::text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

}  // namespace eti::wire
