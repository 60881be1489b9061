#!/usr/bin/env python3
"""certificate_seen.py CAPTURE SERVER-IP CLIENT-IP CERTIFICATE.pem

How much of a server's certificate reached the place of a capture: prints "N of M" bytes and exits
1 when all of it did. Reads a classic pcap of Ethernet frames with IPv4, puts each connection's
bytes from SERVER-IP to CLIENT-IP in order, and joins the TLS handshake records.
"""

import ipaddress
import ssl
import struct
import sys

HANDSHAKE = 22


def frames(path):
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def segments(path, ends):
    """(port pair, sequence number, payload) of every TCP segment with these two addresses."""
    for frame in frames(path):
        if frame[12:14] != b"\x08\x00" or frame[23] != 6 or frame[26:34] != ends:
            continue
        tcp = 14 + (frame[14] & 15) * 4
        end = 14 + struct.unpack_from("!H", frame, 16)[0]
        payload = frame[tcp + (frame[tcp + 12] >> 4) * 4:end]
        if payload:
            yield frame[tcp:tcp + 4], struct.unpack_from("!I", frame, tcp + 4)[0], payload


def streams(path, ends):
    """The server's bytes of each connection from its first one to its first gap."""
    connections = {}
    for connection, sequence, payload in segments(path, ends):
        first, pieces = connections.setdefault(connection, (sequence, {}))
        pieces[(sequence - first) & 0xffffffff] = payload
    for _, pieces in connections.values():
        stream = b""
        for offset in sorted(pieces):
            if offset > len(stream):
                break
            stream += pieces[offset][len(stream) - offset:]
        yield stream


def handshake_bytes(stream):
    joined, at = b"", 0
    while at + 5 <= len(stream) and stream[at] == HANDSHAKE:
        length = struct.unpack_from("!H", stream, at + 3)[0]
        joined += stream[at + 5:at + 5 + length]
        at += 5 + length
    return joined


def longest_prefix(der, data):
    """How many bytes of der, from its start, stand together somewhere in data."""
    low, high = 0, len(der)
    while low < high:
        middle = (low + high + 1) // 2
        if der[:middle] in data:
            low = middle
        else:
            high = middle - 1
    return low


def main():
    capture, server, client, certificate = sys.argv[1:]
    with open(certificate, encoding="ascii") as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    ends = ipaddress.ip_address(server).packed + ipaddress.ip_address(client).packed
    seen = max((longest_prefix(der, handshake_bytes(s)) for s in streams(capture, ends)),
               default=0)
    print(f"{seen} of {len(der)}")
    sys.exit(1 if seen == len(der) else 0)


if __name__ == "__main__":
    main()
