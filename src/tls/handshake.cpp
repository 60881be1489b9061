#include "eti/tls/handshake.h"

#include <algorithm>

namespace eti::tls {

uint32_t HandshakeReader::length() const {
    return static_cast<uint32_t>(header_[1]) << 16 | static_cast<uint32_t>(header_[2]) << 8 |
           header_[3];
}

void HandshakeReader::finish() {
    have_ = 0;
    state_ = State::Header;
}

void HandshakeReader::reset(AssemblyPool& pool) {
    finish();
    filled_ = 0;
    if (!buffer_.empty()) {
        pool.free(buffer_);
        buffer_ = {};
    }
}

HandshakeReader::Event HandshakeReader::next(std::span<const uint8_t>& input, AssemblyPool& pool,
                                             std::span<const uint8_t>& bytes) {
    switch (state_) {
        case State::Header:
            if (at_boundary()) {
                reset(pool);
            }
            return take_header(input);
        case State::Passing:
            return pass(input, bytes);
        case State::Collecting:
            return assemble(input, pool, bytes);
    }
    return Event::NeedMore;
}

HandshakeReader::Event HandshakeReader::take_header(std::span<const uint8_t>& input) {
    while (have_ < header_.size()) {
        if (input.empty()) {
            return Event::NeedMore;
        }
        header_[have_++] = input[0];
        input = input.subspan(1);
    }
    left_ = length();
    state_ = State::Passing;
    return Event::Header;
}

HandshakeReader::Event HandshakeReader::pass(std::span<const uint8_t>& input,
                                             std::span<const uint8_t>& bytes) {
    if (input.empty() && left_ > 0) {
        return Event::NeedMore;
    }
    bytes = input.first(std::min<std::size_t>(left_, input.size()));
    input = input.subspan(bytes.size());
    left_ -= static_cast<uint32_t>(bytes.size());
    if (left_ == 0) {
        finish();
    }
    return Event::Piece;
}

HandshakeReader::Event HandshakeReader::assemble(std::span<const uint8_t>& input,
                                                 AssemblyPool& pool,
                                                 std::span<const uint8_t>& bytes) {
    const auto piece = input.first(std::min<std::size_t>(left_, input.size()));
    if (filled_ == 0 && piece.size() == left_) {
        bytes = piece;
    } else if (piece.empty()) {
        return Event::NeedMore;
    } else {
        if (!make_room(filled_ + piece.size(), pool)) {
            return Event::NoMemory;
        }
        std::copy(piece.begin(), piece.end(), buffer_.begin() + filled_);
        filled_ += static_cast<uint32_t>(piece.size());
        bytes = buffer_.first(filled_);
    }
    input = input.subspan(piece.size());
    left_ -= static_cast<uint32_t>(piece.size());
    if (left_ > 0) {
        return Event::NeedMore;
    }
    finish();
    return Event::Message;
}

bool HandshakeReader::make_room(std::size_t bytes, AssemblyPool& pool) {
    if (bytes <= buffer_.size()) {
        return true;
    }
    const std::span<uint8_t> larger = pool.allocate(bytes);
    if (larger.empty()) {
        return false;
    }
    if (!buffer_.empty()) {
        std::copy_n(buffer_.data(), filled_, larger.data());
        pool.free(buffer_);
    }
    buffer_ = larger;
    return true;
}

}  // namespace eti::tls
