#include "config/addresses.h"

#include "config/compile.h"

#include <set>
#include <string>

namespace eti::config {
namespace {

net::IpRange range_of(std::string_view text) {
    return net::parse_ip_range(text).value();
}

// Collector gathers ranges name by name; a set already gathered is not gathered again, so sets
// that share sets cost no more than their members.
class Collector {
  public:
    explicit Collector(const Tree& tree)
        : tree_(tree), book_(tree.top("security").entry("address-book", "global")) {}

    // add answers false for any: no range is needed.
    bool add(Node name) {
        if (name.value() == "any") {
            return false;
        }
        if (name.value() == "any-ipv4") {
            ranges_.push_back(range_of("0.0.0.0/0"));
        } else if (name.value() == "any-ipv6") {
            // IPv4 lives at ::ffff:0:0/96 of the common form; IPv6 is what lies around it.
            ranges_.push_back(range_of("::-::fffe:ffff:ffff"));
            ranges_.push_back(range_of("::1:0:0:0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        } else if (const Node address = book_.entry("address", name.value())) {
            add_address(address);
        } else {
            add_set(book_.entry("address-set", name.value()));
        }
        return true;
    }

    std::vector<net::IpRange> take() { return std::move(ranges_); }

  private:
    void add_address(Node address) {
        std::string text(address.text("ip-prefix"));
        if (const Node range = address.child("range-address")) {
            text = std::string(range.value()) + "-" +
                   std::string(range.child("to").text("range-high"));
        }
        const auto range = net::parse_ip_range(text);
        if (!range) {
            tree_.fail(address, "invalid ip prefix: '" + text + "'");
        }
        ranges_.push_back(*range);
    }

    void add_set(Node set) {
        if (open_.contains(set.value())) {
            tree_.fail(set, "address-set " + std::string(set.value()) + " contains itself");
        }
        if (!done_.insert(set.value()).second) {
            return;
        }
        open_.insert(set.value());
        for (const Node& member : set.children("address")) {
            add_address(book_.entry("address", member.value()));
        }
        for (const Node& member : set.children("address-set")) {
            add_set(book_.entry("address-set", member.value()));
        }
        open_.erase(set.value());
    }

    const Tree& tree_;
    const Node book_;
    std::set<std::string_view> open_;  // sets whose members are being gathered
    std::set<std::string_view> done_;
    std::vector<net::IpRange> ranges_;
};

}  // namespace

std::vector<net::IpRange> compile_addresses(const Tree& tree, const std::vector<Node>& names) {
    Collector collector(tree);
    for (const Node& name : names) {
        if (!collector.add(name)) {
            return {};
        }
    }
    return collector.take();
}

}  // namespace eti::config
