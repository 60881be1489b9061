"""Ethernet frames around Ethernet frames, and back: what a pair of tunnel ends does. ARP and
neighbour discovery of a tunnel below Ethernet go outside of it."""

import struct

IPV4, IPV6, VLAN, SERVICE_VLAN, MPLS, PPPOE, BRIDGED = (
    0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x6558)
GRE, IPIP, SIT, UDP = 47, 4, 41, 17
OUTER = bytes([10, 0, 9, 1]), bytes([10, 0, 9, 2])
VERSION_OF = {IPV4: 4, IPV6: 6}


def ether_type(frame):
    return struct.unpack_from("!H", frame, 12)[0]


def type_for(frame, kind):
    return frame[:12] + struct.pack("!H", kind)


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(protocol, payload):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0,
                         *OUTER)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(port, payload):
    return ipv4(UDP, struct.pack("!HHHH", 50000, port, 8 + len(payload), 0) + payload)


class Shim:
    """A header between Ethernet and IP, made by head(type, length of the packet)."""

    def __init__(self, kind, head, size):
        self._kind, self._head, self._size = kind, head, size

    def wrap(self, frame):
        if ether_type(frame) not in VERSION_OF:
            return frame
        packet = frame[14:]
        return type_for(frame, self._kind) + self._head(ether_type(frame), len(packet)) + packet

    def unwrap(self, frame):
        if ether_type(frame) != self._kind:
            return frame
        packet = frame[14 + self._size:]
        return type_for(frame, IPV6 if packet[0] >> 4 == 6 else IPV4) + packet


class Tags:
    """VLAN tags, the outer first; every frame gets them."""

    def __init__(self, *tags):
        self._tags = b"".join(struct.pack("!HH", kind, number) for kind, number in tags)

    def wrap(self, frame):
        return frame[:12] + self._tags + frame[12:]

    def unwrap(self, frame):
        size = len(self._tags)
        return frame[:12] + frame[12 + size:] if frame[12:12 + size] == self._tags else None


class OverIpv4:
    """IP packets behind an outer IPv4 header and make(type, packet)."""

    def __init__(self, make, size):
        self._make, self._size = make, size

    def wrap(self, frame):
        if ether_type(frame) not in VERSION_OF:
            return frame
        return type_for(frame, IPV4) + self._make(ether_type(frame), frame[14:])

    def unwrap(self, frame):
        if ether_type(frame) != IPV4 or frame[26:34] != b"".join(OUTER):
            return frame
        packet = frame[14 + self._size:]
        packet = packet[:packet_length(packet)]
        return type_for(frame, IPV6 if packet[0] >> 4 == 6 else IPV4) + packet


class FramesOverIpv4:
    """Whole frames behind an outer IPv4 header and make(frame)."""

    def __init__(self, make, size):
        self._make, self._size = make, size

    def wrap(self, frame):
        return type_for(frame, IPV4) + self._make(frame)

    def unwrap(self, frame):
        return frame[14 + self._size:] if frame[26:34] == b"".join(OUTER) else None


def packet_length(packet):
    """Without Ethernet's padding."""
    if packet[0] >> 4 == 6:
        return 40 + struct.unpack_from("!H", packet, 4)[0]
    return struct.unpack_from("!H", packet, 2)[0]


WRAPS = {
    "vlan": Tags((VLAN, 7)),
    "vlan_in_vlan": Tags((VLAN, 7), (VLAN, 8)),
    "vlan_in_service_vlan": Tags((SERVICE_VLAN, 7), (VLAN, 8)),
    "mpls": Shim(MPLS, lambda kind, size: struct.pack("!II", 16 << 12 | 64, 17 << 12 | 0x140), 8),
    "pppoe": Shim(PPPOE, lambda kind, size: struct.pack(
        "!BBHHH", 0x11, 0, 5, size + 2, 0x57 if kind == IPV6 else 0x21), 8),
    "gre": OverIpv4(lambda kind, packet: ipv4(GRE, struct.pack("!HH", 0, kind) + packet), 24),
    "gre_with_key": OverIpv4(
        lambda kind, packet: ipv4(GRE, struct.pack("!HHI", 0x2000, kind, 5) + packet), 28),
    "ip_in_ip": OverIpv4(
        lambda kind, packet: ipv4(SIT if kind == IPV6 else IPIP, packet), 20),
    "gre_with_ethernet": FramesOverIpv4(
        lambda frame: ipv4(GRE, struct.pack("!HH", 0, BRIDGED) + frame), 24),
    "vxlan": FramesOverIpv4(
        lambda frame: udp(4789, struct.pack("!II", 8 << 24, 5 << 8) + frame), 36),
    "geneve": FramesOverIpv4(
        lambda frame: udp(6081, struct.pack("!HHI", 0, BRIDGED, 5 << 8) + frame), 36),
}
