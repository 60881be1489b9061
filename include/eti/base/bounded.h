// Fixed-capacity lists and texts for records that travel by value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace eti {

// BoundedList keeps the first N values and remembers that there were more.
template <typename T, std::size_t N>
class BoundedList {
  public:
    void push(const T& value) {
        if (size_ < N) {
            items_[size_++] = value;
        } else {
            truncated_ = true;
        }
    }
    // extend makes room for so many more values, or as many as fit.
    std::span<T> extend(std::size_t count) {
        const std::size_t at = size_;
        size_ = static_cast<uint16_t>(std::min(at + count, N));
        truncated_ = truncated_ || count > N - at;
        return view().subspan(at);
    }
    void mark_truncated() { truncated_ = true; }
    void clear() {
        size_ = 0;
        truncated_ = false;
    }

    std::span<const T> view() const { return {items_.data(), size_}; }
    std::span<T> view() { return {items_.data(), size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == N; }
    bool truncated() const { return truncated_; }
    static constexpr std::size_t capacity() { return N; }

  private:
    std::array<T, N> items_{};
    uint16_t size_ = 0;
    bool truncated_ = false;
};

// BoundedText keeps the first N bytes of a text. The bytes may be anything the wire carried.
template <std::size_t N>
class BoundedText {
  public:
    BoundedText() = default;
    explicit BoundedText(std::string_view text) { assign(text); }

    void assign(std::string_view text) {
        truncated_ = text.size() > N;
        size_ = static_cast<uint16_t>(std::min(text.size(), N));
        std::copy_n(text.data(), size_, bytes_.data());
    }
    void mark_truncated() { truncated_ = true; }
    std::string_view view() const { return {bytes_.data(), size_}; }
    bool empty() const { return size_ == 0; }
    bool truncated() const { return truncated_; }

  private:
    std::array<char, N> bytes_{};
    uint16_t size_ = 0;
    bool truncated_ = false;
};

}  // namespace eti
