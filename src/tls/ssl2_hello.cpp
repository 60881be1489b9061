#include "eti/tls/ssl2_hello.h"

#include <algorithm>

namespace eti::tls {
namespace {

constexpr std::size_t kType = 2;
constexpr std::size_t kMajorVersion = 3;
constexpr std::size_t kCipherSpecs = 5;
constexpr std::size_t kSessionId = 7;
constexpr std::size_t kChallenge = 9;
constexpr std::size_t kLengthBytes = 2;
constexpr uint8_t kClientHello = 1;
constexpr uint8_t kTlsMajor = 3;

}  // namespace

uint16_t Ssl2HelloReader::u16_at(std::size_t offset) const {
    return static_cast<uint16_t>(header_[offset] << 8 | header_[offset + 1]);
}

// What has come of the header contradicts nothing.
bool Ssl2HelloReader::plausible() const {
    if (!may_begin_with(header_[0]) || (have_ > kType && header_[kType] != kClientHello) ||
        (have_ > kMajorVersion && header_[kMajorVersion] != kTlsMajor)) {
        return false;
    }
    if (have_ < header_.size()) {
        return true;
    }
    const unsigned length = u16_at(0) & 0x7fffU;
    const unsigned specs = u16_at(kCipherSpecs);
    const unsigned parts = specs + u16_at(kSessionId) + u16_at(kChallenge);
    return specs % 3 == 0 && u16_at(kChallenge) != 0 &&
           length == header_.size() - kLengthBytes + parts;
}

Ssl2HelloReader::Event Ssl2HelloReader::next(std::span<const uint8_t>& input) {
    if (have_ == header_.size()) {
        const std::size_t size = std::min<std::size_t>(left_, input.size());
        input = input.subspan(size);
        left_ = static_cast<uint16_t>(left_ - size);
        return left_ == 0 ? Event::Done : Event::NeedMore;
    }
    while (have_ < header_.size()) {
        if (input.empty()) {
            return Event::NeedMore;
        }
        header_[have_++] = input[0];
        input = input.subspan(1);
        if (!plausible()) {
            return Event::Bad;
        }
    }
    left_ = static_cast<uint16_t>(u16_at(kCipherSpecs) + u16_at(kSessionId) + u16_at(kChallenge));
    return Event::Header;
}

}  // namespace eti::tls
