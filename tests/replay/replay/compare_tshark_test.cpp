// scripts/compare-tshark over a capture made here: it agrees with what we say, and notices a lie.
#include "eti/replay/replay.h"
#include "replay/capture.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/packet_builder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace eti::replay {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using tls::ContentType;

// Conversation writes both directions of a TCP connection with its numbers right.
class Conversation {
  public:
    Conversation(uint16_t client_port, std::vector<Bytes>& frames)
        : client_port_(client_port), frames_(frames) {
        add(true, net::kSyn, {});
        add(false, net::kSyn | net::kAck, {});
        add(true, net::kAck, {});
    }

    void client(const Bytes& bytes) { say(true, bytes); }
    void server(const Bytes& bytes) { say(false, bytes); }

  private:
    void say(bool client, const Bytes& bytes) {
        constexpr std::size_t kSegment = 500;
        for (std::size_t at = 0; at < bytes.size(); at += kSegment) {
            const std::size_t end = std::min(at + kSegment, bytes.size());
            add(client, net::kAck | net::kPsh,
                Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                      bytes.begin() + static_cast<std::ptrdiff_t>(end)));
        }
    }

    void add(bool client, uint8_t flags, const Bytes& payload) {
        uint32_t& mine = client ? client_next_ : server_next_;
        const uint32_t yours = client ? server_next_ : client_next_;
        test::TcpSpec spec{.sequence = mine,
                           .acknowledgment = (flags & net::kAck) != 0 ? yours : 0,
                           .flags = flags,
                           .payload = payload};
        spec.source_port = client_port_;
        if (!client) {
            std::swap(spec.source, spec.destination);
            std::swap(spec.source_port, spec.destination_port);
        }
        frames_.push_back(test::tcp_frame(spec));
        mine += static_cast<uint32_t>(payload.size()) + ((flags & net::kSyn) != 0 ? 1U : 0U);
    }

    uint16_t client_port_;
    std::vector<Bytes>& frames_;
    uint32_t client_next_ = 0xfffffff0;  // the numbers wrap inside the hello
    uint32_t server_next_ = 5000;
};

Bytes hello_of(std::string_view name) {
    return test::client_hello(
        {.extensions = test::join({test::server_name(name), test::supported_groups({29, 23}),
                                   test::point_formats({0}), test::alpn({"h2", "http/1.1"}),
                                   test::supported_versions({0x0304, 0x0303})})});
}

std::vector<Bytes> sessions() {
    const auto issuer = test::CertificateBuilder().subject("CN", "issuer").authority();
    const auto authority = issuer.self_signed();
    const auto leaf =
        test::CertificateBuilder().subject("CN", "www.example.com").signed_by(authority);
    std::vector<Bytes> frames;
    Conversation with_certificate(40'001, frames);
    with_certificate.client(test::records(ContentType::Handshake, hello_of("www.example.com")));
    with_certificate.server(test::records(
        ContentType::Handshake,
        test::join({test::server_hello({.extensions = test::alpn({"h2"})}),
                    test::certificate({leaf.der, authority.der}), test::server_hello_done()}),
        300));
    Conversation hidden(40'002, frames);
    hidden.client(test::records(ContentType::Handshake, hello_of("hidden.example.com")));
    hidden.server(test::join({test::records(ContentType::Handshake, test::server_hello13()),
                              test::change_cipher_spec(),
                              test::record(ContentType::ApplicationData, Bytes(700, 0x5a))}));
    Conversation old(40'003, frames);
    old.client(test::ssl2_client_hello());
    old.server(
        test::records(ContentType::Handshake,
                      test::join({test::server_hello({.version = 0x0301, .extension_block = false}),
                                  test::certificate({leaf.der}), test::server_hello_done()}),
                      1 << 14, 0x0301));
    return frames;
}

class CompareTshark : public testing::Test {
  protected:
    void SetUp() override {
        if (std::system("command -v tshark >/dev/null") != 0) {
            GTEST_SKIP() << "tshark is not installed: scripts/dependencies compare";
        }
        folder_ = fs::path(testing::TempDir()) / ("compare-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
        write_capture();
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    void write_capture() {
        CaptureWriter writer(path("in.pcap"), {1}, 65'535);
        Timestamp time{std::chrono::seconds(1'700'000'000)};
        for (const Bytes& frame : sessions()) {
            time += std::chrono::milliseconds(1);
            writer.write({time, frame, static_cast<uint32_t>(frame.size())});
        }
        writer.close();
    }

    std::string records() const {
        Options options;
        options.capture = path("in.pcap");
        options.records = "-";
        std::stringstream records;
        std::stringstream messages;
        EXPECT_EQ(run(options, records, messages), 0) << messages.str();
        return records.str();
    }

    // compare runs the script with these records for ours; returns its exit status.
    int compare(const std::string& records) {
        std::ofstream(path("records")) << records;
        const std::string command = std::string(ETI_SOURCE_DIR) +
                                    "/scripts/compare-tshark --records " + path("records") + " " +
                                    path("in.pcap") + " 2>&1";
        FILE* pipe = ::popen(command.c_str(), "r");
        output_.clear();
        for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe)) {
            output_.push_back(static_cast<char>(byte));
        }
        const int status = ::pclose(pipe);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    fs::path folder_;
    std::string output_;
};

TEST_F(CompareTshark, AgreesWithOurRecords) {
    EXPECT_EQ(compare(records()), 0) << output_;
    EXPECT_NE(output_.find("3 known to both, 0 only to us, 0 only to tshark"), std::string::npos)
        << output_;
}

TEST_F(CompareTshark, NoticesADoctoredRecord) {
    const std::string ours = records();
    const struct {
        const char* why;
        const char* what;
        const char* by;
        const char* said;
    } cases[] = {
        {"another name", "www.example.com", "www.example.org", "sni: differ"},
        {"another leaf", "\"certificate\":{\"sha1\":\"", "\"certificate\":{\"sha1\":\"0",
         "leaf: differ"},
        {"another version", "TLS 1.2", "TLS 1.1", "version: differ"},
        {"no fingerprint", "\"ja3\"", "\"no\"", "ja3: only tshark's"},
        {"an ALPN name invented", "\"alpn_offered\":[", "\"alpn_offered\":[\"x\",",
         "alpn_offered: differ"},
        {"another connection", "\"port\":40001", "\"port\":40009", "protocol: only ours"},
    };
    for (const auto& doctored : cases) {
        SCOPED_TRACE(doctored.why);
        std::string records = ours;
        const auto at = records.find(doctored.what);
        ASSERT_NE(at, std::string::npos);
        records.replace(at, std::string_view(doctored.what).size(), doctored.by);
        EXPECT_EQ(compare(records), 1) << output_;
        EXPECT_NE(output_.find(doctored.said), std::string::npos) << output_;
        EXPECT_NE(output_.find("UNEXPLAINED"), std::string::npos) << output_;
    }
}

}  // namespace
}  // namespace eti::replay
