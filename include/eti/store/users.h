// Who may log in to the page, and the sessions they began. Passwords are kept as scrypt hashes, the
// cookies' secrets as SHA-256.
#pragma once

#include "eti/store/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct Identity {
    Realm realm = kDefaultRealm;
    std::string name;
};

// put_user adds a user or sets the password. Writer thread.
void put_user(Database& database, const Identity& user, std::string_view password, Timestamp now);
// check_password takes as long for a name that is not there. Any connection; about 50 ms.
std::optional<Identity> check_password(Database& database, std::string_view name,
                                       std::string_view password);

void save_login(Database& database, const Identity& user, std::string_view secret,
                Timestamp expires);
void remove_login(Database& database, std::string_view secret);
std::optional<Identity> login_of(Database& database, std::string_view secret, Timestamp now);

// token_identity is whose bearer token this is; export_identity whose token that only reads
// /v1/export; login_identity whose NAME:SECRET of DIR/login.
std::optional<Identity> token_identity(Database& database, std::string_view secret);
std::optional<Identity> export_identity(Database& database, std::string_view secret);
std::optional<Identity> login_identity(Database& database, std::string_view pair);
// realm_named is the realm's number, made when it is new.
Realm realm_named(Database& database, std::string_view name);
std::optional<Realm> find_realm(Database& database, std::string_view name);  // any connection
std::string realm_name(Database& database, Realm realm);                     // any connection
std::vector<Realm> all_realms(Database& database);                           // any connection

}  // namespace eti::analysis
