"""A TLS flight in other records: the same handshake messages, framed in another legal way."""

import struct

ALERT, HANDSHAKE = 21, 22
MAX_FRAGMENT = 16384


def records(data):
    """(type, version, fragment) of each whole record."""
    at = 0
    while at + 5 <= len(data):
        kind, version, length = struct.unpack_from("!BHH", data, at)
        yield kind, version, data[at + 5:at + 5 + length]
        at += 5 + length


def record(kind, version, fragment):
    return struct.pack("!BHH", kind, version, len(fragment)) + fragment


def split(size):
    """Records of at most size bytes of handshake."""

    def reframed(flight):
        return b"".join(record(kind, version, fragment[start:start + size])
                        for kind, version, fragment in records(flight)
                        for start in range(0, len(fragment), size))

    return reframed


def join(flight):
    """All messages in one record, as far as they fit."""
    parts = list(records(flight))
    whole = b"".join(fragment for _, _, fragment in parts)
    return b"".join(record(HANDSHAKE, parts[0][1], whole[start:start + MAX_FRAGMENT])
                    for start in range(0, len(whole), MAX_FRAGMENT))


def with_empty_records(flight):
    """Before each record one without content, which OpenSSL skips."""
    return b"".join(record(kind, version, b"") + record(kind, version, fragment)
                    for kind, version, fragment in records(split(200)(flight)))


def after_warning(flight):
    """unrecognized_name as a warning, then the flight."""
    version = next(records(flight))[1]
    return record(ALERT, version, b"\x01\x70") + flight


def after_hello_request(flight):
    """A HelloRequest, which a client that is shaking hands ignores."""
    version = next(records(flight))[1]
    return record(HANDSHAKE, version, bytes(4)) + flight


def handshake_in_clear(data):
    """The handshake bytes of a stream's first records, up to one that is neither they nor alert."""
    joined = b""
    for kind, _, fragment in records(data):
        if kind not in (ALERT, HANDSHAKE):
            break
        joined += fragment if kind == HANDSHAKE else b""
    return joined
