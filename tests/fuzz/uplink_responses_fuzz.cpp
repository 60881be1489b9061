// The service's JSON answers and the stored infected-host table: any bytes, no crash, and what is
// accepted keeps its bounds and survives being written and read again.
#include "uplink/infected_hosts_state.h"
#include "uplink/responses.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace {

using namespace eti::uplink;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_manifest(std::string_view text) {
    const Manifest manifest = parse_manifest(text);
    require(manifest.feeds.size() <= kMostFeeds);
    for (const ManifestEntry& feed : manifest.feeds) {
        require(feed.name.find('/') == std::string::npos);
        require(feed.signature.size() == 64);
        const std::string bytes = signed_bytes(feed);
        require(std::count(bytes.begin(), bytes.end(), '\n') == 8);
    }
}

void check_infected_hosts(std::string_view text) {
    const InfectedHostsAnswer answer = parse_infected_hosts(text);
    require(answer.error.empty() || answer.entries.empty());
    InfectedHostsUpdate table;
    if (!answer.error.empty() || !merge(answer, table).empty()) {
        return;
    }
    InfectedHostsUpdate again;
    require(read_infected_hosts(render_infected_hosts(table), again).empty());
    require(again.hosts.size() == table.hosts.size() && again.version == table.version);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_manifest(text);
    check_infected_hosts(text);
    parse_records_answer(text);
    require(problem_detail(text).size() <= 200);
    InfectedHostsUpdate table;
    read_infected_hosts(text, table);
    return 0;
}
