#!/usr/bin/env python3
"""A TLS server with a port for every technique of modes.py.

  server.py --pki DIR --page FILE
  server.py --pki DIR --page FILE --meet MODE LOCAL:PORT PEER:PORT WHEN

Shows listed.example on addresses whose last number is odd, twin.example on the others, or the one
a client names. Answers any request line with the page. With --meet it opens one connection itself,
at the moment WHEN of the monotonic clock.
"""

import argparse
import socket
import ssl
import threading
import time
import traceback

import tcp_socket
import tls_end
from modes import MODES, PORTS

TCP_FASTOPEN = 23
NAMES = ["twin.example", "listed.example"]
NETWORK = "10.0.1.0"


def make_context(mode, pki, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")  # or OpenSSL 3 speaks no TLS before 1.2
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion[mode.version]
    context.load_cert_chain(f"{pki}/{name}{'-long' if mode.long_chain else ''}.pem",
                            f"{pki}/{name}.key")
    if mode.curve:
        context.set_ecdh_curve(mode.curve)
    if not mode.tickets:
        context.options |= ssl.OP_NO_TICKET
    if mode.asks_for_certificate:
        context.load_verify_locations(f"{pki}/ca.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def make_contexts(mode, pki):
    contexts = [make_context(mode, pki, name) for name in NAMES]

    def choose(tls, name, _):
        if name in NAMES:
            tls.context = contexts[NAMES.index(name)]

    for context in contexts:
        context.sni_callback = choose
    return contexts


class Flight:
    """Sends a server's bytes: the first flight as its mode wants it, all else as it comes."""

    def __init__(self, sock, mode):
        self._sock, self._mode, self._first = sock, mode, True

    def send(self, data):
        if not self._first:
            self._sock.sendall(data)
            return
        self._first = False
        mode = self._mode
        if mode.records:
            data = mode.records(data)
        if mode.decoy:
            mode.decoy(self._sock, data)
            time.sleep(0.05)  # so that the decoy is the first to arrive
        middle = len(data) // 2
        self._send_part(data[:middle])
        if mode.urgent:
            self._sock.send(b"!", socket.MSG_OOB)
        time.sleep(mode.pause)
        self._send_part(data[middle:])

    def _send_part(self, data):
        if self._mode.segment:
            tcp_socket.send_in_pieces(self._sock, data, self._mode.segment)
        else:
            self._sock.sendall(data)


def serve(sock, mode, contexts, page):
    sock.settimeout(20)
    # What stalled must not be sent again for minutes: the daemon could see it in a later attempt.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 8000)
    if mode.keep_alive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    if mode.preamble:
        mode.preamble(sock)
    last = sock.getsockname()[0].replace(":", ".").split(".")[-1]
    end = tls_end.TlsEnd(contexts[int(last) % 2], Flight(sock, mode).send,
                         lambda: sock.recv(65536), server_side=True)
    end.handshake()
    end.read()
    end.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(page) + page)
    end.close()


def listen(mode, family, address, port):
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    elif mode.signed:
        tcp_socket.sign_with_key(listener, NETWORK)
    if mode.mss:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mode.mss)
    if mode.fast_open:
        listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
    listener.bind((address, port))
    listener.listen(16)
    return listener


def accept_forever(name, listener, contexts, page):
    while True:
        sock, peer = listener.accept()
        threading.Thread(target=serve_one, args=(name, sock, peer, contexts, page),
                         daemon=True).start()


def serve_one(name, sock, peer, contexts, page):
    with sock:
        try:
            serve(sock, MODES[name], contexts, page)
        except OSError as why:  # ssl.SSLError is one
            print(f"{name} {peer[0]}:{peer[1]}: {why}", flush=True)
        except Exception:
            traceback.print_exc()


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pki", required=True)
    parser.add_argument("--page", required=True)
    parser.add_argument("--meet", nargs=4)
    arguments = parser.parse_args()
    with open(arguments.page, "rb") as file:
        page = file.read()
    if arguments.meet:
        name, local, peer, when = arguments.meet
        sock = tcp_socket.meet(address(local), address(peer), float(when),
                               MODES[name].first_sequence)
        serve_one(name, sock, address(peer), make_contexts(MODES[name], arguments.pki), page)
        return
    for name, mode in MODES.items():
        contexts = make_contexts(mode, arguments.pki)
        for family, any_address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            listener = listen(mode, family, any_address, PORTS[name])
            threading.Thread(target=accept_forever, args=(name, listener, contexts, page),
                             daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
