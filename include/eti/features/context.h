// The extractor: a record, and what was seen before it, become a vector.
#pragma once

#include "eti/features/popularity.h"
#include "eti/features/table.h"
#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"
#include "eti/x509/chain_verifier.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace eti::features {

// Entries of each memory; what was touched longest ago is forgotten first. Full, the defaults take
// some 150 MiB; memory is taken as entries come.
struct Limits {
    std::size_t certificates = 16'384;  // leaves
    std::size_t authorities = 2'048;    // other certificates, with their bytes
    std::size_t servers = 65'536;       // addresses with ports
    std::size_t sightings = 262'144;    // names, leaves, (JA4, destination)
    std::size_t clients = 65'536;
};

// What is known of the world outside the site. Both may be null: then chains are not judged and the
// trust features are missing, or no name is popular.
struct Knowledge {
    std::shared_ptr<const x509::ChainVerifier> roots;
    std::shared_ptr<const Popularity> popularity;
};

struct Counters {  // forgotten because a limit was reached
    uint64_t certificates = 0;
    uint64_t authorities = 0;
    uint64_t servers = 0;
    uint64_t sightings = 0;
    uint64_t clients = 0;
    uint64_t inherited = 0;  // sessions that took a certificate from an earlier one
};

// Session is what the extractor says of one record.
struct Session {
    Vector values;
    std::string name;          // the server as the client called it: SNI, else DNS; lower case
    bool dns_visible = false;  // answers to this client cross the sensor
    bool inherited = false;    // the certificate is an earlier session's
};

// Context belongs to one thread, and to one site: feed it all records of a site, in any order. It
// looks back only: what started later than a session does not change its vector. Every phase of a
// session may be observed. Nothing throws except std::bad_alloc.
class Context {
  public:
    explicit Context(Knowledge knowledge, const Limits& limits = {});
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // learn takes any certificate's bytes. It comes before the sessions that show it, or they have
    // to do with what their records say.
    void learn(const Sha1Digest& sha1, std::span<const uint8_t> der);
    bool knows(const Sha1Digest& sha1) const;
    // observe extracts and remembers. leaf is what the record itself tells of its certificate, or
    // null; bytes learned before go first.
    Session observe(const metadata::Record& record, const metadata::CertificateSummary* leaf);

    Counters counters() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::features
