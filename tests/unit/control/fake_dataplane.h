// A dataplane made of real rings and tables, driven by the test instead of workers.
#pragma once

#include "eti/control/batch_sink.h"
#include "eti/control/worker_link.h"
#include "eti/metadata/counter_names.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace eti::control {

class FakeDataplane {
  public:
    explicit FakeDataplane(unsigned workers, std::size_t slots = 64)
        : domain_(workers),
          policy_(domain_, std::make_shared<const policy::Policy>()),
          blocklist_(domain_, std::make_shared<const intel::Sha1Blocklist>()),
          infected_hosts_(domain_, std::make_shared<const intel::InfectedHosts>()),
          allowlist_(domain_, std::make_shared<const intel::Allowlist>()) {
        for (unsigned i = 0; i < workers; ++i) {
            workers_.emplace_back(std::make_unique<Worker>(slots));
        }
    }

    struct Worker {
        explicit Worker(std::size_t slots)
            : records(slots), certificates(slots), sessions(slots), dns_answers(slots) {}
        RecordRing<metadata::Record> records;
        RecordRing<metadata::CertificateBytes> certificates;
        RecordRing<metadata::SessionView> sessions;
        RecordRing<metadata::DnsAnswer> dns_answers;
        std::atomic<uint64_t> request{0};
        std::vector<uint64_t> counters = std::vector<uint64_t>(4);
    };

    Worker& worker(unsigned i) { return *workers_[i]; }
    Published<policy::Policy>& policy() { return policy_; }
    Published<intel::Sha1Blocklist>& blocklist() { return blocklist_; }
    Published<intel::InfectedHosts>& infected_hosts() { return infected_hosts_; }
    Published<intel::Allowlist>& allowlist() { return allowlist_; }
    PublishedTables tables() { return {domain_, policy_, blocklist_, infected_hosts_, allowlist_}; }

    std::vector<WorkerLink> links() {
        std::vector<WorkerLink> links;
        for (auto& worker : workers_) {
            links.push_back({&worker->records, &worker->certificates, &worker->sessions,
                             &worker->request, &worker->dns_answers});
        }
        return links;
    }

    DataplaneView view() {
        namespace names = metadata::counter_names;
        return {links(),
                {{{names::kSessionsInspected, "sessions recognised under a policy"},
                  {names::kSessionsWhitelisted, "sessions left alone by the allowlist"},
                  {names::kSessionsDetected, "sessions a list or a verdict detected"},
                  {names::kRecordsLostRing, "records lost: control was behind"}},
                 [this](unsigned i, std::size_t counter) { return worker(i).counters[counter]; }},
                tables(),
                [] {
                    return std::vector<metadata::PortStatus>{
                        {"ge-0/0/0", "af-packet veth0", true, 7, 8, 9, 10, 0, 0},
                        {"ge-0/0/1", "af-packet veth1", false, 0, 0, 0, 0, 0, 0}};
                }};
    }

  private:
    QuiescentDomain domain_;
    Published<policy::Policy> policy_;
    Published<intel::Sha1Blocklist> blocklist_;
    Published<intel::InfectedHosts> infected_hosts_;
    Published<intel::Allowlist> allowlist_;
    std::deque<std::unique_ptr<Worker>> workers_;
};

class ListSink final : public BatchSink {
  public:
    void submit(uplink::Batch batch) override { batches.push_back(std::move(batch)); }

    std::string all_text() const {
        std::string text;
        for (const uplink::Batch& batch : batches) {
            text += batch.ndjson;
        }
        return text;
    }
    std::vector<uplink::Batch> batches;
};

inline Timestamp at_second(int64_t seconds) {
    return Timestamp(std::chrono::seconds(1'795'494'374 + seconds));  // 2026-11-24T03:46:14Z
}

template <typename T>
void push(RecordRing<T>& ring, const T& item) {
    *ring.reserve() = item;
    ring.commit();
}

inline metadata::Record example_record(uint64_t id) {
    metadata::Record record;
    record.id = id;
    record.start = at_second(0);
    record.end = at_second(1);
    record.client = {net::IpAddress::v4(10, 0, 1, 10), 36612};
    record.server = {net::IpAddress::v4(203, 0, 113, 5), 443};
    record.from_zone.assign("trust");
    record.to_zone.assign("untrust");
    record.policy.assign("web");
    return record;
}

}  // namespace eti::control
