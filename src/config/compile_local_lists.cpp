// Certificates and allowlist entries that are typed in.
#include "config/compile.h"
#include "eti/base/hex.h"
#include "eti/net/ip_address.h"

#include <algorithm>
#include <string>
#include <utility>

namespace eti::config {
namespace {

constexpr std::string_view kAllowlistName = "local-allowlist";

intel::AllowlistEntry allowlist_entry(intel::AllowlistKind kind) {
    intel::AllowlistEntry entry;
    entry.kind = kind;
    entry.feed = kAllowlistName;
    return entry;
}

intel::AllowlistEntry address_entry(const Tree& tree, Node node) {
    const auto range = net::parse_ip_range(node.value());
    if (!range) {
        tree.fail(node, "invalid address: '" + std::string(node.value()) + "'");
    }
    intel::AllowlistEntry entry = allowlist_entry(intel::AllowlistKind::Address);
    entry.range = *range;
    return entry;
}

// *.name.tld becomes the .suffix of the tables, which stands for the name itself too.
intel::AllowlistEntry hostname_entry(Node node) {
    std::string_view name = node.value();
    if (name.starts_with("*.")) {
        name.remove_prefix(1);
    }
    intel::AllowlistEntry entry = allowlist_entry(intel::AllowlistKind::Hostname);
    entry.hostname = name;
    std::transform(name.begin(), name.end(), entry.hostname.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return entry;
}

intel::AllowlistEntry certificate_entry(Node node) {
    intel::AllowlistEntry entry = allowlist_entry(intel::AllowlistKind::CertificateSha1);
    if (!from_hex(node.value(), entry.sha1)) {
        entry = allowlist_entry(intel::AllowlistKind::CertificateSha256);
        from_hex(node.value(), entry.sha256);  // the schema lets only these two lengths pass
    }
    return entry;
}

intel::Sha1Blocklist::Source certificate_list(Node list) {
    intel::Sha1Blocklist::Source source{std::string(list.value()), {}};
    for (const Node& node : list.children("certificate")) {
        const auto level = static_cast<intel::ThreatLevel>(number(node.child("threat-level")));
        std::string reason(node.text("description"));
        if (Sha1Digest sha1{}; from_hex(node.value(), sha1)) {
            source.entries.push_back({sha1, level, std::move(reason)});
        } else if (Sha256Digest sha256{}; from_hex(node.value(), sha256)) {
            source.sha256_entries.push_back({sha256, level, std::move(reason)});
        }
    }
    return source;
}

}  // namespace

void compile_local_lists(const Tree& tree, Settings& settings) {
    const Node openeti = tree.top("services").child("openeti");
    const Node allowlist = openeti.child("allowlist");
    for (const Node& node : allowlist.children("address")) {
        settings.allowlist.push_back(address_entry(tree, node));
    }
    for (const Node& node : allowlist.children("hostname")) {
        settings.allowlist.push_back(hostname_entry(node));
    }
    for (const Node& node : allowlist.children("certificate")) {
        settings.allowlist.push_back(certificate_entry(node));
    }
    for (const Node& list : openeti.children("local-certificates")) {
        settings.local_certificates.push_back(certificate_list(list));
    }
}

}  // namespace eti::config
