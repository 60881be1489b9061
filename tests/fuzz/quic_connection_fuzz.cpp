// Packets of one connection, each as one byte of direction (lowest bit), kind (the next two) and
// whether the next one follows in the same datagram, two of length, then its content. So that an
// input reaches what is behind the encryption, the harness protects all kinds but the first.
// However CRYPTO data is cut into frames, the connection must report the same; whatever comes, it
// must keep nothing and report one ClientHello at most, and who starts over with a datagram does so
// once.
#include "eti/base/check.h"
#include "eti/wire/reader.h"
#include "tests/fuzz/cut_chunks.h"
#include "tests/support/quic_builder.h"
#include "tests/support/quic_log.h"

#include <algorithm>
#include <string>

namespace {

using eti::Direction;
using eti::test::Bytes;
using eti::tls::AssemblyPool;
using eti::wire::Reader;

enum class Kind : uint8_t {
    Datagram,     // as it is
    Payload,      // frames, protected in an Initial packet
    CryptoData,   // two bytes of offset, then the content of CRYPTO frames
    OtherClient,  // frames, in a packet of a client that chose another id
};

constexpr uint8_t kMoreInDatagram = 0x08;
constexpr std::size_t kMaxPayload = 1'200;
constexpr unsigned kMaxDatagrams = 80;  // enough to exhaust what a connection may fail

AssemblyPool& pool() {
    static AssemblyPool instance(2, 2);
    return instance;
}

eti::quic::Crypto& crypto() {
    static eti::quic::Crypto instance;
    return instance;
}

Bytes copy(Reader content) {
    const auto bytes = content.bytes().first(std::min(content.remaining(), kMaxPayload));
    return {bytes.begin(), bytes.end()};
}

Bytes crypto_frames(Reader content, std::size_t piece_bytes) {
    uint16_t offset = 0;
    if (!content.u16(offset)) {
        return {};
    }
    const Bytes data = copy(content);
    Bytes frames;
    for (std::size_t at = 0; at < data.size(); at += piece_bytes) {
        const auto from = data.begin() + static_cast<std::ptrdiff_t>(at);
        const auto size = static_cast<std::ptrdiff_t>(std::min(piece_bytes, data.size() - at));
        const Bytes frame = eti::test::crypto_frame(offset + at, Bytes(from, from + size));
        frames.insert(frames.end(), frame.begin(), frame.end());
    }
    return frames;
}

Bytes datagram(uint8_t head, Reader content, std::size_t piece_bytes) {
    eti::test::QuicPacketSpec spec;
    if ((head & 1) != 0) {
        spec = eti::test::from_server();
    }
    switch (static_cast<Kind>(head >> 1 & 3)) {
        case Kind::Datagram:
            break;
        case Kind::Payload:
            return eti::test::quic_initial(spec, copy(content));
        case Kind::CryptoData:
            return eti::test::quic_initial(spec, crypto_frames(content, piece_bytes));
        case Kind::OtherClient:
            spec = {.key_id = Bytes(8, 0x55), .destination = Bytes(8, 0x55)};
            return eti::test::quic_initial(spec, copy(content));
    }
    return {content.bytes().begin(), content.bytes().end()};
}

void check_starts_over_once(Direction direction, const Bytes& datagram) {
    eti::test::QuicLog log;
    eti::quic::Connection connection;
    connection.feed(direction, datagram, crypto(), pool(), log);
    ETI_CHECK(!connection.superseded());
    connection.reset(pool());
}

std::string run(Reader input, std::size_t piece_bytes) {
    eti::test::QuicLog log;
    eti::quic::Connection connection;
    uint8_t head = 0;
    uint16_t length = 0;
    Bytes bytes;
    for (unsigned left = kMaxDatagrams; left > 0 && input.u8(head) && input.u16(length); --left) {
        Reader content;
        if (!input.take(std::min<std::size_t>(length, input.remaining()), content)) {
            break;
        }
        const auto direction = static_cast<Direction>(head & 1);
        const Bytes packet = datagram(head, content, piece_bytes);
        bytes.insert(bytes.end(), packet.begin(), packet.end());
        if ((head & kMoreInDatagram) != 0) {
            continue;
        }
        ETI_CHECK(!eti::quic::may_be_initial(bytes) || eti::quic::version_of(bytes) != 0);
        connection.feed(direction, bytes, crypto(), pool(), log);
        if (connection.superseded()) {
            check_starts_over_once(direction, bytes);
        }
        bytes.clear();
    }
    const std::string hellos = "client_hello ";
    const std::size_t first = log.text().find(hellos);
    ETI_CHECK(first == std::string::npos ||
              log.text().find("\n" + hellos, first) == std::string::npos);
    ETI_CHECK((first != std::string::npos) == connection.client_hello_seen());
    const std::string result = log.text() + std::to_string(static_cast<int>(connection.state())) +
                               " " + std::to_string(static_cast<int>(connection.error())) +
                               (connection.superseded() ? " superseded" : "") +
                               (connection.roles_swapped() ? " swapped" : "");
    connection.reset(pool());
    eti::fuzz::check_nothing_kept(pool());
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Reader input(std::span<const uint8_t>(data, size));
    const std::string whole = run(input, SIZE_MAX / 2);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
        ETI_CHECK(run(input, piece) == whole);
    }
    return 0;
}
