"""Segments that look like a connection's, sent beside it through a raw socket. Each function takes
the connected socket and the bytes its owner will send next. IPv4. A hop count of 2 passes the
router before the box and dies at the one behind it."""

import socket
import struct

import tcp_socket

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MD5_OPTION = b"\x13\x12" + bytes(16) + b"\x01\x01"
A_DAY = 86_400_000  # of milliseconds, Linux's unit for timestamps
FAR_AWAY = 0x40000000


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def inject(sock, flags, payload=b"", *, shift=0, hops=64, broken=False, options=b"", ack_shift=0):
    """One segment from the socket's own address, shift bytes from its next one."""
    (source, source_port), (target, target_port) = sock.getsockname(), sock.getpeername()
    sequence, acknowledged = tcp_socket.sequence_numbers(sock)
    source, target = socket.inet_aton(source), socket.inet_aton(target)
    header = struct.pack("!HHIIBBHHH", source_port, target_port, (sequence + shift) & 0xffffffff,
                         (acknowledged + ack_shift) & 0xffffffff if flags & ACK else 0,
                         (5 + len(options) // 4) << 4, flags, 502, 0, 0) + options
    segment = header + payload
    pseudo = source + target + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
    right = checksum(pseudo + segment)
    segment = segment[:16] + struct.pack("!H", right ^ (0x5555 if broken else 0)) + segment[18:]
    # The kernel fills in length, identification and checksum of the IP header.
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, hops, socket.IPPROTO_TCP, 0,
                         source, target) + segment
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.sendto(packet, (sock.getpeername()[0], 0))


def garbage(flight):
    """As long as the truth, and another text: an inspector that believes it reads no TLS."""
    return bytes(byte ^ 0x55 for byte in flight[:1200])


def bad_checksum_data(sock, flight):
    inject(sock, PSH | ACK, garbage(flight), broken=True)


def bad_checksum_reset(sock, _):
    inject(sock, RST, broken=True)
    inject(sock, RST | ACK, broken=True)


def bad_checksum_fin(sock, _):
    inject(sock, FIN | ACK, broken=True)


def reset_with_wrong_sequence(sock, _):
    inject(sock, RST, shift=FAR_AWAY)


def reset_inside_window(sock, _):
    """Not the next number: RFC 5961 answers with a challenge."""
    inject(sock, RST, shift=700)


def reset_with_md5(sock, _):
    """Linux drops a signed segment where no key is set."""
    inject(sock, RST, options=MD5_OPTION)


def data_with_md5(sock, flight):
    inject(sock, PSH | ACK, garbage(flight), options=MD5_OPTION)


def data_without_ack(sock, flight):
    inject(sock, PSH, garbage(flight))


def data_with_old_timestamp(sock, flight):
    old = (tcp_socket.timestamp(sock) - A_DAY) & 0xffffffff
    inject(sock, PSH | ACK, garbage(flight),
           options=b"\x01\x01\x08\x0a" + struct.pack("!II", old, 0))


def syn_inside(sock, _):
    inject(sock, SYN, shift=FAR_AWAY)


def keep_alive_with_garbage(sock, _):
    inject(sock, ACK, b"\x00", shift=-1)


def low_hop_count_reset(sock, _):
    inject(sock, RST, hops=2)
    inject(sock, RST | ACK, hops=2)


def low_hop_count_fin(sock, _):
    inject(sock, FIN | ACK, hops=2)


def low_hop_count_data(sock, flight):
    inject(sock, PSH | ACK, garbage(flight), hops=2)


def low_hop_count_syn_answer(sock, _):
    inject(sock, SYN | ACK, shift=FAR_AWAY, hops=2)
