// The ClientHello in SSL 2 form that clients of TLS 1.0 days open with (RFC 5246 appendix E.2).
// Everything after it is TLS.
#pragma once

#include "eti/tls/assembly_pool.h"
#include "eti/tls/client_hello.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::tls {

// Ssl2HelloReader recognises the message and keeps its TLS cipher suites, in a pool's buffer.
class Ssl2HelloReader {
  public:
    enum class Event : uint8_t {
        NeedMore,  // the input is used up
        Header,    // its lengths agree: this is such a hello
        Done,      // its last byte has passed: hello() is there until release()
        Bad,       // it is not
        NoMemory,  // the pool has no buffer for its cipher suites
    };

    static constexpr std::size_t kHeaderBytes = 11;

    // Whether these bytes, all of the header or fewer, may start such a hello.
    static bool plausible(std::span<const uint8_t> beginning);

    // next takes what it can use off the front of a non-empty input.
    Event next(std::span<const uint8_t>& input, AssemblyPool& pool);

    // What the message says: a version and those of its cipher specs that TLS knows.
    ClientHello hello() const;
    void release(AssemblyPool& pool);

    // Whether a first byte may start one: the length field's highest bit is set.
    static bool may_begin_with(uint8_t byte) { return (byte & 0x80) != 0; }
    bool started() const { return have_ != 0; }

  private:
    Event take_header(std::span<const uint8_t>& input, AssemblyPool& pool);
    void take_specs(std::span<const uint8_t>& input);

    std::span<uint8_t> suites_;  // a buffer, and in its first filled_ bytes the cipher suites
    // Length, type, version, then the lengths of cipher specs, session id and challenge.
    std::array<uint8_t, kHeaderBytes> header_{};
    uint8_t have_ = 0;
    uint8_t kind_ = 0;  // first byte of the cipher spec being read
    uint16_t filled_ = 0;
    uint16_t specs_left_ = 0;  // bytes of cipher specs to come
    uint16_t left_ = 0;        // and of what is behind them
};

}  // namespace eti::tls
