# The demo's steps on the wire itself: pages that pass, certificates that do not.
# shellcheck shell=bash

same_page() { cmp -s "$STATE/got" "$STATE/www/page.bin"; }

# passes WHAT HOST NAME PORT ADDRESS URL [CURL-OPTION...]: the page arrives, byte for byte.
passes() {
    local what=$1 host=$2 name=$3 port=$4 address=$5 url=$6
    shift 6
    rm -f "$STATE/got"
    fetch "$host" "$name" "$port" "$address" "$@" -o "$STATE/got" "$url" 2>"$STATE/log/curl" ||
        fail "$what: $(cat "$STATE/log/curl")"
    same_page || fail "$what: the page arrived changed"
    good "$what: $(stat -c %s "$STATE/got") bytes, identical"
}

good_pages() {
    local address url=https://good.example/page.bin
    step "A good server: the page arrives byte for byte"
    for address in 10.0.1.100 fd00:1::100; do
        passes "TLS 1.2 to $address" 11 good.example 443 "$address" "$url" --tls-max 1.2
        passes "TLS 1.3 to $address" 11 good.example 443 "$address" "$url"
        passes "plain HTTP to $address" 11 good.example 80 "$address" http://good.example/page.bin
    done
    passes "a server that speaks TLS 1.3 only" 11 tls13.example 443 10.0.1.104 \
        https://tls13.example/page.bin
}

# watch NAME WHERE captures TCP between the clients and the listed server, or of the first victim
# with any, at one end of the wire in $STATE/NAME.pcap.
watch() {
    start_child "$1" "$2" tcpdump -i eth0 -n -U -s 0 -w "$STATE/$1.pcap" \
        'tcp and (host 10.0.1.101 or (host 10.0.1.10 and port 443))'
    wait_until 10 grep -qs 'listening on' "$STATE/log/$1" || fail "tcpdump did not start"
}

# A clock on the wire; see wire_probe.py. Names in its report: "udp IP" and "tcp IP".
start_probe_receiver() {
    start_child probe in_server "$TOOLS/wire_probe.py" receive --to 10.0.1.100 --port 9 \
        --report "$STATE/probe.json"
    wait_until 10 grep -qs ready "$STATE/log/probe" || fail "the probe did not start"
}

start_probe() {
    local name=probe-$1
    shift
    start_child "$name" in_client "$TOOLS/wire_probe.py" send --to 10.0.1.100 --port 9 "$@"
}

# probe_report prints what has arrived by now.
probe_report() {
    rm -f "$STATE/probe.json"
    kill -USR1 "$(child_pid probe)"
    wait_until 3 test -s "$STATE/probe.json" && cat "$STATE/probe.json"
}

probe_count() { probe_report | jq --arg name "$1" '.[$name].received // 0'; }

probe_exceeds() { [ "$(probe_count "$1")" -gt "$2" ]; }

# captured NAME FILTER says whether a capture holds such a packet by now.
captured() { [ -n "$(tcpdump -r "$STATE/$1.pcap" -n -c 1 "$2" 2>/dev/null)" ]; }

# no_connection CLIENT PORT: the server holds none any more.
no_connection() {
    [ -z "$(in_server ss -Htn state established "dst $1 and sport = :$2")" ]
}

# is_cut WHAT HOST PORT DETECTED: the listed certificate does not arrive; both ends are reset.
is_cut() {
    local what=$1 client=10.0.1.$2 port=$3 detected=$4 rc=0 seen
    fetch "$2" listed.example "$port" 10.0.1.101 --tls-max 1.2 -o /dev/null \
        "https://listed.example:$port/" 2>"$STATE/log/curl" || rc=$?
    [ "$rc" -ne 0 ] || fail "$what: the client got its page"
    grep -qi 'reset by peer' "$STATE/log/curl" ||
        fail "$what: the client failed, but was not reset: $(cat "$STATE/log/curl")"
    good "$what: the client says \"$(sed 's/^curl: //' "$STATE/log/curl" | head -n 1)\""
    wait_until 3 captured at-server \
        "src host $client and dst port $port and tcp[tcpflags] & tcp-rst != 0" ||
        fail "$what: no RST reached the server"
    wait_until 3 no_connection "$client" "$port" ||
        fail "$what: the server did not accept the RST"
    good "the server saw the RST and has closed the connection"
    if ! seen=$("$TOOLS/certificate_seen.py" "$STATE/at-client.pcap" 10.0.1.101 "$client" \
        "$PKI/listed.example.pem"); then
        fail "$what: the whole certificate reached the client ($seen bytes)"
    fi
    good "the client's side saw $seen bytes of the certificate"
    wait_until 3 counter_is "Session detected" "$detected" ||
        fail "$what: Session detected is $(counter "Session detected"), expected $detected"
    good "Session detected: $detected"
}

# becomes_infected HOST: in the daemon's table soon after the service decided. How soon is shown and
# not judged: a daemon that found the service away asks again after a pause.
becomes_infected() {
    local ip=10.0.1.$1 decided enforced
    wait_until 15 service_lists "$ip" || fail "the service did not list $ip as infected"
    decided=${EPOCHREALTIME/./}
    wait_until 15 listed_as_infected "$ip" || fail "the daemon did not learn that $ip is infected"
    enforced=${EPOCHREALTIME/./}
    good "$ip is infected, at most $(((enforced - decided) / 1000)) ms after the service decided:" \
        "$(reasons "$ip")"
}

service_lists() {
    service GET '/v1/infected-hosts?since=0&wait=0' |
        jq -e --arg ip "$1" 'any(.entries[]; .ip == $ip)' >/dev/null
}

listed_certificate() {
    step "A server whose certificate is on the list: cut, counted, the host infected"
    start_probe 10-tcp --from 10.0.1.10 --tcp --interval-ms 10
    start_probe 11-tcp --from 10.0.1.11 --tcp --interval-ms 10
    wait_until 10 probe_exceeds "tcp 10.0.1.10" 10 || fail "10.0.1.10 has no open connection"
    is_cut "TLS 1.2, port 443" 10 443 1
    becomes_infected 10
}

infected_host() {
    local rc=0 before others
    step "The infected host reaches nothing any more, its neighbour everything"
    fetch 10 good.example 443 10.0.1.100 --connect-timeout 2 -o /dev/null \
        https://good.example/page.bin 2>"$STATE/log/curl" || rc=$?
    [ "$rc" -eq 28 ] || fail "10.0.1.10 should run into a timeout, curl says: $(cat "$STATE/log/curl")"
    ! captured at-server "src host 10.0.1.10 and dst host 10.0.1.100" ||
        fail "packets of the infected host still reached a server"
    good "10.0.1.10: no packet arrives at a server it never met before"
    before=$(probe_count "tcp 10.0.1.10")
    others=$(probe_count "tcp 10.0.1.11")
    wait_until 10 probe_exceeds "tcp 10.0.1.11" $((others + 50)) ||
        fail "an open connection of 10.0.1.11 stands still"
    [ "$(probe_count "tcp 10.0.1.10")" -eq "$before" ] ||
        fail "a connection that 10.0.1.10 had open still carries data"
    stop_child probe-10-tcp
    stop_child probe-11-tcp
    good "10.0.1.10: the connection it had open stands still, its neighbour's does not"
    passes "10.0.1.11, not infected" 11 good.example 443 10.0.1.100 https://good.example/page.bin
}

evasions() {
    step "The same certificate in pieces, and on an odd port"
    is_cut "many records in many segments" 12 8443 2
    is_cut "port 4444" 13 4444 3
    becomes_infected 12
    becomes_infected 13
}

# level_is IP LEVEL: what the service holds against a host.
level_is() { [ "$(service GET "/v1/hosts/$1" 2>/dev/null | jq .score)" = "$2" ]; }

reasons() { service GET "/v1/hosts/$1" | jq -r '[.reasons[].reason] | join("; ")'; }

self_signed() {
    step "A server with a self-signed certificate, seen for the first time"
    passes "self-signed.example" 14 self-signed.example 443 10.0.1.102 \
        https://self-signed.example/page.bin --insecure --tls-max 1.2
    wait_until 15 level_is 10.0.1.14 4 ||
        fail "the service should hold level 4 against 10.0.1.14: $(service GET /v1/hosts/10.0.1.14)"
    ! listed_as_infected 10.0.1.14 || fail "10.0.1.14 is infected, at level 4"
    good "level 4 at the service, below the threshold, nothing is blocked: $(reasons 10.0.1.14)"
}

# A client that calls home on a timer, beside one that only works hard.
beacon() {
    step "A beacon to a server on no list, beside a busy client of a good one"
    for _ in 1 2 3 4 5 6 7 8; do
        fetch 16 home.example 443 10.0.1.105 --insecure --tls-max 1.2 -o /dev/null \
            https://home.example/beat 2>"$STATE/log/curl" || break # blocked once it is infected
        for _ in 1 2 3 4 5; do
            fetch 17 good.example 443 10.0.1.100 -o /dev/null https://good.example/page.bin \
                2>"$STATE/log/curl" || fail "the busy client: $(cat "$STATE/log/curl")"
        done
        sleep 2.5 # the client's own timer
    done
    becomes_infected 16
    reasons 10.0.1.16 | grep -q "regular traffic" ||
        fail "no timer among the reasons: $(reasons 10.0.1.16)"
    show services openeti infected-hosts | grep -A1 '^10.0.1.16 ' | sed 's/^/    /'
    level_is 10.0.1.17 0 || fail "the busy client is at $(service GET /v1/hosts/10.0.1.17)"
    good "10.0.1.17, with more sessions, stays at level 0"
}

allowlisted() {
    step "A listed certificate on a server that is allowlisted"
    passes "allowed.example" 15 allowed.example 443 10.0.1.103 \
        https://allowed.example/page.bin --tls-max 1.2
    wait_until 3 counter_is "Session whitelisted" 1 ||
        fail "Session whitelisted is $(counter "Session whitelisted"), expected 1"
    good "Session whitelisted: 1"
    show services security-metadata-streaming whitelist | sed 's/^/    /'
}
