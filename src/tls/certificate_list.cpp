#include "eti/tls/certificate_list.h"

#include <algorithm>

namespace eti::tls {
namespace {

constexpr uint8_t kLengthBytes = 3;

}  // namespace

void CertificateListReader::start(uint32_t message_bytes) {
    *this = {};
    left_ = message_bytes;
    if (message_bytes < kLengthBytes) {
        state_ = State::Bad;
    }
}

CertificateListReader::Event CertificateListReader::next(std::span<const uint8_t>& input,
                                                         std::span<const uint8_t>& bytes) {
    if (state_ == State::ListLength) {
        return list_length(input);
    }
    if (state_ == State::EntryLength) {
        return entry_length(input);
    }
    if (state_ == State::Entry) {
        return entry(input, bytes);
    }
    input = {};
    return state_ == State::Done ? Event::Done : Event::Bad;
}

bool CertificateListReader::take_length(std::span<const uint8_t>& input) {
    while (have_ < kLengthBytes && !input.empty()) {
        length_ = (have_ == 0 ? 0 : length_ << 8) | input[0];
        input = input.subspan(1);
        ++have_;
    }
    if (have_ < kLengthBytes) {
        return false;
    }
    have_ = 0;
    left_ -= kLengthBytes;
    return true;
}

CertificateListReader::Event CertificateListReader::list_length(std::span<const uint8_t>& input) {
    if (!take_length(input)) {
        return Event::NeedMore;
    }
    if (length_ > left_) {
        state_ = State::Bad;
        return Event::Bad;
    }
    left_ = length_;
    state_ = State::EntryLength;
    return entry_length(input);
}

CertificateListReader::Event CertificateListReader::entry_length(std::span<const uint8_t>& input) {
    if (have_ == 0 && left_ < kLengthBytes) {
        state_ = left_ == 0 ? State::Done : State::Bad;
        return left_ == 0 ? Event::Done : Event::Bad;
    }
    if (!take_length(input)) {
        return Event::NeedMore;
    }
    if (length_ > left_) {
        state_ = State::Bad;
        return Event::Bad;
    }
    entry_left_ = length_;
    ++number_;
    state_ = State::Entry;
    return Event::Begin;
}

CertificateListReader::Event CertificateListReader::entry(std::span<const uint8_t>& input,
                                                          std::span<const uint8_t>& bytes) {
    if (entry_left_ == 0) {
        state_ = State::EntryLength;
        return Event::End;
    }
    if (input.empty()) {
        return Event::NeedMore;
    }
    bytes = input.first(std::min<std::size_t>(entry_left_, input.size()));
    input = input.subspan(bytes.size());
    entry_left_ -= static_cast<uint32_t>(bytes.size());
    left_ -= static_cast<uint32_t>(bytes.size());
    return Event::Data;
}

}  // namespace eti::tls
