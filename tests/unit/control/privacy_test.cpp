#include "control/privacy.h"

#include "tests/support/temporary_folder.h"
#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace eti::control {
namespace {

constexpr config::Privacy kAddresses{true, false};
constexpr config::Privacy kNames{false, true};

metadata::Record concealed(Privacy& privacy, const net::IpAddress& client,
                           std::string_view name = "") {
    metadata::Record record = example_record(1);
    record.client.ip = client;
    record.client_hello.sni.assign(name);
    record.dns.name.assign(name);
    privacy.conceal(record);
    return record;
}

TEST(Privacy, WithoutItARecordStaysAsItIs) {
    const test::TemporaryFolder folder;
    Privacy privacy(folder / "key");
    privacy.prepare({});
    const auto address = net::IpAddress::v4(10, 0, 1, 10);
    const metadata::Record record = concealed(privacy, address, "www.example.com");
    EXPECT_EQ(record.client.ip, address);
    EXPECT_EQ(record.client_hello.sni.view(), "www.example.com");
    EXPECT_FALSE(std::filesystem::exists(folder / "key"));
}

TEST(Privacy, APseudonymIsTheSameAfterARestartAndTellsNothing) {
    const test::TemporaryFolder folder;
    const auto address = net::IpAddress::v4(10, 0, 1, 10);
    net::IpAddress first;
    for (int start = 0; start < 2; ++start) {
        Privacy privacy(folder / "key");
        privacy.prepare(kAddresses);
        privacy.apply(kAddresses);
        const metadata::Record record = concealed(privacy, address);
        EXPECT_FALSE(record.client.ip.is_v4());
        EXPECT_EQ(record.server.ip, example_record(1).server.ip);
        EXPECT_EQ(start == 0 ? record.client.ip : first, record.client.ip);
        first = record.client.ip;
        EXPECT_NE(concealed(privacy, net::IpAddress::v4(10, 0, 1, 11)).client.ip, first);
    }
    struct stat facts {};
    ASSERT_EQ(::stat((folder / "key").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
    const test::TemporaryFolder other;
    Privacy elsewhere(other / "key");
    elsewhere.prepare(kAddresses);
    elsewhere.apply(kAddresses);
    EXPECT_NE(concealed(elsewhere, address).client.ip, first) << "another device, another key";
}

TEST(Privacy, HostsTheServiceNamesGetTheirAddressesBack) {
    const test::TemporaryFolder folder;
    Privacy privacy(folder / "key");
    privacy.prepare(kAddresses);
    privacy.apply(kAddresses);
    for (const char* text : {"10.0.1.10", "fd00::10"}) {
        const net::IpAddress address = *net::parse_ip(text);
        const auto hosts =
            privacy.reveal({{concealed(privacy, address).client.ip, 9, "why", {}, {}}});
        EXPECT_TRUE(std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) {
            return host.ip == address && host.threat_level == 9;
        })) << text;
        const auto plain = privacy.reveal({{address, 9, "why", {}, {}}});
        EXPECT_EQ(plain.front().ip, address) << "an analyst may name the host itself";
    }
    privacy.apply({});  // what the service learnt before it was switched off still counts
    const auto own = net::IpAddress::v4(10, 0, 1, 10);
    privacy.apply(kAddresses);
    const auto pseudonym = concealed(privacy, own).client.ip;
    privacy.apply({});
    EXPECT_EQ(privacy.reveal({{pseudonym, 9, "why", {}, {}}}).at(0).ip, own);
}

TEST(Privacy, OfANameTheRegisteredDomainIsLeft) {
    Privacy privacy("");
    privacy.prepare(kNames);
    privacy.apply(kNames);
    struct Case {
        const char* name;
        const char* told;
    };
    const Case cases[] = {{"mail.customer.example.com", "example.com"},
                          {"www.shop.co.uk", "shop.co.uk"},
                          {"WWW.Example.COM.", "example.com"},
                          {"example.com", "example.com"},
                          {"user.github.io", "user.github.io"},
                          {"com", ""},
                          {"fileserver", ""},
                          {"192.0.2.7", "192.0.2.7"},
                          {"", ""}};
    for (const Case& c : cases) {
        const metadata::Record record =
            concealed(privacy, net::IpAddress::v4(10, 0, 1, 10), c.name);
        EXPECT_EQ(record.client_hello.sni.view(), c.told) << c.name;
        EXPECT_EQ(record.dns.name.view(), c.told) << c.name;
    }
    const std::string cut = std::string(300, 'a') + ".example.com";
    EXPECT_EQ(concealed(privacy, {}, cut).client_hello.sni.view(), "") << "its end is not known";
}

TEST(Privacy, WithoutAKeyTheCommitIsRefusedAndNothingChanges) {
    const test::TemporaryFolder folder;
    test::write_file(folder / "key", "short");
    Privacy privacy(folder / "key");
    EXPECT_THROW(privacy.prepare(kAddresses), std::runtime_error);
    EXPECT_EQ(test::read_file(folder / "key"), "short");
}

}  // namespace
}  // namespace eti::control
