// The bytes CRYPTO frames carry (RFC 9000 section 19.6), put in order, and the handshake messages
// in them.
#pragma once

#include "eti/tls/assembly_pool.h"
#include "eti/tls/registry.h"
#include "eti/wire/reader.h"

#include <cstdint>
#include <span>

namespace eti::quic {

// CryptoStream is one direction of the Initial packet number space. A message that lies whole in
// one frame passes without a copy. Else the bytes wait in a pool buffer, each with a bit beside
// it that says whether it is there, so that frames may come in any order and number. Of a byte
// that comes twice the first copy counts.
class CryptoStream {
  public:
    struct Message {
        tls::HandshakeType type{};
        wire::Reader body;
    };
    enum class Event : uint8_t {
        NeedMore,
        Message,   // call add() with the same frame again: another message may follow
        NoMemory,  // the pool has no buffer
        TooLong,   // beyond kMaxBytes
    };
    // What is left of a large buffer beside its bits.
    static constexpr std::size_t kMaxBytes = tls::AssemblyPool::kLargeBytes / 9 * 8;

    // add takes the data of one frame. The message is valid until the next call.
    Event add(uint64_t offset, std::span<const uint8_t> data, tls::AssemblyPool& pool,
              Message& message);
    // Starts over; gives the buffer back first.
    void reset(tls::AssemblyPool& pool);
    // Gives the buffer back for good: nothing more is taken.
    void finish(tls::AssemblyPool& pool);

    bool finished() const { return finished_; }
    // Two frames gave different bytes for one place.
    bool conflicting() const { return conflicting_; }

  private:
    Event store(uint64_t offset, std::span<const uint8_t> data, tls::AssemblyPool& pool);
    bool make_room(std::size_t bytes, tls::AssemblyPool& pool);
    std::size_t capacity() const { return buffer_.size() / 9 * 8; }
    bool present(uint32_t at) const;
    void put(uint32_t at, uint8_t byte);
    Event take_message(std::span<const uint8_t> ready, Message& message);

    std::span<uint8_t> buffer_;  // bytes, then their bits; from the pool, empty when not needed
    uint32_t start_ = 0;         // of the next message
    uint32_t contiguous_ = 0;    // end of the bytes without a gap
    bool finished_ = false;
    bool conflicting_ = false;
};

}  // namespace eti::quic
