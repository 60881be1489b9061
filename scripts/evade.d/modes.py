"""The ways client.py and server.py can behave, by technique; both programs read this one table."""

import dataclasses
import typing

import decoys
import preambles
import reframe


@dataclasses.dataclass(frozen=True)
class Mode:
    """What differs from a plain TLS 1.2 server and its client. Sizes in bytes, times in seconds."""

    # The server.
    segment: int = 0  # its flight in segments of this size; 0: as the stack likes
    mss: int = 0
    records: typing.Callable[[bytes], bytes] = None  # the flight framed anew
    preamble: typing.Callable = None  # said before TLS
    long_chain: bool = False
    pause: float = 0  # in the middle of its flight
    keep_alive: bool = False
    urgent: bool = False  # an urgent byte in the middle of its flight
    decoy: typing.Callable = None  # forged segments before its flight
    fast_open: bool = False  # the client uses a cookie; the server takes it
    version: str = "TLSv1_2"  # the highest it speaks
    curve: str = None
    tickets: bool = True
    asks_for_certificate: bool = False
    # The client.
    hello_records: typing.Callable[[bytes], bytes] = None
    hello_segment: int = 0
    hello_decoy: typing.Callable = None
    ssl2_hello: bool = False
    receive_buffer: int = 0
    read_size: int = 65536
    read_pause: float = 0
    out_of_band_inline: bool = False
    half_close: bool = False
    cookie_refused: bool = False  # fast open at a server that does not take it
    before: str = None  # an earlier connection from the same port: "reset" or "closed"
    patience: float = 10
    # Both.
    signed: bool = False  # RFC 2385
    first_sequence: int = None  # of both sides; needs a simultaneous open


MODES = {
    "plain": Mode(),
    "one_byte_segments": Mode(segment=1),
    "small_mss": Mode(mss=88),
    "zero_window": Mode(long_chain=True, receive_buffer=2048, read_size=600, read_pause=0.005),
    "urgent_byte_inserted": Mode(urgent=True, patience=3),
    "urgent_byte_inline": Mode(urgent=True, out_of_band_inline=True, patience=3),
    "keep_alive": Mode(pause=2.2, keep_alive=True),
    "half_closed_by_the_client": Mode(half_close=True),
    "fast_open_taken": Mode(fast_open=True),
    "fast_open_refused": Mode(cookie_refused=True),
    "port_reused_after_reset": Mode(before="reset"),
    "port_reused_after_close": Mode(before="closed"),
    "signed_segments": Mode(signed=True, patience=4),
    "sequence_numbers_wrap": Mode(first_sequence=2**32 - 500),
    "client_hello_one_byte_segments": Mode(hello_segment=1),
    "simultaneous_open": Mode(),

    "records_of_one_byte": Mode(records=reframe.split(1)),
    "records_of_seven_bytes": Mode(records=reframe.split(7), segment=5),
    "many_messages_in_one_record": Mode(records=reframe.join),
    "empty_records_between": Mode(records=reframe.with_empty_records),
    "warning_alert_first": Mode(records=reframe.after_warning),
    "hello_request_first": Mode(records=reframe.after_hello_request),
    "client_hello_in_records_of_one_byte": Mode(hello_records=reframe.split(1)),
    "client_hello_of_ssl_2": Mode(ssl2_hello=True, patience=4),
    "client_certificate_requested": Mode(asks_for_certificate=True),
    "tls_1_0": Mode(version="TLSv1"),
    "tls_1_1": Mode(version="TLSv1_1"),
    "tls_1_3": Mode(version="TLSv1_3"),
    "hello_retry_request": Mode(version="TLSv1_3", curve="secp384r1"),
    "resumed_by_ticket": Mode(),
    "resumed_by_id": Mode(tickets=False),

    "starttls_of_smtp": Mode(preamble=preambles.smtp),
    "starttls_of_imap": Mode(preamble=preambles.imap),
    "starttls_of_pop3": Mode(preamble=preambles.pop3),
    "starttls_of_ftp": Mode(preamble=preambles.ftp),
    "starttls_of_xmpp": Mode(preamble=preambles.xmpp),
    "starttls_of_ldap": Mode(preamble=preambles.ldap),
    "starttls_of_postgres": Mode(preamble=preambles.postgres),
    "starttls_of_mysql": Mode(preamble=preambles.mysql),
    "http_connect": Mode(preamble=preambles.http_connect),
    "socks_5": Mode(preamble=preambles.socks5),
    "urgent_byte_before_starttls": Mode(preamble=preambles.smtp_with_urgent_byte),

    "bad_checksum_data": Mode(decoy=decoys.bad_checksum_data),
    "bad_checksum_reset": Mode(decoy=decoys.bad_checksum_reset),
    "bad_checksum_fin": Mode(decoy=decoys.bad_checksum_fin),
    "bad_checksum_reset_of_the_client": Mode(hello_decoy=decoys.bad_checksum_reset),
    "reset_with_a_wrong_sequence": Mode(decoy=decoys.reset_with_wrong_sequence),
    "reset_inside_the_window": Mode(decoy=decoys.reset_inside_window),
    "reset_with_md5_option": Mode(decoy=decoys.reset_with_md5),
    "data_with_md5_option": Mode(decoy=decoys.data_with_md5),
    "data_without_ack": Mode(decoy=decoys.data_without_ack),
    "data_with_old_timestamp": Mode(decoy=decoys.data_with_old_timestamp),
    "syn_inside_the_connection": Mode(decoy=decoys.syn_inside),
    "keep_alive_with_a_garbage_byte": Mode(decoy=decoys.keep_alive_with_garbage),
    "low_hop_count_reset": Mode(decoy=decoys.low_hop_count_reset),
    "low_hop_count_fin": Mode(decoy=decoys.low_hop_count_fin),
    "low_hop_count_data": Mode(decoy=decoys.low_hop_count_data, patience=3),
    "low_hop_count_syn_answer": Mode(decoy=decoys.low_hop_count_syn_answer),
}

PORTS = {name: 7000 + number for number, name in enumerate(MODES)}
