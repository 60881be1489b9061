"""Their side: what tshark dissects of the same capture."""

import hashlib
import json
import subprocess
import tempfile

from facts import Session, endpoint, version_name

# SHA-256 of "HelloRetryRequest" stands in the random of one (RFC 8446 section 4.1.3).
HELLO_RETRY = hashlib.sha256(b"HelloRetryRequest").hexdigest()
CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY, CERTIFICATE = 1, 2, 3, 11

HANDSHAKE_FIELDS = ("type", "version", "random", "ciphersuite", "ja3", "ja3s",
                    "extensions_server_name", "extensions_alpn_str",
                    "extensions.supported_version", "certificate")
FRAME_FIELDS = ("frame.number", "frame.time_epoch", "frame.protocols", "ip.src", "ip.dst",
                "ipv6.src", "ipv6.dst", "tcp.stream", "tcp.srcport", "tcp.dstport",
                "tcp.time_relative", "udp.stream", "udp.srcport", "udp.dstport",
                "udp.time_relative", "tcp.segment_data", "tcp.reassembled_in",
                "tcp.analysis.reused_ports", "tpkt.continuation_data", "_ws.malformed")
# What tshark says about segments, and how a session's notes call it.
ANALYSIS = {"tcp.analysis.lost_segment": "lost", "tcp.analysis.ack_lost_segment": "lost",
            "tcp.analysis.out_of_order": "disorder", "tcp.analysis.retransmission": "repeated",
            "tcp.segment.overlap": "overlap", "tcp.segment.overlap.conflict": "conflict"}
FIELDS = (*FRAME_FIELDS, *ANALYSIS,
          *(f"{layer}.handshake.{field}" for layer in ("tls", "dtls") for field in HANDSHAKE_FIELDS))
FILTER = " || ".join(("tls.handshake.type", "dtls.handshake.type",
                      "(tcp.segment_data && !tcp.reassembled_in)", "tcp.analysis.reused_ports",
                      "tpkt.continuation_data", *ANALYSIS))
# Protocols that cut TLS into pieces of their own, so that no byte stream of it crosses the wire.
WRAPPERS = {"eap", "tds", "radius", "diameter"}
PREFERENCES = ("tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE",
               "tcp.try_heuristic_first:TRUE", "tls.desegment_ssl_records:TRUE",
               "ip.defragment:TRUE", "ipv6.defragment:TRUE")


def command(tshark, capture):
    words = [tshark, "-n", "-2", "-r", capture, "-Y", FILTER, "-T", "ek"]
    for preference in PREFERENCES:
        words += ["-o", preference]
    for field in FIELDS:
        words += ["-e", field]
    return words


class Frame:
    """One frame's fields, and which of its nested headers carry the TLS."""

    def __init__(self, layers):
        self.layers = layers
        self.number = int(self.all("frame.number")[0])
        self.time = float(self.all("frame.time_epoch")[0])
        protocols = self.all("frame.protocols")[0].split(":")
        upper = next((i for i, name in enumerate(protocols) if name in ("tls", "dtls", "quic")),
                     len(protocols))
        self.protocol = protocols[upper] if upper < len(protocols) else "tls"
        below = protocols[:upper]
        self.wrapped = not WRAPPERS.isdisjoint(below)
        self.transport = self.innermost(below, ("tcp", "udp"))
        self.network = self.innermost(below, ("ip", "ipv6"))

    @staticmethod
    def innermost(protocols, names):
        """The last of these headers as (name, how many of its name stand before it)."""
        at = max((i for i, name in enumerate(protocols) if name in names), default=None)
        return None if at is None else (protocols[at], protocols[:at].count(protocols[at]))

    def all(self, field):
        return self.layers.get(field.replace(".", "_"), [])

    def header(self, which, field):
        values = self.all(f"{which[0]}.{field}")
        return values[min(which[1], len(values) - 1)] if values else None

    def handshake(self, field):
        layer = "dtls" if self.protocol == "dtls" else "tls"
        return self.all(f"{layer}.handshake.{field}")

    def ends(self):
        return tuple(endpoint(self.header(self.network, side),
                              self.header(self.transport, f"{side}port"))
                     for side in ("src", "dst"))

    def start(self):
        elapsed = self.header(self.transport, "time_relative")
        return self.time - float(elapsed or 0)

    def stream(self):
        return (self.transport[0], self.header(self.transport, "stream"))


class Connection:
    """Collects one stream's handshake messages from its frames."""

    def __init__(self, frame):
        source, destination = frame.ends()
        self.session = Session(frame.transport[0], source, destination, frame.start(),
                               f"stream {frame.stream()[1]}")
        self.client = None  # known from the hellos
        self.certificates_seen = False
        self.undissected = set()  # who sent a message that never became whole

    def roles(self, client, server):
        if self.client is None:
            self.client = client
            self.session.client, self.session.server = client, server

    def add(self, frame):
        source, destination = frame.ends()
        self.note(frame, source)
        types = [int(number) for number in frame.handshake("type")]
        if not types:
            return
        facts = self.session.facts
        # The records of a stream can only be told apart in order: the hellos of one frame come
        # with one version and one random each.
        versions = [int(text, 16) for text in frame.handshake("version")]
        hellos = [number for number in types if number in (CLIENT_HELLO, SERVER_HELLO,
                                                           HELLO_VERIFY)]
        versions = dict(zip(hellos[::-1], versions[::-1]))
        if CLIENT_HELLO in types and facts["client_version"] is None:
            self.roles(source, destination)
            facts["protocol"] = frame.protocol
            self.session.where += f", frame {frame.number}"
            self.client_hello(frame, versions)
        if SERVER_HELLO in types and facts["version"] is None:
            self.server_hello(frame, versions)
            if facts["version"] is not None:
                self.roles(destination, source)
                facts["protocol"] = frame.protocol
        if CERTIFICATE in types and not self.certificates_seen and source != self.client:
            self.certificates(frame)

    def note(self, frame, source):
        notes = self.session.notes
        notes.update(note for field, note in ANALYSIS.items() if frame.all(field))
        # A SYN|ACK with another number after the hello: tshark takes it, whatever the client does.
        again = self.client is not None and frame.all("tcp.analysis.reused_ports")
        for note, present in (("malformed", frame.all("_ws.malformed")), ("renumbered", again),
                              ("wrapped", frame.wrapped),
                              ("tpkt", frame.all("tpkt.continuation_data"))):
            if present:
                notes.add(note)
        fragment = (frame.protocol == "dtls" and "11" in frame.handshake("type")
                    and not frame.handshake("certificate"))
        if fragment or (frame.all("tcp.segment_data") and not frame.all("tcp.reassembled_in")):
            self.undissected.add(source)

    def finish(self):
        if self.session.server in self.undissected:
            self.session.notes.add("unfinished")
        return self.session

    def client_hello(self, frame, versions):
        facts = self.session.facts
        facts["client_version"] = versions.get(CLIENT_HELLO)
        names = frame.handshake("extensions_server_name")
        facts["sni"] = names[0] if names else None
        facts["ja3"] = next(iter(frame.handshake("ja3")), None)
        facts["alpn_offered"] = frame.handshake("extensions_alpn_str") or None
        offered = [int(text, 16) for text in frame.handshake("extensions.supported_version")]
        facts["offered_versions"] = offered or None

    def server_hello(self, frame, versions):
        if frame.handshake("random")[-1] == HELLO_RETRY:
            self.session.notes.add("retry")
            return
        facts = self.session.facts
        chosen = [int(text, 16) for text in frame.handshake("extensions.supported_version")]
        number = chosen[-1] if chosen else versions.get(SERVER_HELLO)
        facts["version"] = None if number is None else version_name(number)
        facts["cipher"] = next((int(text, 16) for text in frame.handshake("ciphersuite")[-1:]), None)
        facts["ja3s"] = next(iter(frame.handshake("ja3s")[-1:]), None)
        facts["alpn"] = next(iter(frame.handshake("extensions_alpn_str")[-1:]), None)

    def certificates(self, frame):
        chain = [hashlib.sha1(bytes.fromhex(der.replace(":", ""))).hexdigest()
                 for der in frame.handshake("certificate")]
        if chain:
            self.certificates_seen = True
            self.session.facts["leaf"] = chain[0]
            self.session.facts["chain"] = chain


def sessions_of(lines):
    """A session for each stream that is in a line; those without any TLS hold notes only."""
    connections = {}
    for line in lines:
        if not line.startswith('{"timestamp"'):
            continue
        frame = Frame(json.loads(line)["layers"])
        if frame.transport is None or frame.network is None:
            continue
        stream = frame.stream()
        if stream not in connections:
            connections[stream] = Connection(frame)
        connections[stream].add(frame)
    return [connection.finish() for connection in connections.values()]


def dissect(tshark, capture):
    with tempfile.TemporaryFile("w+") as complaints:
        with subprocess.Popen(command(tshark, capture), stdout=subprocess.PIPE, stderr=complaints,
                              text=True, errors="replace") as process:
            sessions = sessions_of(process.stdout)
        complaints.seek(0)
        if process.returncode != 0 and not sessions:
            raise RuntimeError(f"{capture}: tshark failed: {complaints.read().strip()}")
    return sessions
