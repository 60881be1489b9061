// Who did what: append only, the store itself refuses changes. Also false positives, whose report
// and undo are such actions.
#pragma once

#include "eti/store/keys.h"

#include <string>
#include <vector>

namespace eti::analysis {

struct AuditEntry {
    std::string actor;   // the credential's name
    std::string action;  // "report-false-positive", "patch-host", ...
    std::string object;
    std::string detail;
};
struct AuditRow {
    int64_t row = 0;
    int64_t time_us = 0;
    AuditEntry entry;
};

void add_audit(Database& database, Realm realm, const AuditEntry& entry, Timestamp now);
// audit_page is newest first, behind the row before; of one object unless it is empty. Any
// connection.
std::vector<AuditRow> audit_page(Database& database, Realm realm, std::string_view object,
                                 int64_t before, int64_t limit);

struct FalsePositive {
    std::string comment;
    std::string actor;
    int64_t created_us = 0;
};
void put_false_positive(Database& database, Realm realm, const net::IpAddress& server,
                        const FalsePositive& report);
bool remove_false_positive(Database& database, Realm realm, const net::IpAddress& server);
std::optional<FalsePositive> false_positive(Database& database, Realm realm,
                                            const net::IpAddress& server);  // any connection

}  // namespace eti::analysis
