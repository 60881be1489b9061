#include "eti/tls/preamble.h"

#include "tests/unit/tls/preamble_dialogues.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace eti::tls {
namespace {

using test::Bytes;
using test::Dialogue;
using test::join;
using test::Turn;

constexpr auto kOut = Direction::Out;
constexpr auto kIn = Direction::In;
constexpr auto kHandshake = ContentType::Handshake;

static_assert(sizeof(PreambleScanner) <= 64, "one per watched flow");

// Watched collects what a session would be fed with.
struct Watched {
    explicit Watched(uint16_t max_bytes = PreambleScanner::kMaxBytes) : scanner(max_bytes) {}

    void feed(Direction direction, std::span<const uint8_t> bytes) {
        Bytes& stream = tls[index(direction)];
        if (!scanner.found(direction)) {
            const std::size_t offset = scanner.feed(direction, bytes);
            if (offset == PreambleScanner::npos) {
                return;
            }
            const auto held = scanner.held(direction);
            stream.assign(held.begin(), held.end());
            bytes = bytes.subspan(offset);
        }
        stream.insert(stream.end(), bytes.begin(), bytes.end());
    }
    void feed(const std::vector<Turn>& turns, std::size_t piece) {
        for (const Turn& turn : turns) {
            for (std::size_t at = 0; at < turn.bytes.size();) {
                const std::size_t size = std::min(piece, turn.bytes.size() - at);
                feed(turn.direction, std::span(turn.bytes).subspan(at, size));
                at += size;
            }
        }
    }

    PreambleScanner scanner;
    std::array<Bytes, 2> tls;
};

std::vector<Turn> only(Direction direction, const std::vector<Turn>& turns) {
    std::vector<Turn> kept;
    std::ranges::copy_if(turns, std::back_inserter(kept),
                         [direction](const Turn& turn) { return turn.direction == direction; });
    return kept;
}

// The TLS part behind a preamble, in ways a server or a client may cut it.
struct Opening {
    const char* why;
    Bytes client;
    Bytes server;
};
std::vector<Opening> openings() {
    const Bytes hello = test::client_hello();
    const Bytes flight = join({test::server_hello(), test::certificate({test::text("leaf")})});
    std::vector<Opening> all = {
        {"one record", test::records(kHandshake, hello), test::records(kHandshake, flight)},
        {"SSL 3 in the record", test::records(kHandshake, hello, 1 << 14, 0x0300),
         test::records(kHandshake, flight, 1 << 14, 0x0300)},
        {"an empty record first",
         join({test::record(kHandshake, {}), test::records(kHandshake, hello)}),
         join({test::record(kHandshake, {}), test::records(kHandshake, flight)})},
    };
    for (std::size_t size = 1; size <= 12; ++size) {
        all.push_back({"small records", test::records(kHandshake, hello, size),
                       test::records(kHandshake, flight, size)});
    }
    return all;
}

TEST(Preamble, FindsTheStartOfTlsBehindEachProtocolInAnySegmentation) {
    for (const Dialogue& dialogue : test::dialogues()) {
        for (const Opening& opening : openings()) {
            std::vector<Turn> turns = dialogue.turns;
            turns.push_back({kOut, opening.client});
            turns.push_back({kIn, opening.server});
            for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{2},
                                            std::size_t{3}, std::size_t{7}, std::size_t{16}}) {
                SCOPED_TRACE(std::string(dialogue.name) + ", " + opening.why + ", pieces of " +
                             std::to_string(piece));
                Watched both;
                both.feed(turns, piece);
                EXPECT_EQ(both.tls[0], opening.client);
                EXPECT_EQ(both.tls[1], opening.server);
                EXPECT_FALSE(both.scanner.given_up());
            }
        }
    }
}

TEST(Preamble, NeedsOnlyOneSide) {
    for (const Dialogue& dialogue : test::dialogues()) {
        for (const Opening& opening : openings()) {
            std::vector<Turn> turns = dialogue.turns;
            turns.push_back({kOut, opening.client});
            turns.push_back({kIn, opening.server});
            for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{5}}) {
                SCOPED_TRACE(std::string(dialogue.name) + ", " + opening.why + ", pieces of " +
                             std::to_string(piece));
                Watched client;
                client.feed(only(kOut, turns), piece);
                EXPECT_EQ(client.tls[0], opening.client);
                // A reply to OPTIONS looks like any other of the web.
                if (std::string_view(dialogue.name) != "http_upgrade") {
                    Watched server;
                    server.feed(only(kIn, turns), piece);
                    EXPECT_EQ(server.tls[1], opening.server);
                }
            }
        }
    }
}

TEST(Preamble, FindsEveryCutOfTheFirstRecord) {
    for (const Dialogue& dialogue : test::dialogues()) {
        const Bytes hello = test::records(kHandshake, test::client_hello());
        for (std::size_t cut = 1; cut < 20; ++cut) {
            SCOPED_TRACE(std::string(dialogue.name) + ", cut at " + std::to_string(cut));
            Watched watched;
            watched.feed(dialogue.turns, SIZE_MAX);
            watched.feed(kOut, std::span(hello).first(cut));
            watched.feed(kIn, {});
            watched.feed(kOut, std::span(hello).subspan(cut));
            EXPECT_EQ(watched.tls[0], hello);
        }
    }
}

struct Boundary {
    const char* why;
    std::vector<Turn> turns;
    std::array<std::size_t, 2> tls_bytes;
};

TEST(Preamble, BelievesLessInsideOfTextThanAtATurn) {
    const Bytes hello = test::records(kHandshake, test::client_hello());
    const Bytes answer = test::records(kHandshake, test::server_hello());
    const Bytes ssl2 = test::ssl2_client_hello();
    const Bytes warning = join({test::alert(1, 112), answer});
    const Bytes request = join({test::records(kHandshake, test::hello_request()), answer});
    Bytes long_record = hello;
    long_record[4] = static_cast<uint8_t>(long_record[4] + 1);
    Bytes old_version = hello;
    old_version[9] = 2;
    const Turn start = test::client_says("EHLO x\r\n");
    const Turn ready = test::server_says("220 Ready\r\n");
    const Turn inside = test::client_says("x");
    const std::vector<Boundary> cases = {
        {"nothing but TLS", {{kOut, hello}, {kIn, answer}}, {hello.size(), answer.size()}},
        {"SSL 2 form at a turn", {start, ready, {kOut, ssl2}}, {ssl2.size(), 0}},
        {"SSL 2 form inside", {start, ready, inside, {kOut, ssl2}}, {0, 0}},
        {"a hello inside", {start, ready, inside, {kOut, hello}}, {hello.size(), 0}},
        {"one that ends before its record", {start, ready, inside, {kOut, long_record}}, {0, 0}},
        {"one of another version", {start, ready, inside, {kOut, old_version}}, {0, 0}},
        {"the same at a turn", {start, ready, {kOut, old_version}}, {old_version.size(), 0}},
        {"a warning at a turn", {ready, start, {kIn, warning}}, {0, warning.size()}},
        {"a warning inside", {ready, {kIn, join({{'x'}, warning})}}, {0, answer.size()}},
        {"a HelloRequest at a turn", {ready, start, {kIn, request}}, {0, request.size()}},
        {"a HelloRequest inside", {ready, {kIn, join({{'x'}, request})}}, {0, answer.size()}},
        {"the server's half of a cut hello",
         {start,
          {kOut, Bytes(hello.begin(), hello.begin() + 3)},
          ready,
          {kOut, Bytes(hello.begin() + 3, hello.end())}},
         {hello.size(), 0}},
        {"a false start before the true one",
         {start, ready, {kOut, join({{0x16, 3, 1, 0x16, 0x16, 3}, hello})}},
         {hello.size(), 0}},
        {"a ClientHello from the server", {start, ready, {kIn, hello}}, {0, 0}},
    };
    for (const Boundary& c : cases) {
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{4}}) {
            SCOPED_TRACE(std::string(c.why) + ", pieces of " + std::to_string(piece));
            Watched watched;
            watched.feed(c.turns, piece);
            EXPECT_EQ(watched.tls[0].size(), c.tls_bytes[0]);
            EXPECT_EQ(watched.tls[1].size(), c.tls_bytes[1]);
        }
    }
}

// A letter that quotes a hello, damaged in one byte each time, in the middle of a line.
TEST(Preamble, TakesNoAttachmentForAHello) {
    const Bytes hello = test::records(kHandshake, test::client_hello());
    for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 6U, 7U, 9U}) {
        SCOPED_TRACE(at);
        Bytes quoted = hello;
        quoted[at] = static_cast<uint8_t>(quoted[at] + 0x55);
        Watched watched;
        watched.feed({test::server_says("220 mail.example\r\n"),
                      test::client_says("EHLO x\r\n"),
                      test::server_says("250 OK\r\n"),
                      test::client_says("DATA\r\n"),
                      test::server_says("354 go\r\n"),
                      {kOut, join({test::text("Subject: hi\r\n\r\nbytes: "), quoted})},
                      test::server_says("250 OK\r\n"),
                      test::client_says("QUIT\r\n")},
                     SIZE_MAX);
        EXPECT_TRUE(watched.tls[0].empty());
        EXPECT_FALSE(watched.scanner.given_up()) << "TLS could still follow";
    }
}

TEST(Preamble, LooksAtABoundedNumberOfBytes) {
    const Bytes hello = test::records(kHandshake, test::client_hello());
    for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{1460}}) {
        Watched mail;
        mail.feed({test::server_says("220 mail\r\n"),
                   {kOut, join({test::text("EHLO x\r\n"), Bytes(16'375, 'x')})}},
                  piece);
        EXPECT_FALSE(mail.scanner.given_up());
        mail.feed({{kOut, join({{'\n'}, hello})}}, piece);
        EXPECT_TRUE(mail.scanner.given_up());
        EXPECT_TRUE(mail.tls[0].empty());
        Watched small(20);
        small.feed({test::client_says("STARTTLS\r\n"), {kOut, hello}}, piece);
        EXPECT_FALSE(small.scanner.given_up());
        EXPECT_EQ(small.tls[0], hello) << "ten bytes are enough to tell";
    }
}

TEST(Preamble, ASideThatTurnedIsNotGivenUpForTheOther) {
    const Bytes hello = test::records(kHandshake, test::client_hello());
    Watched watched;
    watched.feed({test::client_says("STARTTLS\r\n"), {kOut, hello}, {kIn, Bytes(20'000, 'x')}},
                 SIZE_MAX);
    EXPECT_EQ(watched.tls[0], hello);
    EXPECT_FALSE(watched.scanner.given_up());
}

struct OtherProtocol {
    const char* why;
    Direction direction;
    Bytes first;
    std::size_t bytes_needed;
};

TEST(Preamble, ExcludesOtherProtocolsWithTheirFirstBytes) {
    const OtherProtocol cases[] = {
        {"HTTP GET", kOut, test::text("GET / HTTP/1.1\r\n"), 5},
        {"HTTP POST", kOut, test::text("POST /upload HTTP/1.1\r\n"), 6},
        {"HTTP/2", kOut, test::text("PRI * HTTP/2.0\r\n"), 5},
        {"HTTP answer", kIn, test::text("HTTP/1.1 200 OK\r\n"), 14},
        {"HTTP error", kIn, test::text("HTTP/1.1 404 Not Found\r\n"), 10},
        {"SSH client", kOut, test::text("SSH-2.0-OpenSSH_9.2\r\n"), 4},
        {"SSH server", kIn, test::text("SSH-2.0-OpenSSH_9.2\r\n"), 2},
        {"BitTorrent", kOut, join({{19}, test::text("BitTorrent protocol")}), 1},
        {"SMB", kOut, join({{0, 0, 0, 0x85, 0xff}, test::text("SMB")}), 4},
        {"Redis", kOut, test::text("*1\r\n$4\r\nPING\r\n"), 1},
        {"a file", kIn, Bytes(32, 0xee), 2},
        {"DNS", kOut, {0, 29, 0x12, 0x34, 1, 0}, 2},
        {"PostgreSQL without TLS", kOut, {0, 0, 0, 41, 0, 3, 0, 0}, 4},
    };
    for (const OtherProtocol& c : cases) {
        SCOPED_TRACE(c.why);
        EXPECT_TRUE(may_lead_to_tls(c.direction, {}));
        const auto bytes = std::span(c.first);
        for (std::size_t size = 1; size <= c.first.size(); ++size) {
            EXPECT_EQ(may_lead_to_tls(c.direction, bytes.first(size)), size < c.bytes_needed)
                << size;
        }
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
            Watched watched;
            watched.feed({{c.direction, c.first}}, piece);
            EXPECT_TRUE(watched.scanner.given_up());
        }
    }
}

TEST(Preamble, NoBeginningOfAKnownOpeningIsExcluded) {
    for (const Dialogue& dialogue : test::dialogues()) {
        SCOPED_TRACE(dialogue.name);
        const Turn& first = dialogue.turns.front();
        for (std::size_t size = 0; size <= first.bytes.size(); ++size) {
            EXPECT_TRUE(may_lead_to_tls(first.direction, std::span(first.bytes).first(size)))
                << size;
        }
    }
}

}  // namespace
}  // namespace eti::tls
