// Writes text into a caller's buffer and remembers when it did not fit.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string_view>

namespace eti::tls {

class TextWriter {
  public:
    explicit TextWriter(std::span<char> buffer) : buffer_(buffer) {}

    void put(char c) {
        if (size_ == buffer_.size()) {
            overflow_ = true;
            return;
        }
        buffer_[size_++] = c;
    }
    void put(std::string_view text) {
        for (const char c : text) {
            put(c);
        }
    }
    void decimal(uint16_t value) {
        std::array<char, 5> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        put({digits.data(), static_cast<std::size_t>(end - digits.data())});
    }
    void hex4(uint16_t value) {
        for (int shift = 12; shift >= 0; shift -= 4) {
            put("0123456789abcdef"[(value >> shift) & 0xf]);
        }
    }

    std::size_t size() const { return size_; }
    bool overflow() const { return overflow_; }
    // since is the text written after the first `start` characters.
    std::string_view since(std::size_t start) const {
        return {buffer_.data() + start, size_ - start};
    }
    std::span<char> written(std::size_t start) { return buffer_.subspan(start, size_ - start); }
    void drop_last() { --size_; }

  private:
    std::span<char> buffer_;
    std::size_t size_ = 0;
    bool overflow_ = false;
};

}  // namespace eti::tls
