#!/usr/bin/env python3
"""A clock on the wire: small UDP datagrams at a fixed rate, and how long none came through.

  wire_probe.py send --from IP --to IP --port N --interval-ms F
  wire_probe.py receive --to IP --port N --report FILE

The receiver writes its report whenever it gets SIGUSR1 and once more at SIGTERM: per sender the
number of datagrams, the longest silence between two of them in milliseconds, and how many were
missing in between. SIGUSR2 starts the counting anew.
"""

import argparse
import json
import os
import signal
import socket
import struct
import time


def send(arguments):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((arguments.sender, 0))
    step = arguments.interval_ms / 1000
    due = time.monotonic()
    number = 0
    while True:
        try:
            sock.sendto(struct.pack("!Q", number), (arguments.to, arguments.port))
        except OSError:
            pass  # no neighbour for a moment: the datagram counts as lost
        number += 1
        due += step
        time.sleep(max(0.0, due - time.monotonic()))


class Stream:
    """What arrived from one sender."""

    def __init__(self, number, now):
        self.count, self.missing, self.longest = 1, 0, 0.0
        self.number, self.at = number, now

    def arrived(self, number, now):
        self.count += 1
        self.missing += max(0, number - self.number - 1)
        self.longest = max(self.longest, now - self.at)
        self.number, self.at = number, now

    def summary(self):
        return {"received": self.count, "missing": self.missing,
                "longest_silence_ms": round(self.longest * 1000, 1)}


def receive(arguments):
    streams = {}

    def report(*_):
        text = json.dumps({ip: stream.summary() for ip, stream in streams.items()})
        with open(arguments.report + ".new", "w", encoding="ascii") as out:
            out.write(text + "\n")
        os.replace(arguments.report + ".new", arguments.report)

    def leave(*_):
        report()
        raise SystemExit(0)

    signal.signal(signal.SIGUSR1, report)
    signal.signal(signal.SIGUSR2, lambda *_: streams.clear())
    signal.signal(signal.SIGTERM, leave)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((arguments.to, arguments.port))
    print("ready", flush=True)
    while True:
        data, (ip, _) = sock.recvfrom(64)
        now = time.monotonic()
        number = struct.unpack("!Q", data)[0]
        if ip in streams:
            streams[ip].arrived(number, now)
        else:
            streams[ip] = Stream(number, now)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["send", "receive"])
    parser.add_argument("--from", dest="sender")
    parser.add_argument("--to", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--interval-ms", type=float, default=1)
    parser.add_argument("--report")
    arguments = parser.parse_args()
    (send if arguments.role == "send" else receive)(arguments)


if __name__ == "__main__":
    main()
