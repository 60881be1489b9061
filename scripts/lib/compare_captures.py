#!/usr/bin/env python3
"""compare_captures.py IN OUT JSON

Compares two captures of the load generator: per direction and flow, the same frames in the same
order. Prints what differs, writes the counts as JSON and fails on any difference.
"""

import hashlib
import json
import struct
import sys

ENHANCED_PACKET = 6
SHOWN = 10


def frames(path):
    """Every frame of a pcapng file in this machine's byte order, as (interface, bytes)."""
    with open(path, "rb") as file:
        while head := file.read(8):
            kind, length = struct.unpack("=II", head)
            body = file.read(length - 8)
            if kind == ENHANCED_PACKET:
                interface, _, _, size = struct.unpack_from("=IIII", body)
                yield interface, body[20:20 + size]


def flow_of(frame):
    """What tells flows apart: addresses and ports, or all other frames of a kind together."""
    at = 12
    while frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    kind, ip = frame[at:at + 2], at + 2
    if kind == b"\x08\x00":
        return frame[14:at] + frame[ip + 9:ip + 10] + frame[ip + 12:ip + 24]
    if kind == b"\x86\xdd":
        return frame[14:at] + frame[ip + 6:ip + 7] + frame[ip + 8:ip + 44]
    return kind


def digest(path):
    """Per (interface, flow): how many frames, and a hash over them in order."""
    flows = {}
    for interface, frame in frames(path):
        key = (interface, flow_of(frame))
        count, so_far = flows.get(key, (0, b""))
        flows[key] = (count + 1, hashlib.blake2b(so_far + frame, digest_size=16).digest())
    return flows


def main():
    sent, back, report = sys.argv[1:]
    sent, back = digest(sent), digest(back)
    different = [key for key in sent.keys() | back.keys() if sent.get(key) != back.get(key)]
    result = {"benchmark": "memif-identity", "flow_directions": len(sent),
              "frames_sent": sum(count for count, _ in sent.values()),
              "frames_back": sum(count for count, _ in back.values()),
              "different": len(different)}
    with open(report, "w", encoding="ascii") as out:
        json.dump(result, out, indent=1)
    for interface, flow in different[:SHOWN]:
        key = (interface, flow)
        print(f"direction {interface}, flow {flow.hex()}: {sent.get(key, (0,))[0]} frames sent, "
              f"{back.get(key, (0,))[0]} back")
    print(f"{result['frames_sent']} frames of {len(sent)} flow directions sent, "
          f"{result['frames_back']} back, {len(different)} directions differ")
    return 1 if different or not sent else 0


if __name__ == "__main__":
    sys.exit(main())
