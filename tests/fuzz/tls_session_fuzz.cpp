// Two directions of a connection, in chunks: one byte of direction (lowest bit), two of length,
// then the bytes. However a chunk is cut, the session must report the same.
#include "eti/base/check.h"
#include "eti/wire/reader.h"
#include "tests/support/tls_log.h"

#include <algorithm>
#include <string>

namespace {

using eti::tls::AssemblyPool;
using eti::tls::Session;

AssemblyPool& pool() {
    static AssemblyPool instance(2, 2);
    return instance;
}

// Every buffer must be back once the session is reset.
void check_nothing_kept() {
    const auto first = pool().allocate(AssemblyPool::kLargeBytes);
    const auto second = pool().allocate(AssemblyPool::kLargeBytes);
    const auto third = pool().allocate(1);
    const auto fourth = pool().allocate(1);
    ETI_CHECK(!first.empty() && !second.empty() && !third.empty() && !fourth.empty());
    for (const auto buffer : {first, second, third, fourth}) {
        pool().free(buffer);
    }
}

std::string run(eti::wire::Reader input, std::size_t piece_bytes) {
    eti::test::TlsLog log;
    log.log_records = true;
    Session session;
    uint8_t direction = 0;
    uint16_t length = 0;
    while (input.u8(direction) && input.u16(length)) {
        eti::wire::Reader chunk;
        if (!input.take(std::min<std::size_t>(length, input.remaining()), chunk)) {
            break;
        }
        auto bytes = chunk.bytes();
        while (!bytes.empty()) {
            const auto piece = bytes.first(std::min(piece_bytes, bytes.size()));
            session.feed(static_cast<eti::Direction>(direction & 1), piece, pool(), log);
            bytes = bytes.subspan(piece.size());
        }
    }
    const std::string result = log.text() + std::to_string(static_cast<int>(session.state())) +
                               " " + std::to_string(static_cast<int>(session.error())) +
                               (session.encrypted(eti::Direction::Out) ? " out" : "") +
                               (session.encrypted(eti::Direction::In) ? " in" : "") +
                               (session.certificate_complete() ? " certificate" : "") +
                               (session.tls13() ? " 13" : "");
    session.reset(pool());
    check_nothing_kept();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const eti::wire::Reader input(std::span<const uint8_t>(data, size));
    const std::string whole = run(input, SIZE_MAX);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{536}}) {
        ETI_CHECK(run(input, piece) == whole);
    }
    return 0;
}
