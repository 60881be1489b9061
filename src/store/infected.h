// The infected-host list's rows. Writer thread, inside its transaction.
#pragma once

#include "eti/store/hosts.h"

namespace eti::analysis {

void put_infected(Database& database, Realm realm, InfectedEntry entry,
                  std::chrono::seconds lifetime);
void remove_infected(Database& database, Realm realm, const std::string& ip);

}  // namespace eti::analysis
