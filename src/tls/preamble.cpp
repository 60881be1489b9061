#include "eti/tls/preamble.h"

#include "eti/base/check.h"
#include "tls/preamble_evidence.h"

#include <algorithm>

namespace eti::tls {
namespace {

// What ends a line or, in XMPP, an element.
bool ends_text(uint8_t byte) {
    return byte == '\n' || byte == '>';
}

}  // namespace

std::span<const uint8_t> PreambleScanner::held(Direction direction) const {
    const Side& side = sides_[index(direction)];
    return std::span(side.held).first(side.size);
}

// The opening tells most other protocols, and then the rest need not be searched.
std::size_t PreambleScanner::feed(Direction direction, std::span<const uint8_t> bytes) {
    const std::size_t head = std::min(bytes.size(), kOpening + kWindow);
    const std::size_t offset = take(direction, bytes.first(head));
    if (offset != npos || given_up_ || head == bytes.size()) {
        return offset;
    }
    const std::size_t behind = take(direction, bytes.subspan(head));
    return behind == npos ? npos : head + behind;
}

std::size_t PreambleScanner::take(Direction direction, std::span<const uint8_t> bytes) {
    Side& side = sides_[index(direction)];
    ETI_ASSERT(!side.found);
    const std::size_t left = static_cast<std::size_t>(max_bytes_ - side.taken);
    if (bytes.empty() || given_up_ || left == 0) {
        return npos;
    }
    if (started_ && speaker_ != direction) {
        side.turns = static_cast<uint16_t>(side.turns | 1U << side.size);
    }
    if (!started_) {
        opener_ = direction;
        started_ = true;
    }
    speaker_ = direction;
    const auto seen = bytes.first(std::min(bytes.size(), left));
    remember_opening(direction, seen);
    const std::size_t before = side.taken;
    side.taken = static_cast<uint16_t>(before + seen.size());
    const std::size_t offset = search(direction, seen);
    judge_opening(direction, (offset == npos ? side.taken : before + offset) - side.size);
    if (offset != npos && !given_up_) {
        side.found = true;
        return offset;
    }
    given_up_ = given_up_ || (side.taken == max_bytes_ && !found(opposite(direction)));
    return npos;
}

void PreambleScanner::remember_opening(Direction direction, std::span<const uint8_t> bytes) {
    if (direction == opener_) {
        const std::size_t size = std::min(bytes.size(), opening_.size() - opening_size_);
        std::copy_n(bytes.begin(), size, opening_.begin() + opening_size_);
        opening_size_ = static_cast<uint8_t>(opening_size_ + size);
    }
}

// Only what stands before a possible TLS record is judged: it may come first.
void PreambleScanner::judge_opening(Direction direction, std::size_t preamble_bytes) {
    if (direction == opener_ && !opening_judged_ && !found(opposite(direction))) {
        const std::size_t size = std::min(preamble_bytes, opening_.size());
        given_up_ = !may_lead_to_tls(direction, std::span(opening_).first(size));
        opening_judged_ = size == opening_.size();
    }
}

// Positions count from the first byte held on.
std::size_t PreambleScanner::search(Direction direction, std::span<const uint8_t> bytes) {
    Side& side = sides_[index(direction)];
    const std::size_t held = side.size;
    const std::size_t end = held + bytes.size();
    const auto at = [&](std::size_t i) { return i < held ? side.held[i] : bytes[i - held]; };
    uint8_t before = side.before;
    for (std::size_t i = 0; i < end; before = at(i), ++i) {
        const bool turn = i < kWindow && (side.turns >> i & 1) != 0;
        const Place place = turn || ends_text(before) ? Place::Boundary : Place::Inside;
        if (!may_open(direction, place, at(i))) {
            continue;
        }
        std::array<uint8_t, kWindow> window;
        const std::size_t size = std::min(end - i, window.size());
        for (std::size_t k = 0; k < size; ++k) {
            window[k] = at(i + k);
        }
        switch (opens_tls(direction, place, std::span(window).first(size))) {
            case Evidence::No:
                break;
            case Evidence::NeedMore:
                side.before = before;
                hold(side, i, bytes);
                return npos;
            case Evidence::Yes:
                if (i >= held) {
                    side.size = 0;
                    return i - held;
                }
                hold(side, i, {});
                return 0;
        }
    }
    side.before = before;
    hold(side, end, bytes);
    return npos;
}

// hold keeps what follows the first `from` of the bytes held and the new ones.
void PreambleScanner::hold(Side& side, std::size_t from, std::span<const uint8_t> bytes) {
    const std::size_t kept = side.size - std::min<std::size_t>(from, side.size);
    const std::size_t skipped = from - (side.size - kept);
    ETI_ASSERT(kept + bytes.size() - skipped < kWindow);
    std::copy_n(side.held.begin() + (side.size - kept), kept, side.held.begin());
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(skipped), bytes.end(),
              side.held.begin() + static_cast<std::ptrdiff_t>(kept));
    side.size = static_cast<uint8_t>(kept + bytes.size() - skipped);
    side.turns = from < kWindow ? static_cast<uint16_t>(side.turns >> from) : uint16_t{0};
}

}  // namespace eti::tls
