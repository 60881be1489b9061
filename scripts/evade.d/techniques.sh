# The table: technique NAME REFERENCE EXPECTED RUNNER [ARGUMENT...]
#
#   blocked   no listed leaf arrives, the daemon counts a detection; the twin's page arrives
#   shown     the same where the client cannot go on to a page: the twin's leaf arrives
#   stalls    neither leaf arrives
#   unseen    both pages arrive: nobody in the middle can see the certificate
# shellcheck shell=bash

techniques() {
    technique plain "RFC 5246" blocked wire plain
    technique plain_ipv6 "RFC 8200" blocked wire_v6 plain
    tcp_techniques
    path_techniques
    decoy_techniques
    ip_techniques
    tls_techniques
    preamble_techniques
    datagram_techniques
}

tcp_techniques() {
    local name
    for name in one_byte_segments small_mss client_hello_one_byte_segments; do
        technique "$name" "Ptacek and Newsham 1998" blocked wire "$name"
    done
    technique one_byte_segments_ipv6 "Ptacek and Newsham 1998" blocked wire_v6 one_byte_segments
    technique zero_window "RFC 9293 section 3.8.6.1" blocked wire zero_window
    technique keep_alive "RFC 9293 section 3.8.4" blocked wire keep_alive
    technique half_closed_by_the_client "RFC 9293 section 3.6" shown wire half_closed_by_the_client
    technique fast_open_taken "RFC 7413" blocked wire fast_open_taken
    technique fast_open_refused "RFC 7413" blocked wire fast_open_refused
    technique simultaneous_open "RFC 9293 section 3.5" blocked meeting simultaneous_open
    technique sequence_numbers_wrap "RFC 9293 section 3.4" blocked meeting sequence_numbers_wrap
    technique port_reused_after_reset "Ptacek and Newsham 1998" blocked wire port_reused_after_reset
    technique port_reused_after_close "Ptacek and Newsham 1998" blocked wire port_reused_after_close
    technique signed_segments "RFC 2385" blocked wire signed_segments
    technique urgent_byte_inserted "RFC 6093" stalls wire urgent_byte_inserted
    technique urgent_byte_inline "RFC 6093" stalls wire urgent_byte_inline
}

path_techniques() {
    local way
    for way in reorder duplicate jitter; do
        technique "$way" "Ptacek and Newsham 1998" blocked path 4 "$way" small_mss
    done
    technique corrupt "Ptacek and Newsham 1998" blocked path 4 corrupt plain
    technique lose "RFC 9293 section 3.8" blocked path 4 lose plain
    technique retransmission_cut_differently "RFC 9293 section 3.8" blocked \
        path 4 "lose reorder" one_byte_segments
}

decoy_techniques() {
    local name
    for name in bad_checksum_data bad_checksum_reset bad_checksum_fin \
        bad_checksum_reset_of_the_client reset_with_a_wrong_sequence reset_inside_the_window \
        reset_with_md5_option data_with_md5_option data_without_ack data_with_old_timestamp \
        syn_inside_the_connection keep_alive_with_a_garbage_byte; do
        technique "$name" "Geneva 2019; SymTCP 2020" blocked wire "$name"
    done
    for name in low_hop_count_reset low_hop_count_fin low_hop_count_syn_answer; do
        technique "$name" "Geneva 2019" blocked routed "$name"
    done
    technique low_hop_count_data "Ptacek and Newsham 1998" stalls routed low_hop_count_data
}

ip_techniques() {
    local name
    technique router_that_fragments "RFC 791" blocked router_that_fragments plain
    technique fragments_v4 "RFC 1858" blocked path 4 fragments plain
    technique fragments_v4_backward "RFC 1858" blocked path 4 fragments_backward plain
    technique fragments_v4_in_any_order "RFC 1858" blocked \
        path 4 "fragments reorder duplicate" plain
    technique fragments_v6 "RFC 8200 section 4.5" blocked path 6 fragments plain
    technique fragments_v6_backward "RFC 8200 section 4.5" blocked path 6 fragments_backward plain
    technique vxlan_of_linux "RFC 7348" blocked vxlan_of_linux plain
    technique vlan "IEEE 802.1Q" blocked tunnel 4 vlan plain
    technique vlan_in_vlan "IEEE 802.1Q" blocked tunnel 4 vlan_in_vlan plain
    technique vlan_in_service_vlan "IEEE 802.1ad" blocked \
        unavailable "an af_packet port writes the outer tag as 802.1Q"
    technique mpls "RFC 3032" blocked tunnel 4 mpls plain
    technique pppoe "RFC 2516" blocked tunnel 4 pppoe plain
    technique gre "RFC 2784" blocked tunnel 4 gre plain
    technique gre_with_key "RFC 2890" blocked tunnel 6 gre_with_key plain
    technique gre_with_ethernet "RFC 1701" blocked tunnel 4 gre_with_ethernet plain
    technique ip_in_ip "RFC 2003" blocked tunnel 4 ip_in_ip plain
    technique ipv6_in_ipv4 "RFC 4213" blocked tunnel 6 ip_in_ip plain
    technique vxlan "RFC 7348" blocked tunnel 6 vxlan plain
    technique geneve "RFC 8926" blocked tunnel 4 geneve plain
    technique fragments_inside_a_tunnel "RFC 2784, RFC 791" blocked \
        tunnel 4 "fragments_backward gre" plain
    technique gre_in_vlan "RFC 2784, IEEE 802.1Q" blocked tunnel 4 "gre vlan" one_byte_segments
}

tls_techniques() {
    local name
    for name in records_of_one_byte records_of_seven_bytes client_hello_in_records_of_one_byte; do
        technique "$name" "Niere et al. 2023" blocked wire "$name"
    done
    technique many_messages_in_one_record "RFC 5246 section 6.2.1" blocked \
        wire many_messages_in_one_record
    technique empty_records_between "RFC 5246 section 6.2.1" blocked wire empty_records_between
    technique warning_alert_first "Themis 2021" blocked wire warning_alert_first
    technique hello_request_first "RFC 5246 section 7.4.1.1" blocked wire hello_request_first
    technique client_hello_of_ssl_2 "RFC 5246 appendix E.2" shown wire client_hello_of_ssl_2
    technique client_certificate_requested "RFC 5246 section 7.4.4" blocked \
        wire client_certificate_requested
    technique long_chain "RFC 5246 section 7.4.2" blocked nginx_with_long_chain
    technique tls_1_0 "RFC 2246" blocked wire tls_1_0
    technique tls_1_1 "RFC 4346" blocked wire tls_1_1
    technique resumption_refused_id "RFC 5246 section 7.3" blocked resumption resumed_by_id plain
    technique resumption_refused_ticket "RFC 5077" blocked resumption resumed_by_ticket plain
    technique resumed_by_id "RFC 5246 section 7.3" unseen resumption resumed_by_id resumed_by_id
    technique resumed_by_ticket "RFC 5077" unseen resumption resumed_by_ticket resumed_by_ticket
    technique tls_1_3 "RFC 8446" unseen wire tls_1_3
    technique hello_retry_request "RFC 8446 section 4.1.4" unseen wire hello_retry_request
}

preamble_techniques() {
    technique starttls_of_smtp "RFC 3207" blocked starttls starttls_of_smtp smtp
    technique starttls_of_imap "RFC 9051 section 6.2.1" blocked starttls starttls_of_imap imap
    technique starttls_of_pop3 "RFC 2595" blocked starttls starttls_of_pop3 pop3
    technique starttls_of_ftp "RFC 4217" blocked starttls starttls_of_ftp ftp
    technique starttls_of_xmpp "RFC 6120 section 5" blocked starttls starttls_of_xmpp xmpp
    technique starttls_of_ldap "RFC 4511 section 4.14" blocked starttls starttls_of_ldap ldap
    technique starttls_of_postgres "PostgreSQL SSLRequest" blocked \
        starttls starttls_of_postgres postgres
    technique starttls_of_mysql "MySQL SSLRequest" blocked starttls starttls_of_mysql mysql
    technique urgent_byte_before_starttls "RFC 6093" blocked \
        starttls urgent_byte_before_starttls smtp
    technique http_connect "RFC 9110 section 9.3.6" blocked http_connect
    technique socks_5 "RFC 1928" blocked socks_5
}

datagram_techniques() {
    technique dtls "RFC 6347" blocked dtls in_server in_client 10.0.1.10 1200
    technique dtls_small_fragments "RFC 6347 section 4.2.3" blocked \
        dtls in_server in_client 10.0.1.10 256
    technique dtls_in_fragments_v4 "RFC 791" blocked \
        unavailable "the kernel puts IPv4 fragments together for an af_packet port"
    technique dtls_in_fragments_v6 "RFC 8200 section 4.5" blocked \
        dtls in_server in_client fd00:1::10 9000
    technique quic "RFC 9000" unseen unavailable "OpenSSL 3.0 has no QUIC client"
}
