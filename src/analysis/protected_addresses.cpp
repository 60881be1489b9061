#include "analysis/protected_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace eti::analysis {
namespace {

std::string text_of(const char* file) {
    std::ifstream stream(file);  // those of /proc tell no size
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    return {std::istream_iterator<std::string>(stream), {}};
}

// each_line calls take with the words of every line.
template <typename Take>
void each_line(std::string_view text, Take take) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        take(words_of(line));
    }
}

bool is_zero(const net::IpAddress& ip) {
    return ip == *net::parse_ip("0.0.0.0") || ip == *net::parse_ip("::");
}

void add(std::vector<net::IpAddress>& list, const std::string& text) {
    const auto ip = net::parse_ip(text);
    if (ip && !is_zero(*ip)) {
        list.push_back(*ip);
    }
}

std::string address_text(int family, const void* bytes) {
    std::string text(INET6_ADDRSTRLEN, '\0');
    return inet_ntop(family, bytes, text.data(), INET6_ADDRSTRLEN) == nullptr ? std::string()
                                                                              : text.c_str();
}

std::vector<net::IpAddress> own_addresses() {
    std::vector<net::IpAddress> list;
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) {
        return list;
    }
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr) {
            continue;
        }
        if (each->ifa_addr->sa_family == AF_INET) {
            add(list,
                address_text(AF_INET,
                             &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr));
        } else if (each->ifa_addr->sa_family == AF_INET6) {
            add(list,
                address_text(AF_INET6,
                             &reinterpret_cast<const sockaddr_in6*>(each->ifa_addr)->sin6_addr));
        }
    }
    return list;
}

}  // namespace

std::vector<net::IpAddress> resolvers_in(std::string_view resolv_conf) {
    std::vector<net::IpAddress> list;
    each_line(resolv_conf, [&](const std::vector<std::string>& words) {
        if (words.size() >= 2 && words[0] == "nameserver") {
            add(list, words[1].substr(0, words[1].find('%')));  // without the interface
        }
    });
    return list;
}

std::vector<net::IpAddress> gateways_in(std::string_view route) {
    std::vector<net::IpAddress> list;
    each_line(route, [&](const std::vector<std::string>& words) {
        uint32_t bytes = 0;  // as in memory
        if (words.size() < 3 || words[2].size() != 8) {
            return;
        }
        const char* end = words[2].data() + words[2].size();
        if (std::from_chars(words[2].data(), end, bytes, 16).ptr == end) {
            add(list, address_text(AF_INET, &bytes));
        }
    });
    return list;
}

std::vector<net::IpAddress> gateways6_in(std::string_view ipv6_route) {
    std::vector<net::IpAddress> list;
    each_line(ipv6_route, [&](const std::vector<std::string>& words) {
        if (words.size() < 5 || words[4].size() != 32) {
            return;
        }
        std::string text;
        for (std::size_t i = 0; i < words[4].size(); i += 4) {
            text += (i == 0 ? "" : ":") + words[4].substr(i, 4);
        }
        add(list, text);
    });
    return list;
}

std::vector<net::IpRange> protected_addresses(const std::string& listening) {
    std::vector<net::IpRange> ranges;
    for (const char* never : {"0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/128", "::1/128",
                              "fe80::/10", "ff00::/8"}) {
        ranges.push_back(*net::parse_ip_range(never));
    }
    if (const auto own = net::parse_ip(listening)) {
        ranges.push_back({*own, *own});
    }
    for (const auto& list :
         {own_addresses(), resolvers_in(text_of("/etc/resolv.conf")),
          gateways_in(text_of("/proc/net/route")), gateways6_in(text_of("/proc/net/ipv6_route"))}) {
        for (const net::IpAddress& ip : list) {
            ranges.push_back({ip, ip});
        }
    }
    return ranges;
}

}  // namespace eti::analysis
