// A capture through the same core as live traffic, in packet time.
#pragma once

#include "eti/config/settings.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace eti::replay {

struct Options {
    std::string capture;                       // pcap or pcapng
    std::optional<config::Settings> settings;  // absent: inspect every flow, listed means blocked
    std::vector<std::string> blocklists;       // certificate feeds
    std::string records;                       // file for session records, "-": records_out
    bool certificates = false;                 // among the records, each distinct one once
    std::string out;  // what would have been forwarded: a pcap, or, of several link types, a pcapng
};

// run replays the capture. Session records (phase end) go to options.records, one JSON line each;
// messages and, as the last line, the JSON summary go to messages. Returns the exit code: 0
// unless a file cannot be read or written, which messages then explains.
int run(const Options& options, std::ostream& records_out, std::ostream& messages);

}  // namespace eti::replay
