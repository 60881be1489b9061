#include "eti/store/country.h"

#include <arpa/inet.h>
#include <maxminddb.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace eti::analysis {
namespace {

std::string upper_code(const MMDB_entry_data_s& data) {
    if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size != 2) {
        return {};
    }
    std::string code(data.utf8_string, data.data_size);
    for (char& c : code) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
            return {};
        }
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return code;
}

}  // namespace

CountryDatabase::CountryDatabase(const std::string& file) {
    auto* database = new MMDB_s{};
    const int result = MMDB_open(file.c_str(), MMDB_MODE_MMAP, database);
    if (result != MMDB_SUCCESS) {
        delete database;
        throw std::runtime_error("cannot use the country database '" + file +
                                 "': " + MMDB_strerror(result) +
                                 "; name a file in MaxMind's format with --country-db");
    }
    database_.reset(database, [](MMDB_s* opened) {
        MMDB_close(opened);
        delete opened;
    });
}

std::string CountryDatabase::code(const net::IpAddress& ip) const {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const sockaddr* address = nullptr;
    if (ip.is_v4()) {
        v4.sin_family = AF_INET;
        std::copy_n(ip.bytes().begin() + 12, 4, reinterpret_cast<uint8_t*>(&v4.sin_addr));
        address = reinterpret_cast<const sockaddr*>(&v4);
    } else {
        v6.sin6_family = AF_INET6;
        std::copy_n(ip.bytes().begin(), 16, reinterpret_cast<uint8_t*>(&v6.sin6_addr));
        address = reinterpret_cast<const sockaddr*>(&v6);
    }
    int error = MMDB_SUCCESS;
    // An IPv4-only file answers an IPv6 address with an error: that is unknown, too.
    MMDB_lookup_result_s found = MMDB_lookup_sockaddr(database_.get(), address, &error);
    if (error != MMDB_SUCCESS || !found.found_entry) {
        return {};
    }
    MMDB_entry_data_s data{};
    if (MMDB_get_value(&found.entry, &data, "country_code", nullptr) == MMDB_SUCCESS) {
        if (std::string code = upper_code(data); !code.empty()) {
            return code;
        }
    }
    return MMDB_get_value(&found.entry, &data, "country", "iso_code", nullptr) == MMDB_SUCCESS
               ? upper_code(data)
               : std::string();
}

}  // namespace eti::analysis
