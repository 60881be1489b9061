// A TLS handshake in every link type and encapsulation, through the replay as the program runs it.
#include "eti/base/hex.h"
#include "eti/digest/hasher.h"
#include "eti/replay/replay.h"
#include "replay/capture.h"
#include "replay/pcapng_block.h"
#include "tests/support/encapsulation_builder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace eti::replay {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using test::Bytes;
using tls::ContentType;

const Bytes kLeaf(800, 0x42);
constexpr Timestamp kStart{seconds(1'700'000'000)};

struct Frame {
    Bytes bytes;
    uint32_t link_type = 1;
    uint32_t missing = 0;
    Timestamp time{};
};

struct Step {
    Bytes ip;
    bool from_server;
};

// The IP packets of a TLS 1.2 handshake.
std::vector<Step> handshake(bool v6) {
    const char* client = v6 ? "fd00::10" : "10.0.1.10";
    const char* server = v6 ? "2001:db8::1" : "192.0.2.1";
    const Bytes hello = test::records(ContentType::Handshake, test::client_hello({}));
    const Bytes answer = test::records(
        ContentType::Handshake, test::join({test::server_hello({}), test::certificate({kLeaf})}));
    const auto packet = [&](bool from_server, uint32_t sequence, uint32_t ack, uint8_t flags,
                            const Bytes& payload) {
        return Step{test::without_ethernet(test::tcp_frame(
                        {.source = from_server ? server : client,
                         .destination = from_server ? client : server,
                         .source_port = static_cast<uint16_t>(from_server ? 443 : 40'000),
                         .destination_port = static_cast<uint16_t>(from_server ? 40'000 : 443),
                         .sequence = sequence,
                         .acknowledgment = ack,
                         .flags = flags,
                         .payload = payload})),
                    from_server};
    };
    const auto after_hello = static_cast<uint32_t>(101 + hello.size());
    return {packet(false, 100, 0, net::kSyn, {}), packet(true, 500, 101, net::kSyn | net::kAck, {}),
            packet(false, 101, 501, net::kAck, {}), packet(false, 101, 501, net::kAck, hello),
            packet(true, 501, after_hello, net::kAck, answer)};
}

class LinkTypes : public testing::Test {
  protected:
    LinkTypes() {
        folder_ = fs::path(testing::TempDir()) / ("links-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    ~LinkTypes() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    // write_capture announces all link types of the frames; several make a pcapng.
    void write_capture(const std::vector<Frame>& frames) const {
        std::vector<uint32_t> links;
        for (const Frame& frame : frames) {
            if (std::find(links.begin(), links.end(), frame.link_type) == links.end()) {
                links.push_back(frame.link_type);
            }
        }
        CaptureWriter writer(path("in.pcap"), links, 65'535);
        for (const Frame& f : frames) {
            writer.write(
                {f.time, f.bytes, static_cast<uint32_t>(f.bytes.size()) + f.missing, f.link_type});
        }
        writer.close();
    }
    void write_bytes(const Bytes& bytes) const {
        std::ofstream(path("in.pcap"), std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }

    static std::vector<Frame> read_capture(const std::string& file, std::string* error = nullptr) {
        CaptureReader reader(file);
        std::vector<Frame> frames;
        CapturedPacket p;
        while (reader.next(p)) {
            const auto size = static_cast<uint32_t>(p.bytes.size());
            frames.push_back({Bytes(p.bytes.begin(), p.bytes.end()), p.link_type,
                              p.original_size - size, p.time});
        }
        if (error != nullptr) {
            *error = reader.error();
        }
        return frames;
    }

    // replayed_leaf is the SHA-1 of the only record's certificate.
    std::string replayed_leaf() {
        Options options;
        options.capture = path("in.pcap");
        options.records = "-";
        options.out = path("out.pcap");
        std::stringstream records;
        messages_.str("");
        EXPECT_EQ(run(options, records, messages_), 0) << messages_.str();
        std::string line;
        if (!std::getline(records, line)) {
            return "no record";
        }
        const auto record = nlohmann::json::parse(line);
        EXPECT_FALSE(std::getline(records, line)) << "a second record";
        EXPECT_EQ(record["client"]["port"], 40'000);
        return record.contains("certificate") ? record["certificate"]["sha1"]
                                              : record["visibility"];
    }

    void expect_same(const std::vector<Frame>& expected, const std::vector<Frame>& got) {
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
            EXPECT_EQ(got[i].bytes, expected[i].bytes) << i;
            EXPECT_EQ(got[i].link_type, expected[i].link_type) << i;
            EXPECT_EQ(got[i].missing, expected[i].missing) << i;
            EXPECT_EQ(got[i].time, expected[i].time) << i;
        }
    }

    fs::path folder_;
    std::stringstream messages_;
    const std::string leaf_ = to_hex(digest::Hasher().sha1(kLeaf));
};

TEST_F(LinkTypes, TheCertificateIsFoundInEachAndTheOutputKeepsIt) {
    for (const test::CaptureLink& link : test::capture_links()) {
        if (link.link_type == 14) {
            continue;  // a number of OpenBSD's own that libpcap does not write
        }
        for (const bool v6 : {false, true}) {
            SCOPED_TRACE(link.why + (v6 ? ", IPv6" : ", IPv4"));
            std::vector<Frame> frames;
            for (const Step& step : handshake(v6)) {
                const auto at = kStart + milliseconds(frames.size()) + nanoseconds(7);
                frames.push_back({link.frame(step.ip), link.link_type, 0, at});
            }
            write_capture(frames);
            EXPECT_EQ(replayed_leaf(), leaf_);
            expect_same(frames, read_capture(path("out.pcap")));
        }
    }
}

TEST_F(LinkTypes, RawIpOfOpenBsdIsWrittenAsEverybodyElseNumbersIt) {
    std::vector<Frame> frames;
    for (const Step& step : handshake(false)) {
        frames.push_back({step.ip, 12, 0, kStart});
    }
    write_capture(frames);
    std::fstream file(path("in.pcap"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20).put(14);
    file.close();
    EXPECT_EQ(replayed_leaf(), leaf_);
    expect_same(frames, read_capture(path("out.pcap")));
}

TEST_F(LinkTypes, TheCertificateIsFoundInEveryEncapsulation) {
    for (const test::Encapsulation& e : test::encapsulations()) {
        SCOPED_TRACE(e.why);
        std::vector<Frame> frames;
        for (const Step& step : handshake(e.v6_only)) {
            const auto at = kStart + milliseconds(frames.size());
            frames.push_back({e.frame(step.ip, step.from_server), 1, 0, at});
        }
        write_capture(frames);
        EXPECT_EQ(replayed_leaf(), leaf_);
        expect_same(frames, read_capture(path("out.pcap")));
    }
}

TEST_F(LinkTypes, InterfacesOfDifferentTypesShareOneFile) {
    // The client's packets were captured on another interface than the server's.
    std::vector<Frame> frames;
    for (const Step& step : handshake(false)) {
        const auto& link = test::capture_links()[step.from_server ? 1 : 6];
        frames.push_back({link.frame(step.ip), link.link_type, 0,
                          kStart + milliseconds(frames.size()) + nanoseconds(123)});
    }
    write_capture(frames);
    expect_same(frames, read_capture(path("in.pcap")));
    EXPECT_EQ(replayed_leaf(), leaf_);
    expect_same(frames, read_capture(path("out.pcap")));
}

TEST_F(LinkTypes, UnknownOnesAreForwardedAndCounted) {
    std::vector<Frame> frames;
    for (const Step& step : handshake(false)) {
        frames.push_back({step.ip, 147, 0, kStart});
    }
    write_capture(frames);
    EXPECT_EQ(replayed_leaf(), "no record");
    expect_same(frames, read_capture(path("out.pcap")));
    EXPECT_NE(messages_.str().find("\"not-ip\":5"), std::string::npos) << messages_.str();
}

TEST_F(LinkTypes, CutPacketsStillShowWhatTheyHold) {
    std::vector<Frame> frames;
    for (const Step& step : handshake(false)) {
        Bytes bytes = test::ethernet_frame(step.ip);
        const std::size_t kept = std::min<std::size_t>(bytes.size(), 200);
        const auto missing = static_cast<uint32_t>(bytes.size() - kept);
        bytes.resize(kept);
        frames.push_back({bytes, 1, missing, kStart});
    }
    ASSERT_NE(frames.back().missing, 0U);
    write_capture(frames);
    const std::string answer = replayed_leaf();
    EXPECT_NE(answer, "no record") << "the client's hello was whole";
    EXPECT_NE(answer, leaf_);
    EXPECT_EQ(messages_.str().find("malformed"), std::string::npos) << messages_.str();
    expect_same(frames, read_capture(path("out.pcap")));
}

// A pcapng by hand, in either byte order.
class Blocks {
  public:
    explicit Blocks(bool little_endian) : little_endian_(little_endian) {
        add(kSectionHeader, test::join({n(0x1a2b3c4d, 4), n(1, 2), n(0, 2), Bytes(8, 0xff)}));
    }
    Bytes n(std::size_t value, unsigned bytes) const {
        Bytes out = test::number(value, bytes);
        if (little_endian_) {
            std::reverse(out.begin(), out.end());
        }
        return out;
    }
    void add(uint32_t type, Bytes body) {
        body.resize((body.size() + 3) / 4 * 4);
        const Bytes length = n(12 + body.size(), 4);
        all = test::join({all, n(type, 4), length, body, length});
    }
    void add_interface(uint16_t link_type, uint32_t snap_length, const Bytes& options = {}) {
        add(kInterface, test::join({n(link_type, 2), n(0, 2), n(snap_length, 4), options}));
    }
    void add_packet(uint32_t interface, uint64_t time, const Bytes& bytes) {
        add(kEnhancedPacket, test::join({n(interface, 4), n(time >> 32, 4), n(time & 0xffffffff, 4),
                                         n(bytes.size(), 4), n(bytes.size(), 4), bytes}));
    }

    Bytes all;

  private:
    bool little_endian_;
};

TEST_F(LinkTypes, EveryKindOfPacketBlockIsReadInBothByteOrders) {
    for (const bool little_endian : {false, true}) {
        SCOPED_TRACE(little_endian);
        Blocks blocks(little_endian);
        const Bytes raw = handshake(false)[3].ip;
        const Bytes nanoseconds_option =
            test::join({blocks.n(9, 2), blocks.n(1, 2), {9, 0, 0, 0}, blocks.n(0, 4)});
        const Bytes binary_option = test::join({blocks.n(9, 2),
                                                blocks.n(1, 2),
                                                {0x8a, 0, 0, 0},
                                                blocks.n(14, 2),
                                                blocks.n(8, 2),
                                                blocks.n(5, 8)});
        blocks.add_interface(101, 0);
        blocks.add_interface(1, 64, nanoseconds_option);
        blocks.add_interface(101, 0, binary_option);
        blocks.add(0x0bad, {1, 2, 3});        // of no known type
        blocks.add(4, Bytes(32, 0));          // names
        blocks.add(kEnhancedPacket + 4, {});  // secrets, empty
        blocks.add_packet(0, 1'000'001, raw);
        blocks.add_packet(1, 2'000'000'003, {1, 2, 3});
        blocks.add_packet(2, 3 * 1024 + 512, raw);
        blocks.add(kOldPacket, test::join({blocks.n(1, 2),
                                           blocks.n(0, 2),
                                           blocks.n(0, 4),
                                           blocks.n(9, 4),
                                           blocks.n(2, 4),
                                           blocks.n(7, 4),
                                           {8, 9}}));
        blocks.add(kSimplePacket, test::join({blocks.n(raw.size(), 4), raw}));
        Blocks second(!little_endian);  // another section, in the other order
        second.add_interface(113, 0);
        second.add_packet(0, 9'000'000, {5});
        write_bytes(test::join({blocks.all, second.all}));

        std::string error;
        const std::vector<Frame> got = read_capture(path("in.pcap"), &error);
        EXPECT_EQ(error, "");
        const Timestamp epoch{};
        expect_same({{raw, 12, 0, epoch + milliseconds(1000) + nanoseconds(1000)},
                     {{1, 2, 3}, 1, 0, epoch + seconds(2) + nanoseconds(3)},
                     {raw, 12, 0, epoch + milliseconds(8500)},
                     {{8, 9}, 1, 5, epoch + nanoseconds(9)},
                     {raw, 12, 0, epoch + nanoseconds(9)},
                     {{5}, 113, 0, epoch + seconds(9)}},
                    got);
    }
}

TEST_F(LinkTypes, ATornFileGivesWhatItHoldsAndSaysSo) {
    Blocks blocks(true);
    blocks.add_interface(101, 0);
    const Bytes ip = handshake(false)[3].ip;
    const std::size_t before = blocks.all.size();
    blocks.add_packet(0, 1, ip);
    const std::size_t between = blocks.all.size();
    blocks.add_packet(0, 2, ip);
    for (std::size_t size = before; size <= blocks.all.size(); ++size) {
        write_bytes({blocks.all.begin(), blocks.all.begin() + static_cast<std::ptrdiff_t>(size)});
        std::string error;
        const auto got = read_capture(path("in.pcap"), &error);
        const bool whole = size == before || size == between || size == blocks.all.size();
        EXPECT_EQ(got.size(), size == blocks.all.size() ? 2U : size >= between ? 1U : 0U) << size;
        EXPECT_EQ(error.find("ends early") != std::string::npos, !whole) << size << error;
    }
}

TEST_F(LinkTypes, ContradictionsInAFileEndItWithASentence) {
    struct Case {
        const char* why;
        std::function<void(Blocks&)> add;
    };
    const Case cases[] = {
        {"a packet of an interface that is not described",
         [](Blocks& b) { b.add_packet(3, 0, {1}); }},
        {"more captured bytes than the block has",
         [](Blocks& b) {
             b.add(kEnhancedPacket, test::join({b.n(0, 4), b.n(0, 8), b.n(9, 4), b.n(9, 4), {1}}));
         }},
        {"a block without room for its own length",
         [](Blocks& b) {
             b.all = test::join({b.all, b.n(6, 4), b.n(8, 4), Bytes(8, 0)});
         }},
        {"a block of 4 GiB",
         [](Blocks& b) {
             b.all = test::join({b.all, b.n(6, 4), b.n(0xfffffffc, 4), Bytes(8, 0)});
         }},
        {"a section without byte order",
         [](Blocks& b) {
             b.all = test::join({b.all, b.n(kSectionHeader, 4), Bytes(24, 1)});
         }},
    };
    for (const Case& c : cases) {
        Blocks blocks(false);
        blocks.add_interface(1, 0);
        blocks.add_packet(0, 5, {1});
        c.add(blocks);
        blocks.add_packet(0, 6, {2});
        write_bytes(blocks.all);
        std::string error;
        EXPECT_EQ(read_capture(path("in.pcap"), &error).size(), 1U) << c.why;
        EXPECT_NE(error.find("ends early"), std::string::npos) << c.why;
    }
}

TEST(TimeOf, KeepsWithinWhatCanBeSaid) {
    struct Case {
        const char* why;
        uint64_t units;
        uint8_t resolution;
        int64_t offset;
        nanoseconds expected;
    };
    const Case cases[] = {
        {"microseconds", 1'000'001, 6, 0, seconds(1) + nanoseconds(1000)},
        {"picoseconds", 1'500, 12, 0, nanoseconds(1)},
        {"seconds", 7, 0, 0, seconds(7)},
        {"powers of two", (3ULL << 32) + (1ULL << 31), 0x80 | 32, 0,
         seconds(3) + milliseconds(500)},
        {"2^-64", 1ULL << 63, 0x80 | 64, 0, milliseconds(500)},
        {"an offset into the past", 10'000'000, 6, -3, seconds(7)},
        {"the far future", ~0ULL, 0, 0, seconds(9'000'000'000)},
        {"the farther future", ~0ULL, 0, INT64_MAX, seconds(9'000'000'000)},
        {"the far past", 0, 6, INT64_MIN, seconds(-9'000'000'000)},
        {"an impossible resolution", 5, 0x7f, 0, nanoseconds(0)},
        {"an impossible power", 5, 0xff, 0, nanoseconds(0)},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(time_of(c.units, {1, 0, c.resolution, c.offset}).time_since_epoch(), c.expected)
            << c.why;
    }
}

}  // namespace
}  // namespace eti::replay
