// Writing big-endian fields into a fixed buffer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace eti::wire {

// Writer appends to a borrowed buffer. A write that does not fit sets failed() and writes nothing.
class Writer {
  public:
    explicit Writer(std::span<uint8_t> buffer) : buffer_(buffer) {}

    void u8(uint8_t value) { big_endian(value, 1); }
    void u16(uint16_t value) { big_endian(value, 2); }
    void u32(uint32_t value) { big_endian(value, 4); }
    void bytes(std::span<const uint8_t> value) {
        if (reserve(value.size())) {
            std::copy(value.begin(), value.end(), buffer_.data() + size_ - value.size());
        }
    }
    // zeros appends n zero bytes.
    void zeros(std::size_t n) {
        if (reserve(n)) {
            std::fill_n(buffer_.data() + size_ - n, n, uint8_t{0});
        }
    }

    std::size_t size() const { return size_; }
    bool failed() const { return failed_; }

  private:
    bool reserve(std::size_t n) {
        if (failed_ || buffer_.size() - size_ < n) {
            failed_ = true;
            return false;
        }
        size_ += n;
        return true;
    }
    void big_endian(uint32_t value, std::size_t width) {
        if (!reserve(width)) {
            return;
        }
        for (std::size_t i = 0; i < width; ++i) {
            buffer_[size_ - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
        }
    }

    std::span<uint8_t> buffer_;
    std::size_t size_ = 0;
    bool failed_ = false;
};

}  // namespace eti::wire
