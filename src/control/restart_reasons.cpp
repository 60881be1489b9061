#include "eti/control/restart_reasons.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace eti::control {
namespace {

using config::Interface;
using config::Limits;
using config::Settings;
using config::Wire;

class Reasons {
  public:
    template <typename Value>
    void compare(const Value& running, const Value& next, const std::string& statement) {
        if (running != next) {
            add(statement);
        }
    }
    void add(const std::string& statement) {
        std::string reason = statement + " takes effect at the next restart of etid";
        if (std::find(all_.begin(), all_.end(), reason) == all_.end()) {
            all_.push_back(std::move(reason));
        }
    }
    std::vector<std::string> take() { return std::move(all_); }

  private:
    std::vector<std::string> all_;
};

struct Limit {
    const char* name;
    uint32_t Limits::*field;
};
constexpr Limit kLimits[] = {
    {"flows-per-worker", &Limits::flows_per_worker},
    {"sessions-per-worker", &Limits::sessions_per_worker},
    {"inspected-bytes-per-direction", &Limits::inspected_bytes_per_direction},
    {"out-of-order-segments-per-direction", &Limits::out_of_order_segments_per_direction},
    {"stream-blocks-per-worker", &Limits::stream_blocks_per_worker},
    {"fragmented-datagrams-per-worker", &Limits::fragmented_datagrams_per_worker},
    {"fragment-blocks-per-worker", &Limits::fragment_blocks_per_worker},
    {"dns-ring-slots", &Limits::dns_ring_slots},
    {"record-ring-slots", &Limits::record_ring_slots},
    {"certificate-ring-slots", &Limits::certificate_ring_slots},
    {"mbufs", &Limits::mbufs},
    {"handoff-ring-slots", &Limits::handoff_ring_slots},
};

struct Timeout {
    const char* name;
    std::chrono::seconds Limits::*field;
};
constexpr Timeout kTimeouts[] = {
    {"tcp-idle-timeout", &Limits::tcp_idle_timeout},
    {"tcp-handshake-timeout", &Limits::tcp_handshake_timeout},
    {"udp-idle-timeout", &Limits::udp_idle_timeout},
};

const Wire* find(const std::vector<Wire>& wires, const std::string& name) {
    const auto found = std::find_if(wires.begin(), wires.end(),
                                    [&](const Wire& wire) { return wire.name == name; });
    return found == wires.end() ? nullptr : &*found;
}

void compare_ends(const Interface& running, const Interface& next, Reasons& reasons) {
    reasons.compare(running.port, next.port, "interfaces " + next.name + " openeti port");
    reasons.compare(running.mtu, next.mtu, "interfaces " + next.name + " mtu");
    reasons.compare(
        running.zone, next.zone,
        "security zones security-zone " + next.zone + " interfaces " + next.name + ".0");
}

void compare_wires(const Settings& running, const Settings& next, Reasons& reasons) {
    const std::string statement = "security forwarding-options secure-wire ";
    for (const Wire& wire : next.wires) {
        const Wire* was = find(running.wires, wire.name);
        const bool same_ends = was != nullptr &&
                               was->interfaces[0].name == wire.interfaces[0].name &&
                               was->interfaces[1].name == wire.interfaces[1].name;
        if (!same_ends) {
            reasons.add(statement + wire.name);
            continue;
        }
        compare_ends(was->interfaces[0], wire.interfaces[0], reasons);
        compare_ends(was->interfaces[1], wire.interfaces[1], reasons);
    }
    for (const Wire& wire : running.wires) {
        if (find(next.wires, wire.name) == nullptr) {
            reasons.add("the end of " + statement + wire.name);
        }
    }
}

}  // namespace

std::vector<std::string> restart_reasons(const Settings& running, const Settings& next) {
    Reasons reasons;
    const std::string openeti = "services openeti ";
    reasons.compare(running.workers, next.workers, openeti + "workers");
    for (const Limit& limit : kLimits) {
        reasons.compare(running.limits.*limit.field, next.limits.*limit.field,
                        openeti + "limits " + limit.name);
    }
    for (const Timeout& timeout : kTimeouts) {
        reasons.compare(running.limits.*timeout.field, next.limits.*timeout.field,
                        openeti + "limits " + timeout.name);
    }
    compare_wires(running, next, reasons);
    return reasons.take();
}

std::vector<std::string> missing_files(const Settings& next) {
    std::vector<std::string> missing;
    const auto look = [&missing](const std::string& statement, const std::string& path) {
        if (!path.empty() && ::access(path.c_str(), R_OK) != 0) {
            missing.push_back(statement + " " + path + " cannot be read: " + std::strerror(errno));
        }
    };
    for (const std::string& list : next.certificate_lists) {
        look("services openeti certificate-list", list);
    }
    look("services openeti cloud token-file", next.cloud.token_file);
    look("services openeti feed public-key", next.cloud.feed_public_key_file);
    for (const auto& profile : {next.cloud.analysis_tls, next.cloud.feed_tls}) {
        if (profile) {
            const std::string statement = "services ssl initiation profile " + profile->name;
            look(statement + ": trusted-ca file", profile->trusted_ca_file);
            look(statement + ": certificate file", profile->client_certificate_file);
            look(statement + ": key file", profile->client_key_file);
        }
    }
    return missing;
}

}  // namespace eti::control
