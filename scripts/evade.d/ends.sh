# Two more namespaces, one beyond each end of the wire. Needs topology.sh.
#
#   NEAR eth0 == lan0 CLIENT eth0 == box == eth0 SERVER lan0 == eth0 FAR
#
# CLIENT and SERVER are routers for 10.0.3.0/24 and 10.0.4.0/24. Frames of the wire's own subnet
# (10.0.1.20 and 10.0.1.200, .201) pass them where path.py carries them over.
# shellcheck shell=bash

NEAR=$PREFIX-near
FAR=$PREFIX-far
NAMESPACES+=("$NEAR" "$FAR")

in_near() { ip netns exec "$NEAR" "$@"; }
in_far() { ip netns exec "$FAR" "$@"; }

ends_up() {
    local ns
    for ns in "$NEAR" "$FAR"; do
        ip netns add "$ns"
        quiet_ipv6 "$ns"
        ip -n "$ns" link set dev lo up
    done
    link_ends "$NEAR:eth0" "$CLIENT:lan0"
    link_ends "$FAR:eth0" "$SERVER:lan0"
    for ns in "$CLIENT" "$SERVER"; do
        ip netns exec "$ns" sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.tcp_fastopen=3
    done
    ip -n "$NEAR" link set dev eth0 mtu 1400  # room for a tunnel's headers
    ip -n "$FAR" link set dev eth0 mtu 1400
    address "$NEAR" 10.0.1.20/24 fd00:1::20/64 10.0.3.10/24 10.0.3.11/24
    address "$FAR" 10.0.1.200/24 10.0.1.201/24 fd00:1::200/64 fd00:1::201/64 \
        10.0.4.100/24 10.0.4.101/24
    ip -n "$CLIENT" address add 10.0.3.1/24 dev lan0
    ip -n "$SERVER" address add 10.0.4.1/24 dev lan0
    ip -n "$NEAR" route add 10.0.4.0/24 via 10.0.3.1
    ip -n "$CLIENT" route add 10.0.4.0/24 via 10.0.1.100
    ip -n "$FAR" route add 10.0.3.0/24 via 10.0.4.1
    ip -n "$SERVER" route add 10.0.3.0/24 via 10.0.1.10
    # On the way to 10.0.3.11 the router before the box cuts what FAR sends without DF.
    ip -n "$SERVER" route add 10.0.3.11/32 via 10.0.1.10 mtu lock 576
    in_far sysctl -q -w net.ipv4.ip_no_pmtu_disc=1
}

# address NAMESPACE ADDRESS... gives its eth0 addresses of both families.
address() {
    local ns=$1 one
    shift
    for one in "$@"; do
        case $one in
            *:*) ip -n "$ns" address add "$one" dev eth0 nodad ;;
            *) ip -n "$ns" address add "$one" dev eth0 ;;
        esac
    done
}

# vxlan_up joins CLIENT and SERVER by the kernel's own tunnel, as 10.0.5.0/24.
vxlan_up() {
    ip -n "$CLIENT" link add vx0 type vxlan id 5 local 10.0.1.10 remote 10.0.1.100 dstport 4789 &&
        ip -n "$SERVER" link add vx0 type vxlan id 5 local 10.0.1.100 remote 10.0.1.10 \
            dstport 4789 || return 1
    ip -n "$CLIENT" address add 10.0.5.10/24 dev vx0
    ip -n "$SERVER" address add 10.0.5.100/24 dev vx0
    ip -n "$SERVER" address add 10.0.5.101/24 dev vx0
    ip -n "$CLIENT" link set dev vx0 up
    ip -n "$SERVER" link set dev vx0 up
}

# start_path NAME WHERE WAY...: see path.py.
start_path() {
    local name=$1 where=$2
    shift 2
    rm -f "$STATE/log/$name"
    start_child "$name" "$where" "$PYTHON" "$TOOLS/path.py" lan0 eth0 "$@"
    wait_until 10 grep -qs ready "$STATE/log/$name"
}
