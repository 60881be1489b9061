#include "workloads.h"

#include "tests/support/tls_builder.h"
#include "traffic.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace eti::bench {
namespace {

using std::chrono::milliseconds;

// Keys are drawn at random, and with them the size of a certificate; the inspector only hashes it.
std::vector<Bytes> plain_certificates() {
    return {Bytes(1240, 0x30), Bytes(990, 0x31)};
}

// The first records fill the list of packet sizes that a session keeps.
constexpr unsigned kWarmUpRecords = 6;
constexpr unsigned kRecords = 10;
constexpr std::size_t kPacketsPerRecord = 11;
constexpr uint32_t kDownloads = 200;

std::vector<Share> downloads() {
    return {{download_session(kWarmUpRecords + kRecords), 1}};
}

constexpr uint32_t kEstablished = 100;
constexpr std::size_t kPacketsEach = 200;

std::vector<Share> established() {
    return {{small_session(kPacketsEach), 1}};
}

std::vector<Share> handshakes() {
    SessionBuilder session("handshake", {});
    handshake12(session, plain_certificates());
    finish12(session);
    return {{session.build(), 1}};
}

std::vector<Share> not_tls() {
    return {{http_session(), 1}, {udp_session(), 1}};
}

std::vector<Share> syns() {
    return {{syn_session(), 1}};
}

// Gap and warm-up are such that as many flows end as begin while it is measured; downloads and
// established sessions just go on.
struct Plan {
    std::string_view name;
    std::vector<Share> (*traffic)();
    uint32_t sessions;  // open at a time
    std::size_t warm_up;
    std::size_t measured;
    milliseconds gap;
};

const std::array<Plan, 5>& plans() {
    static const std::array<Plan, 5> all{{
        {"bulk", downloads, kDownloads,
         kDownloads * (download_handshake_packets() + kWarmUpRecords * kPacketsPerRecord),
         kDownloads * kRecords * kPacketsPerRecord, milliseconds(1)},
        {"established", established, kEstablished,
         kEstablished * std::size_t{small_session(0).opening}, kEstablished * kPacketsEach,
         milliseconds(1)},
        {"handshake", handshakes, 100, 6'000, 20'000, milliseconds(50)},
        {"not-tls", not_tls, 100, 16'000, 20'000, milliseconds(200)},
        {"syn-flood", syns, 1, 16'000, 20'000, milliseconds(50)},
    }};
    return all;
}

void take(Traffic& traffic, std::size_t packets, FrameSequence& frames) {
    for (std::size_t i = 0; i < packets; ++i) {
        const Traffic::Next next = traffic.next();
        frames.add(*next.packet, next.flow);
    }
}

}  // namespace

std::vector<std::string> workload_names() {
    std::vector<std::string> names;
    for (const Plan& plan : plans()) {
        names.emplace_back(plan.name);
    }
    return names;
}

Workload make_workload(std::string_view name) {
    const auto plan = std::find_if(plans().begin(), plans().end(),
                                   [&](const Plan& known) { return known.name == name; });
    if (plan == plans().end()) {
        throw std::invalid_argument("there is no workload '" + std::string(name) + "'");
    }
    Workload workload;
    workload.options.flows = 32'768;
    workload.options.sessions = 4'096;
    workload.gap = plan->gap;
    Traffic traffic(plan->traffic(), plan->sessions);
    take(traffic, plan->warm_up, workload.warm_up);
    take(traffic, plan->measured, workload.measured);
    return workload;
}

SessionTemplate download_session(unsigned records) {
    constexpr std::size_t kRecordBytes = 10 * 1400 - 5;  // with its header ten segments
    const Bytes record = test::record(tls::ContentType::ApplicationData, Bytes(kRecordBytes));
    SessionBuilder session("download", {});
    handshake12(session, plain_certificates());
    for (unsigned i = 0; i < records; ++i) {
        session.send(Way::ToClient, record).acknowledge(Way::ToServer);
    }
    return session.build();
}

std::size_t download_handshake_packets() {
    return download_session(0).packets.size();
}

}  // namespace eti::bench
