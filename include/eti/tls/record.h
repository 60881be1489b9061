// The record layer (RFC 8446 section 5.1): a 5-byte header, then a fragment.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace eti::tls {

enum class ContentType : uint8_t {
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
    Heartbeat = 24,
};

// A value outside the list above may still be met: the type is whatever byte the header holds.
constexpr bool is_known(ContentType type) {
    return type >= ContentType::ChangeCipherSpec && type <= ContentType::Heartbeat;
}

// The most a fragment may hold, encryption included (RFC 5246 section 6.2.3).
inline constexpr uint16_t kMaxFragmentBytes = (1 << 14) + 2048;

// RecordReader frames one direction over any segmentation. It keeps the header only: fragments are
// passed on as the pieces that arrive.
class RecordReader {
  public:
    enum class Event : uint8_t {
        NeedMore,    // the input is used up inside a header
        Header,      // type() and length() are known
        Fragment,    // the next piece of the fragment, never empty
        BadVersion,  // no TLS header: the major version is not 3
        BadLength,   // longer than any endpoint accepts
    };

    // next takes what it can use off the front of a non-empty input. After BadVersion or
    // BadLength the framing is lost and the reader must not be asked again.
    Event next(std::span<const uint8_t>& input, std::span<const uint8_t>& piece);

    // The next byte is the first of a header.
    bool at_boundary() const { return have_ == 0; }
    ContentType type() const { return static_cast<ContentType>(header_[0]); }
    uint16_t length() const { return static_cast<uint16_t>(header_[3] << 8 | header_[4]); }

  private:
    Event take_header(std::span<const uint8_t>& input);

    std::array<uint8_t, 5> header_{};
    uint8_t have_ = 0;   // header bytes seen; all of them while the fragment is passing
    uint16_t left_ = 0;  // fragment bytes to come
};

}  // namespace eti::tls
