#include "analysis/protected_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace eti::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<net::IpAddress>& list) {
    std::vector<std::string> texts;
    for (const net::IpAddress& ip : list) {
        texts.push_back(net::to_string(ip));
    }
    return texts;
}

TEST(ProtectedAddresses, are_read_from_what_the_machine_says) {
    EXPECT_THAT(texts(resolvers_in("# made by hand\nsearch example\nnameserver 192.0.2.53\n"
                                   "  nameserver fe80::1%eth0\nnameserver\nnameserver x\n"
                                   "options edns0\n")),
                ElementsAre("192.0.2.53", "fe80::1"));
    EXPECT_THAT(texts(gateways_in("Iface\tDestination\tGateway \tFlags\n"
                                  "eth0\t00000000\t010200C0\t0003\neth0\t000200C0\t00000000\t0001\n"
                                  "eth0\t00000000\t0102\neth0\t00000000\t0102ZZC0\n")),
                ElementsAre("192.0.2.1"));
    EXPECT_THAT(texts(gateways6_in(
                    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                    "20010db8000000000000000000000001 00000400 00000001 00000000 00450003 eth0\n"
                    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
                    "00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n"
                    "x\n")),
                ElementsAre("2001:db8::1"));
    EXPECT_THAT(resolvers_in(""), IsEmpty());
}

TEST(ProtectedAddresses, hold_the_service_and_what_is_no_host) {
    const auto ranges = protected_addresses("198.51.100.1");
    const auto holds = [&](const char* ip) {
        return std::any_of(ranges.begin(), ranges.end(), [&](const net::IpRange& range) {
            return range.contains(*net::parse_ip(ip));
        });
    };
    for (const char* ip : {"198.51.100.1", "127.0.0.1", "0.0.0.0", "255.255.255.255", "239.1.2.3",
                           "::", "::1", "fe80::1", "ff02::1"}) {
        EXPECT_TRUE(holds(ip)) << ip;
    }
    EXPECT_FALSE(holds("198.51.100.2"));
}

}  // namespace
}  // namespace eti::analysis
