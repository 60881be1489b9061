// TLS that starts in the middle of a TCP connection: after STARTTLS and its relatives, behind a
// proxy's greeting, or behind a PROXY header. What the peers say before is watched, not parsed:
// the scanner looks for the start of a TLS record where one may stand.
#pragma once

#include "eti/base/direction.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::tls {

// may_lead_to_tls tells from the first bytes of a connection, and the side that sent them, whether
// TLS may follow later. A shorter beginning is excluded only if all its continuations are; 16 bytes
// decide.
bool may_lead_to_tls(Direction direction, std::span<const uint8_t> first_bytes);

// PreambleScanner is the state of one connection. Only the order of the two sides' bytes matters,
// not how they were cut.
class PreambleScanner {
  public:
    static constexpr std::size_t npos = SIZE_MAX;
    static constexpr uint16_t kMaxBytes = 16'384;

    // max_bytes of one side's preamble are looked at.
    explicit PreambleScanner(uint16_t max_bytes = kMaxBytes) : max_bytes_(max_bytes) {}

    // feed takes the next in-order bytes of a side. Where its TLS begins, it returns an offset into
    // them: the TLS bytes are held(direction) and then those from the offset on. Until then npos;
    // must not be called again for a side whose TLS was found.
    std::size_t feed(Direction direction, std::span<const uint8_t> bytes);

    // The beginning of a first record that came with earlier bytes.
    std::span<const uint8_t> held(Direction direction) const;
    bool found(Direction direction) const { return sides_[index(direction)].found; }
    // Neither side has turned to TLS, and none will: the first bytes belong to another protocol,
    // or a side has used up its bytes.
    bool given_up() const { return given_up_; }

  private:
    static constexpr std::size_t kWindow = 13;  // decides in every case
    static constexpr std::size_t kOpening = 16;

    struct Side {
        std::array<uint8_t, kWindow - 1> held{};
        uint16_t taken = 0;  // bytes seen, up to the bound
        uint16_t turns = 1;  // bit i: held[i], or the byte to follow, answers the other side
        uint8_t size = 0;    // bytes held
        uint8_t before = 0;  // the byte before held[0]
        bool found = false;
    };

    std::size_t take(Direction direction, std::span<const uint8_t> bytes);
    void remember_opening(Direction direction, std::span<const uint8_t> bytes);
    void judge_opening(Direction direction, std::size_t preamble_bytes);
    std::size_t search(Direction direction, std::span<const uint8_t> bytes);
    static void hold(Side& side, std::size_t from, std::span<const uint8_t> bytes);

    std::array<Side, 2> sides_;
    std::array<uint8_t, kOpening> opening_{};  // the first bytes of the side that spoke first
    uint16_t max_bytes_;
    uint8_t opening_size_ = 0;
    Direction opener_ = Direction::Out;
    Direction speaker_ = Direction::Out;
    bool started_ = false;
    bool opening_judged_ = false;
    bool given_up_ = false;
};

}  // namespace eti::tls
