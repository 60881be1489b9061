// Handshake messages (RFC 8446 section 4): type, 24-bit length, body; over any number of records.
#pragma once

#include "eti/tls/assembly_pool.h"
#include "eti/tls/registry.h"

#include <array>
#include <cstdint>
#include <span>

namespace eti::tls {

// HandshakeReader frames the messages of one direction. By default a body passes as the pieces
// that arrive; after collect() it comes whole: without a copy when it lies in one piece of input,
// else from a pool buffer that grows with the bytes that came, not with the length claimed.
class HandshakeReader {
  public:
    enum class Event : uint8_t {
        NeedMore,  // the input is used up
        Header,    // type() and length() are known: the moment to call collect()
        Piece,     // bytes of a passing body; at_boundary() tells the last one, perhaps empty
        Message,   // the whole collected body
        NoMemory,  // the pool has no buffer for it
    };

    // next takes what it can use off the front of the input. bytes is valid until the following
    // call, which must come, or a reset(): it gives the buffer of a collected message back.
    Event next(std::span<const uint8_t>& input, AssemblyPool& pool,
               std::span<const uint8_t>& bytes);
    // collect asks for the message just announced as a whole; its length must not exceed
    // kMaxMessageBytes.
    void collect() { state_ = State::Collecting; }
    // Forgets a message in progress and gives its buffer back.
    void reset(AssemblyPool& pool);

    // The next byte is the first of a message.
    bool at_boundary() const { return have_ == 0; }
    HandshakeType type() const { return static_cast<HandshakeType>(header_[0]); }
    uint32_t length() const;

  private:
    enum class State : uint8_t { Header, Passing, Collecting };

    Event take_header(std::span<const uint8_t>& input);
    Event pass(std::span<const uint8_t>& input, std::span<const uint8_t>& bytes);
    Event assemble(std::span<const uint8_t>& input, AssemblyPool& pool,
                   std::span<const uint8_t>& bytes);
    bool make_room(std::size_t bytes, AssemblyPool& pool);
    void finish();

    std::span<uint8_t> buffer_;  // from the pool, empty when none is needed
    uint32_t filled_ = 0;        // bytes of the body in it
    uint32_t left_ = 0;          // bytes of the body to come
    std::array<uint8_t, 4> header_{};
    uint8_t have_ = 0;  // header bytes seen; all of them while the body is coming
    State state_ = State::Header;
};

}  // namespace eti::tls
