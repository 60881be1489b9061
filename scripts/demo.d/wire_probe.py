#!/usr/bin/env python3
"""A clock on the wire: small numbered messages at a fixed rate, and how long none came through.

  wire_probe.py send --from IP --to IP --port N [--tcp] [--interval-ms F]
  wire_probe.py receive --to IP --port N --report FILE

Messages are UDP datagrams, or with --tcp eight bytes each on one connection. The receiver takes
both, and writes its report at SIGUSR1 and once more at SIGTERM: per protocol and sender the number
of messages, the longest silence between two of them in milliseconds, and how many were missing.
"""

import argparse
import json
import os
import signal
import socket
import struct
import sys
import threading
import time

MESSAGE = struct.Struct("!Q")


def send(arguments):
    kind = socket.SOCK_STREAM if arguments.tcp else socket.SOCK_DGRAM
    sock = socket.socket(socket.AF_INET, kind)
    sock.bind((arguments.sender, 0))
    sock.connect((arguments.to, arguments.port))
    if arguments.tcp:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    step = arguments.interval_ms / 1000
    due = time.monotonic()
    number = 0
    while True:
        try:
            sock.send(MESSAGE.pack(number))
        except OSError as why:
            if arguments.tcp:
                sys.exit(f"the connection ended: {why}")
            # UDP: no neighbour for a moment; the datagram counts as lost.
        number += 1
        due += step
        time.sleep(max(0.0, due - time.monotonic()))


class Stream:
    """What arrived from one sender. One thread writes it."""

    def __init__(self):
        self.count, self.missing, self.longest = 0, 0, 0.0
        self.number, self.at = None, None

    def arrived(self, data):
        now = time.monotonic()
        number = MESSAGE.unpack(data)[0]
        if self.at is not None:
            self.missing += max(0, number - self.number - 1)
            self.longest = max(self.longest, now - self.at)
        self.count += 1
        self.number, self.at = number, now

    def summary(self):
        return {"received": self.count, "missing": self.missing,
                "longest_silence_ms": round(self.longest * 1000, 1)}


def receive_connection(connection, stream):
    with connection, connection.makefile("rb") as file:
        try:
            while len(data := file.read(MESSAGE.size)) == MESSAGE.size:
                stream.arrived(data)
        except OSError:
            pass  # reset: what was counted stays


def receive_connections(listener, streams):
    while True:
        connection, (ip, _) = listener.accept()
        threading.Thread(target=receive_connection, daemon=True,
                         args=(connection, streams.setdefault("tcp " + ip, Stream()))).start()


def receive(arguments):
    streams = {}

    def report(*_):
        text = json.dumps({name: stream.summary() for name, stream in list(streams.items())})
        with open(arguments.report + ".new", "w", encoding="ascii") as out:
            out.write(text + "\n")
        os.replace(arguments.report + ".new", arguments.report)

    def leave(*_):
        report()
        os._exit(0)  # the other threads sit in blocking calls

    signal.signal(signal.SIGUSR1, report)
    signal.signal(signal.SIGTERM, leave)
    listener = socket.create_server((arguments.to, arguments.port))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((arguments.to, arguments.port))
    threading.Thread(target=receive_connections, args=(listener, streams), daemon=True).start()
    print("ready", flush=True)
    while True:
        data, (ip, _) = sock.recvfrom(64)
        streams.setdefault("udp " + ip, Stream()).arrived(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["send", "receive"])
    parser.add_argument("--from", dest="sender")
    parser.add_argument("--to", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tcp", action="store_true")
    parser.add_argument("--interval-ms", type=float, default=1)
    parser.add_argument("--report")
    arguments = parser.parse_args()
    (send if arguments.role == "send" else receive)(arguments)


if __name__ == "__main__":
    main()
