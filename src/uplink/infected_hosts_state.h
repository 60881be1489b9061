// The infected-host table between two long polls and across restarts.
#pragma once

#include "eti/uplink/messages.h"
#include "uplink/responses.h"

#include <string>
#include <string_view>

namespace eti::uplink {

std::string infected_hosts_path(const std::string& state_directory);

// drop_expired forgets carried hosts whose time is over.
void drop_expired(InfectedHostsUpdate& table, Timestamp now);

// A whole list of another store, or of an older state of the same, removes no host: the service
// lost what it knew, and a host leaves at its expiry or by an analyst only.
// merge applies answer to table. Returns an empty text, or why the answer is refused; then table
// is unchanged.
std::string merge(const InfectedHostsAnswer& answer, InfectedHostsUpdate& table);

// The file is JSON: {"checksum": SHA-256 of "state" as compact JSON, "state": {version, hosts}}.
std::string render_infected_hosts(const InfectedHostsUpdate& table);
// read_infected_hosts returns an empty text, or why text is not what render wrote.
std::string read_infected_hosts(std::string_view text, InfectedHostsUpdate& table);

// load_infected_hosts leaves table empty when the file is missing (no problem) or damaged.
std::string load_infected_hosts(const std::string& state_directory, InfectedHostsUpdate& table);
std::string store_infected_hosts(const std::string& state_directory,
                                 const InfectedHostsUpdate& table);

}  // namespace eti::uplink
