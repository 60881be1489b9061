#include "eti/tls/record.h"

#include <algorithm>

namespace eti::tls {
namespace {

constexpr std::size_t kMajorVersion = 1;
constexpr std::size_t kLengthHigh = 3;
constexpr uint8_t kMajor = 3;

}  // namespace

RecordReader::Event RecordReader::next(std::span<const uint8_t>& input,
                                       std::span<const uint8_t>& piece) {
    if (left_ == 0) {
        return take_header(input);
    }
    piece = input.first(std::min<std::size_t>(left_, input.size()));
    input = input.subspan(piece.size());
    left_ = static_cast<uint16_t>(left_ - piece.size());
    if (left_ == 0) {
        have_ = 0;
    }
    return Event::Fragment;
}

// Every byte is judged as it comes, so that a stream that is no TLS is known without five bytes.
// Most headers are whole.
RecordReader::Event RecordReader::take_header(std::span<const uint8_t>& input) {
    if (have_ == 0 && input.size() >= header_.size() && input[kMajorVersion] == kMajor) {
        std::copy_n(input.begin(), header_.size(), header_.begin());
        input = input.subspan(header_.size());
        have_ = static_cast<uint8_t>(header_.size());
    }
    while (have_ < header_.size()) {
        if (input.empty()) {
            return Event::NeedMore;
        }
        header_[have_] = input[0];
        input = input.subspan(1);
        if (have_ == kMajorVersion && header_[kMajorVersion] != kMajor) {
            return Event::BadVersion;
        }
        ++have_;
        if (have_ == kLengthHigh + 1 && header_[kLengthHigh] << 8 > kMaxFragmentBytes) {
            return Event::BadLength;
        }
    }
    left_ = length();
    if (left_ > kMaxFragmentBytes) {
        return Event::BadLength;
    }
    if (left_ == 0) {
        have_ = 0;
    }
    return Event::Header;
}

}  // namespace eti::tls
