// Who sends commands over the control socket, and what his Junos class lets him do.
#pragma once

#include "eti/config/settings.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace eti::cli {

// In order: each class may do all that the ones before it may.
enum class AccessClass : uint8_t { Unauthorized, ReadOnly, Operator, SuperUser };

std::string_view name_of(AccessClass access);  // "read-only"
constexpr bool may(AccessClass has, AccessClass needs) {
    return has >= needs;
}

// class_needed is the class of a command line's first keyword: show and the like read-only, clear,
// request and the like operator, configure super-user.
AccessClass class_needed(std::string_view keyword);

// Caller is the process at the other end of a connection, as the kernel tells it.
struct Caller {
    std::string user;  // its number when the system knows no name
    uint32_t uid = 0;
    int process = 0;
    AccessClass access = AccessClass::Unauthorized;
};

struct Peer {
    uint32_t uid = 0;
    std::string user;
    bool in_socket_group = false;
};
// class_of: root and the daemon's own user are super-users, others what [edit system login] says,
// members of the socket's group without an entry read-only.
AccessClass class_of(const Peer& peer, uint32_t daemon_uid,
                     std::span<const config::LoginUser> users);

// caller_of asks the kernel who is at the other end of a connected Unix socket. It looks the name
// up in the system's user database, which should be local: the control thread waits for it.
Caller caller_of(int fd, std::span<const config::LoginUser> users);

// refusal is the sentence for a caller whose class is too low for a command.
std::string refusal(const Caller& caller, AccessClass needs);

}  // namespace eti::cli
