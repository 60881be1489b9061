// The body of a Certificate message up to TLS 1.2 (RFC 5246 section 7.4.2): a 24-bit list length,
// then entries of a 24-bit length and DER bytes. Read as it arrives, nothing is kept.
#pragma once

#include <cstdint>
#include <span>

namespace eti::tls {

class CertificateListReader {
  public:
    enum class Event : uint8_t {
        NeedMore,  // the input is used up
        Begin,     // entry number() of entry_length() bytes starts
        Data,      // its next bytes
        End,       // it is complete; follows Begin directly when it is empty
        Done,      // the list is complete; bytes behind it inside the message are skipped
        Bad,       // an entry or the list is longer than what holds it
    };

    // start begins a message with a body of that many bytes.
    void start(uint32_t message_bytes);
    // next takes what it can use off the front of the input. The last byte of an entry yields Data
    // and then, even with the input used up, End.
    Event next(std::span<const uint8_t>& input, std::span<const uint8_t>& bytes);

    uint32_t number() const { return number_; }  // from 0, the leaf
    uint32_t entry_length() const { return length_; }

  private:
    enum class State : uint8_t { ListLength, EntryLength, Entry, Done, Bad };

    bool take_length(std::span<const uint8_t>& input);
    Event list_length(std::span<const uint8_t>& input);
    Event entry_length(std::span<const uint8_t>& input);
    Event entry(std::span<const uint8_t>& input, std::span<const uint8_t>& bytes);

    uint32_t left_ = 0;    // bytes of the list to come; before its length is known, of the message
    uint32_t length_ = 0;  // of the current entry, or as much of a length as has been read
    uint32_t entry_left_ = 0;
    uint32_t number_ = UINT32_MAX;  // one before the first
    uint8_t have_ = 0;              // bytes of a length field seen
    State state_ = State::ListLength;
};

}  // namespace eti::tls
