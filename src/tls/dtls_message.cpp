#include "eti/tls/dtls_message.h"

#include "eti/base/check.h"
#include "eti/wire/reader.h"

#include <algorithm>

namespace eti::tls {
namespace {

// In a buffer of nine parts, eight are data and one is their bitmap.
std::size_t data_bytes(std::size_t buffer_bytes) {
    return buffer_bytes / 9 * 8;
}

// A polynomial over the field of 2^31 - 1 elements at a secret point: who does not know the point
// can make two messages with one checksum by luck only.
uint32_t checksum_of(std::span<const uint8_t> bytes, uint32_t secret) {
    constexpr uint64_t kPrime = (1U << 31) - 1;
    const uint64_t point = secret % kPrime;
    uint64_t sum = 1;
    wire::Reader reader(bytes);
    uint32_t three = 0;
    while (reader.u24(three)) {
        sum = (sum * point + three) % kPrime;
    }
    for (uint8_t byte = 0; reader.u8(byte);) {
        sum = (sum * point + byte) % kPrime;
    }
    return static_cast<uint32_t>(sum);
}

}  // namespace

DtlsMessage::Added DtlsMessage::add(uint16_t sequence, uint32_t length, uint32_t offset,
                                    std::span<const uint8_t> bytes, AssemblyPool& pool) {
    ETI_ASSERT(offset + bytes.size() <= length);
    message_ = state_ == State::Whole ? message_ : std::span<const uint8_t>{};
    if (state_ == State::Empty) {
        if (length > kMaxBytes) {
            return Added::TooLong;
        }
        state_ = State::Collecting;
        sequence_ = sequence;
        length_ = length;
    }
    ETI_ASSERT(sequence == sequence_);
    if (length != length_) {
        message_ = state_ == State::Done && bytes.size() == length ? bytes : message_;
        return Added::Contradicted;
    }
    if (bytes.size() == length && state_ != State::Whole &&
        (buffer_.empty() || state_ == State::Done)) {
        return whole_copy(bytes, pool);
    }
    return collect(offset, bytes, pool);
}

DtlsMessage::Added DtlsMessage::whole_copy(std::span<const uint8_t> bytes, AssemblyPool& pool) {
    if (state_ == State::Done && checksum_of(bytes, pool.secret()) == checksum_) {
        return Added::Known;
    }
    message_ = bytes;
    if (state_ == State::Done) {
        return Added::Contradicted;
    }
    state_ = State::Whole;
    return Added::Whole;
}

DtlsMessage::Added DtlsMessage::collect(uint32_t offset, std::span<const uint8_t> bytes,
                                        AssemblyPool& pool) {
    if (!make_room(offset + static_cast<uint32_t>(bytes.size()), pool)) {
        return state_ == State::Done ? Added::Known : Added::NoMemory;
    }
    if (contradicts(offset, bytes)) {
        return Added::Contradicted;
    }
    copy(offset, bytes);
    if (have_ < length_) {
        return Added::More;
    }
    if (state_ == State::Whole) {
        return Added::Known;
    }
    const auto all = buffer_.first(length_);
    if (state_ == State::Done && checksum_of(all, pool.secret()) == checksum_) {
        release(pool);
        return Added::Known;
    }
    message_ = all;
    if (state_ == State::Done) {
        return Added::Contradicted;
    }
    state_ = State::Whole;
    return Added::Whole;
}

std::span<uint8_t> DtlsMessage::bitmap() const {
    return buffer_.subspan(data_bytes(buffer_.size()));
}

bool DtlsMessage::has(uint32_t at) const {
    return (bitmap()[at / 8] >> at % 8 & 1) != 0;
}

bool DtlsMessage::make_room(uint32_t bytes, AssemblyPool& pool) {
    const std::size_t room = data_bytes(buffer_.size());
    if (!buffer_.empty() && bytes <= room) {
        return true;
    }
    const bool small = bytes <= data_bytes(AssemblyPool::kSmallBytes);
    const auto old = buffer_;
    const auto old_bitmap = old.empty() ? std::span<uint8_t>{} : bitmap();
    const auto larger =
        pool.allocate(small ? AssemblyPool::kSmallBytes : AssemblyPool::kLargeBytes);
    if (larger.empty()) {
        return false;
    }
    buffer_ = larger;
    std::ranges::fill(bitmap(), uint8_t{0});
    if (!old.empty()) {
        std::copy_n(old.begin(), room, buffer_.begin());
        std::ranges::copy(old_bitmap, bitmap().begin());
        pool.free(old);
    }
    return true;
}

bool DtlsMessage::contradicts(uint32_t offset, std::span<const uint8_t> bytes) const {
    for (const uint8_t byte : bytes) {
        if (has(offset) && buffer_[offset] != byte) {
            return true;
        }
        ++offset;
    }
    return false;
}

void DtlsMessage::copy(uint32_t offset, std::span<const uint8_t> bytes) {
    for (const uint8_t byte : bytes) {
        if (!has(offset)) {
            uint8_t& bits = bitmap()[offset / 8];
            bits = static_cast<uint8_t>(bits | 1U << offset % 8);
            buffer_[offset] = byte;
            ++have_;
        }
        ++offset;
    }
}

bool DtlsMessage::keep(AssemblyPool& pool) {
    ETI_ASSERT(state_ == State::Whole);
    if (!buffer_.empty()) {
        return true;
    }
    if (!make_room(length_, pool)) {
        return false;
    }
    copy(0, message_);
    message_ = buffer_.first(length_);
    return true;
}

void DtlsMessage::done(AssemblyPool& pool) {
    late_ = is_past(message_, pool);
    checksum_ = checksum_of(message_, pool.secret());
    length_ = static_cast<uint32_t>(message_.size());
    state_ = State::Done;
    release(pool);
}

void DtlsMessage::release(AssemblyPool& pool) {
    if (!buffer_.empty()) {
        pool.free(buffer_);
        buffer_ = {};
    }
    message_ = {};
    have_ = 0;
    if (state_ != State::Done) {
        state_ = State::Empty;
    }
}

void DtlsMessage::reset(AssemblyPool& pool) {
    state_ = State::Empty;
    past_length_ = kNoPast;
    release(pool);
}

void DtlsMessage::retire(AssemblyPool& pool) {
    if (state_ != State::Done) {
        return;
    }
    past_checksum_ = checksum_;
    past_length_ = length_;
    state_ = State::Empty;
    release(pool);
}

bool DtlsMessage::is_past(std::span<const uint8_t> bytes, const AssemblyPool& pool) const {
    return bytes.size() == past_length_ && checksum_of(bytes, pool.secret()) == past_checksum_;
}

}  // namespace eti::tls
