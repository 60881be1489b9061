# The demo's steps that break something: the analysis service goes away, the daemon is killed.
# shellcheck shell=bash

AWAY_SESSIONS=20

# away_names prints the names the service has a session for, of those visited while it was away.
away_names() { stored | jq -r '.tls.sni // empty' | grep '^away-' | sort; }

all_arrived() { [ "$(away_names | wc -l)" -ge "$AWAY_SESSIONS" ]; }

# ledger_agrees: the service keeps as many TLS sessions as the daemon has inspected. Whitelisted
# ones are not inspected and leave no record.
ledger_agrees() { [ "$(stored_tls)" -eq "$(counter "Session inspected")" ]; }

stored_tls() { stored | jq -s '[.[] | select(.protocol == "tls") | .id] | unique | length'; }

submission() { counter "Records submission $1"; }

spooled() { ledger "Records spooled"; }

all_spooled() { [ "$(spooled)" -ge "$AWAY_SESSIONS" ]; }

service_away() {
    local number before names
    step "The analysis service is killed: traffic flows, records wait on disk"
    before=$(submission success)
    stop_child eti-analysis KILL
    for ((number = 1; number <= AWAY_SESSIONS; ++number)); do
        fetch 11 "away-$number.good.example" 443 10.0.1.100 --tls-max 1.2 -o "$STATE/got" \
            "https://away-$number.good.example/page.bin" 2>"$STATE/log/curl" ||
            fail "visit $number without the service: $(cat "$STATE/log/curl")"
        same_page || fail "visit $number without the service: the page arrived changed"
    done
    good "$AWAY_SESSIONS pages loaded meanwhile, identical"
    wait_until 15 all_spooled || fail "only $(spooled) records are in the spool"
    good "records in the spool: $(spooled); acknowledged so far: $(submission success)"

    step "The service is back: every record arrives, once"
    start_service || fail "eti-analysis did not come back"
    wait_until 60 all_arrived ||
        fail "only $(away_names | wc -l) of $AWAY_SESSIONS sessions arrived"
    names=$(away_names)
    if [ "$(wc -l <<<"$names")" -ne "$AWAY_SESSIONS" ] || [ -n "$(uniq -d <<<"$names")" ]; then
        fail "sessions are missing or twice at the service: $(uniq -c <<<"$names")"
    fi
    [ "$(submission success)" -gt "$before" ] || fail "no record was acknowledged"
    wait_until 15 ledger_agrees ||
        fail "the service keeps $(stored_tls) TLS sessions: $(show \
            services security-metadata-streaming statistics)"
    [ "$(spooled)" -eq 0 ] || fail "$(spooled) records are still in the spool"
    [ "$(submission failure)" -eq 0 ] || fail "$(submission failure) records were lost"
    good "$AWAY_SESSIONS sessions, each exactly once; lost for good: 0"
    good "sessions inspected since the start, and TLS sessions at the service: $(stored_tls)"
}

# The service is away meanwhile: only what the daemon itself has stored can be in force.
daemon_killed() {
    local before outage
    step "kill -9 of the daemon and a restart, without the service"
    stop_child eti-analysis
    start_probe 10-udp --from 10.0.1.10
    start_probe 11-udp --from 10.0.1.11
    wait_until 10 probe_exceeds "udp 10.0.1.11" 100 || fail "the probe does not pass the wire"
    before=$(probe_count "udp 10.0.1.11")
    stop_child etid KILL
    start_daemon
    wait_until 30 daemon_ready || fail "etid did not come back"
    wait_until 30 probe_exceeds "udp 10.0.1.11" $((before + 500)) ||
        fail "the wire stays silent after the restart"
    outage=$(probe_report | jq '."udp 10.0.1.11".longest_silence_ms')
    [ "$(probe_count "udp 10.0.1.10")" -eq 0 ] ||
        fail "$(probe_count "udp 10.0.1.10") datagrams of the infected host passed"
    stop_child probe-10-udp
    stop_child probe-11-udp
    listed_as_infected 10.0.1.10 || fail "10.0.1.10 is no longer in the table"
    good "the infected host stayed blocked: of its 1000 datagrams a second none passed"
    good "outage of the wire: $outage ms"
    passes "a good page after the restart" 11 good.example 443 10.0.1.100 \
        https://good.example/page.bin
    is_cut "the stored list is in force" 14 443 1
    start_service || fail "eti-analysis did not come back"
    becomes_infected 14
}

# event_logged APP-NAME MESSAGE-ID PATTERN: what rsyslog itself took apart as RFC 5424, version 1.
event_logged() {
    grep -qE "^1 $1 $2 \[junos@2636\.1\.1\.1\.2\.129 .*$3" "$EVENTS" 2>/dev/null
}

events() {
    step "The detection at a real syslog server, as RFC 5424"
    wait_until 10 event_logged RT_SECINTEL SECINTEL_ACTION_LOG \
        'source-address="10\.0\.1\.10".*feed-name="cc_cert_sha1"' ||
        fail "rsyslog has no SECINTEL_ACTION_LOG of 10.0.1.10: $(tail -n 3 "$EVENTS")"
    good "$(grep -m 1 SECINTEL_ACTION_LOG "$EVENTS" | cut -c 1-150)..."
    wait_until 10 event_logged RT_AAMW AAMW_HOST_INFECTED_EVENT_LOG 'client-ip="10\.0\.1\.10"' ||
        fail "rsyslog has no AAMW_HOST_INFECTED_EVENT_LOG of 10.0.1.10: $(tail -n 3 "$EVENTS")"
    good "AAMW_HOST_INFECTED_EVENT_LOG for the host table"
}
