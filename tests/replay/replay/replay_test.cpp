// Captures made here, through the replay as the program runs it.
#include "eti/replay/replay.h"

#include "eti/base/hex.h"
#include "eti/digest/hasher.h"
#include "replay/capture.h"
#include "tests/support/packet_builder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace eti::replay {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using tls::ContentType;

const Bytes kLeaf(800, 0x42);

// Folder of one test, removed with it.
class Replay : public testing::Test {
  protected:
    Replay() {
        folder_ = fs::path(testing::TempDir()) / ("replay-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    ~Replay() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    void write_file(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }

    // A TLS 1.2 handshake, one packet a millisecond, then more packets of the same session.
    std::vector<Bytes> session() const {
        const Bytes hello = test::records(ContentType::Handshake, test::client_hello({}));
        const Bytes answer =
            test::records(ContentType::Handshake,
                          test::join({test::server_hello({}), test::certificate({kLeaf})}));
        const auto client = [](uint32_t sequence, uint32_t ack, uint8_t flags, Bytes payload) {
            return test::tcp_frame({.sequence = sequence,
                                    .acknowledgment = ack,
                                    .flags = flags,
                                    .payload = std::move(payload)});
        };
        const auto server = [](uint32_t sequence, uint32_t ack, uint8_t flags, Bytes payload) {
            return test::tcp_frame({.source = "192.0.2.1",
                                    .destination = "10.0.1.10",
                                    .source_port = 443,
                                    .destination_port = 40'000,
                                    .sequence = sequence,
                                    .acknowledgment = ack,
                                    .flags = flags,
                                    .payload = std::move(payload)});
        };
        const auto after_hello = static_cast<uint32_t>(101 + hello.size());
        return {client(100, 0, net::kSyn, {}),
                server(500, 101, net::kSyn | net::kAck, {}),
                client(101, 501, net::kAck, {}),
                client(101, 501, net::kAck, hello),
                server(501, after_hello, net::kAck, answer),
                client(after_hello, static_cast<uint32_t>(501 + answer.size()), net::kAck, {1, 2})};
    }

    void write_capture(const std::string& name, const std::vector<Bytes>& frames) const {
        CaptureWriter writer(path(name), {1}, 65'535);
        Timestamp time{std::chrono::seconds(1'700'000'000)};
        for (const Bytes& frame : frames) {
            time += std::chrono::milliseconds(1);
            writer.write({time, frame, static_cast<uint32_t>(frame.size()), 1});
        }
        writer.close();
    }

    std::vector<Bytes> read_capture(const std::string& name) const {
        CaptureReader reader(path(name));
        std::vector<Bytes> frames;
        CapturedPacket packet;
        while (reader.next(packet)) {
            frames.emplace_back(packet.bytes.begin(), packet.bytes.end());
        }
        return frames;
    }

    int replay(const std::string& capture, const std::string& blocklist = "") {
        Options options;
        options.capture = path(capture);
        if (!blocklist.empty()) {
            options.blocklists.push_back(path(blocklist));
        }
        options.records = "-";
        options.out = path("out.pcap");
        records_.str("");
        messages_.str("");
        return run(options, records_, messages_);
    }

    nlohmann::json summary() const {
        std::string last;
        std::stringstream lines(messages_.str());
        for (std::string line; std::getline(lines, line);) {
            last = line;
        }
        return nlohmann::json::parse(last);
    }

    fs::path folder_;
    std::stringstream records_;
    std::stringstream messages_;
};

TEST_F(Replay, ForwardsEverythingWhenNothingIsListed) {
    write_capture("in.pcap", session());
    ASSERT_EQ(replay("in.pcap"), 0) << messages_.str();
    EXPECT_EQ(read_capture("out.pcap"), session());
    const auto record = nlohmann::json::parse(records_.str());
    EXPECT_EQ(record["phase"], "end");
    EXPECT_EQ(record["action"], "permit");
    EXPECT_EQ(record["visibility"], "certificate");
    EXPECT_EQ(record["certificate"]["sha1"], to_hex(digest::Hasher().sha1(kLeaf)));
    EXPECT_EQ(record["tls"]["sni"], "www.example.com");
    EXPECT_EQ(record["start"], "2023-11-14T22:13:20.001000Z");
    EXPECT_EQ(summary()["forwarded"], 6);
}

TEST_F(Replay, AFullDiskIsNoSuccess) {
    if (!fs::exists("/dev/full")) {
        GTEST_SKIP() << "this system has no /dev/full";
    }
    // More than one buffer of the C library, so that the failing write is not the last one.
    write_capture("in.pcap", std::vector<Bytes>(2'000, session()[4]));
    Options options;
    options.capture = path("in.pcap");
    for (std::string Options::*file : {&Options::out, &Options::records}) {
        Options full = options;
        full.*file = "/dev/full";
        EXPECT_EQ(run(full, records_, messages_), 1);
    }
    EXPECT_NE(messages_.str().find("'/dev/full'; free space"), std::string::npos)
        << messages_.str();
}

TEST_F(Replay, TheCaptureIsNeverWrittenOver) {
    write_capture("in.pcap", session());
    for (std::string Options::*file : {&Options::out, &Options::records}) {
        Options options;
        options.capture = path("in.pcap");
        options.*file = path("./in.pcap");
        EXPECT_EQ(run(options, records_, messages_), 1);
        EXPECT_EQ(read_capture("in.pcap"), session());
    }
}

TEST_F(Replay, AFolderIsNoCertificateList) {
    write_capture("in.pcap", session());
    EXPECT_EQ(replay("in.pcap", "."), 1);
    EXPECT_NE(messages_.str().find("cannot read the certificate list"), std::string::npos)
        << messages_.str();
}

TEST_F(Replay, WithholdsAListedCertificateAndWhatFollows) {
    write_capture("in.pcap", session());
    write_file("list.csv",
               "2023-01-01 00:00:00," + to_hex(digest::Hasher().sha1(kLeaf)) + ",Test C&C\r\n");
    ASSERT_EQ(replay("in.pcap", "list.csv"), 0) << messages_.str();
    auto forwarded = session();
    forwarded.resize(4);
    EXPECT_EQ(read_capture("out.pcap"), forwarded);
    const auto record = nlohmann::json::parse(records_.str());
    EXPECT_EQ(record["action"], "block");
    EXPECT_EQ(record["reason"], "certificate-blocklist");
    EXPECT_EQ(record["feed"], "cc_cert_sha1");
    EXPECT_EQ(summary()["withheld"], 2);
    EXPECT_EQ(summary()["blocked"], 1);
}

TEST_F(Replay, SaysWhatItCannotRead) {
    struct Case {
        const char* why;
        std::string content;
    };
    for (const Case& c : {Case{"empty", ""}, Case{"no capture", "hello, world, this is text"}}) {
        write_file("in.pcap", c.content);
        EXPECT_EQ(replay("in.pcap"), 1) << c.why;
        EXPECT_NE(messages_.str().find("in.pcap"), std::string::npos) << c.why;
    }
    EXPECT_EQ(replay("missing.pcap"), 1);
    write_capture("in.pcap", session());
    EXPECT_EQ(replay("in.pcap", "missing.csv"), 1);
    EXPECT_NE(messages_.str().find("missing.csv"), std::string::npos);
}

TEST_F(Replay, ATornCaptureGivesWhatItHolds) {
    write_capture("in.pcap", session());
    fs::resize_file(path("in.pcap"), fs::file_size(path("in.pcap")) - 5);
    ASSERT_EQ(replay("in.pcap"), 0);
    EXPECT_EQ(summary()["packets"], 5);
    EXPECT_NE(messages_.str().find("ends early"), std::string::npos);
}

}  // namespace
}  // namespace eti::replay
