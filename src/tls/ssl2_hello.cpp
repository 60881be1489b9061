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
constexpr unsigned kSpecBytes = 3;
constexpr uint8_t kClientHello = 1;
constexpr uint8_t kTlsMajor = 3;

unsigned u16_at(std::span<const uint8_t> header, std::size_t offset) {
    return static_cast<unsigned>(header[offset] << 8 | header[offset + 1]);
}

unsigned bytes_behind(std::span<const uint8_t> header) {
    return u16_at(header, kCipherSpecs) + u16_at(header, kSessionId) + u16_at(header, kChallenge);
}

}  // namespace

bool Ssl2HelloReader::plausible(std::span<const uint8_t> beginning) {
    if (!beginning.empty() && !may_begin_with(beginning[0])) {
        return false;
    }
    if ((beginning.size() > kType && beginning[kType] != kClientHello) ||
        (beginning.size() > kMajorVersion && beginning[kMajorVersion] != kTlsMajor)) {
        return false;
    }
    if (beginning.size() < kHeaderBytes) {
        return true;
    }
    const unsigned length = u16_at(beginning, 0) & 0x7fffU;
    return u16_at(beginning, kCipherSpecs) % 3 == 0 && u16_at(beginning, kChallenge) != 0 &&
           length == kHeaderBytes - kLengthBytes + bytes_behind(beginning);
}

Ssl2HelloReader::Event Ssl2HelloReader::next(std::span<const uint8_t>& input, AssemblyPool& pool) {
    if (have_ < kHeaderBytes) {
        return take_header(input, pool);
    }
    take_specs(input);
    const std::size_t size = std::min<std::size_t>(left_, input.size());
    input = input.subspan(size);
    left_ = static_cast<uint16_t>(left_ - size);
    return specs_left_ == 0 && left_ == 0 ? Event::Done : Event::NeedMore;
}

Ssl2HelloReader::Event Ssl2HelloReader::take_header(std::span<const uint8_t>& input,
                                                    AssemblyPool& pool) {
    while (have_ < kHeaderBytes) {
        if (input.empty()) {
            return Event::NeedMore;
        }
        header_[have_++] = input[0];
        input = input.subspan(1);
        if (!plausible(std::span(header_).first(have_))) {
            return Event::Bad;
        }
    }
    specs_left_ = static_cast<uint16_t>(u16_at(header_, kCipherSpecs));
    left_ = static_cast<uint16_t>(bytes_behind(header_) - specs_left_);
    if (specs_left_ > 0) {
        suites_ = pool.allocate(specs_left_ / kSpecBytes * 2U);
    }
    return specs_left_ > 0 && suites_.empty() ? Event::NoMemory : Event::Header;
}

// A spec whose first byte is zero is a cipher suite of TLS.
void Ssl2HelloReader::take_specs(std::span<const uint8_t>& input) {
    while (specs_left_ > 0 && !input.empty()) {
        if (specs_left_ % kSpecBytes == 0) {
            kind_ = input[0];
        } else if (kind_ == 0) {
            suites_[filled_++] = input[0];
        }
        input = input.subspan(1);
        --specs_left_;
    }
}

ClientHello Ssl2HelloReader::hello() const {
    ClientHello hello;
    hello.version = static_cast<uint16_t>(u16_at(header_, kMajorVersion));
    hello.cipher_suites = wire::Reader(suites_.first(filled_));
    hello.ssl2_form = true;
    return hello;
}

void Ssl2HelloReader::release(AssemblyPool& pool) {
    if (!suites_.empty()) {
        pool.free(suites_);
        suites_ = {};
        filled_ = 0;
    }
}

}  // namespace eti::tls
