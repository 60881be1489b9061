// The tables every worker reads and only the control thread writes.
#pragma once

#include "eti/base/published.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/infected_hosts.h"
#include "eti/intel/sha1_blocklist.h"
#include "eti/policy/policy.h"

#include <memory>

namespace eti::inspect {

struct Tables {
    explicit Tables(QuiescentDomain& domain, std::shared_ptr<const policy::Policy> first_policy)
        : policy(domain, std::move(first_policy)),
          blocklist(domain, std::make_shared<intel::Sha1Blocklist>()),
          infected_hosts(domain, std::make_shared<intel::InfectedHosts>()),
          allowlist(domain, std::make_shared<intel::Allowlist>()) {}

    Published<policy::Policy> policy;
    Published<intel::Sha1Blocklist> blocklist;
    Published<intel::InfectedHosts> infected_hosts;
    Published<intel::Allowlist> allowlist;
};

}  // namespace eti::inspect
