#include "eti/quic/crypto_stream.h"

#include <algorithm>

namespace eti::quic {
namespace {

constexpr std::size_t kMessageHeader = 4;

}  // namespace

void CryptoStream::reset(tls::AssemblyPool& pool) {
    finish(pool);
    *this = {};
}

void CryptoStream::finish(tls::AssemblyPool& pool) {
    if (!buffer_.empty()) {
        pool.free(buffer_);
        buffer_ = {};
    }
    finished_ = true;
}

CryptoStream::Event CryptoStream::add(uint64_t offset, std::span<const uint8_t> data,
                                      tls::AssemblyPool& pool, Message& message) {
    if (finished_) {
        return Event::NeedMore;
    }
    if (offset < start_) {
        data = data.subspan(
            static_cast<std::size_t>(std::min<uint64_t>(start_ - offset, data.size())));
        offset = start_;
    }
    if (buffer_.empty() && offset == start_) {
        const Event whole = take_message(data, message);
        if (whole != Event::NeedMore) {
            return whole;
        }
    }
    const Event stored = store(offset, data, pool);
    if (stored == Event::NoMemory || buffer_.empty()) {
        return stored;
    }
    const Event taken = take_message(buffer_.subspan(start_, contiguous_ - start_), message);
    return taken == Event::NeedMore ? stored : taken;
}

// RFC 8446 section 4: type, 24-bit length, body.
CryptoStream::Event CryptoStream::take_message(std::span<const uint8_t> ready, Message& message) {
    wire::Reader reader(ready);
    uint8_t type = 0;
    uint32_t length = 0;
    if (!reader.u8(type) || !reader.u24(length)) {
        return Event::NeedMore;
    }
    if (start_ + kMessageHeader + length > kMaxBytes) {
        return Event::TooLong;
    }
    if (!reader.take(length, message.body)) {
        return Event::NeedMore;
    }
    message.type = static_cast<tls::HandshakeType>(type);
    start_ += static_cast<uint32_t>(kMessageHeader + length);
    contiguous_ = std::max(contiguous_, start_);
    return Event::Message;
}

// What lies beyond the bound is cut off and said to be TooLong; the rest is taken.
CryptoStream::Event CryptoStream::store(uint64_t offset, std::span<const uint8_t> data,
                                        tls::AssemblyPool& pool) {
    if (data.empty()) {
        return Event::NeedMore;
    }
    if (offset >= kMaxBytes) {
        return Event::TooLong;
    }
    auto at = static_cast<uint32_t>(offset);
    const auto part = data.first(std::min<std::size_t>(data.size(), kMaxBytes - at));
    if (!make_room(at + part.size(), pool)) {
        return Event::NoMemory;
    }
    for (const uint8_t byte : part) {
        put(at++, byte);
    }
    while (contiguous_ < capacity() && present(contiguous_)) {
        ++contiguous_;
    }
    return part.size() == data.size() ? Event::NeedMore : Event::TooLong;
}

bool CryptoStream::present(uint32_t at) const {
    return (buffer_[capacity() + at / 8] >> (at % 8) & 1) != 0;
}

void CryptoStream::put(uint32_t at, uint8_t byte) {
    if (present(at)) {
        conflicting_ = conflicting_ || buffer_[at] != byte;
        return;
    }
    buffer_[at] = byte;
    uint8_t& bits = buffer_[capacity() + at / 8];
    bits = static_cast<uint8_t>(bits | 1U << (at % 8));
}

bool CryptoStream::make_room(std::size_t bytes, tls::AssemblyPool& pool) {
    if (bytes <= capacity()) {
        return true;
    }
    const std::size_t with_bits = bytes + (bytes + 7) / 8;
    const std::span<uint8_t> larger = pool.allocate(with_bits);
    if (larger.empty()) {
        return false;
    }
    const std::size_t old = capacity();
    const std::size_t now = larger.size() / 9 * 8;
    std::fill(larger.begin() + static_cast<std::ptrdiff_t>(now), larger.end(), uint8_t{0});
    std::copy_n(buffer_.begin(), old, larger.begin());
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(old), old / 8,
                larger.begin() + static_cast<std::ptrdiff_t>(now));
    if (!buffer_.empty()) {
        pool.free(buffer_);
    }
    buffer_ = larger;
    return true;
}

}  // namespace eti::quic
