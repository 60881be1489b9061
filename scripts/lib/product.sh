# The product's own processes in the box namespace: daemon, analysis service, and a syslog server.
# Needs topology.sh and servers.sh; BIN is where the programs are.
# shellcheck shell=bash

SERVICE_ADDRESS=127.0.0.1:8080
SERVICE_URL=http://$SERVICE_ADDRESS
SERVICE_DATA=$STATE/analysis
SOCKET=$STATE/etid.sock
DAEMON_STATE=$STATE/etid
EVENTS=$STATE/log/events

# write_feed CERTIFICATE... makes the list an operator would download from SSLBL: CRLF, comments,
# date, SHA-1, reason.
write_feed() {
    local name
    {
        echo "################################################################"
        echo "# SSL Certificate Blacklist (SHA1 Fingerprints), made for the demo #"
        echo "################################################################"
        echo "#"
        echo "# Listingdate,SHA1,Listingreason"
        for name in "$@"; do
            echo "$(date -u '+%F %T'),$(sha1_of "$name"),Demo C&C"
        done
        echo "# END ($#) entries"
    } | sed 's/$/\r/' >"$STATE/sslbl.csv"
}

start_service() {
    start_child eti-analysis in_box "$BIN/eti-analysis" --listen "$SERVICE_ADDRESS" \
        --data "$SERVICE_DATA" --feed "$STATE/sslbl.csv" --site-roots "$PKI/ca.pem"
    wait_until 20 service_ready
}

service_ready() { service GET /healthz >/dev/null 2>&1; }

# service METHOD PATH [CURL-OPTION...] asks the analysis service, as an analyst would.
service() {
    local method=$1 path=$2
    local -a credential=()
    shift 2
    if [ -r "$SERVICE_DATA/token" ]; then
        credential=(-H "Authorization: Bearer $(cat "$SERVICE_DATA/token")")
    fi
    in_box curl --silent --show-error --fail --max-time 10 -X "$method" "${credential[@]}" "$@" \
        "$SERVICE_URL$path"
}

start_syslog() {
    cat >"$STATE/rsyslog.conf" <<CONF
global(workDirectory="$STATE")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="514" ruleset="events")
template(name="parsed" type="string"
         string="%protocol-version% %app-name% %msgid% %structured-data%\n")
ruleset(name="events") { action(type="omfile" file="$EVENTS" template="parsed") }
CONF
    start_child rsyslogd in_box rsyslogd -n -f "$STATE/rsyslog.conf" -i "$STATE/rsyslogd.id"
    wait_until 10 udp_listening
}

udp_listening() { [ -n "$(in_box ss -Hlun 'src 127.0.0.1:514')" ]; }

write_daemon_config() {
    cat >"$STATE/etid.conf" <<CONF
# The demo's appliance: a wire of two af_packet ports, two workers.
set system host-name eti1
set interfaces ge-0/0/0 openeti port af-packet inside
set interfaces ge-0/0/1 openeti port af-packet outside
set vlans wire vlan-id 1
set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members wire
set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members wire
set security forwarding-options secure-wire W interface [ ge-0/0/0.0 ge-0/0/1.0 ]
set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set services openeti workers 2
set services openeti cloud token-file $SERVICE_DATA/token
set services openeti feed public-key $SERVICE_DATA/feed.pub
set services advanced-anti-malware connection url $SERVICE_URL
set services security-intelligence url $SERVICE_URL
set services security-metadata-streaming policy P http action permit
set services security-metadata-streaming policy P http notification log
set services security-intelligence profile cc-profile category CC
set services security-intelligence profile cc-profile rule listed match threat-level [ 8 9 10 ]
set services security-intelligence profile cc-profile rule listed then action block close
set services security-intelligence profile cc-profile rule listed then log
set services security-intelligence profile ih-profile category Infected-Hosts
set services security-intelligence profile ih-profile rule infected match threat-level [ 7 8 9 10 ]
set services security-intelligence profile ih-profile rule infected then action block drop
set services security-intelligence profile ih-profile rule infected then log
set services security-intelligence policy si CC cc-profile
set services security-intelligence policy si Infected-Hosts ih-profile
set security policies from-zone trust to-zone untrust application-services security-metadata-streaming-policy P
set security policies from-zone trust to-zone untrust policy any match source-address any
set security policies from-zone trust to-zone untrust policy any match destination-address any
set security policies from-zone trust to-zone untrust policy any match application any
set security policies from-zone trust to-zone untrust policy any then permit application-services security-intelligence-policy si
set security log mode stream
set security log format sd-syslog
set security log stream siem category all
set security log stream siem host 127.0.0.1 port 514
CONF
}

start_daemon() {
    start_child etid in_box "$BIN/etid" --config "$STATE/etid.conf" --socket "$SOCKET" \
        --state "$DAEMON_STATE"
}

# show COMMAND... runs one operational command.
show() { "$BIN/eti" --socket "$SOCKET" -c "show $*"; }

daemon_ready() { show services security-metadata-streaming statistics >/dev/null 2>&1; }

list_in_force() {
    show services security-intelligence category summary 2>/dev/null | tr -d '\r' |
        awk -v want="$1" '/Feed name/ { cc = /cc_cert_sha1/ }
                          cc && /Objects number/ { split($0, f, ":"); if (f[2] == want) found = 1 }
                          END { exit !found }'
}

# value_of LABEL picks one number out of a statistics output on standard input.
value_of() {
    awk -F: -v label="$1" '
        { name = $1; gsub(/^ +| +$/, "", name) }
        name == label { gsub(/ /, "", $2); print $2 }'
}

# counter LABEL prints one value of the vendor's statistics, as in: counter "Session detected"
counter() { show services security-metadata-streaming statistics | value_of "$1"; }

# ledger LABEL does the same for our detailed form.
ledger() { show services security-metadata-streaming statistics detail | value_of "$1"; }

counter_is() { [ "$(counter "$1")" = "$2" ]; }

listed_as_infected() {
    show security dynamic-address category-name Infected-Hosts 2>/dev/null |
        awk -v ip="$1" '$2 == ip { found = 1 } END { exit !found }'
}

# stored prints every session the service keeps, one JSON object a line.
stored() { service GET '/v1/sessions?limit=1000' | jq -c '.sessions[]'; }
