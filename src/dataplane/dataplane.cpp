#include "eti/dataplane/dataplane.h"

#include "eal.h"
#include "port.h"
#include "worker.h"

#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <algorithm>
#include <random>
#include <stdexcept>

namespace eti::dataplane {
namespace {

flow::FlowHasher random_hasher() {
    std::random_device device;
    const auto word = [&] { return static_cast<uint64_t>(device()) << 32 | device() | 1U; };
    return flow::FlowHasher({word(), word()});
}

std::vector<PortPlan> plan_ports(const config::Settings& settings) {
    std::vector<PortPlan> plans;
    for (const config::Wire& wire : settings.wires) {
        for (const config::Interface& interface : wire.interfaces) {
            plans.push_back(
                plan_port(interface, static_cast<unsigned>(plans.size()), settings.workers));
        }
    }
    if (plans.empty()) {
        throw std::runtime_error(
            "no wire is configured: set security forwarding-options secure-wire W interface "
            "[ A.0 B.0 ]");
    }
    return plans;
}

uint16_t largest_room(const std::vector<PortPlan>& plans) {
    uint16_t room = 0;
    for (const PortPlan& plan : plans) {
        room = std::max(room, mbuf_room(plan));
    }
    return room;
}

unsigned memory_mb(const config::Settings& settings, uint16_t room) {
    constexpr uint64_t kMbufHeader = 256;
    constexpr uint64_t kOther = 64;  // rings, ports, EAL itself
    return static_cast<unsigned>(settings.limits.mbufs * (room + kMbufHeader) / (1U << 20) +
                                 kOther);
}

}  // namespace

WorkerShare::WorkerShare(const config::Limits& limits)
    : records(limits.record_ring_slots),
      certificates(limits.certificate_ring_slots),
      sessions(1024),
      dns_answers(limits.dns_ring_slots) {}

struct Dataplane::Impl {
    Impl(const config::Settings& settings, const inspect::Tables& tables, QuiescentDomain& domain)
        : plans(plan_ports(settings)),
          room(largest_room(plans)),
          plan(plan_eal(plans, settings.workers, memory_mb(settings, room), usable_cpus(),
                        hugepages_available(memory_mb(settings, room)))),
          eal(plan) {
        topology.pool =
            rte_pktmbuf_pool_create("eti", settings.limits.mbufs, 256, 0, room, SOCKET_ID_ANY);
        if (topology.pool == nullptr) {
            throw std::runtime_error("no memory for " + std::to_string(settings.limits.mbufs) +
                                     " packet buffers; lower 'services openeti limits mbufs'");
        }
        for (const PortPlan& port : plans) {
            if (!port.note.empty()) {
                plan.notes.push_back(port.note);
            }
            ports.emplace_back(port, settings.workers, topology.pool);
        }
        assign_roles(settings);
        make_handover(settings);
        for (unsigned i = 0; i < settings.workers; ++i) {
            shares.push_back(std::make_unique<WorkerShare>(settings.limits));
            workers.push_back(std::make_unique<Worker>(i, topology, tables, domain, settings.limits,
                                                       *shares.back()));
        }
    }

    ~Impl() {
        stopping.store(true, std::memory_order_relaxed);
        rte_eal_mp_wait_lcore();
    }

    // Ports come in pairs, in the order of the wires.
    void assign_roles(const config::Settings& settings) {
        topology.roles.resize(RTE_MAX_ETHPORTS);
        for (std::size_t i = 0; i < ports.size(); ++i) {
            topology.ports.push_back(ports[i].id());
            topology.roles[ports[i].id()] = {ports[i ^ 1U].id(), static_cast<uint8_t>(i / 2),
                                             static_cast<uint8_t>(i % 2)};
        }
        for (const config::Wire& wire : settings.wires) {
            topology.zones.push_back({{wire.interfaces[0].zone, wire.interfaces[1].zone}, false});
        }
    }

    void make_handover(const config::Settings& settings) {
        for (unsigned i = 0; i < settings.workers; ++i) {
            rte_ring* ring = rte_ring_create(("handover" + std::to_string(i)).c_str(),
                                             rte_align32pow2(settings.limits.handoff_ring_slots),
                                             SOCKET_ID_ANY, RING_F_SC_DEQ);
            if (ring == nullptr) {
                throw std::runtime_error(
                    "no memory for the rings between workers; lower "
                    "'services openeti limits handoff-ring-slots'");
            }
            topology.handover.push_back(ring);
        }
    }

    static int run_worker(void* argument) {
        auto& self = *static_cast<Impl*>(argument);
        // Worker lcores are 1..N; lcore 0 is the control thread.
        self.workers[rte_lcore_id() - 1]->run(self.stopping);
        self.running.fetch_sub(1, std::memory_order_release);
        return 0;
    }

    std::vector<PortPlan> plans;
    uint16_t room;
    EalPlan plan;
    Eal eal;
    Topology topology{{}, {}, {}, {}, random_hasher(), nullptr};
    std::vector<Port> ports;
    std::vector<std::unique_ptr<WorkerShare>> shares;
    std::vector<std::unique_ptr<Worker>> workers;
    std::atomic<bool> stopping{false};
    std::atomic<unsigned> running{0};  // workers that may still touch anything
};

Dataplane::Dataplane(const config::Settings& settings, const inspect::Tables& tables,
                     QuiescentDomain& domain)
    : impl_(std::make_unique<Impl>(settings, tables, domain)) {}

Dataplane::~Dataplane() = default;

void Dataplane::start() {
    for (Port& port : impl_->ports) {
        port.discard_waiting(static_cast<unsigned>(impl_->workers.size()));
    }
    for (unsigned i = 0; i < impl_->workers.size(); ++i) {
        impl_->running.fetch_add(1, std::memory_order_relaxed);
        if (rte_eal_remote_launch(Impl::run_worker, impl_.get(), i + 1) != 0) {
            impl_->running.fetch_sub(1, std::memory_order_relaxed);
            throw std::runtime_error("worker " + std::to_string(i) + " did not start");
        }
    }
}

void Dataplane::stop() {
    impl_->stopping.store(true, std::memory_order_relaxed);
}

bool Dataplane::stopped() const {
    return impl_->running.load(std::memory_order_acquire) == 0;
}

std::vector<WorkerShare*> Dataplane::workers() {
    std::vector<WorkerShare*> shares;
    for (const auto& share : impl_->shares) {
        shares.push_back(share.get());
    }
    return shares;
}

std::vector<metadata::PortStatus> Dataplane::port_status() const {
    std::vector<metadata::PortStatus> all;
    for (const Port& port : impl_->ports) {
        all.push_back(port.status());
    }
    return all;
}

const std::vector<std::string>& Dataplane::notes() const {
    return impl_->plan.notes;
}

}  // namespace eti::dataplane
