// Which sessions belong to a server or a host on a day: their row numbers, many in one row of
// "server_sessions" or "host_sessions". A row holds those of one part, a fixed range of row
// numbers, so that every number has one place and parts follow each other as sessions arrive.
#pragma once

#include "eti/store/keys.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

enum class ListOf : uint8_t { Server, Host };

inline constexpr int64_t kSessionsInPart = 1 << 15;

// rows are in ascending order and of one part.
std::string pack_sessions(const std::vector<int64_t>& rows);
std::vector<int64_t> unpack_sessions(int64_t part, std::string_view bytes);
// join_sessions is both lists of one part in order, what is in both once.
std::string join_sessions(std::string_view first, std::string_view second);

// add_to_list sorts rows; what the list holds already changes nothing.
void add_to_list(Database& database, ListOf list, Realm realm, int64_t day,
                 const net::IpAddress& ip, std::vector<int64_t>& rows);

}  // namespace eti::analysis
