#include "eti/doctor/doctor.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace eti::doctor {
namespace {

Facts healthy() {
    Facts facts;
    facts.configured = true;
    facts.workers = 1;
    facts.processors = 4;
    facts.packet_memory_mb = 41;
    facts.free_hugepages_mb = 64;
    facts.may_open_ports = true;
    facts.has_iommu = true;
    DeviceFacts device;
    device.interface = "ge-0/0/0";
    device.device = "veth0";
    device.exists = true;
    device.up = true;
    device.mtu = 1500;
    device.wanted_mtu = 1500;
    facts.devices = {device};
    facts.state_directory = "/var/lib/etid";
    facts.state_writable = true;
    facts.free_state_mb = 1000;
    facts.spool_limit_mb = 256;
    facts.files = {{"token", "/t", true, true, false}};
    return facts;
}

TEST(Doctor, AHealthyMachineHasOnlyFineFindings) {
    const auto findings = examine(healthy());
    EXPECT_EQ(exit_code(findings), 0) << to_text(findings);
    EXPECT_EQ(to_text(findings),
              "[OK]       hugepages: 64 MiB free\n"
              "[OK]       ge-0/0/0: device veth0 is up, MTU 1500\n"
              "[OK]       token: /t is readable\n"
              "[OK]       spool: 1000 MiB free\n"
              "[OK]       clock: synchronised\n");
}

TEST(Doctor, EachTroubleIsFoundWithItsCommand) {
    struct Case {
        const char* why;
        void (*spoil)(Facts&);
        int code;
        std::string command;
    };
    const Case cases[] = {
        {"no hugepages", [](Facts& f) { f.free_hugepages_mb = 0; }, 1,
         "sysctl -w vm.nr_hugepages=21"},
        {"stale files", [](Facts& f) { f.stale_hugepages = {"/dev/hugepages/rtemap_0"}; }, 1,
         "rm /dev/hugepages/rtemap_*"},
        {"device gone", [](Facts& f) { f.devices[0].exists = false; }, 2,
         "ip link show; set interfaces ge-0/0/0 openeti port af-packet DEVICE"},
        {"device down", [](Facts& f) { f.devices[0].up = false; }, 1, "ip link set veth0 up"},
        {"long frames", [](Facts& f) { f.devices[0].mtu = 9000; }, 1,
         "set interfaces ge-0/0/0 mtu 9000"},
        {"merged frames", [](Facts& f) { f.devices[0].merges_frames = true; }, 1,
         "ethtool -K veth0 gro off lro off"},
        {"kernel driver",
         [](Facts& f) {
             f.devices[0].is_pci = true;
             f.devices[0].device = "0000:03:00.0";
             f.devices[0].driver = "ixgbe";
         },
         2, "dpdk-devbind.py -b vfio-pci 0000:03:00.0"},
        {"no capabilities", [](Facts& f) { f.may_open_ports = false; }, 1,
         "run the daemon by etid.service, and sudo eti doctor"},
        {"too many workers", [](Facts& f) { f.workers = 4; }, 1, "set services openeti workers 3"},
        {"token missing", [](Facts& f) { f.files[0].readable = false; }, 2, "ls -l /t"},
        {"token for all", [](Facts& f) { f.files[0].open_to_all = true; }, 1, "chmod o= /t"},
        {"small disk", [](Facts& f) { f.free_state_mb = 100; }, 1,
         "set services openeti limits spool-bytes 52428800"},
        {"wrong clock", [](Facts& f) { f.clock_synchronised = false; }, 1,
         "timedatectl set-ntp true"},
        {"nothing configured", [](Facts& f) { f.configured = false; }, 1,
         "eti doctor --config FILE"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Facts facts = healthy();
        c.spoil(facts);
        const auto findings = examine(facts);
        EXPECT_EQ(exit_code(findings), c.code) << to_text(findings);
        const auto found = std::find_if(findings.begin(), findings.end(),
                                        [&](const Finding& f) { return f.command == c.command; });
        ASSERT_NE(found, findings.end()) << to_text(findings);
        EXPECT_FALSE(found->why.empty());
    }
}

TEST(Doctor, JsonSaysTheSame) {
    Facts facts = healthy();
    facts.clock_synchronised = false;
    const auto json = nlohmann::json::parse(to_json(examine(facts)));
    EXPECT_EQ(json["status"], "warning");
    EXPECT_EQ(json["findings"][0]["severity"], "ok");
    EXPECT_EQ(json["findings"].back()["command"], "timedatectl set-ntp true");
}

TEST(Doctor, TheMachineUnderTheTestCanBeLookedAt) {
    const Facts facts = gather(std::nullopt, "/tmp");
    EXPECT_GE(facts.processors, 1U);
    EXPECT_FALSE(facts.configured);
    EXPECT_GT(facts.free_state_mb, 0U);
    EXPECT_FALSE(examine(facts).empty());
}

}  // namespace
}  // namespace eti::doctor
