// One DNS message, then the same bytes as a TCP stream: names are printable, lists bounded, and
// neither the message's identifier nor how the stream is cut changes what is read.
#include "eti/base/check.h"
#include "eti/dns/message.h"
#include "eti/dns/tcp_messages.h"

#include <algorithm>
#include <array>
#include <vector>

namespace {

using eti::dns::Answer;
using eti::dns::Parsed;

void check_answer(const Answer& answer) {
    const auto name = answer.name.view();
    ETI_CHECK(!name.empty() && !answer.name.truncated());
    ETI_CHECK(std::ranges::all_of(
        name, [](char c) { return c > ' ' && c <= '~' && !(c >= 'A' && c <= 'Z'); }));
    ETI_CHECK(answer.answers > 0 && answer.answers <= eti::dns::kMaxRecords);
    ETI_CHECK(answer.addresses.size() ==
              std::min<std::size_t>(answer.answers, answer.addresses.capacity()));
    ETI_CHECK(answer.ttl <= 0x7fffffffU);
}

void check_same(const Answer& one, const Answer& other) {
    ETI_CHECK(one.name.view() == other.name.view() && one.cname == other.cname);
    ETI_CHECK(one.ttl == other.ttl && one.answers == other.answers);
    ETI_CHECK(std::ranges::equal(one.addresses.view(), other.addresses.view()));
}

void check_message(std::span<const uint8_t> input) {
    Answer answer;
    if (eti::dns::parse_response(input, answer) != Parsed::Answer) {
        return;
    }
    check_answer(answer);
    std::vector<uint8_t> other(input.begin(), input.end());
    other[0] = static_cast<uint8_t>(~other[0]);
    Answer again;
    ETI_CHECK(eti::dns::parse_response(other, again) == Parsed::Answer);
    check_same(answer, again);
}

using Messages = std::vector<std::vector<uint8_t>>;

Messages framed(std::span<const uint8_t> stream, std::size_t piece_bytes) {
    eti::dns::TcpMessages framing;
    static std::array<uint8_t, eti::dns::TcpMessages::kMaxMessageBytes> buffer;
    Messages messages;
    while (!stream.empty()) {
        auto piece = stream.first(std::min(piece_bytes, stream.size()));
        stream = stream.subspan(piece.size());
        std::span<const uint8_t> message;
        while (framing.next(piece, buffer, message)) {
            ETI_CHECK(message.size() <= buffer.size() && !framing.buffer_in_use());
            messages.emplace_back(message.begin(), message.end());
        }
        ETI_CHECK(piece.empty());
    }
    return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::span<const uint8_t> input(data, size);
    check_message(input);
    const Messages whole = framed(input, std::max<std::size_t>(size, 1));
    for (const std::size_t piece_bytes : {size / 97 + 1, size / 5 + 1}) {
        ETI_CHECK(framed(input, piece_bytes) == whole);
    }
    for (const auto& message : whole) {
        check_message(message);
    }
    return 0;
}
