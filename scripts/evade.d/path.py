#!/usr/bin/env python3
"""A piece of network between two devices: whole frames, treated as a bad or an odd path does.

  path.py DEVICE DEVICE WAY [WAY...]

Frames from the first device go to the second and back. The ways apply to what the first device
sends; wrapping is undone for what it receives. No netem and no tunnel module is needed.

  reorder duplicate lose corrupt jitter   what netem does, to a tenth or more of the frames
  delay                                   50 ms, in both directions
  fragments fragments_backward            IPv4 and IPv6 in pieces of at most 256 bytes
  any name of wraps.py                    in that tunnel
"""

import heapq
import random
import select
import socket
import struct
import sys
import time

import wraps

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
AUXDATA = struct.Struct("=IIIHHHH")
VLAN_VALID = 0x10
PIECE = 256  # a multiple of 8
FRAGMENT_HEADER, TCP, UDP = 44, 6, 17

chance = random.Random(1)
identifications = random.SystemRandom()  # or the next run would use this one's again


class Device:
    def __init__(self, name):
        self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self._sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self._sock.bind((name, 0))

    def fileno(self):
        return self._sock.fileno()

    def receive(self):
        """The frame as it was on the wire: Linux hands over its VLAN tag aside."""
        frame, messages, _, _ = self._sock.recvmsg(65536, 200)
        for level, kind, data in messages:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, *_, tag, protocol = AUXDATA.unpack(data[:AUXDATA.size])
                if status & VLAN_VALID:
                    frame = frame[:12] + struct.pack("!HH", protocol, tag) + frame[12:]
        return frame

    def send(self, frame):
        try:
            self._sock.send(frame)
        except OSError as why:
            print(f"{len(frame)} bytes: {why}", flush=True)


# An impairment turns a frame into (seconds of delay, frame) pairs.
def reorder(frame):
    return [(chance.choice((0, 0, 0.002, 0.005)), frame)]


def duplicate(frame):
    return [(0, frame)] * chance.choice((1, 1, 2, 3))


def lose(frame):
    return [] if chance.random() < 0.2 and is_tcp(frame) else [(0, frame)]


def corrupt(frame):
    """Some frames arrive with a flipped bit: the receiver's checksum drops them."""
    if len(frame) > 90 and chance.random() < 0.3 and is_tcp(frame):
        at = chance.randrange(66, len(frame))
        return [(0, frame[:at] + bytes([frame[at] ^ 1 << chance.randrange(8)]) + frame[at + 1:])]
    return [(0, frame)]


def jitter(frame):
    return [(chance.uniform(0, 0.01), frame)]


def is_tcp(frame):
    return frame[12:14] == b"\x08\x00" and frame[23] == TCP


def fragments(frame):
    return [(0, piece) for piece in cut(frame)]


def fragments_backward(frame):
    return [(0, piece) for piece in reversed(list(cut(frame)))]


IMPAIRMENTS = {f.__name__: f for f in
               (reorder, duplicate, lose, corrupt, jitter, fragments, fragments_backward)}


def cut(frame):
    """RFC 791 section 3.2, RFC 8200 section 4.5."""
    kind, packet = wraps.ether_type(frame), frame[14:]
    if kind == wraps.IPV4 and len(packet) > PIECE + 20 and packet[0] == 0x45:
        body = packet[20:wraps.packet_length(packet)]
        identification = identifications.randrange(65536)
        for start in range(0, len(body), PIECE):
            piece = body[start:start + PIECE]
            more = 0x2000 if start + PIECE < len(body) else 0
            header = (packet[:2] + struct.pack("!HHH", 20 + len(piece), identification,
                                               more | start // 8) + packet[8:10] + bytes(2)
                      + packet[12:20])
            yield (frame[:14] + header[:10] + struct.pack("!H", wraps.checksum(header))
                   + header[12:] + piece)
    elif kind == wraps.IPV6 and len(packet) > PIECE + 40 and packet[6] in (TCP, UDP):
        body = packet[40:wraps.packet_length(packet)]
        identification = identifications.randrange(2**32)
        for start in range(0, len(body), PIECE):
            piece = body[start:start + PIECE]
            more = 1 if start + PIECE < len(body) else 0
            yield (frame[:14] + packet[:4] + struct.pack("!HB", 8 + len(piece), FRAGMENT_HEADER)
                   + packet[7:40]
                   + struct.pack("!BBHI", packet[6], 0, start | more, identification) + piece)
    else:
        yield frame


class Path:
    def __init__(self, inner, outer, ways):
        self._inner, self._outer = inner, outer
        self._wraps = [wraps.WRAPS[way] for way in ways if way in wraps.WRAPS]
        self._impairments = [IMPAIRMENTS[way] for way in ways if way in IMPAIRMENTS]
        self._delay = 0.05 if "delay" in ways else 0
        self._waiting, self._count = [], 0

    def run(self):
        while True:
            rest = max(0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
            for device in select.select([self._inner, self._outer], [], [], rest)[0]:
                if device is self._inner:
                    self._leave(device.receive())
                else:
                    self._enter(device.receive())
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                _, _, device, frame = heapq.heappop(self._waiting)
                device.send(frame)

    def _leave(self, frame):
        frames = [(self._delay, frame)]
        for impairment in self._impairments:
            frames = [(wait + more, result) for wait, one in frames
                      for more, result in impairment(one)]
        for wait, one in frames:
            for wrap in self._wraps:
                one = wrap.wrap(one)
            self._later(wait, self._outer, one)

    def _enter(self, frame):
        for wrap in reversed(self._wraps):
            frame = wrap.unwrap(frame)
            if frame is None:
                return
        self._later(self._delay, self._inner, frame)

    def _later(self, wait, device, frame):
        self._count += 1  # frames of one moment keep their order
        heapq.heappush(self._waiting, (time.monotonic() + wait, self._count, device, frame))


def main():
    inner, outer, *ways = sys.argv[1:]
    unknown = set(ways) - set(wraps.WRAPS) - set(IMPAIRMENTS) - {"delay"}
    if unknown:
        sys.exit(f"unknown way {', '.join(sorted(unknown))}")
    path = Path(Device(inner), Device(outer), ways)
    print("ready", flush=True)
    path.run()


if __name__ == "__main__":
    main()
