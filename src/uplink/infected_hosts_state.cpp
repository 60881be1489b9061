#include "uplink/infected_hosts_state.h"

#include "eti/base/durable_file.h"
#include "uplink/json_fields.h"
#include "uplink/signature.h"

#include <algorithm>
#include <map>
#include <set>

namespace eti::uplink {
namespace {

constexpr std::size_t kMostFileBytes = 128U << 20;  // kMostInfectedHosts of the longest entries

Json to_json(const intel::InfectedHost& host) {
    Json json{{"ip", net::to_string(host.ip)},
              {"threat_level", host.threat_level},
              {"reason", host.reason.text()},
              {"since", metadata::format_time(host.since)}};
    if (host.expires != Timestamp{}) {
        json["expires"] = metadata::format_time(host.expires);
    }
    return json;
}

std::string compact(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string infected_hosts_path(const std::string& state_directory) {
    return state_directory + "/infected-hosts.json";
}

std::string merge(const InfectedHostsAnswer& answer, InfectedHostsUpdate& table) {
    const bool other_store =
        !answer.store.empty() && !table.store.empty() && answer.store != table.store;
    const bool lost = other_store || answer.version < table.version;
    if (!answer.full && lost) {
        return "the service went back from version " + std::to_string(table.version) + " to " +
               std::to_string(answer.version) + " without sending the whole list";
    }
    std::set<net::IpAddress> carried(table.carried.begin(), table.carried.end());
    std::map<net::IpAddress, intel::InfectedHost> hosts;
    for (const intel::InfectedHost& host : table.hosts) {
        if (lost) {
            carried.insert(host.ip);
        }
        if (!answer.full || carried.contains(host.ip)) {
            hosts.emplace(host.ip, host);
        }
    }
    for (const net::IpAddress& ip : answer.removed) {
        hosts.erase(ip);
        carried.erase(ip);
    }
    for (const intel::InfectedHost& host : answer.entries) {
        hosts.insert_or_assign(host.ip, host);
        carried.erase(host.ip);
    }
    if (hosts.size() > kMostInfectedHosts) {
        return "the list would grow beyond " + std::to_string(kMostInfectedHosts) + " hosts";
    }
    table.version = answer.version;
    table.store = answer.store;
    table.carried.assign(carried.begin(), carried.end());
    table.hosts.clear();
    for (auto& [ip, host] : hosts) {
        table.hosts.push_back(std::move(host));
    }
    return {};
}

void drop_expired(InfectedHostsUpdate& table, Timestamp now) {
    std::erase_if(table.hosts, [&](const intel::InfectedHost& host) {
        const auto place = std::lower_bound(table.carried.begin(), table.carried.end(), host.ip);
        if (!host.expired(now) || place == table.carried.end() || *place != host.ip) {
            return false;
        }
        table.carried.erase(place);
        return true;
    });
}

std::string render_infected_hosts(const InfectedHostsUpdate& table) {
    Json hosts = Json::array();
    for (const intel::InfectedHost& host : table.hosts) {
        hosts.push_back(to_json(host));
    }
    Json carried = Json::array();
    for (const net::IpAddress& ip : table.carried) {
        carried.push_back(net::to_string(ip));
    }
    const Json state{{"version", table.version},
                     {"store", table.store},
                     {"hosts", std::move(hosts)},
                     {"carried", std::move(carried)}};
    return compact(Json{{"checksum", sha256_hex(compact(state))}, {"state", state}}) + '\n';
}

std::string read_infected_hosts(std::string_view text, InfectedHostsUpdate& table) {
    const Json json = parse_object(text);
    if (json.is_discarded() || !member(json, "state").is_object()) {
        return "it is not the JSON the daemon wrote";
    }
    const Json& state = member(json, "state");
    std::string checksum;
    if (!get_text(json, "checksum", 64, checksum) || checksum != sha256_hex(compact(state))) {
        return "its checksum does not agree";
    }
    const Json& hosts = member(state, "hosts");
    InfectedHostsUpdate read;
    if (!get_number(state, "version", read.version) || !hosts.is_array() ||
        hosts.size() > kMostInfectedHosts) {
        return "it has no version or no list of hosts";
    }
    for (const Json& element : hosts) {
        intel::InfectedHost host;
        if (const char* wrong = get_host(element, host)) {
            return std::string("a host has no valid \"") + wrong + "\"";
        }
        read.hosts.push_back(std::move(host));
    }
    // Files of earlier versions have neither.
    const Json& store = member(state, "store");
    read.store = store.is_string() ? store.get<std::string>() : std::string();
    const Json& carried = member(state, "carried");
    for (const Json& element : carried.is_array() ? carried : Json::array()) {
        const auto ip = element.is_string() ? net::parse_ip(element.get_ref<const std::string&>())
                                            : std::nullopt;
        if (!ip) {
            return "a carried host is no address";
        }
        read.carried.push_back(*ip);
    }
    std::sort(read.carried.begin(), read.carried.end());
    table = std::move(read);
    return {};
}

std::string load_infected_hosts(const std::string& state_directory, InfectedHostsUpdate& table) {
    const std::string path = infected_hosts_path(state_directory);
    table = {};
    std::string text;
    std::string problem;
    switch (read_bounded(path, kMostFileBytes, text, problem)) {
        case ReadResult::Missing:
            return {};
        case ReadResult::Failed:
            return problem;
        case ReadResult::Read:
            break;
    }
    problem = read_infected_hosts(text, table);
    return problem.empty() ? problem
                           : path + " is damaged: " + problem +
                                 "; no host is blocked as infected until the service answers";
}

std::string store_infected_hosts(const std::string& state_directory,
                                 const InfectedHostsUpdate& table) {
    return write_durably(infected_hosts_path(state_directory), render_infected_hosts(table));
}

}  // namespace eti::uplink
