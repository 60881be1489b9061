// The ClientHello in SSL 2 form that clients of TLS 1.0 days open with (RFC 5246 appendix E.2).
// Everything after it is TLS.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace eti::tls {

// Ssl2HelloReader recognises the message and passes over it; nothing of it is kept.
class Ssl2HelloReader {
  public:
    enum class Event : uint8_t {
        NeedMore,  // the input is used up
        Header,    // its lengths agree: this is such a hello
        Done,      // its last byte has passed
        Bad,       // it is not
    };

    // next takes what it can use off the front of a non-empty input.
    Event next(std::span<const uint8_t>& input);

    // Whether a first byte may start one: the length field's highest bit is set.
    static bool may_begin_with(uint8_t byte) { return (byte & 0x80) != 0; }
    bool started() const { return have_ != 0; }

  private:
    bool plausible() const;
    uint16_t u16_at(std::size_t offset) const;

    // Length, type, version, then the lengths of cipher specs, session id and challenge.
    std::array<uint8_t, 11> header_{};
    uint8_t have_ = 0;
    uint16_t left_ = 0;  // bytes behind the header to come
};

}  // namespace eti::tls
