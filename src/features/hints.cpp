#include "features/hints.h"

#include <algorithm>
#include <array>

namespace eti::features {
namespace {

// Sorted, so that a test can ask for order and a reader finds one.
constexpr std::array<std::string_view, 62> kDynamicDns{"3utilities.com",
                                                       "accesscam.org",
                                                       "bounceme.net",
                                                       "camdvr.org",
                                                       "casacam.net",
                                                       "changeip.org",
                                                       "chickenkiller.com",
                                                       "cloudns.cl",
                                                       "cloudns.net",
                                                       "crabdance.com",
                                                       "ddns.net",
                                                       "ddnsfree.com",
                                                       "ddnsking.com",
                                                       "dnsalias.com",
                                                       "duckdns.org",
                                                       "duia.ro",
                                                       "dynalias.com",
                                                       "dyndns.info",
                                                       "dyndns.org",
                                                       "dynu.net",
                                                       "freeddns.org",
                                                       "freedynamicdns.net",
                                                       "freedynamicdns.org",
                                                       "giize.com",
                                                       "gleeze.com",
                                                       "gotdns.ch",
                                                       "homeip.net",
                                                       "hopto.org",
                                                       "ignorelist.com",
                                                       "kozow.com",
                                                       "linkpc.net",
                                                       "loseyourip.com",
                                                       "mooo.com",
                                                       "myddns.me",
                                                       "myftp.biz",
                                                       "myftp.org",
                                                       "myvnc.com",
                                                       "mywire.org",
                                                       "no-ip.biz",
                                                       "no-ip.ca",
                                                       "no-ip.co.uk",
                                                       "no-ip.info",
                                                       "no-ip.net",
                                                       "no-ip.org",
                                                       "noip.me",
                                                       "nsupdate.info",
                                                       "onthewifi.com",
                                                       "ooguy.com",
                                                       "publicvm.com",
                                                       "redirectme.net",
                                                       "selfhost.eu",
                                                       "servebeer.com",
                                                       "serveftp.com",
                                                       "servehttp.com",
                                                       "spdns.de",
                                                       "strangled.net",
                                                       "sytes.net",
                                                       "theworkpc.com",
                                                       "us.to",
                                                       "webhop.me",
                                                       "ydns.eu",
                                                       "zapto.org"};
constexpr std::array<std::string_view, 4> kFreeAuthorities{"Buypass AS-983163327", "Let's Encrypt",
                                                           "ZeroSSL", "cPanel\\, Inc."};

}  // namespace

bool is_dynamic_dns(std::string_view name) {
    return std::ranges::any_of(kDynamicDns, [name](std::string_view domain) {
        return name.ends_with(domain) && name.size() > domain.size() &&
               name[name.size() - domain.size() - 1] == '.';
    });
}

bool is_free_authority(std::string_view issuer) {
    return std::ranges::any_of(kFreeAuthorities, [issuer](std::string_view organization) {
        const std::size_t place = issuer.find(organization);
        return place != std::string_view::npos && place >= 2 && issuer.substr(place - 2, 2) == "O=";
    });
}

}  // namespace eti::features
