#include "eti/enrich/context.h"

#include "enrich/certificate_memory.h"
#include "enrich/dns_memory.h"

#include <chrono>

namespace eti::enrich {
namespace {

// What a session is told.
struct Told {
    std::shared_ptr<const Lookup> lookup;
    std::optional<Sha1Digest> leaf;

    bool anything() const { return lookup != nullptr || leaf; }
};

bool shows_certificate(const metadata::Record& record) {
    return record.certificate.seen && !record.certificate.inherited;
}

bool may_inherit(const metadata::Record& record) {
    return !record.certificate.seen && (record.visibility == metadata::Visibility::Resumed ||
                                        record.visibility == metadata::Visibility::Tls13);
}

void fill(metadata::DnsFacts& facts, const Lookup& lookup, Timestamp start) {
    facts.seen = true;
    facts.name.assign(lookup.name);
    facts.cname = lookup.cname;
    facts.ttl = lookup.ttl;
    facts.answers = lookup.answers;
    facts.age_us = static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(start - lookup.time).count());
}

}  // namespace

struct Context::Impl {
    Impl(const Limits& limits, const KeyedHash& hash)
        : dns(limits.dns_pairs, hash),
          certificates(limits.certificate_names, hash),
          open_sessions(limits.open_sessions, hash) {}

    // tell returns what an earlier phase was told and adds what is missing.
    Told tell(const metadata::Record& record) {
        Told told;
        if (const Told* before = open_sessions.find(record.id)) {
            told = *before;
        }
        if (told.lookup == nullptr) {
            told.lookup = dns.find(record.client.ip, record.server.ip, record.start);
        }
        if (!told.leaf && may_inherit(record)) {
            told.leaf = certificates.find(record);
        }
        return told;
    }

    void remember(const metadata::Record& record, const Told& told) {
        if (record.phase == metadata::Phase::End) {
            open_sessions.erase(record.id);
        } else if (told.anything()) {
            open_sessions.touch(record.id) = told;
        }
    }

    DnsMemory dns;
    CertificateMemory certificates;
    BoundedMap<uint64_t, Told> open_sessions;  // by the record's number
    Counters joined;
};

Context::Context(const Limits& limits)
    : impl_(std::make_unique<Impl>(limits, KeyedHash::drawn())) {}

Context::~Context() = default;

void Context::note(const metadata::DnsAnswer& answer) {
    impl_->dns.note(answer);
}

void Context::complete(metadata::Record& record) {
    if (shows_certificate(record)) {
        impl_->certificates.learn(record);
    }
    const Told told = impl_->tell(record);
    if (told.lookup != nullptr) {
        fill(record.dns, *told.lookup, record.start);
        ++impl_->joined.dns_joined;
    }
    if (told.leaf && may_inherit(record)) {
        record.certificate.seen = true;
        record.certificate.inherited = true;
        record.certificate.sha1 = *told.leaf;
        record.visibility = metadata::Visibility::CertificateInherited;
        ++impl_->joined.certificates_inherited;
    }
    impl_->remember(record, told);
}

Counters Context::counters() const {
    Counters counters = impl_->joined;
    counters.dns_pairs_evicted = impl_->dns.evicted();
    counters.certificate_names_evicted = impl_->certificates.evicted();
    counters.open_sessions_evicted = impl_->open_sessions.evicted();
    return counters;
}

}  // namespace eti::enrich
