// Which certificate a server last showed in clear.
#pragma once

#include "eti/base/bounded_map.h"
#include "eti/base/digest_types.h"
#include "eti/metadata/record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eti::enrich {

// CertificateMemory knows servers by transport, address, port and the name the client asked for; no
// name is a name of its own. Servers neither learned nor asked about for longest go first.
class CertificateMemory {
  public:
    // A server that changes its certificate, and records that arrive late, need more than the last.
    static constexpr std::size_t kRunsPerName = 8;

    CertificateMemory(std::size_t names, const KeyedHash& hash) : names_(names, hash) {}

    // learn takes the leaf of a session that showed it in clear.
    void learn(const metadata::Record& record);
    // find returns the leaf shown last by a session that started no later than this one.
    std::optional<Sha1Digest> find(const metadata::Record& record);

    std::size_t size() const { return names_.size(); }
    uint64_t evicted() const { return names_.evicted(); }

  private:
    struct Run {  // sessions that started from first to last showed this leaf
        Timestamp first{};
        Timestamp last{};
        Sha1Digest leaf{};
    };
    using Runs = std::vector<Run>;  // by time

    static std::optional<std::string> name_of(const metadata::Record& record);
    static void insert(Runs& runs, Timestamp start, const Sha1Digest& leaf);

    BoundedMap<std::string, Runs> names_;
};

}  // namespace eti::enrich
