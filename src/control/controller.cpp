#include "eti/control/controller.h"

#include "control/event_log.h"
#include "control/fault_watch.h"
#include "control/local_judge.h"
#include "control/privacy.h"
#include "control/record_drain.h"
#include "control/session_list.h"
#include "control/statistics.h"
#include "control/verdict_handler.h"
#include "eti/control/impact.h"

#include <spdlog/spdlog.h>
#include <sys/epoll.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <variant>

namespace eti::control {
namespace {

constexpr std::chrono::milliseconds kTick{10};
// About 10 ms of rendering: the command socket stays responsive while rings are full.
constexpr std::size_t kRecordsPerTurn = 512;

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

BatchLimits batch_limits(const config::Limits& limits) {
    BatchLimits batch;
    batch.records = limits.batch_records;
    batch.age = limits.batch_age;
    return batch;
}

VerdictHandler::Wanted wanted_lists(const config::Settings& settings) {
    return {settings.certificate_lists, settings.certificate_feed_used,
            settings.infected_hosts_used, settings.local_certificates, settings.allowlist};
}

std::vector<std::string> policy_names(const policy::Policy& policy) {
    std::vector<std::string> names;
    for (const policy::ZonePair& pair : policy.pairs()) {
        for (const policy::Rule& rule : pair.rules) {
            names.push_back(rule.name);
        }
    }
    return names;
}

template <typename T>
std::vector<T> only_in(const std::vector<T>& all, const std::vector<T>& others) {
    std::vector<T> left;
    std::copy_if(all.begin(), all.end(), std::back_inserter(left), [&](const T& one) {
        return std::find(others.begin(), others.end(), one) == others.end();
    });
    return left;
}

// ListChange: a typed list that differs leaves and comes again.
struct ListChange {
    intel::Sha1Blocklist added;
    std::vector<std::string> removed;
};

ListChange change_of_lists(const config::Settings& before, const config::Settings& next) {
    auto added =
        VerdictHandler::try_lists(only_in(next.certificate_lists, before.certificate_lists));
    for (const auto& list : only_in(next.local_certificates, before.local_certificates)) {
        added.push_back(intel::table_of(list));
    }
    ListChange change{intel::Sha1Blocklist(std::move(added)), {}};
    for (const std::string& path : only_in(before.certificate_lists, next.certificate_lists)) {
        change.removed.push_back(VerdictHandler::list_name(path));
    }
    for (const auto& list : only_in(before.local_certificates, next.local_certificates)) {
        change.removed.push_back(list.feed);
    }
    return change;
}

// replaced gives the entries in force with those of one configuration in place of the other's.
std::vector<intel::AllowlistEntry> replaced(std::span<const intel::AllowlistEntry> in_force,
                                            const std::vector<intel::AllowlistEntry>& before,
                                            const std::vector<intel::AllowlistEntry>& next) {
    std::vector<intel::AllowlistEntry> entries = next;
    const auto typed = [&](const intel::AllowlistEntry& entry) {
        return !before.empty() && entry.feed == before.front().feed;
    };
    std::copy_if(in_force.begin(), in_force.end(), std::back_inserter(entries),
                 [&](const auto& entry) { return !typed(entry); });
    return entries;
}

}  // namespace

struct Controller::Impl {
    explicit Impl(Setup given)
        : setup(std::move(given)),
          running(setup.settings),
          settings(setup.settings),
          started(setup.clock()),
          loop(kTick),
          batcher(setup.sink, batch_limits(settings.limits)),
          sender(settings.log_streams, loop),
          log(sender, setup.sensor),
          privacy(setup.privacy_key_file),
          drain(
              setup.dataplane.workers, certificates, batcher, setup.sensor,
              [this](const metadata::Record& record, const metadata::CertificateSummary* leaf) {
                  log.on_record(record, *setup.dataplane.tables.policy.owned(), setup.clock());
                  recent.add(record, leaf);
                  judge(record, leaf);
              },
              privacy),
          recent(settings.limits.recent_sessions),
          sessions(setup.dataplane.workers),
          verdicts(setup.dataplane.tables, wanted_lists(settings), started),
          statistics(setup.dataplane.counters,
                     static_cast<unsigned>(setup.dataplane.workers.size())) {
        privacy.prepare(settings.privacy);
        privacy.apply(settings.privacy);
        want_local_judge();
        drain.on_certificate([this](const Sha1Digest& sha1, std::span<const uint8_t> der) {
            if (local_judge) {
                local_judge->learn(sha1, der);
            }
        });
        publish_exceptions(started);
        loop.add_tick([this] { return turn(); });
        if (setup.events != nullptr) {
            loop.add(setup.events->fd(), EPOLLIN, [this](uint32_t) { take_events(); });
        }
    }
    ~Impl() {
        if (setup.events != nullptr) {
            loop.remove(setup.events->fd());
        }
    }

    bool turn() {
        const Timestamp now = setup.clock();
        const bool more = drain.drain(now, kRecordsPerTurn);
        batcher.flush_if_old(now);
        sessions.poll(now);
        sender.tick(now);
        verdicts.expire(host_logger(), now);
        publish_exceptions(now);
        setup.dataplane.tables.domain.reclaim();
        return more;
    }

    void want_local_judge() {
        if (!settings.exceptions.judge_service_not_ready) {
            local_judge.reset();
        } else if (!local_judge) {
            local_judge = std::make_unique<LocalJudge>();
        }
    }

    void judge(const metadata::Record& record, const metadata::CertificateSummary* leaf) {
        if (!local_judge) {
            return;
        }
        const Timestamp now = setup.clock();
        if (auto host = local_judge->judge(record, leaf, faults.service_away(settings), now)) {
            if (settings.infected_hosts_used) {
                verdicts.add(std::move(*host), host_logger());
            }
        }
    }

    void publish_exceptions(Timestamp now) {
        const policy::Exceptions next = faults.exceptions(settings, now);
        const auto policy = setup.dataplane.tables.policy.owned();
        if (next != policy->exceptions()) {
            log_change(policy->exceptions(), next);
            setup.dataplane.tables.policy.publish(
                std::make_shared<const policy::Policy>(policy->pairs(), next));
        }
    }

    void reconfigure(const config::Settings& next) {
        privacy.prepare(next.privacy);
        const policy::Exceptions exceptions = faults.exceptions(next, setup.clock());
        auto policy = std::make_shared<const policy::Policy>(next.policy.pairs(), exceptions);
        log_change(setup.dataplane.tables.policy.owned()->exceptions(), exceptions);
        settings = next;
        privacy.apply(next.privacy);
        want_local_judge();
        setup.sensor.name = next.host_name;
        verdicts.reconfigure(wanted_lists(next), setup.clock());
        setup.dataplane.tables.policy.publish(std::move(policy));
        sender.reconfigure(next.log_streams);
        batcher.set_limits(batch_limits(next.limits));
        drain.set_sensor_name(next.host_name);
        log.set_sensor_name(next.host_name);
    }

    void take_events() {
        for (uplink::Event& event : setup.events->take_all()) {
            apply(std::move(event));
        }
    }

    VerdictHandler::HostChanged host_logger() {
        return [this](const intel::InfectedHost& host, bool added) {
            spdlog::info("infected host {} {}: threat level {}, {}", net::to_string(host.ip),
                         added ? "added" : "removed", unsigned{host.threat_level}, host.reason);
            log.on_infected_host(
                host, added ? EventLog::HostChange::Added : EventLog::HostChange::Removed,
                link.realm, setup.clock());
        };
    }

    void apply(uplink::Event event) {
        std::visit(
            Overloaded{[&](uplink::SubmissionResult& result) { statistics.apply(result); },
                       [&](uplink::InfectedHostsUpdate& update) {
                           if (!settings.infected_hosts_used) {
                               return;  // on its way when the last rule that used it went
                           }
                           update.hosts = privacy.reveal(std::move(update.hosts));
                           verdicts.apply(std::move(update), host_logger(), setup.clock());
                       },
                       [&](uplink::BlocklistUpdate& update) {
                           if (!settings.certificate_feed_used) {
                               return;
                           }
                           spdlog::info("feed {} version {}: {} certificates", update.info.name,
                                        update.info.version, update.table->size());
                           verdicts.apply(std::move(update));
                       },
                       [&](uplink::AllowlistUpdate& update) {
                           spdlog::info("feed {} version {}: {} entries", update.info.name,
                                        update.info.version, update.entries.size());
                           verdicts.apply(std::move(update));
                       },
                       [&](uplink::FeedFailure& failure) {
                           spdlog::warn("feed {} is not taken: {}", failure.name, failure.reason);
                           verdicts.apply(failure);
                       },
                       [&](uplink::LinkStatus& next) { apply_link(std::move(next)); }},
            event);
    }

    static std::string service_of(const uplink::LinkStatus& status) {
        return "analysis service " + status.server_host + ":" + std::to_string(status.server_port);
    }

    void apply_link(uplink::LinkStatus next) {
        if (next.connected && !link.connected) {
            spdlog::info("{} connected", service_of(next));
        }
        // A full disk is told also while the service answers, or without any service.
        if (!next.last_error.empty() && next.last_error != link.last_error) {
            spdlog::warn("{}{}", next.server_host.empty() ? "" : service_of(next) + ": ",
                         next.last_error);
        }
        link = std::move(next);
        faults.on_link(link, setup.clock());
    }

    std::vector<CategoryStatus> categories() const {
        return {{"CC", "Command and control, certificates", settings.certificate_feed_used,
                 verdicts.certificate_feeds()},
                {"Infected-Hosts",
                 "Infected hosts",
                 settings.infected_hosts_used,
                 {verdicts.infected_hosts_feed()}},
                {"Whitelist", "Servers never inspected", true, verdicts.allowlist_feeds()}};
    }

    StatisticsStatus statistics_status() const {
        StatisticsStatus status = statistics.snapshot();
        drain.append_counters(status.counters);
        status.counters.push_back({"judged-locally", "records judged by the model on this device",
                                   local_judge ? local_judge->judged() : 0});
        status.counters.push_back({"infected-locally",
                                   "records that brought a host to the threshold",
                                   local_judge ? local_judge->infected() : 0});
        status.records_drained = drain.records();
        status.records_batched = batcher.pending_records();
        const uint64_t made = status.sessions.ended - status.sessions.ring_full;
        const uint64_t in_rings = made > drain.sessions() ? made - drain.sessions() : 0;
        status.sessions.waiting = in_rings + batcher.pending_sessions();
        return status;
    }

    Setup setup;
    const config::Settings running;  // of the start: wires, workers and sizes are still these
    config::Settings settings;       // in force
    Timestamp started;
    EventLoop loop;
    CertificateCache certificates;
    Batcher batcher;
    LogSender sender;
    EventLog log;
    Privacy privacy;
    RecordDrain drain;
    RecentSessions recent;
    SessionList sessions;
    VerdictHandler verdicts;
    Statistics statistics;
    FaultWatch faults;
    std::unique_ptr<LocalJudge> local_judge;  // null: not wanted
    uplink::LinkStatus link;
    StatisticsStatus streaming_cleared;
    StatisticsStatus anti_malware_cleared;
    std::vector<ProfileStatistics> profiles_cleared;
};

Controller::Controller(Setup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Controller::~Controller() = default;

void Controller::restore(uplink::StoredState stored) {
    const auto silent = [](const intel::InfectedHost&, bool) {};
    if (stored.infected_hosts.version > 0 || !stored.infected_hosts.hosts.empty()) {
        stored.infected_hosts.hosts = impl_->privacy.reveal(std::move(stored.infected_hosts.hosts));
        impl_->verdicts.apply(std::move(stored.infected_hosts), silent, impl_->setup.clock());
    }
    if (stored.blocklist) {
        impl_->verdicts.apply(std::move(*stored.blocklist));
    }
    if (stored.allowlist) {
        impl_->verdicts.apply(std::move(*stored.allowlist));
    }
}

void Controller::reconfigure(const config::Settings& next) {
    impl_->reconfigure(next);
}

std::vector<std::string> Controller::problems() const {
    std::vector<std::string> all = impl_->verdicts.problems();
    for (const LogStreamStatus& stream : impl_->sender.status()) {
        if (!stream.problem.empty()) {
            all.push_back(stream.problem);
        }
    }
    return all;
}

EventLoop& Controller::loop() {
    return impl_->loop;
}

void Controller::run() {
    impl_->loop.run();
}

bool Controller::turn() {
    if (impl_->setup.events != nullptr) {
        impl_->take_events();
    }
    return impl_->turn();
}

void Controller::finish() {
    while (impl_->turn()) {
    }
    impl_->batcher.flush();
}

void Controller::apply(uplink::Event event) {
    impl_->apply(std::move(event));
}

Status Controller::status() const {
    const Impl& impl = *impl_;
    const config::Settings& settings = impl.settings;
    const DataplaneView& dataplane = impl.setup.dataplane;
    Status status;
    status.host_name = impl.setup.sensor.name;
    status.version = impl.setup.version;
    status.now = impl.setup.clock();
    status.started = impl.started;
    status.statistics = impl.statistics_status();
    status.allowlist = dataplane.tables.allowlist.owned();
    status.infected_hosts = dataplane.tables.infected_hosts.owned();
    status.blocklist = dataplane.tables.blocklist.owned();
    status.policy = dataplane.tables.policy.owned();
    status.categories = impl.categories();
    status.profiles = impl.log.profiles();
    status.streaming_cleared = impl.streaming_cleared;
    status.anti_malware_cleared = impl.anti_malware_cleared;
    status.profiles_cleared = impl.profiles_cleared;
    status.process = read_process_status();
    status.spool_limit_bytes = settings.limits.spool_bytes;
    status.cloud_configured =
        !settings.cloud.analysis_url.empty() || !settings.cloud.feed_url.empty();
    status.link = impl.link;
    for (const WorkerLink& worker : dataplane.workers) {
        const auto number = static_cast<unsigned>(status.workers.size());
        status.workers.push_back(
            {{worker.records->size(), worker.records->capacity()},
             {worker.certificates->size(), worker.certificates->capacity()},
             impl.statistics.flows_of(number),
             worker.timing == nullptr ? WorkerTiming::Reading{} : worker.timing->read()});
    }
    status.ports = dataplane.ports ? dataplane.ports() : std::vector<metadata::PortStatus>{};
    for (const config::Wire& wire : impl.running.wires) {
        status.wires.push_back({wire.name, {wire.interfaces[0].name, wire.interfaces[1].name}});
    }
    status.log_streams = impl.sender.status();
    status.policies = policy_names(*dataplane.tables.policy.owned());
    status.maximum_flows =
        uint64_t{impl.running.limits.flows_per_worker} * dataplane.workers.size();
    return status;
}

void Controller::clear_statistics(Cleared what) {
    switch (what) {
        case Cleared::MetadataStreaming:
            impl_->streaming_cleared = impl_->statistics_status();
            break;
        case Cleared::SecurityIntelligence:
            impl_->profiles_cleared = impl_->log.profiles();
            break;
        case Cleared::AntiMalware:
            impl_->anti_malware_cleared = impl_->statistics_status();
            break;
    }
}

const RecentSessions& Controller::recent_sessions() const {
    return impl_->recent;
}

Timestamp Controller::now() const {
    return impl_->setup.clock();
}

const std::vector<config::LoginUser>& Controller::login_users() const {
    return impl_->settings.login_users;
}

std::string Controller::impact(const config::Settings& next) const {
    const config::Settings& before = impl_->settings;
    const PublishedTables& tables = impl_->setup.dataplane.tables;
    const ListChange lists = change_of_lists(before, next);
    const intel::Allowlist next_allowed(
        replaced(tables.allowlist.owned()->entries(), before.allowlist, next.allowlist));
    return impact_text(
        control::impact(impl_->recent, before, next,
                        {*tables.blocklist.owned(), lists.added, lists.removed,
                         *tables.infected_hosts.owned(), *tables.allowlist.owned(), next_allowed}));
}

bool Controller::request_sessions(std::function<void(SessionListing)> done) {
    return impl_->sessions.request(impl_->setup.clock(), std::move(done));
}

std::string Controller::refresh_feeds() {
    if (!impl_->setup.refresh_feeds) {
        return "no feed server is configured; set services security-intelligence url";
    }
    impl_->setup.refresh_feeds();
    return {};
}

}  // namespace eti::control
