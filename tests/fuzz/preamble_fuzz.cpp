// Two directions of a connection, in chunks. Where TLS begins, and with which bytes, must not
// depend on how chunks are cut.
#include "eti/tls/preamble.h"
#include "tests/fuzz/cut_chunks.h"

#include <array>
#include <string>

namespace {

using eti::Direction;
using eti::tls::PreambleScanner;

constexpr uint16_t kMaxBytes = 600;

struct Watched {
    void feed(Direction direction, std::span<const uint8_t> bytes) {
        const std::size_t side = eti::index(direction);
        if (scanner.found(direction)) {
            tls[side].append(bytes.begin(), bytes.end());
            return;
        }
        const std::size_t offset = scanner.feed(direction, bytes);
        ETI_CHECK((offset != PreambleScanner::npos) == scanner.found(direction));
        ETI_CHECK(scanner.held(direction).size() < 13);
        if (offset != PreambleScanner::npos) {
            const auto held = scanner.held(direction);
            ETI_CHECK(offset < bytes.size());
            tls[side].assign(held.begin(), held.end());
            const auto rest = bytes.subspan(offset);
            tls[side].append(rest.begin(), rest.end());
        }
    }

    PreambleScanner scanner{kMaxBytes};
    std::array<std::string, 2> tls;
};

std::string run(eti::wire::Reader input, std::size_t piece_bytes) {
    Watched watched;
    eti::fuzz::cut_chunks(input, piece_bytes,
                          [&](Direction direction, auto piece) { watched.feed(direction, piece); });
    return watched.tls[0] + "|" + watched.tls[1] + (watched.scanner.given_up() ? " given up" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const eti::wire::Reader input(std::span<const uint8_t>(data, size));
    const std::string whole = run(input, SIZE_MAX);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        ETI_CHECK(run(input, piece) == whole);
    }
    return 0;
}
