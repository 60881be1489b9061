#!/usr/bin/env python3
"""Gets a page over TLS in one of the ways of modes.py, and says how much of the server it saw.

  client.py MODE --from ADDRESS --to ADDRESS --leaf PEM --page FILE [--port N] [--source-port N]
      [--meet-at WHEN]

Prints one line and exits 0 whatever it is:

  page         the certificate and the whole page, byte for byte
  leaf WHY     the certificate's leaf, but not the page
  none WHY     not even the leaf
"""

import argparse
import errno
import random
import socket
import ssl
import struct
import time

import reframe
import tcp_socket
import tls_end
from modes import MODES, PORTS

REQUEST = b"GET /page.bin HTTP/1.0\r\n\r\n"
NETWORK = "10.0.1.0"
CIPHERS = bytes.fromhex("00002f 000035 00009c 00c02f 0000ff")


class Client:
    def __init__(self, arguments):
        self.mode = MODES[arguments.mode]
        self.family = socket.AF_INET6 if ":" in arguments.to else socket.AF_INET
        self.local = (arguments.sender, arguments.source_port or random.randrange(20000, 30000))
        self.remote = (arguments.to, arguments.port or PORTS[arguments.mode])
        self.meet_at = arguments.meet_at
        with open(arguments.leaf, encoding="ascii") as file:
            self.leaf = ssl.PEM_cert_to_DER_cert(file.read().split("-----END")[0]
                                                 + "-----END CERTIFICATE-----\n")
        with open(arguments.page, "rb") as file:
            self.page = file.read()
        self.sock = None
        self.received = b""
        self.first = True

    def new_socket(self):
        mode, sock = self.mode, socket.socket(self.family)
        sock.settimeout(mode.patience)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if mode.receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, mode.receive_buffer)
        if mode.out_of_band_inline:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        if mode.signed:
            tcp_socket.sign_with_key(sock, NETWORK)
        sock.bind(self.local)
        return sock

    def connect(self):
        mode = self.mode
        if mode.fast_open or mode.cookie_refused:
            self.fetch_cookie(PORTS["fast_open_taken"])
        if mode.before:
            self.earlier_connection()
        if self.meet_at:
            self.sock = tcp_socket.meet(self.local, self.remote, self.meet_at, mode.first_sequence)
            self.sock.settimeout(mode.patience)
            return
        self.sock = self.new_socket()
        if not (mode.fast_open or mode.cookie_refused):
            self.connect_when_free()

    def connect_when_free(self):
        """An earlier connection of these ports may still wait for its last acknowledgment."""
        deadline = time.monotonic() + 3
        while True:
            try:
                self.sock.connect(self.remote)
                return
            except OSError as why:
                if why.errno != errno.EADDRNOTAVAIL or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def fetch_cookie(self, port):
        """RFC 7413: the first connection asks for the cookie."""
        with socket.socket(self.family) as sock:
            sock.bind((self.local[0], 0))
            sock.sendto(b"no TLS at all\n", tcp_socket.MSG_FASTOPEN, (self.remote[0], port))
            sock.settimeout(2)
            sock.recv(100)  # its alert

    def earlier_connection(self):
        """A session with the unlisted certificate, so that the flow of these ports is decided."""
        self.sock = self.new_socket()
        self.sock.connect(self.remote)
        end = self.end("twin.example")
        end.handshake()
        end.write(REQUEST)
        if self.mode.before == "reset":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            while end.read():
                pass
            while self.sock.recv(65536):  # the server closes first
                pass
        self.sock.close()
        self.received = b""
        self.first = True

    def end(self, name=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        return tls_end.TlsEnd(context, self.send, self.receive, server_side=False, name=name)

    def send(self, data):
        mode, first = self.mode, self.first
        self.first = False
        if not first:
            self.sock.sendall(data)
            return
        if mode.hello_records:
            data = mode.hello_records(data)
        if mode.fast_open or mode.cookie_refused:
            self.sock.sendto(data, tcp_socket.MSG_FASTOPEN, self.remote)
        elif mode.hello_segment:
            tcp_socket.send_in_pieces(self.sock, data, mode.hello_segment)
        else:
            self.sock.sendall(data)
        if mode.hello_decoy:
            mode.hello_decoy(self.sock, data)
        if mode.half_close:
            self.sock.shutdown(socket.SHUT_WR)

    def receive(self):
        time.sleep(self.mode.read_pause)
        data = self.sock.recv(self.mode.read_size)
        self.received += data
        return data

    def talk(self):
        """Raises OSError where the connection ends early."""
        self.connect()
        if self.mode.ssl2_hello:
            body = (struct.pack("!BHHHH", 1, 0x0303, len(CIPHERS), 0, 16) + CIPHERS + bytes(16))
            self.send(struct.pack("!H", 0x8000 | len(body)) + body)
            while self.receive():
                pass
            return "the hello was a script's, which cannot go on"
        end = self.end()
        end.handshake()
        if self.mode.fast_open and not tcp_socket.data_on_syn_was_taken(self.sock):
            return "the server took no data on the SYN"
        if self.mode.cookie_refused and tcp_socket.data_on_syn_was_taken(self.sock):
            return "the server took data on the SYN"
        self.seen_in_tls = end.tls.getpeercert(True) == self.leaf
        end.write(REQUEST)
        answer = b""
        while data := end.read():
            answer += data
        if answer.partition(b"\r\n\r\n")[2] != self.page:
            return f"{len(answer)} bytes, not the page"
        return None

    seen_in_tls = False

    def verdict(self):
        try:
            why = self.talk()
        except OSError as error:  # ssl.SSLError is one
            why = str(error)
        seen = self.seen_in_tls or self.leaf in reframe.handshake_in_clear(self.received)
        if why is None:
            return "page" if seen else "none the page without the certificate"
        return f"{'leaf' if seen else 'none'} {why}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--from", dest="sender", required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--port", type=int)
    parser.add_argument("--leaf", required=True)
    parser.add_argument("--page", required=True)
    parser.add_argument("--source-port", type=int)
    parser.add_argument("--meet-at", type=float)
    print(Client(parser.parse_args()).verdict())


if __name__ == "__main__":
    main()
