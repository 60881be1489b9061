#include "eti/features/context.h"

#include "eti/base/keyed_hash.h"
#include "features/certificates.h"
#include "features/hints.h"
#include "features/servers.h"
#include "features/session.h"
#include "features/sightings.h"
#include "features/text.h"

#include <algorithm>
#include <chrono>

namespace eti::features {
namespace {

std::string server_name(const metadata::Record& record) {
    const std::string_view sni = record.client_hello.sni.view();
    return lower(sni.empty() ? record.dns.name.view() : sni);
}

std::string destination(const Session& session, const metadata::Record& record) {
    return session.name.empty()
               ? net::to_string(record.server.ip) + " " + std::to_string(record.server.port)
               : session.name;
}

// The servers without a name a client went to last, each with its latest start.
class Nameless {
  public:
    static constexpr std::size_t kServers = 16;

    void note(uint64_t server, Timestamp start) {
        auto place = std::find_if(servers_.begin(), servers_.end(),
                                  [&](const Visit& visit) { return visit.server == server; });
        if (place == servers_.end()) {
            place = std::min_element(servers_.begin(), servers_.end(),
                                     [](const Visit& a, const Visit& b) { return a.at < b.at; });
        }
        *place = {server, start};
    }
    float within_hour(Timestamp now) const {
        return static_cast<float>(
            std::count_if(servers_.begin(), servers_.end(), [now](const Visit& visit) {
                return visit.server != 0 && visit.at <= now &&
                       now - visit.at <= std::chrono::hours(1);
            }));
    }

  private:
    struct Visit {
        uint64_t server = 0;
        Timestamp at{};
    };
    std::array<Visit, kServers> servers_{};
};

}  // namespace

struct Context::Impl {
    Impl(Knowledge knowledge, const Limits& limits, const KeyedHash& secret)
        : certificates(std::move(knowledge.roots), limits.certificates, limits.authorities, secret),
          popularity(std::move(knowledge.popularity)),
          servers(limits.servers, secret),
          sightings(limits.sightings, secret),
          dns_clients(limits.clients, secret),
          nameless_clients(limits.clients, secret),
          hash(secret) {}

    // The certificate of this session: its own, else the one the server showed before.
    CertificateView certificate_of(const metadata::Record& record,
                                   const metadata::CertificateSummary* leaf, Session& session,
                                   std::optional<Sha1Digest>& sha1) {
        if (record.certificate.seen && !record.certificate.inherited) {
            sha1 = record.certificate.sha1;
            servers.learn(record);
            return certificates.show(record, leaf);
        }
        sha1 = record.certificate.seen ? record.certificate.sha1 : servers.find(record);
        if (!sha1) {
            return {};
        }
        session.inherited = true;
        ++inherited;
        return certificates.find(*sha1, record.certificate.seen ? leaf : nullptr);
    }

    // A program with addresses built in goes to many servers that nobody named.
    void fill_client(Session& session, const metadata::Record& record) {
        Nameless& nameless = nameless_clients.touch(record.client.ip.bytes());
        // The address of a content network is named in one session and not in the next.
        const std::string address = "a" + net::to_string(record.server.ip);
        if (!session.name.empty()) {
            sightings.note(address, record.client.ip, record.start);
        } else if (record.protocol == metadata::Protocol::Tls && record.client_hello.seen &&
                   record.server_hello.seen &&  // telephony's DTLS goes to addresses by design
                   !sightings.before(address, record.start)) {
            nameless.note(hash(record.server.ip.bytes()), record.start);
        }
        session.values[Feature::nameless_servers] = nameless.within_hour(record.start);
    }

    bool dns_seen(const metadata::Record& record) {
        if (record.dns.seen) {
            Timestamp& first = dns_clients.touch(record.client.ip.bytes());
            first = first == Timestamp{} ? record.start : std::min(first, record.start);
            return true;
        }
        const Timestamp* first = dns_clients.find(record.client.ip.bytes());
        return first != nullptr && *first <= record.start;
    }

    void fill_hints(Session& session, const Profile* profile) const {
        if (!session.name.empty()) {
            session.values[Feature::dynamic_dns] = is_dynamic_dns(session.name) ? 1 : 0;
            const uint32_t rank = popularity ? popularity->rank(session.name) : 0;
            if (rank > 0) {
                session.values[Feature::popularity] = log1(rank);
            }
        }
        if (profile != nullptr) {
            session.values[Feature::free_authority] = profile->free_authority ? 1 : 0;
        }
    }

    void fill_site(Session& session, const metadata::Record& record,
                   const std::optional<Sha1Digest>& leaf, const Profile* profile) {
        const auto age = [&](const Sighting& sighting) {
            return log1(std::chrono::duration<double>(record.start - sighting.first).count());
        };
        if (profile != nullptr && !profile->self_issued &&
            session.values[Feature::issuer_known] == 0) {
            const Sighting& issuer =
                sightings.note("i" + profile->issuer, record.client.ip, record.start);
            session.values[Feature::issuer_age] = age(issuer);
            session.values[Feature::issuer_clients] = issuer.clients;
        }
        const std::string where = destination(session, record);
        const Sighting& name = sightings.note("n" + where, record.client.ip, record.start);
        session.values[Feature::name_age] = age(name);
        session.values[Feature::name_clients] = name.clients;
        if (leaf) {
            const std::string key(leaf->begin(), leaf->end());
            const Sighting& shown = sightings.note("c" + key, record.client.ip, record.start);
            session.values[Feature::leaf_age] = age(shown);
            session.values[Feature::leaf_clients] = shown.clients;
        }
        if (!record.client_hello.ja4.empty()) {
            const std::string software(record.client_hello.ja4.view());
            session.values[Feature::software_age] =
                age(sightings.note("j" + software + where, record.client.ip, record.start));
        }
    }

    Certificates certificates;
    std::shared_ptr<const Popularity> popularity;
    Servers servers;
    Sightings sightings;
    BoundedMap<std::array<uint8_t, 16>, Timestamp> dns_clients;  // first answer joined
    BoundedMap<std::array<uint8_t, 16>, Nameless> nameless_clients;
    KeyedHash hash;
    uint64_t inherited = 0;
};

Context::Context(Knowledge knowledge, const Limits& limits)
    : impl_(std::make_unique<Impl>(std::move(knowledge), limits, KeyedHash::drawn())) {}

Context::~Context() = default;

void Context::learn(const Sha1Digest& sha1, std::span<const uint8_t> der) {
    impl_->certificates.learn(sha1, der);
}

bool Context::knows(const Sha1Digest& sha1) const {
    return impl_->certificates.knows(sha1);
}

Session Context::observe(const metadata::Record& told, const metadata::CertificateSummary* leaf) {
    // A record that came as JSON has whole microseconds, and the vector must be the same.
    metadata::Record record = told;
    record.start = std::chrono::floor<std::chrono::microseconds>(told.start);
    record.end = std::chrono::floor<std::chrono::microseconds>(told.end);
    Session session;
    session.name = server_name(record);
    std::optional<Sha1Digest> sha1;
    const CertificateView view = impl_->certificate_of(record, leaf, session, sha1);
    fill_conn(session.values, record);
    fill_records(session.values, record);
    fill_sni(session.values, record);
    fill_certificate(session.values, record, view);
    session.dns_visible = impl_->dns_seen(record);
    fill_dns(session.values, record, session.dns_visible);
    impl_->fill_client(session, record);
    impl_->fill_hints(session, view.profile);
    impl_->fill_site(session, record, sha1, view.profile);
    return session;
}

Counters Context::counters() const {
    return {impl_->certificates.leaves_evicted(),
            impl_->certificates.authorities_evicted(),
            impl_->servers.evicted(),
            impl_->sightings.evicted(),
            impl_->dns_clients.evicted(),
            impl_->inherited};
}

}  // namespace eti::features
