#include "eti/scoring/behaviour.h"

#include <cmath>
#include <cstdio>

namespace eti::analysis {
namespace {

using features::Feature;

std::string number(double value, const char* unit) {
    char text[64];
    std::snprintf(text, sizeof text,
                  value >= 10 || value == std::floor(value) ? "%.0f%s" : "%.1f%s", value, unit);
    return text;
}

// What the table calls log, taken back.
double plain(float value) {
    return std::pow(10.0, double{value}) - 1;
}

// Features that say yes or no.
const char* flag_text(Feature feature, bool yes) {
    switch (feature) {
        case Feature::self_signed:
            return yes ? "certificate is self-signed" : "certificate is not self-signed";
        case Feature::self_issued:
            return yes ? "certificate names itself as issuer" : "certificate has another issuer";
        case Feature::chain_verifies:
            return yes ? "certificate chain verifies" : "certificate chain does not verify";
        case Feature::issuer_known:
            return yes ? "issuer is a known authority" : "issuer is not a known authority";
        case Feature::name_matches:
            return yes ? "certificate is for the server's name"
                       : "certificate is not for the server's name";
        case Feature::sni:
            return yes ? "client names the server" : "client names no server";
        case Feature::port_443:
            return yes ? "port is 443" : "port is not 443";
        case Feature::port_high:
            return yes ? "port is 1024 or above" : "port is below 1024";
        case Feature::organization:
            return yes ? "certificate names an organization" : "certificate names no organization";
        case Feature::same_organization:
            return yes ? "issuer and subject are the same organization"
                       : "issuer is another organization";
        case Feature::cn_address:
            return yes ? "common name is an address" : "common name is no address";
        case Feature::cn_plain:
            return yes ? "common name has no dot" : "common name is a domain";
        case Feature::certificate:
            return yes ? "a certificate was seen" : "no certificate was seen";
        default:
            return nullptr;
    }
}

}  // namespace

std::string sentence(Feature feature, float value) {
    const auto& row = features::feature_table()[static_cast<std::size_t>(feature)];
    const std::string name(row.definition);
    if (std::isnan(value)) {
        return name + ": not seen";
    }
    if (const char* text = flag_text(feature, value > 0)) {
        return text;
    }
    switch (feature) {
        case Feature::age:
            return value < 0 ? "certificate is not valid yet"
                             : "certificate is " + number(value, " days old");
        case Feature::left:
            return value < 0 ? "certificate expired " + number(-value, " days ago")
                             : "certificate is valid for another " + number(value, " days");
        case Feature::validity:
            return "certificate is made for " + number(value, " days");
        case Feature::chain_length:
            return "server sends " + number(value, value == 1 ? " certificate" : " certificates");
        case Feature::names:
            return "certificate has " + number(value, " alternative names");
        case Feature::subject_attributes:
            return "certificate's subject has " + number(value, " attributes");
        default:
            break;
    }
    if (row.unit.starts_with("log")) {
        return name + ": " + number(plain(value), row.unit.ends_with("bytes") ? " bytes" : " s");
    }
    return name + ": " + number(value, "");
}

}  // namespace eti::analysis
