# How one attempt is made. Each runner prints what the client saw, in the words of client.py, for
# the server in KIND: listed or twin. LAST is the last digit of its addresses, LEAF its certificate.
# shellcheck shell=bash disable=SC2153  # CLIENT is topology.sh's, PORT the caller's

# talk WHERE FROM TO-WITHOUT-LAST-DIGIT MODE [OPTION...]
talk() {
    local where=$1 from=$2 to=$3 mode=$4
    shift 4
    "$where" timeout --foreground 60 "$PYTHON" "$TOOLS/client.py" "$mode" --from "$from" \
        --to "$to$LAST" --leaf "$LEAF" --page "$PAGE" "$@" 2>>"$STATE/log/client" || echo "none the client ended with $?"
}

wire() { talk in_client 10.0.1.10 10.0.1.10 "$@"; }
wire_v6() { talk in_client fd00:1::10 fd00:1::10 "$@"; }

# Two routers on the way: one before the box, one behind it.
routed() { talk in_near 10.0.3.10 10.0.4.10 "$@"; }
router_that_fragments() { talk in_near 10.0.3.11 10.0.4.10 "$@"; }

# path 4|6 WAYS MODE [OPTION...]: the server's side of the wire is a bad path.
path() {
    local family=$1 ways=$2
    shift 2
    # shellcheck disable=SC2086  # words
    start_path path-far in_server $ways || echo "none path.py did not start"
    case $family in
        4) talk in_client 10.0.1.10 10.0.1.20 "$@" ;;
        6) talk in_client fd00:1::10 fd00:1::20 "$@" ;;
    esac
    stop_child path-far
}

# tunnel 4|6 WAYS MODE: both sides of the wire are ends of a tunnel.
tunnel() {
    local family=$1 ways=$2
    shift 2
    # shellcheck disable=SC2086  # words
    start_path path-near in_client $ways && start_path path-far in_server $ways ||
        echo "none path.py did not start"
    case $family in
        4) talk in_near 10.0.1.20 10.0.1.20 "$@" ;;
        6) talk in_near fd00:1::20 fd00:1::20 "$@" ;;
    esac
    stop_child path-near
    stop_child path-far
}

vxlan_of_linux() {
    if ! ip -n "$CLIENT" link show vx0 >/dev/null 2>&1 && ! vxlan_up 2>/dev/null; then
        echo "skipped the kernel has no VXLAN"
        return
    fi
    talk in_client 10.0.5.10 10.0.5.10 "$@"
}

# meeting MODE: both ends connect at one moment, over a path long enough for their SYNs to cross.
meeting() {
    local mode=$1 when port=$((31000 + RANDOM % 20000)) peer=40000
    start_path path-far in_server delay || echo "none path.py did not start"
    when=$(awk '{ print $1 + 1 }' /proc/uptime)
    start_child meeting in_far "$PYTHON" "$TOOLS/server.py" --pki "$PKI" --page "$PAGE" \
        --meet "$mode" "10.0.1.20$LAST:$peer" "10.0.1.10:$port" "$when"
    talk in_client 10.0.1.10 10.0.1.20 "$mode" --port "$peer" --source-port "$port" \
        --meet-at "$when"
    stop_child meeting
    stop_child path-far
}

nginx_with_long_chain() { LAST=$((LAST + 2)) wire plain --port 443; }

# openssl_says reads s_client's output: the page in $STATE/got, messages in $STATE/messages.
openssl_says() {
    if tail -c "$(stat -c %s "$PAGE")" "$STATE/got" | cmp -s - "$PAGE"; then
        echo page
    elif grep -q '^<<< .*, Certificate$' "$STATE/messages"; then
        echo "leaf $(tail -n 1 "$STATE/s_client.err")"
    else
        echo "none $(grep -m 1 -E 'errno|error|unexpected' "$STATE/s_client.err" || true)"
    fi
}

# s_client WHERE ADDRESS:PORT [OPTION...]
s_client() {
    local where=$1 to=$2
    shift 2
    rm -f "$STATE/messages" "$STATE/got"
    printf 'GET /page.bin HTTP/1.0\r\n\r\n' |
        "$where" timeout --foreground 15 openssl s_client -quiet -msg \
            -msgfile "$STATE/messages" -connect "$to" "$@" >"$STATE/got" 2>"$STATE/s_client.err" || true
}

starttls() {
    s_client in_client "10.0.1.10$LAST:${PORT[$1]}" -starttls "$2"
    openssl_says
}

http_connect() {
    s_client in_client "far.example:443" -proxy "10.0.1.10$LAST:${PORT[http_connect]}"
    openssl_says
}

socks_5() {
    local rc=0
    in_client curl --silent --verbose --insecure --tls-max 1.2 --max-time 15 -o "$STATE/got" \
        --socks5-hostname "10.0.1.10$LAST:${PORT[socks_5]}" https://far.example/page.bin \
        2>"$STATE/s_client.err" || rc=$?
    if cmp -s "$STATE/got" "$PAGE"; then
        echo page
    elif grep -q 'IN), TLS handshake, Certificate (11)' "$STATE/s_client.err"; then
        echo "leaf curl ended with $rc"
    else
        echo "none curl ended with $rc"
    fi
    rm -f "$STATE/got"
}

# resumption MODE SECOND-MODE: a session got at the server's own side of the wire is resumed over
# the wire, at a server that knows it or at one that does not.
resumption() {
    s_client in_server "10.0.1.10$LAST:${PORT[$1]}" -tls1_2 -sess_out "$STATE/session"
    s_client in_client "10.0.1.10$LAST:${PORT[$2]}" -tls1_2 -sess_in "$STATE/session"
    openssl_says
}

# dtls WHERE-SERVER WHERE-CLIENT ADDRESS-WITHOUT-LAST-DIGIT MTU: one line from the client must
# arrive at the server.
dtls() {
    local server=$1 client=$2 to=$3$LAST mtu=$4 word=$RANDOM$RANDOM
    case $to in *:*) to="[$to]" ;; esac
    rm -f "$STATE/log/dtls" "$STATE/messages"
    start_child dtls "$server" sh -c "tail -f /dev/null | openssl s_server -dtls1_2 -quiet \
        -accept '$to:4433' -mtu $mtu -cert '$PKI/$KIND.example-four.pem' \
        -cert_chain '$PKI/$KIND.example-four.pem' -key '$PKI/$KIND.example.key'"
    wait_until 10 dtls_listening "$server" || echo "none openssl s_server did not start"
    { echo "$word" && sleep 0.7; } |
        "$client" timeout --foreground 3 openssl s_client -dtls1_2 -mtu "$mtu" -quiet -msg \
            -msgfile "$STATE/messages" -connect "$to:4433" >"$STATE/got" 2>"$STATE/s_client.err" ||
        true
    if grep -qs "$word" "$STATE/log/dtls"; then
        echo page
    elif grep -q '^<<< .*, Certificate$' "$STATE/messages"; then
        echo "leaf the line did not arrive"
    else
        echo "none no Certificate message"
    fi
    kill -- "-$(child_pid dtls)"
}

dtls_listening() { [ -n "$("$1" ss -Hlun 'sport = 4433')" ]; }

unavailable() { echo "skipped $*"; }
