# A forwarder between two memif ports, and load through it. Needs neither root nor hugepages.
# The caller sets STATE, a folder that is made and removed here, and BIN. Needs topology.sh.
# shellcheck shell=bash

CLIENTS_SOCKET=$STATE/clients.sock
SERVERS_SOCKET=$STATE/servers.sock
# shellcheck disable=SC2034  # where the callers write
OUT=${BENCH_OUT:-$ROOT/build/bench}

# start_here NAME COMMAND... is start_child without a network namespace.
start_here() {
    local name=$1
    shift
    setsid "$@" </dev/null >>"$STATE/log/$name" 2>&1 &
    echo $! >"$STATE/$name.pid"
}

# clamp LOWEST VALUE HIGHEST
clamp() { echo $(($2 < $1 ? $1 : $2 > $3 ? $3 : $2)); }

# write_config FLOWS [LINE...] for workers, one unless WORKERS says more, that inspect that many flows
# at a time each, as far as the configuration goes.
write_config() {
    local flows=$1
    shift
    cat >"$STATE/etid.conf" <<CONF
set system host-name bench
set interfaces ge-0/0/0 openeti port memif $CLIENTS_SOCKET id 0 role server
set interfaces ge-0/0/1 openeti port memif $SERVERS_SOCKET id 0 role server
set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members wire
set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members wire
set vlans wire vlan-id 1
set security forwarding-options secure-wire W interface [ ge-0/0/0.0 ge-0/0/1.0 ]
set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set services security-metadata-streaming policy P http action permit
set services security-metadata-streaming policy P http notification log
set security policies from-zone trust to-zone untrust application-services security-metadata-streaming-policy P
set security policies from-zone trust to-zone untrust policy any match source-address any
set security policies from-zone trust to-zone untrust policy any match destination-address any
set security policies from-zone trust to-zone untrust policy any match application any
set security policies from-zone trust to-zone untrust policy any then permit
set services openeti workers ${WORKERS:-1}
set services openeti limits sessions-per-worker $(clamp 16384 "$flows" 4194304)
set services openeti limits flows-per-worker $(clamp 65536 $((flows * 2)) 16777216)
CONF
    [ $# -eq 0 ] || printf '%s\n' "$@" >>"$STATE/etid.conf"
}

# An earlier start has left its configuration in the state, which would win over the file.
start_etid() {
    rm -rf "$STATE/etid"
    start_here etid "$BIN/etid" --config "$STATE/etid.conf" --socket "$STATE/etid.sock" \
        --state "$STATE/etid"
}

# testpmd leaves when its standard input ends, so it gets a FIFO that never does. Its lcores are
# etid's: the second CPU forwards, where there is one.
start_testpmd() {
    [ -p "$STATE/hold" ] || mkfifo "$STATE/hold"
    # shellcheck disable=SC2016  # expanded by the inner shell
    start_here testpmd bash -c 'exec stdbuf -oL dpdk-testpmd "$@" 0<>"$0"' "$STATE/hold" \
        --no-huge -m 256 --no-pci --no-telemetry "--file-prefix=eti-bench-$$" \
        --lcores "0@0,1@$(($(nproc) > 1))" \
        --vdev "net_memif0,role=server,id=0,socket=$CLIENTS_SOCKET,socket-abstract=no,bsize=2048" \
        --vdev "net_memif1,role=server,id=0,socket=$SERVERS_SOCKET,socket-abstract=no,bsize=2048" \
        -- --forward-mode=io --auto-start --nb-cores=1 --total-num-mbufs=16384
}

# start_forwarder NAME: etid or testpmd; waits until its ports are started. Sockets exist before,
# and a peer that connects to them then waits for ever. One peer per start: a memif server of DPDK
# 22.11 may crash when a peer leaves while it polls.
start_forwarder() {
    rm -f "$CLIENTS_SOCKET" "$SERVERS_SOCKET" "$STATE/log/$1"
    "start_$1"
    wait_until 20 grep -qs -e 'Checking link statuses' -e ' forwards ' "$STATE/log/$1" || {
        tail -n 20 "$STATE/log/$1" >&2
        die "$1 does not start"
    }
}

# stop_forwarder NAME leaves time for sanitizers on a busy machine.
stop_forwarder() { stop_child "$1" TERM 60; }

# generate OPTION... sends load from the first CPU and prints what came back, as JSON.
generate() {
    "$BIN/load_generator" --clients "$CLIENTS_SOCKET" --servers "$SERVERS_SOCKET" --cpu 0 "$@" \
        2>>"$STATE/log/generator" || {
        tail -n 5 "$STATE/log/generator" >&2
        die "the load generator failed"
    }
}

# in_turns ROUND COMMAND... runs it for both forwarders. The order changes from round to round, so
# that a drift of the machine favours neither.
in_turns() {
    local -a order=(testpmd etid)
    local name
    (($1 % 2)) || order=(etid testpmd)
    shift
    for name in "${order[@]}"; do
        "$@" "$name"
    done
}

# counters_of_etid prints its counters as one JSON object.
counters_of_etid() {
    "$BIN/eti" --socket "$STATE/etid.sock" \
        -c 'show services security-metadata-streaming statistics detail' |
        awk '/^Counters:/ { on = 1; next }
             on { gsub(/-/, "_", $1); sub(/:/, "", $1)
                  printf "%s\"%s\": %s", n++ ? ", " : "{", $1, $2 }
             END { print n ? "}" : "null" }'
}

# memory_of NAME prints resident kilobytes.
memory_of() { awk '/^VmRSS:/ { print $2 }' "/proc/$(child_pid "$1")/status"; }

# watch_memory NAME keeps what memory_of said last in $STATE/rss, for as long as it lives: it may not
# outlive its peer, see start_forwarder.
watch_memory() {
    local kilobytes
    rm -f "$STATE/rss"
    while kilobytes=$(memory_of "$1" 2>/dev/null) && [ -n "$kilobytes" ]; do
        echo "$kilobytes" >"$STATE/rss.$BASHPID"
        mv "$STATE/rss.$BASHPID" "$STATE/rss"
        sleep 0.2
    done &
}

memif_up() {
    [ -n "${ETI_BIN:-}" ] || {
        "$ROOT/scripts/dependencies" build demo
        build_preset release etid eti load_generator
    }
    mkdir -p "$STATE/log"
}

memif_down() {
    local name
    for name in etid testpmd; do
        [ ! -f "$STATE/$name.pid" ] || stop_forwarder "$name" || true
    done
    rm -rf "$STATE"
}
