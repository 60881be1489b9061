// One handshake message of DTLS out of its fragments (RFC 6347 section 4.2.3), which may come in
// any order, twice, overlapping, and cut in other ways when they are sent again.
#pragma once

#include "eti/tls/assembly_pool.h"

#include <cstdint>
#include <span>

namespace eti::tls {

// DtlsMessage keeps the first copy of each byte, in a pool's buffer together with a bitmap of what
// is there. A message that comes whole in one fragment needs none. Of a message that was done() it
// remembers enough to tell a copy from a contradiction.
class DtlsMessage {
  public:
    // With its bitmap it fills the largest buffer.
    static constexpr uint32_t kMaxBytes = kMaxMessageBytes / 9 * 8;

    enum class Added : uint8_t {
        More,          // taken, and more is needed
        Whole,         // message() is complete, for the first time
        Known,         // nothing new
        Contradicted,  // differs from what was there, which stays; the fragment is not taken
        NoMemory,
        TooLong,  // above kMaxBytes
    };

    // add takes a fragment of the message with that number; the first one decides its length.
    // offset + bytes must not exceed the length.
    Added add(uint16_t sequence, uint32_t length, uint32_t offset, std::span<const uint8_t> bytes,
              AssemblyPool& pool);
    // The complete message, until the next call of any other function. After Contradicted: the
    // message that differs from one that is done, if all of it is there, else empty.
    std::span<const uint8_t> message() const { return message_; }

    // keep makes message() last; false when the pool has no buffer.
    [[nodiscard]] bool keep(AssemblyPool& pool);
    // done gives memory back and remembers that the message has been read.
    void done(AssemblyPool& pool);
    // Forgets everything.
    void reset(AssemblyPool& pool);
    // retire makes place for the next handshake's message: of what is done enough is remembered to
    // know late copies. What is not done stays.
    void retire(AssemblyPool& pool);
    // Gives memory back; what is done stays so.
    void release(AssemblyPool& pool);

    bool started() const { return state_ != State::Empty; }
    bool is_done() const { return state_ == State::Done; }
    bool is_whole() const { return state_ == State::Whole; }
    // What is done is a copy of what was retired.
    bool is_late() const { return state_ == State::Done && late_; }
    // is_past: these bytes are all of the message that was retired.
    bool is_past(std::span<const uint8_t> bytes, const AssemblyPool& pool) const;
    uint16_t sequence() const { return sequence_; }

  private:
    enum class State : uint8_t { Empty, Collecting, Whole, Done };
    static constexpr uint32_t kNoPast = UINT32_MAX;

    Added whole_copy(std::span<const uint8_t> bytes, AssemblyPool& pool);
    Added collect(uint32_t offset, std::span<const uint8_t> bytes, AssemblyPool& pool);
    bool make_room(uint32_t bytes, AssemblyPool& pool);
    bool contradicts(uint32_t offset, std::span<const uint8_t> bytes) const;
    void copy(uint32_t offset, std::span<const uint8_t> bytes);
    std::span<uint8_t> bitmap() const;
    bool has(uint32_t at) const;

    std::span<uint8_t> buffer_;  // data, and behind it a bit for each byte
    std::span<const uint8_t> message_;
    uint32_t length_ = 0;
    uint32_t have_ = 0;      // bytes in the buffer
    uint32_t checksum_ = 0;  // of a message that is done
    uint32_t past_checksum_ = 0;
    uint32_t past_length_ = kNoPast;  // of the message that was retired
    uint16_t sequence_ = 0;
    State state_ = State::Empty;
    bool late_ = false;
};

}  // namespace eti::tls
