#include "config/compile.h"

#include <charconv>
#include <string>

namespace eti::config {
namespace {

// scheme://host:port of a URL; the schema has checked its shape but not its port.
std::string origin_of(const Tree& tree, Node url) {
    const std::string text(url.value());
    const std::size_t host = text.find("://") + 3;
    const std::string origin = text.substr(0, text.find('/', host));
    const std::size_t colon = origin.rfind(':');
    if (colon > host && origin.find(']', colon) == std::string::npos) {
        const unsigned long port = std::stoul(origin.substr(colon + 1));
        if (port == 0 || port > 65535) {
            tree.fail(url, "Value " + std::to_string(port) + " is not within range (1..65535)");
        }
    }
    return origin;
}

// The schema has checked that it is a number, and its range.
uint32_t percent_of(Node leaf) {
    const std::string_view text = leaf.value();
    uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void warn_about(const CloudLink& cloud, Settings& settings) {
    if (cloud.analysis_url.empty()) {
        settings.warnings.push_back(
            "services advanced-anti-malware connection url is not set: no record is submitted and "
            "no infected host is learned");
    }
    if (cloud.feed_url.empty() && settings.certificate_feed_used) {
        settings.warnings.push_back(
            "services security-intelligence url is not set: listed certificates come only from "
            "services openeti certificate-list");
    }
    if (!cloud.feed_url.empty() && cloud.feed_public_key_file.empty()) {
        settings.warnings.push_back(
            "services openeti feed public-key is not set: the signature of the certificate feed "
            "cannot be checked");
    }
}

}  // namespace

TlsProfile compile_tls_profile(const Tree& tree, Node reference) {
    const Node initiation = tree.top("services").child("ssl").child("initiation");
    const Node pki = tree.top("security").child("pki");
    const Node profile = initiation.entry("profile", reference.value());
    TlsProfile out;
    out.name = profile.value();
    const Node authority = profile.child("trusted-ca");
    if (authority && authority.value() != "all") {
        out.trusted_ca_file = pki.entry("ca-profile", authority.value()).text("file");
        if (out.trusted_ca_file.empty()) {
            tree.fail(authority, "ca-profile " + std::string(authority.value()) +
                                     " has no file; add 'set security pki ca-profile " +
                                     std::string(authority.value()) + " file <path>'");
        }
    }
    if (const Node certificate = profile.child("client-certificate")) {
        const Node local = pki.entry("local-certificate", certificate.value());
        out.client_certificate_file = local.text("file");
        out.client_key_file = local.text("key-file");
    }
    return out;
}

void compile_cloud(const Tree& tree, Settings& settings) {
    const Node services = tree.top("services");
    const Node connection = services.child("advanced-anti-malware").child("connection");
    const Node intelligence = services.child("security-intelligence");
    CloudLink& cloud = settings.cloud;
    if (const Node url = connection.child("url")) {
        cloud.analysis_url = origin_of(tree, url);
    }
    if (const Node profile = connection.child("authentication").child("tls-profile")) {
        cloud.analysis_tls = compile_tls_profile(tree, profile);
    }
    if (const Node url = intelligence.child("url")) {
        cloud.feed_url = origin_of(tree, url);
    }
    if (const Node profile = intelligence.child("authentication").child("tls-profile")) {
        cloud.feed_tls = compile_tls_profile(tree, profile);
    }
    const Node openeti = services.child("openeti");
    cloud.token_file = openeti.child("cloud").text("token-file");
    const Node feed = openeti.child("feed");
    cloud.feed_public_key_file = feed.text("public-key");
    cloud.feed_shrink_percent = percent_of(feed.child("shrink-limit"));
    cloud.feed_growth_percent = percent_of(feed.child("growth-limit"));
    warn_about(cloud, settings);
}

}  // namespace eti::config
