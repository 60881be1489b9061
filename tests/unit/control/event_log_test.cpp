#include "control/event_log.h"

#include "tests/unit/control/fake_dataplane.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace eti::control {
namespace {

class UdpReceiver {
  public:
    UdpReceiver() : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        port_ = ntohs(address.sin_port);
    }
    ~UdpReceiver() { ::close(fd_); }

    config::LogStream stream(const std::string& category) const {
        return {"siem", category, "127.0.0.1", port_, config::LogTransport::Udp};
    }
    // Loopback delivers within send, so what was sent is there already.
    std::string take() {
        char buffer[4096];
        const ssize_t size = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
        return size < 0 ? std::string("nothing")
                        : std::string(buffer, static_cast<std::size_t>(size));
    }

  private:
    int fd_;
    uint16_t port_ = 0;
};

policy::Policy policy_with(std::optional<policy::Decision> certificates, bool log,
                           bool log_detections) {
    policy::ZonePair pair;
    pair.from = "trust";
    pair.to = "untrust";
    pair.streaming = policy::MetadataStreaming{"P", log, log_detections};
    policy::Rule rule;
    rule.name = "web";
    if (certificates) {
        policy::Profile profile;
        profile.name = "cc-profile";
        profile.default_decision = *certificates;
        rule.certificates = profile;
    }
    pair.rules.push_back(rule);
    return policy::Policy({pair});
}

metadata::Record hit(uint64_t id, metadata::Action action) {
    metadata::Record record = example_record(id);
    record.phase = metadata::Phase::Handshake;
    record.reason = metadata::Reason::CertificateBlocklist;
    record.action = action;
    record.threat_level = 10;
    record.feed.assign("cc_cert_sha1");
    record.client_hello.sni.assign("a\"b\\c]d.example");
    return record;
}

const metadata::SensorIdentity kSensor{"eti1", "b007"};

TEST(EventLog, CertificateHitIsTheVendorsActionLog) {
    UdpReceiver receiver;
    EventLoop loop(std::chrono::milliseconds(10));
    LogSender sender({receiver.stream("secintel")}, loop);
    EventLog log(sender, kSensor);
    log.on_record(hit(7, metadata::Action::Block), policy_with(std::nullopt, false, false),
                  at_second(0));
    EXPECT_EQ(
        receiver.take(),
        "<14>1 2026-11-24T04:26:14.000Z eti1 RT_SECINTEL - SECINTEL_ACTION_LOG "
        "[junos@2636.1.1.1.2.129 category=\"secintel\" sub-category=\"CC\" action=\"BLOCK\" "
        "action-detail=\"CLOSE\" http-host=\"a\\\"b\\\\c\\]d.example\" threat-severity=\"10\" "
        "source-address=\"10.0.1.10\" source-port=\"36612\" destination-address=\"203.0.113.5\" "
        "destination-port=\"443\" protocol-id=\"6\" application=\"SSL\" "
        "nested-application=\"N/A\" feed-name=\"cc_cert_sha1\" policy-name=\"web\" "
        "profile-name=\"N/A\" username=\"N/A\" roles=\"N/A\" session-id-32=\"7\" "
        "source-zone-name=\"trust\" destination-zone-name=\"untrust\" occur-count=\"0\"]");
    EXPECT_EQ(sender.status().front().sent, 1U);
}

TEST(EventLog, OneSessionIsLoggedAndCountedOnce) {
    UdpReceiver receiver;
    EventLoop loop(std::chrono::milliseconds(10));
    LogSender sender({receiver.stream("secintel")}, loop);
    EventLog log(sender, kSensor);
    metadata::Record record = hit(7, metadata::Action::Block);
    const auto policy = policy_with(std::nullopt, false, false);
    log.on_record(record, policy, at_second(0));
    record.phase = metadata::Phase::End;
    log.on_record(record, policy, at_second(1));
    EXPECT_NE(receiver.take(), "nothing");
    EXPECT_EQ(receiver.take(), "nothing");
    ASSERT_EQ(log.profiles().size(), 1U);
    EXPECT_EQ(log.profiles().front().closed, 1U);
}

TEST(EventLog, ProfileDecidesWhetherAHitIsLoggedAndHowItIsCalled) {
    struct Case {
        const char* why;
        policy::Decision decision;
        metadata::Action action;
        const char* expected;  // empty: nothing is sent
    };
    const Case cases[] = {
        {"drop with log",
         {policy::Enforcement::BlockDrop, true},
         metadata::Action::Block,
         "action=\"BLOCK\" action-detail=\"DROP\""},
        {"permit with log",
         {policy::Enforcement::Permit, true},
         metadata::Action::Permit,
         "action=\"PERMIT\" action-detail=\"N/A\""},
        {"close without log",
         {policy::Enforcement::BlockClose, false},
         metadata::Action::Block,
         ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        UdpReceiver receiver;
        EventLoop loop(std::chrono::milliseconds(10));
        LogSender sender({receiver.stream("all")}, loop);
        EventLog log(sender, kSensor);
        log.on_record(hit(1, c.action), policy_with(c.decision, false, false), at_second(0));
        const std::string message = receiver.take();
        if (*c.expected == '\0') {
            EXPECT_EQ(message, "nothing");
        } else {
            EXPECT_NE(message.find(c.expected), std::string::npos) << message;
            EXPECT_NE(message.find("profile-name=\"cc-profile\""), std::string::npos) << message;
        }
    }
}

TEST(EventLog, SessionLogFollowsTheStreamingPolicy) {
    struct Case {
        const char* why;
        bool log;
        bool log_detections;
        bool detected;
        bool expected;
    };
    const Case cases[] = {
        {"log: every session", true, false, false, true},
        {"log-detections: a clean session", false, true, false, false},
        {"log-detections: a detected one", false, true, true, true},
        {"no notification", false, false, true, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        UdpReceiver receiver;
        EventLoop loop(std::chrono::milliseconds(10));
        LogSender sender({receiver.stream("eti")}, loop);
        EventLog log(sender, kSensor);
        metadata::Record record = c.detected ? hit(3, metadata::Action::Block) : example_record(3);
        record.phase = metadata::Phase::End;
        log.on_record(record, policy_with(std::nullopt, c.log, c.log_detections), at_second(0));
        const std::string message = receiver.take();
        EXPECT_EQ(message.find("RT_ETI - ETI_SESSION_LOG [junos@2636.1.1.1.2.129 session-id=") !=
                      std::string::npos,
                  c.expected)
            << message;
    }
}

TEST(EventLog, InfectedHostIsTheVendorsEventLog) {
    UdpReceiver receiver;
    EventLoop loop(std::chrono::milliseconds(10));
    LogSender sender({receiver.stream("aamw")}, loop);
    EventLog log(sender, kSensor);
    const intel::InfectedHost host{
        net::IpAddress::v4(10, 0, 1, 10), 10, "certificate-blocklist: Dridex C&C", {}, {}};
    log.on_infected_host(host, EventLog::HostChange::Added, "default", at_second(0));
    EXPECT_EQ(receiver.take(),
              "<11>1 2026-11-24T04:26:14.000Z eti1 RT_AAMW - AAMW_HOST_INFECTED_EVENT_LOG "
              "[junos@2636.1.1.1.2.129 timestamp=\"Tue Nov 24 04:26:14 2026\" "
              "tenant-id=\"default\" client-ip=\"10.0.1.10\" hostname=\"N/A\" "
              "status=\"in_progress\" policy-name=\"default\" th=\"10\" state=\"added\" "
              "reason=\"certificate-blocklist: Dridex C&C\" message=\"host listed at threat level "
              "10: certificate-blocklist: Dridex C&C\"]");
    log.on_infected_host(host, EventLog::HostChange::Removed, "default", at_second(1));
    EXPECT_NE(receiver.take().find("state=\"removed\""), std::string::npos);
}

TEST(EventLog, CategoryFilterKeepsOtherEventsOut) {
    UdpReceiver receiver;
    EventLoop loop(std::chrono::milliseconds(10));
    LogSender sender({receiver.stream("aamw")}, loop);
    EventLog log(sender, kSensor);
    log.on_record(hit(1, metadata::Action::Block), policy_with(std::nullopt, true, false),
                  at_second(0));
    EXPECT_EQ(receiver.take(), "nothing");
}

TEST(Syslog, ValuesAreEscapedAndUnprintableBytesReplaced) {
    struct Case {
        const char* why;
        std::string value;
        std::string expected;
    };
    const Case cases[] = {
        {"empty is N/A", "", "N/A"},
        {"quote, backslash, bracket", "\"\\]", "\\\"\\\\\\]"},
        {"line breaks cannot forge a second event", "a\r\nb", "a??b"},
        {"UTF-8 stays", "m\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80",
         "m\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"cut UTF-8", "a\xe2\x82", "a??"},
        {"overlong form", "\xc0\xaf", "??"},
        {"surrogate", "\xed\xa0\x80", "???"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const SyslogEvent event{SyslogPriority::UserInfo, "eti", "RT_ETI", "T", {{"k", c.value}}};
        EXPECT_EQ(format_syslog(event, "h", at_second(0)),
                  "<14>1 2026-11-24T04:26:14.000Z h RT_ETI - T [junos@2636.1.1.1.2.129 k=\"" +
                      c.expected + "\"]");
    }
}

TEST(LogSender, StreamsThatCannotBeSentSayWhy) {
    EventLoop loop(std::chrono::milliseconds(10));
    const config::TlsProfile profile{"p", "/nonexistent/ca.pem", {}, {}};
    LogSender sender({{"names", "all", "siem.example", 514, config::LogTransport::Udp},
                      {"files", "all", "127.0.0.1", 514, config::LogTransport::Tls, profile}},
                     loop);
    sender.send("eti", "x");
    const auto status = sender.status();
    EXPECT_NE(status[0].problem.find("'siem.example' is not an IP address"), std::string::npos);
    EXPECT_NE(status[1].problem.find("log stream files: /nonexistent/ca.pem"), std::string::npos)
        << status[1].problem;
    EXPECT_EQ(status[0].dropped, 1U);
    EXPECT_EQ(status[1].dropped, 1U);
}

}  // namespace
}  // namespace eti::control
