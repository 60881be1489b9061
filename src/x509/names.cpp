#include "x509/names.h"

#include "eti/net/ip_address.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>

namespace eti::x509 {
namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

bool print_name(const X509_NAME* name, unsigned long flags, std::string& text) {
    const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
    if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) {
        return false;
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    if (size > 0) {
        text.assign(data, static_cast<std::size_t>(size));
    }
    return true;
}

std::span<const uint8_t> bytes_of(const ASN1_STRING* string) {
    return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// dns_text escapes what name_text escapes too, so that a NUL cannot hide the rest of a name.
std::string dns_text(const ASN1_STRING* string) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    for (const uint8_t byte : bytes_of(string)) {
        if (byte < 0x20 || byte == 0x7f || byte == '\\') {
            text.append(1, '\\').append({kDigits[byte >> 4], kDigits[byte & 0x0f]});
        } else {
            text.push_back(static_cast<char>(byte));
        }
    }
    return text;
}

// ip_text is empty unless the name is 4 or 16 bytes long (RFC 5280 section 4.2.1.6).
std::string ip_text(const ASN1_STRING* string) {
    const auto bytes = bytes_of(string);
    if (bytes.size() == 4) {
        return net::to_string(net::IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]));
    }
    if (bytes.size() == 16) {
        std::array<uint8_t, 16> v6{};
        std::copy(bytes.begin(), bytes.end(), v6.begin());
        return net::to_string(net::IpAddress(v6));
    }
    return {};
}

std::string alternative_name_text(const GENERAL_NAME* name) {
    switch (name->type) {
        case GEN_DNS:
            return dns_text(name->d.dNSName);
        case GEN_IPADD:
            return ip_text(name->d.iPAddress);
        default:
            return {};
    }
}

}  // namespace

std::string name_text(const X509_NAME* name) {
    constexpr unsigned long kUtf8 =
        XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    // A string that lies about its type is shown byte by byte instead.
    constexpr unsigned long kBytes = (XN_FLAG_RFC2253 | ASN1_STRFLGS_IGNORE_TYPE) &
                                     ~static_cast<unsigned long>(ASN1_STRFLGS_UTF8_CONVERT);
    std::string text;
    if (!print_name(name, kUtf8, text)) {
        print_name(name, kBytes, text);
    }
    return text;
}

bool alternative_names(const X509* certificate, std::vector<std::string>& names) {
    const std::unique_ptr<GENERAL_NAMES, FreeNames> found(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    const int count = found == nullptr ? 0 : sk_GENERAL_NAME_num(found.get());
    for (int i = 0; i < count; ++i) {
        std::string text = alternative_name_text(sk_GENERAL_NAME_value(found.get(), i));
        if (text.empty()) {
            continue;
        }
        if (names.size() == kMaxAlternativeNames) {
            return true;
        }
        names.push_back(std::move(text));
    }
    return false;
}

}  // namespace eti::x509
