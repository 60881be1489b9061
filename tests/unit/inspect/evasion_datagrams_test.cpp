// Tricks with datagrams that carry a DTLS handshake, one a row: docs/evasion.md. The client here is
// more willing than any real one: behind a ServerHello it takes every whole Certificate message,
// whatever its number.
#include "eti/digest/hasher.h"
#include "tests/support/dtls_builder.h"
#include "tests/support/inspect_bench.h"

#include <gtest/gtest.h>

#include <map>

namespace eti::test {
namespace {

using inspect::Counter;
using inspect::Verdict;
using tls::ContentType;

constexpr const char* kRestart = "RFC 6347 section 4.2.8";
constexpr const char* kInsertion = "Ptacek and Newsham 1998";

enum class Expected : uint8_t { Blocked, Stalled };
using enum Expected;

enum class Fate : uint8_t {
    Arrives,
    Lost,     // behind us
    Damaged,  // its checksum is wrong: its receiver drops it
};

const Bytes kFirstLeaf(600, 0x11);  // never listed
const Bytes kRandom(32, 0x33);      // of the client that starts over
const Bytes kServerRandom(32, 0x44);

struct Step {
    Direction direction;
    Bytes datagram;
    Fate fate = Fate::Arrives;
};

Step client(const Bytes& random, uint16_t number = 0, Fate fate = Fate::Arrives) {
    return {Direction::Out,
            dtls_handshake(dtls_message(dtls_client_hello({.random = random}), number)), fate};
}
Step server_hello_step(const Bytes& random, uint16_t number = 0, Fate fate = Fate::Arrives) {
    return {Direction::In, dtls_handshake(dtls_message(dtls_server_hello({}, random), number)),
            fate};
}
Step request(Fate fate = Fate::Arrives) {
    return {Direction::In, dtls_handshake(dtls_message(hello_verify_request(text("cookie")), 0)),
            fate};
}
Step chain(const Bytes& leaf, uint16_t number = 1, Fate fate = Fate::Arrives) {
    return {Direction::In, dtls_handshake(dtls_message(certificate({leaf}), number)), fate};
}
Step message(Direction direction, const Bytes& handshake, uint16_t number, Fate fate) {
    return {direction, dtls_handshake(dtls_message(handshake, number)), fate};
}
// Half of the chain: the first half, or the second.
Step half(const Bytes& leaf, uint16_t number, bool second, Fate fate = Fate::Arrives) {
    const Bytes whole = certificate({leaf});
    return {Direction::In, dtls_pieces(whole, number, whole.size() / 2)[second ? 1 : 0], fate};
}
Step end_of(Direction direction) {
    return {direction, join({dtls_record(ContentType::ChangeCipherSpec, {1}),
                             dtls_record(ContentType::Handshake, Bytes(40, 0xee), 1)})};
}

const Bytes kOldRandom(32, 0x21);
const Bytes kOldServerRandom(32, 0x22);

// with_handshake plays one to its end before the steps.
std::vector<Step> with_handshake(const std::vector<Step>& steps, uint16_t number = 0) {
    std::vector<Step> all = {client(kOldRandom, number),
                             server_hello_step(kOldServerRandom, number),
                             chain(kFirstLeaf, static_cast<uint16_t>(number + 1)),
                             end_of(Direction::Out), end_of(Direction::In)};
    all.insert(all.end(), steps.begin(), steps.end());
    return all;
}

struct Technique {
    std::string name;
    std::string reference;
    Expected expected;
    std::function<std::vector<Step>(const Bytes& leaf)> steps;
};

const Bytes kOther(600, 0x77);  // a decoy leaf

const std::vector<Technique> kTechniques{
    {"dtls_restarted", kRestart, Blocked,
     [](const Bytes& leaf) {
         return with_handshake({client(kRandom), server_hello_step(kServerRandom), chain(leaf)});
     }},
    {"dtls_restarted_with_a_cookie", kRestart, Blocked,
     [](const Bytes& leaf) {
         return with_handshake({client(kRandom), request(), client(kRandom, 1),
                                server_hello_step(kServerRandom, 1), chain(leaf, 2)});
     }},
    {"dtls_restarted_after_the_second_hello_alone", kRestart, Blocked,
     [](const Bytes& leaf) {
         return with_handshake({client(kRandom), server_hello_step(kServerRandom), chain(leaf)}, 1);
     }},
    {"dtls_restarted_in_fragments", kRestart, Blocked,
     [](const Bytes& leaf) {
         const Bytes hello = dtls_client_hello(
             {.random = kRandom,
              .extensions = join({server_name("www.example.com"), extension(51, Bytes(99, 4))})});
         std::vector<Step> steps;
         for (const Bytes& piece : dtls_pieces(hello, 0, 60)) {
             steps.push_back({Direction::Out, piece});
         }
         steps.insert(
             steps.begin() + 1,
             message(Direction::Out, Bytes{1, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 0, Fate::Lost));
         steps.push_back(steps.front());
         steps.push_back(server_hello_step(kServerRandom));
         steps.push_back(chain(leaf));
         return with_handshake(steps);
     }},
    {"dtls_restarted_late_flight", kRestart, Blocked,
     [](const Bytes& leaf) {
         return with_handshake({client(kRandom), server_hello_step(kOldServerRandom),
                                chain(kFirstLeaf), client(kOldRandom),
                                server_hello_step(kServerRandom), chain(leaf)});
     }},
    {"dtls_restarted_late_flight_lost", kRestart, Blocked,
     [](const Bytes& leaf) {
         return with_handshake({client(kRandom), server_hello_step(kOldServerRandom, 0, Fate::Lost),
                                chain(kFirstLeaf, 1, Fate::Lost), server_hello_step(kServerRandom),
                                half(leaf, 1, true), half(leaf, 1, false)});
     }},
    {"dtls_restarted_late_flight_with_other_numbers", kRestart, Blocked,
     [](const Bytes& leaf) {
         return with_handshake(
             {client(kRandom), server_hello_step(kOldServerRandom, 1), chain(kFirstLeaf, 2),
              client(kOldRandom, 1), server_hello_step(kServerRandom), chain(leaf)},
             1);
     }},
    {"dtls_restart_forged_before_the_leaf", kInsertion, Blocked,
     [](const Bytes& leaf) {
         return std::vector<Step>{client(kOldRandom), server_hello_step(kOldServerRandom),
                                  client(kRandom, 0, Fate::Lost), chain(leaf)};
     }},
    {"dtls_restart_forged_inside_the_leaf", kInsertion, Blocked,
     [](const Bytes& leaf) {
         return std::vector<Step>{client(kOldRandom), server_hello_step(kOldServerRandom),
                                  half(leaf, 1, false), client(kRandom, 0, Fate::Lost),
                                  half(leaf, 1, true)};
     }},
    {"dtls_server_hello_before_the_client_asks", kInsertion, Blocked,
     [](const Bytes& leaf) {
         return std::vector<Step>{server_hello_step(kServerRandom, 5, Fate::Lost),
                                  client(kOldRandom), server_hello_step(kOldServerRandom),
                                  chain(leaf)};
     }},
    {"dtls_server_hello_with_another_number_lost", kInsertion, Blocked,
     [](const Bytes& leaf) {
         return std::vector<Step>{
             client(kOldRandom), server_hello_step(kServerRandom, 1, Fate::Lost),
             chain(kOther, 2, Fate::Lost), server_hello_step(kOldServerRandom), chain(leaf)};
     }},
    {"dtls_second_hello_forged", kInsertion, Stalled,
     [](const Bytes& leaf) {
         return std::vector<Step>{client(kOldRandom), client(kOldRandom, 1, Fate::Lost),
                                  server_hello_step(kOldServerRandom), chain(leaf)};
     }},
    {"dtls_retry_request_lost", kInsertion, Stalled,
     [](const Bytes& leaf) {
         return std::vector<Step>{
             client(kOldRandom),
             message(Direction::In, hello_retry_request(), 0, Fate::Lost),
             {Direction::In,
              join({server_hello_step(kOldServerRandom).datagram, chain(leaf).datagram})}};
     }},
    {"dtls_supplemental_data_lost", "RFC 4680 section 2", Stalled,
     [](const Bytes& leaf) {
         return std::vector<Step>{
             client(kOldRandom), server_hello_step(kOldServerRandom),
             message(Direction::In, handshake(23, Bytes{1, 2, 3}), 1, Fate::Lost), chain(leaf)};
     }},
    {"dtls_other_certificate_lost", kInsertion, Stalled,
     [](const Bytes& leaf) {
         return std::vector<Step>{client(kOldRandom), server_hello_step(kOldServerRandom),
                                  chain(kOther, 1, Fate::Lost), chain(leaf)};
     }},
    {"dtls_broken_certificate_lost", kInsertion, Stalled,
     [](const Bytes& leaf) {
         return std::vector<Step>{
             client(kOldRandom), server_hello_step(kOldServerRandom),
             message(Direction::In, handshake(11, Bytes{0, 0, 4, 0, 0, 2, 'a'}), 1, Fate::Lost),
             chain(leaf)};
     }},
    {"dtls_leaf_beside_a_contradiction", kInsertion, Blocked,
     [](const Bytes& leaf) {
         return std::vector<Step>{
             client(kOldRandom),
             server_hello_step(kOldServerRandom),
             {Direction::In,
              join({server_hello_step(kServerRandom).datagram, chain(leaf).datagram}), Fate::Lost},
             chain(leaf)};
     }},
    {"dtls_bad_checksum", kInsertion, Blocked,
     [](const Bytes& leaf) {
         return std::vector<Step>{client(kOldRandom),
                                  request(),
                                  client(kOldRandom, 1),
                                  server_hello_step(kServerRandom, 1, Fate::Damaged),
                                  chain(kOther, 2, Fate::Damaged),
                                  server_hello_step(kOldServerRandom, 1),
                                  chain(leaf, 2)};
     }},
};

// TakenLeaves is what the client puts together.
class TakenLeaves {
  public:
    void read(const Bytes& datagram) {
        std::size_t at = 0;
        while (at + 13 <= datagram.size()) {
            const std::size_t end = at + 13 + value(datagram, at + 11, 2);
            if (datagram[at] == 22 && value(datagram, at + 3, 2) == 0) {
                fragment(datagram, at + 13);
            }
            at = end;
        }
    }
    bool has(const Bytes& leaf) const {
        const Bytes body = certificate({leaf});
        for (const auto& [number, bytes] : messages_) {
            std::size_t same = 0;
            for (const auto& [offset, byte] : bytes) {
                same += offset + 4 < body.size() && body[offset + 4] == byte ? 1U : 0U;
            }
            if (same + 4 == body.size()) {
                return hello_;
            }
        }
        return false;
    }

  private:
    static std::size_t value(const Bytes& bytes, std::size_t at, std::size_t size) {
        std::size_t all = 0;
        for (std::size_t i = 0; i < size; ++i) {
            all = all << 8 | bytes[at + i];
        }
        return all;
    }
    void fragment(const Bytes& datagram, std::size_t at) {
        hello_ = hello_ || datagram[at] == 2;
        if (datagram[at] != 11) {
            return;
        }
        const std::size_t offset = value(datagram, at + 6, 3);
        for (std::size_t i = 0; i < value(datagram, at + 9, 3); ++i) {
            // One message for each length and number.
            messages_[value(datagram, at + 1, 5)].emplace(offset + i, datagram[at + 12 + i]);
        }
    }

    std::map<std::size_t, std::map<std::size_t, uint8_t>> messages_;
    bool hello_ = false;
};

struct Play {
    bool refused_truth = false;
    bool has_leaf = false;
    bool shown = false;
    bool blocked = false;
};

Play play(const Technique& technique, bool listed, bool ipv6, bool twice) {
    const Bytes leaf(700, 0x5c);
    const std::string_view near = ipv6 ? "2001:db8::10" : "10.0.1.10";
    const std::string_view far = ipv6 ? "2001:db8:1::1" : "192.0.2.1";
    InspectBench bench;
    if (listed) {
        bench.list_certificate(digest::Hasher().sha1(leaf));
    }
    Play result;
    TakenLeaves taken;
    const auto send = [&](const Step& step) {
        const bool out = step.direction == Direction::Out;
        const auto kind = step.fate == Fate::Damaged ? UdpChecksum::Wrong : UdpChecksum::Right;
        const Bytes frame = out ? udp_frame(near, 5000, far, 4433, step.datagram, kind)
                                : udp_frame(far, 4433, near, 5000, step.datagram, kind);
        const Verdict verdict = bench.send(frame, out ? kClientSide : kServerSide);
        if (step.fate != Fate::Arrives) {
            return;
        }
        if (verdict != Verdict::Forward) {
            result.refused_truth = true;
        } else if (!out) {
            taken.read(step.datagram);
        }
    };
    const std::vector<Step> steps = technique.steps(leaf);
    for (const Step& step : steps) {
        send(step);
        if (twice) {
            send(step);
        }
    }
    result.blocked = bench.count(Counter::SessionsBlocked) > 0;
    for (int again = 0; again < 3; ++again) {  // the server repeats its flight
        send(steps[steps.size() - 2]);
        send(steps.back());
    }
    result.has_leaf = taken.has(leaf);
    while (!bench.inspector.finish()) {
    }
    for (const auto& record : bench.records()) {
        result.shown = result.shown || record.certificate.sha1 == digest::Hasher().sha1(leaf);
    }
    return result;
}

class EvasionDatagrams : public testing::TestWithParam<Technique> {};

TEST_P(EvasionDatagrams, ShowsAndStopsTheLeaf) {
    const Technique& technique = GetParam();
    for (const bool ipv6 : {false, true}) {
        for (const bool twice : {false, true}) {
            SCOPED_TRACE(std::string(ipv6 ? "IPv6" : "IPv4") + (twice ? ", twice" : ""));
            const Play listed = play(technique, true, ipv6, twice);
            EXPECT_FALSE(listed.has_leaf) << "the client has the listed leaf";
            EXPECT_EQ(listed.blocked, technique.expected == Blocked);
            const Play twin = play(technique, false, ipv6, twice);
            EXPECT_FALSE(twin.blocked);
            EXPECT_EQ(twin.has_leaf, technique.expected == Blocked);
            EXPECT_EQ(twin.shown, technique.expected == Blocked);
            EXPECT_EQ(twin.refused_truth, technique.expected == Stalled);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, EvasionDatagrams, testing::ValuesIn(kTechniques),
                         [](const auto& played) { return played.param.name; });

}  // namespace
}  // namespace eti::test
