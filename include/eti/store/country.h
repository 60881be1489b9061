// Countries from a MaxMind-format database: GeoLite2 and its like, or the smaller CC0 files.
#pragma once

#include "eti/net/ip_address.h"

#include <memory>
#include <string>

struct MMDB_s;

namespace eti::analysis {

class CountryDatabase {
  public:
    // Throws std::runtime_error with the file and the remedy when it is there but unreadable.
    explicit CountryDatabase(const std::string& file);

    // code is ISO 3166-1 alpha-2 in upper case; empty when unknown. Any thread.
    std::string code(const net::IpAddress& ip) const;

  private:
    std::shared_ptr<MMDB_s> database_;
};

}  // namespace eti::analysis
