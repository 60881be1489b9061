// What records do not tell the analysis service, and what its answers mean then.
#pragma once

#include "eti/config/settings.h"
#include "eti/digest/aes128.h"
#include "eti/intel/infected_hosts.h"
#include "eti/metadata/record.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct psl_ctx_st;

namespace eti::control {

// Privacy puts a pseudonym in place of a client's address: an IPv6 address that is AES-128 of it
// under a key in a file of this device. To others it is a keyed hash; here it can be undone, so the
// service may still name infected hosts. For one thread.
class Privacy {
  public:
    // The key file is made when it is first needed.
    explicit Privacy(std::string key_file);
    ~Privacy();
    Privacy(const Privacy&) = delete;
    Privacy& operator=(const Privacy&) = delete;

    // prepare makes sure of the key; throws std::runtime_error, a sentence, when there is none.
    void prepare(const config::Privacy& next);
    void apply(const config::Privacy& next) { wanted_ = next; }

    // conceal changes a record before it leaves.
    void conceal(metadata::Record& record);
    // reveal gives hosts their own addresses back. Which of the service's IPv6 addresses are
    // pseudonyms cannot always be told: then both readings are listed, one of which nobody has.
    std::vector<intel::InfectedHost> reveal(std::vector<intel::InfectedHost> hosts);

  private:
    struct FreeList {
        void operator()(psl_ctx_st* list) const;
    };

    void read_key();
    net::IpAddress pseudonym(const net::IpAddress& address);
    std::string registrable_domain(std::string_view name) const;

    std::string key_file_;
    config::Privacy wanted_;
    std::optional<digest::Aes128::Key> key_;
    digest::Aes128 cipher_;
    std::unique_ptr<psl_ctx_st, FreeList> suffixes_;  // of the public suffix list
};

}  // namespace eti::control
