#include "eti/cli/access.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace eti::cli {
namespace {

struct ClassName {
    AccessClass access;
    std::string_view name;
};
constexpr std::array<ClassName, 4> kClasses{{{AccessClass::Unauthorized, "unauthorized"},
                                             {AccessClass::ReadOnly, "read-only"},
                                             {AccessClass::Operator, "operator"},
                                             {AccessClass::SuperUser, "super-user"}}};

struct KeywordClass {
    std::string_view keyword;
    AccessClass needs;
};
constexpr std::array<KeywordClass, 9> kKeywords{{{"set", AccessClass::ReadOnly},
                                                 {"exit", AccessClass::ReadOnly},
                                                 {"quit", AccessClass::ReadOnly},
                                                 {"show", AccessClass::ReadOnly},
                                                 {"help", AccessClass::ReadOnly},
                                                 {"monitor", AccessClass::ReadOnly},
                                                 {"clear", AccessClass::Operator},
                                                 {"request", AccessClass::Operator},
                                                 {"test", AccessClass::Operator}}};

std::string user_name(uid_t uid) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        return found->pw_name;
    }
    return std::to_string(uid);
}

// The group that the socket file belongs to, through which its members may connect at all.
std::optional<gid_t> group_of_socket(int fd) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    struct stat facts {};
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        address.sun_path[0] == '\0' || ::stat(address.sun_path, &facts) != 0) {
        return std::nullopt;
    }
    return facts.st_gid;
}

// The kernel keeps the groups a peer had when it connected; the user database is not asked.
bool in_group(int fd, const ucred& peer, gid_t group) {
    std::vector<gid_t> groups(64);
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    int code = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    if (code != 0 && size > groups.size() * sizeof(gid_t)) {
        groups.resize(size / sizeof(gid_t));
        code = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    }
    groups.resize(code == 0 ? size / sizeof(gid_t) : 0);
    return peer.gid == group || std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

std::string_view name_of(AccessClass access) {
    return kClasses[static_cast<std::size_t>(access)].name;
}

AccessClass class_needed(std::string_view keyword) {
    const auto* const row =
        std::find_if(kKeywords.begin(), kKeywords.end(),
                     [&](const KeywordClass& known) { return known.keyword == keyword; });
    return row == kKeywords.end() ? AccessClass::SuperUser : row->needs;
}

AccessClass class_of(const Peer& peer, uint32_t daemon_uid,
                     std::span<const config::LoginUser> users) {
    if (peer.uid == 0 || peer.uid == daemon_uid) {
        return AccessClass::SuperUser;
    }
    for (const config::LoginUser& user : users) {
        if (user.name == peer.user) {
            const auto* const row =
                std::find_if(kClasses.begin(), kClasses.end(),
                             [&](const ClassName& known) { return known.name == user.class_name; });
            return row == kClasses.end() ? AccessClass::Unauthorized : row->access;
        }
    }
    return peer.in_socket_group ? AccessClass::ReadOnly : AccessClass::Unauthorized;
}

Caller caller_of(int fd, std::span<const config::LoginUser> users) {
    ucred peer{};
    socklen_t size = sizeof peer;
    Caller caller;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        caller.user = "unknown";
        return caller;
    }
    caller.uid = peer.uid;
    caller.process = peer.pid;
    caller.user = user_name(peer.uid);
    const std::optional<gid_t> group = group_of_socket(fd);
    caller.access =
        class_of({peer.uid, caller.user, group.has_value() && in_group(fd, peer, *group)},
                 ::geteuid(), users);
    return caller;
}

std::string refusal(const Caller& caller, AccessClass needs) {
    if (caller.access == AccessClass::Unauthorized) {
        return "permission denied: user '" + caller.user +
               "' has no class here; set system login user " + caller.user + " class " +
               std::string(name_of(needs)) + " and commit";
    }
    return "permission denied: this needs class " + std::string(name_of(needs)) + ", user '" +
           caller.user + "' has " + std::string(name_of(caller.access)) +
           "; see system login user in the configuration";
}

}  // namespace eti::cli
