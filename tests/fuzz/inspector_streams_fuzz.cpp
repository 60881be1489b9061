// One TCP connection through the whole core: tests/support/stream_script.h describes the input.
// However the same two streams are cut, ordered, repeated, encapsulated and fragmented, and
// whatever is thrown in that endpoints ignore, the record says the same. When the certificate it
// shows is listed, the connection is cut before the leaf has reached the client. One connection
// takes no more memory than the limits allow, and gives all of it back.
#include "eti/base/digest_types.h"
#include "tests/support/record_facts.h"
#include "tests/support/watched_connection.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace eti;
using test::StreamCase;
using test::WatchedConnection;

test::InspectBench& bench() {
    static test::InspectBench instance(test::fuzz_options());
    return instance;
}

struct Seen {
    std::vector<metadata::Record> records;
    std::string handshake;
    std::string facts;     // that, and the records
    bool not_tls = false;  // the flow was given up as no TLS, at least for a while
};

uint64_t not_tls_before = 0;

void check_memory() {
    const inspect::Usage usage = bench().inspector.usage();
    const inspect::Options options = test::fuzz_options();
    ETI_CHECK(usage.flows <= 1 && usage.sessions <= 1);
    ETI_CHECK(usage.segment_blocks <= 2 * options.out_of_order_segments_per_direction);
    ETI_CHECK(usage.assembly_buffers <= 4);
    ETI_CHECK(usage.hash_states <= 1 && usage.certificate_buffers <= 1);
}

Seen finish() {
    check_memory();
    Seen seen;
    ETI_CHECK(bench().inspector.finish());
    seen.records = bench().records();
    for (const metadata::Record& record : seen.records) {
        if (record.phase == metadata::Phase::End) {
            seen.handshake += test::handshake_facts(record);
            seen.facts += test::facts_of(record);
        }
    }
    const uint64_t not_tls = bench().count(inspect::Counter::NotTls);
    seen.not_tls = not_tls != std::exchange(not_tls_before, not_tls);
    test::finish_all(bench());
    return seen;
}

Seen play_plainly(const StreamCase& made) {
    WatchedConnection connection(bench(), made);
    connection.play_plainly();
    return finish();
}

// The list holds the leaf: it must not arrive, but everything before it may.
void check_blocked(const StreamCase& made, const Sha1Digest& leaf) {
    bench().list_certificate(leaf);
    WatchedConnection connection(bench(), made);
    connection.play_script();
    const Seen seen = finish();
    bench().tables.blocklist.publish(std::make_shared<intel::Sha1Blocklist>());
    bench().domain.reclaim();
    ETI_CHECK(connection.blocked());
    ETI_CHECK(!seen.records.empty());
    const metadata::Record& record = seen.records.back();
    ETI_CHECK(record.action == metadata::Action::Block);
    ETI_CHECK(record.certificate.seen && record.certificate.sha1 == leaf);
    StreamCase arrived = made;
    arrived.turns = connection.received();
    for (const metadata::Record& other : play_plainly(arrived).records) {
        ETI_CHECK(!other.certificate.seen);
    }
}

// turns_roles: the end that opened the connection answers like a server. The core sees that in a
// first segment of six bytes and more only, so there the cut matters.
bool turns_roles(const StreamCase& made) {
    for (const test::Turn& turn : made.turns) {
        if (!turn.bytes.empty()) {
            const uint8_t expected = turn.direction == Direction::Out ? 1 : 2;
            return turn.bytes.size() >= 6 && turn.bytes[0] == 22 && turn.bytes[1] == 3 &&
                   turn.bytes[5] != expected;
        }
    }
    return false;
}

// A flow that was no TLS is heard again, as a guess: which bytes come first matters then. Once the
// verdict is fixed, records are described without looking for decoys.
void check_same(const Seen& plain, const Seen& scripted, bool decoyed) {
    ETI_CHECK(plain.not_tls == scripted.not_tls);
    const bool same = plain.not_tls || (plain.handshake == scripted.handshake &&
                                        (decoyed || plain.facts == scripted.facts));
    if (!same) {
        std::fprintf(stderr, "plainly:\n%s\nby the script:\n%s\n", plain.facts.c_str(),
                     scripted.facts.c_str());
    }
    ETI_CHECK(same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    StreamCase made;
    if (!test::read_stream_case({data, size}, made)) {
        return 0;
    }
    const Seen plain = play_plainly(made);
    WatchedConnection connection(bench(), made);
    connection.play_script();
    const Seen scripted = finish();
    ETI_CHECK(!connection.blocked());
    if (turns_roles(made)) {
        return 0;
    }
    check_same(plain, scripted, connection.decoyed());
    if (!plain.not_tls && !plain.records.empty() && plain.records.back().certificate.seen) {
        check_blocked(made, plain.records.back().certificate.sha1);
    }
    return 0;
}
