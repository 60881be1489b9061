"""What Linux lets a process ask of a TCP socket beyond Python's constants."""

import contextlib
import fcntl
import socket
import struct
import time

MSG_FASTOPEN = 0x20000000
UNSENT = 0x894B  # SIOCOUTQNSD
TCP_MD5SIG_EXT, MD5_PREFIX = 32, 1
TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ, TCP_TIMESTAMP = 19, 20, 21, 24
REPAIR_OFF_QUIETLY = -1  # no window probe
RECEIVED, SENT = 1, 2
SYN_DATA_TAKEN = 0x20  # TCPI_OPT_SYN_DATA


def wait_until_sent(sock):
    """Until the kernel has nothing unsent, so that what follows is a segment of its own."""
    for _ in range(2000):
        if struct.unpack("i", fcntl.ioctl(sock.fileno(), UNSENT, bytes(4)))[0] == 0:
            return
        time.sleep(0.001)


def send_in_pieces(sock, data, size):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for start in range(0, len(data), size):
        sock.sendall(data[start:start + size])
        wait_until_sent(sock)


@contextlib.contextmanager
def repaired(sock):
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    try:
        yield
    finally:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_OFF_QUIETLY)


def sequence_numbers(sock):
    """The next number each side of a connection will use: (ours, the peer's)."""
    numbers = []
    with repaired(sock):
        for queue in (SENT, RECEIVED):
            sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
            numbers.append(sock.getsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ) & 0xffffffff)
    return numbers


def timestamp(sock):
    """What the socket's next segment carries as its timestamp, RFC 7323."""
    with repaired(sock):
        return sock.getsockopt(socket.IPPROTO_TCP, TCP_TIMESTAMP) & 0xffffffff


def start_at(sock, sequence):
    """The initial sequence number of a socket that is not connected yet."""
    with repaired(sock):
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, SENT)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ, struct.pack("I", sequence))


def sign_with_key(sock, network, key=b"openeti"):
    """RFC 2385 towards every IPv4 address of network, a /24."""
    address = struct.pack("!HH4s", 0, 0, socket.inet_aton(network))
    address = struct.pack("=H", socket.AF_INET) + address[2:]
    sock.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG_EXT, address.ljust(128, b"\0")
                    + struct.pack("=BBHi", MD5_PREFIX, 24, len(key), 0) + key.ljust(80, b"\0"))


def data_on_syn_was_taken(sock):
    return bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[5] & SYN_DATA_TAKEN)


def meet(local, remote, when, first_sequence=None):
    """A simultaneous open: both ends connect at one moment of the monotonic clock, and nobody
    listens. A reset means that one was early; then both try again."""
    for _ in range(20):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(local)
        if first_sequence is not None:
            start_at(sock, first_sequence)
        while when < time.monotonic():
            when += 0.5
        time.sleep(when - time.monotonic())
        try:
            sock.settimeout(0.45)
            sock.connect(remote)
            return sock
        except OSError:
            sock.close()
    raise OSError("the two ends never met")
