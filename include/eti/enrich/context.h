// What earlier traffic says about a session: the name its server was looked up under, and the
// certificate the server last showed.
#pragma once

#include "eti/metadata/record.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace eti::enrich {

// Entries; memory is taken as they come. Full, the defaults are some 40 MiB with names as they are,
// and less than 200 MiB when somebody fills them with names of 255 bytes.
struct Limits {
    std::size_t dns_pairs = 65'536;          // (client, server) addresses
    std::size_t certificate_names = 65'536;  // (server address, port, name)
    std::size_t open_sessions = 65'536;      // sessions told in more than one phase
};

// What was forgotten because a limit was reached, and what was joined.
struct Counters {
    uint64_t dns_pairs_evicted = 0;
    uint64_t certificate_names_evicted = 0;
    uint64_t open_sessions_evicted = 0;
    uint64_t dns_joined = 0;              // records
    uint64_t certificates_inherited = 0;  // records
};

// Context belongs to one thread. Everything is judged as of the session's start, so that neither
// the order in which records arrive nor the phase changes what a session is told: an answer or a
// certificate that came later does not count, and what one phase was told the next ones repeat.
class Context {
  public:
    explicit Context(const Limits& limits = {});
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // note remembers an answer for the client that asked, and for no other.
    void note(const metadata::DnsAnswer& answer);
    // complete fills record.dns. It learns the record's certificate, or, in a resumed or TLS 1.3
    // session, sets the inherited one and the visibility. Call for every phase of every session.
    void complete(metadata::Record& record);

    Counters counters() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::enrich
