#include "metadata/community_id.h"

#include <gtest/gtest.h>

namespace eti::metadata {
namespace {

Endpoint endpoint(std::string_view ip, uint16_t port) {
    return {net::parse_ip(ip).value(), port};
}

TEST(CommunityId, agrees_with_the_published_value_in_both_directions) {
    const Endpoint client = endpoint("128.232.110.120", 34855);
    const Endpoint server = endpoint("66.35.250.204", 80);
    EXPECT_EQ(community_id(client, server, Transport::Tcp), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    EXPECT_EQ(community_id(server, client, Transport::Tcp), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
}

TEST(CommunityId, every_part_of_the_key_counts) {
    const Endpoint a = endpoint("10.0.0.1", 1000);
    const Endpoint b = endpoint("10.0.0.1", 2000);
    const std::string id = community_id(a, b, Transport::Tcp);
    EXPECT_EQ(community_id(b, a, Transport::Tcp), id) << "ports order equal addresses";
    EXPECT_NE(community_id(a, b, Transport::Udp), id);
    EXPECT_NE(community_id(a, b, Transport::Tcp, 1), id);
    EXPECT_NE(community_id(a, endpoint("10.0.0.2", 2000), Transport::Tcp), id);
    EXPECT_NE(community_id(endpoint("2001:db8::1", 1), endpoint("2001:db8::2", 2), Transport::Tcp),
              community_id(endpoint("2001:db8::1", 2), endpoint("2001:db8::2", 1), Transport::Tcp));
}

}  // namespace
}  // namespace eti::metadata
