// Two directions of a connection, in chunks. However a chunk is cut, the session must report the
// same.
#include "tests/fuzz/cut_chunks.h"
#include "tests/support/tls_log.h"

#include <string>

namespace {

using eti::tls::AssemblyPool;
using eti::tls::Session;

AssemblyPool& pool() {
    static AssemblyPool instance(2, 2);
    return instance;
}

std::string run(eti::wire::Reader input, std::size_t piece_bytes) {
    eti::test::TlsLog log;
    log.log_records = true;
    Session session;
    eti::fuzz::cut_chunks(input, piece_bytes, [&](eti::Direction direction, auto piece) {
        session.feed(direction, piece, pool(), log);
    });
    const std::string result = log.text() + std::to_string(static_cast<int>(session.state())) +
                               " " + std::to_string(static_cast<int>(session.error())) +
                               (session.encrypted(eti::Direction::Out) ? " out" : "") +
                               (session.encrypted(eti::Direction::In) ? " in" : "") +
                               (session.certificate_complete() ? " certificate" : "") +
                               (session.tls13() ? " 13" : "");
    session.reset(pool());
    eti::fuzz::check_nothing_kept(pool());
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
