#include "eti/control/restart_reasons.h"

#include <gtest/gtest.h>

namespace eti::control {
namespace {

config::Settings running() {
    config::Settings settings;
    config::Wire wire;
    wire.name = "W";
    wire.interfaces[0] = {"ge-0/0/0", "trust", 1500, config::AfPacketPort{"veth0"}};
    wire.interfaces[1] = {"ge-0/0/1", "untrust", 1500, config::AfPacketPort{"veth1"}};
    settings.wires.push_back(wire);
    return settings;
}

TEST(RestartReasons, NameWhatCannotChangeLive) {
    struct Case {
        const char* why;
        void (*change)(config::Settings&);
        const char* statement;  // empty: it changes live
    };
    const Case cases[] = {
        {"nothing", [](config::Settings&) {}, ""},
        {"host name", [](config::Settings& s) { s.host_name = "b"; }, ""},
        {"log stream", [](config::Settings& s) { s.log_streams.emplace_back(); }, ""},
        {"the link", [](config::Settings& s) { s.cloud.analysis_url = "https://a:1"; }, ""},
        {"batches", [](config::Settings& s) { s.limits.batch_records = 7; }, ""},
        {"spool", [](config::Settings& s) { s.limits.spool_bytes = 7; }, ""},
        {"workers", [](config::Settings& s) { s.workers = 2; }, "services openeti workers"},
        {"a ring", [](config::Settings& s) { s.limits.record_ring_slots = 7; },
         "services openeti limits record-ring-slots"},
        {"a table", [](config::Settings& s) { s.limits.flows_per_worker = 7; },
         "services openeti limits flows-per-worker"},
        {"a timeout",
         [](config::Settings& s) { s.limits.tcp_idle_timeout = std::chrono::seconds(7); },
         "services openeti limits tcp-idle-timeout"},
        {"a port",
         [](config::Settings& s) { s.wires[0].interfaces[1].port = config::AfPacketPort{"veth9"}; },
         "interfaces ge-0/0/1 openeti port"},
        {"frame size", [](config::Settings& s) { s.wires[0].interfaces[0].mtu = 9000; },
         "interfaces ge-0/0/0 mtu"},
        {"a port's zone", [](config::Settings& s) { s.wires[0].interfaces[0].zone = "dmz"; },
         "security zones security-zone dmz interfaces ge-0/0/0.0"},
        {"another end", [](config::Settings& s) { s.wires[0].interfaces[0].name = "ge-0/0/2"; },
         "security forwarding-options secure-wire W"},
        {"no wire", [](config::Settings& s) { s.wires.clear(); },
         "the end of security forwarding-options secure-wire W"},
    };
    for (const Case& c : cases) {
        config::Settings next = running();
        c.change(next);
        std::vector<std::string> expected;
        if (*c.statement != '\0') {
            expected = {std::string(c.statement) + " takes effect at the next restart of etid"};
        }
        EXPECT_EQ(restart_reasons(running(), next), expected) << c.why;
    }
}

TEST(MissingFiles, AreNamedWithTheirStatement) {
    config::Settings next;
    next.cloud.token_file = "/nonexistent/token";
    next.certificate_lists = {"/dev/null", "/nonexistent/list"};
    EXPECT_EQ(missing_files(next), (std::vector<std::string>{
                                       "services openeti certificate-list /nonexistent/list cannot "
                                       "be read: No such file or directory",
                                       "services openeti cloud token-file /nonexistent/token "
                                       "cannot be read: No such file or directory"}));
}

}  // namespace
}  // namespace eti::control
