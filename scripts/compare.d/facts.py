"""What is compared: sessions as both sides describe them, in one form."""

import dataclasses
import ipaddress

# In the order of the summary table. A value is a text, a number or a list; None means not seen.
FACTS = ("protocol", "sni", "ja3", "ja3s", "client_version", "offered_versions", "version",
         "alpn_offered", "alpn", "cipher", "leaf", "chain")

VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2",
            0x0304: "TLS 1.3", 0xfeff: "DTLS 1.0", 0x0100: "DTLS 1.0", 0xfefd: "DTLS 1.2",
            0xfefc: "DTLS 1.3"}


def version_name(number):
    """The name of a negotiated version; drafts of RFC 8446 are 0x7fNN, experiments 0xfbNN."""
    if number >> 8 in (0x7f, 0xfb):
        return "TLS 1.3"
    return VERSIONS.get(number)


def endpoint(address, port):
    return (str(ipaddress.ip_address(address)), int(port))


@dataclasses.dataclass
class Session:
    """One connection. notes say what its capture or its reader makes of it."""
    transport: str
    client: tuple
    server: tuple
    start: float  # seconds since 1970, of the connection's first packet
    where: str    # how to find it again: a frame of the capture, or the record's id
    facts: dict = dataclasses.field(default_factory=lambda: dict.fromkeys(FACTS))
    notes: set = dataclasses.field(default_factory=set)

    @property
    def silent(self):
        """No fact at all: only the notes are of use."""
        return all(value is None for value in self.facts.values())

    @property
    def key(self):
        return (self.transport, frozenset((self.client, self.server)))

    def __str__(self):
        client, server = (f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
                          for ip, port in (self.client, self.server))
        return f"{self.transport} {client} -> {server}"


@dataclasses.dataclass
class Difference:
    """One fact on which the two sides disagree. ours or theirs is None when only one side knows
    the session."""
    fact: str
    ours: Session
    theirs: Session

    @property
    def our_value(self):
        return self.ours.facts[self.fact] if self.ours else None

    @property
    def their_value(self):
        return self.theirs.facts[self.fact] if self.theirs else None

    @property
    def verdict(self):
        if self.their_value is None:
            return "only ours"
        return "only tshark's" if self.our_value is None else "differ"


def match(ours, theirs):
    """Pairs (ours, theirs) of the same connection, None where a side lacks it. Endpoints are
    reused: of several sessions between the same two, those that start nearest belong together."""
    groups = {}
    for side, sessions in enumerate((ours, theirs)):
        for session in sessions:
            groups.setdefault(session.key, ([], []))[side].append(session)
    pairs = []
    for mine, yours in groups.values():
        by_distance = sorted(((abs(a.start - b.start), i, j) for i, a in enumerate(mine)
                              for j, b in enumerate(yours)))
        left, right = set(range(len(mine))), set(range(len(yours)))
        for _, i, j in by_distance:
            if i in left and j in right:
                left.remove(i)
                right.remove(j)
                pairs.append((mine[i], yours[j]))
        pairs += [(mine[i], None) for i in sorted(left)]
        pairs += [(None, yours[j]) for j in sorted(right)]
    return sorted(pairs, key=lambda pair: min(side.start for side in pair if side))
