# A wire to test on: three network namespaces in a row, and the processes that live in them.
#
#   PREFIX-client                 PREFIX-box                    PREFIX-server
#   clients 10.0.1.10 ...  eth0 == inside | etid | outside == eth0  servers 10.0.1.100 ...
#           fd00:1::10 ...                                          fd00:1::100 ...
#
# Both ends are one subnet: the box between them is a bump in the wire without an address.
# The caller sets PREFIX and STATE, a folder that is made and removed here.
# shellcheck shell=bash

CLIENT=$PREFIX-client
BOX=$PREFIX-box
SERVER=$PREFIX-server
CLIENT_HOSTS=(10 11 12 13 14 15 16 17)
SERVER_HOSTS=(100 101 102 103 104 105)
NAMESPACES=("$CLIENT" "$BOX" "$SERVER")  # a caller may add its own

in_client() { ip netns exec "$CLIENT" "$@"; }
in_box() { ip netns exec "$BOX" "$@"; }
in_server() { ip netns exec "$SERVER" "$@"; }

# link_ends NAMESPACE:DEVICE NAMESPACE:DEVICE joins two namespaces by a veth pair. Checksum and
# segmentation offload must be off on both ends: an af_packet port sees the frames as they are.
link_ends() {
    local a_ns=${1%:*} a_dev=${1#*:} b_ns=${2%:*} b_dev=${2#*:} end
    ip link add name "$a_dev" netns "$a_ns" type veth peer name "$b_dev" netns "$b_ns"
    for end in "$1" "$2"; do
        ip -n "${end%:*}" link set dev "${end#*:}" mtu 1500 up
        ip netns exec "${end%:*}" ethtool -K "${end#*:}" \
            tx off rx off tso off gso off gro off >/dev/null
    done
}

# quiet_ipv6 leaves only the addresses given here: no router solicitation, no duplicate detection.
quiet_ipv6() {
    ip netns exec "$1" sysctl -q -w net.ipv6.conf.{all,default}.{accept_ra,autoconf,accept_dad}=0
}

topology_up() {
    local host ns
    mkdir -p "$STATE/log"
    for ns in "$CLIENT" "$BOX" "$SERVER"; do
        ip netns add "$ns"
        quiet_ipv6 "$ns"
        ip -n "$ns" link set dev lo up
    done
    ip netns exec "$BOX" sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
    link_ends "$CLIENT:eth0" "$BOX:inside"
    link_ends "$BOX:outside" "$SERVER:eth0"
    for host in "${CLIENT_HOSTS[@]}"; do
        ip -n "$CLIENT" address add "10.0.1.$host/24" dev eth0
        ip -n "$CLIENT" address add "fd00:1::$host/64" dev eth0 nodad
    done
    for host in "${SERVER_HOSTS[@]}"; do
        ip -n "$SERVER" address add "10.0.1.$host/24" dev eth0
        ip -n "$SERVER" address add "fd00:1::$host/64" dev eth0 nodad
    done
}

namespace_exists() { [ -e "/run/netns/$1" ]; }

# wait_until SECONDS COMMAND... tries the command until it succeeds; false when time is over.
wait_until() {
    local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@"; do
        [ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# start_child NAME COMMAND... runs a command in the background, its output in $STATE/log/NAME.
# in_NAME says where: the namespace PREFIX-NAME; ip netns exec becomes the command.
start_child() {
    local name=$1 where=$PREFIX-${2#in_}
    shift 2
    setsid ip netns exec "$where" "$@" </dev/null >>"$STATE/log/$name" 2>&1 &
    echo $! >"$STATE/$name.pid"
}

child_pid() { cat "$STATE/$1.pid"; }

gone() { ! kill -0 "$1" 2>/dev/null; }

# stop_child NAME [SIGNAL [SECONDS]] ends one child and waits until it is gone.
stop_child() {
    local pid
    pid=$(child_pid "$1")
    disown "$pid" 2>/dev/null || true  # or bash reports a kill as if it were news
    kill -s "${2:-TERM}" "$pid" 2>/dev/null || true
    wait_until "${3:-10}" gone "$pid" || {
        say "    $1 ($pid) did not end on ${2:-TERM}"
        return 1
    }
    rm -f "$STATE/$1.pid"
}

# empty_namespace NS ends, by id, the processes inside one of our namespaces.
empty_namespace() {
    local pid signal
    for signal in TERM KILL; do
        for pid in $(ip netns pids "$1" 2>/dev/null); do
            kill -s "$signal" "$pid" 2>/dev/null || true
        done
        if wait_until 3 namespace_empty "$1"; then
            return 0  # bare, it would repeat the status an exit trap was entered with
        fi
    done
}

namespace_empty() { [ -z "$(ip netns pids "$1" 2>/dev/null)" ]; }

topology_down() {
    local ns
    for ns in "${NAMESPACES[@]}"; do
        namespace_exists "$ns" || continue
        empty_namespace "$ns"
        ip netns delete "$ns"
    done
    rm -rf "$STATE"
}
