#!/usr/bin/env python3
"""What scripts/compare-tshark decides without tshark: which sessions belong together, what its
frames say, and that each kind of difference it knows is explained."""

import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True  # scripts/ stays clean
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/compare.d"))

import kinds  # noqa: E402
import tshark  # noqa: E402
from facts import Difference, Session, match, version_name  # noqa: E402

A, B = ("10.0.0.1", 40000), ("192.0.2.1", 443)


def session(start, client=A, server=B, notes=(), **facts):
    made = Session("tcp", client, server, start, "somewhere")
    made.facts.update(facts)
    made.notes.update(notes)
    return made


def frame(**fields):
    """A line of tshark's, of one TLS frame from A to B unless the fields say otherwise."""
    layers = {"frame.number": 1, "frame.time_epoch": "100.5", "frame.protocols": "eth:ip:tcp:tls",
              "ip.src": A[0], "ip.dst": B[0], "tcp.srcport": A[1], "tcp.dstport": B[1],
              "tcp.stream": 0, "tcp.time_relative": "0.5"}
    layers.update({name.replace("__", "."): value for name, value in fields.items()})
    as_lists = {name.replace(".", "_"): [str(item) for item in
                                         (value if isinstance(value, list) else [value])]
                for name, value in layers.items()}
    return json.dumps({"timestamp": "1", "layers": as_lists}, separators=(",", ":"))


CLIENT_HELLO = {"tls__handshake__type": 1, "tls__handshake__version": "0x0303",
                "tls__handshake__random": "00" * 32, "tls__handshake__ja3": "aa"}


class MatchTest(unittest.TestCase):
    def starts(self, ours, theirs):
        return [tuple(side.start if side else None for side in pair)
                for pair in match(ours, theirs)]

    def test_reused_port_goes_by_time(self):
        ours = [session(100.0), session(200.0)]
        theirs = [session(200.1), session(100.1)]
        self.assertEqual(self.starts(ours, theirs), [(100.0, 100.1), (200.0, 200.1)])

    def test_the_one_between_two_takes_the_nearer(self):
        self.assertEqual(self.starts([session(199.0)], [session(100.0), session(200.0)]),
                         [(None, 100.0), (199.0, 200.0)])

    def test_roles_do_not_matter(self):
        self.assertEqual(self.starts([session(1.0)], [session(1.0, client=B, server=A)]),
                         [(1.0, 1.0)])

    def test_other_endpoints_stay_alone(self):
        self.assertEqual(self.starts([session(1.0)], [session(1.0, server=("192.0.2.2", 443))]),
                         [(1.0, None), (None, 1.0)])


class FrameTest(unittest.TestCase):
    def one(self, *lines):
        sessions = tshark.sessions_of(lines)
        self.assertEqual(len(sessions), 1)
        return sessions[0]

    def test_index_lines_are_no_frames(self):
        self.assertEqual(tshark.sessions_of(['{"index":{}}\n', "\n"]), [])

    def test_a_stream_without_tls_keeps_its_notes(self):
        found = self.one(frame(frame__protocols="eth:ip:tcp",
                               tcp__analysis__retransmission="1"))
        self.assertTrue(found.silent)
        self.assertEqual(found.notes, {"repeated"})

    def test_start_is_the_streams_first_packet(self):
        self.assertEqual(self.one(frame(**CLIENT_HELLO)).start, 100.0)

    def test_the_innermost_headers_count(self):
        found = self.one(frame(
            frame__protocols="eth:ethertype:ip:udp:gtp:ip:tcp:tls", ip__src=["172.16.0.1", A[0]],
            ip__dst=["172.16.0.2", B[0]], udp__srcport=2152, udp__dstport=2152, udp__stream=7,
            **CLIENT_HELLO))
        self.assertEqual((found.transport, found.client, found.server), ("tcp", A, B))

    def test_ipv6_in_ipv4(self):
        found = self.one(frame(frame__protocols="eth:ethertype:ip:ipv6:tcp:tls",
                               ip__src="172.16.0.1", ip__dst="172.16.0.2",
                               ipv6__src="2001:db8:0::1", ipv6__dst="2001:db8::2", **CLIENT_HELLO))
        self.assertEqual(found.client, ("2001:db8::1", 40000))

    def test_quic_is_a_session_of_udp(self):
        found = self.one(frame(frame__protocols="eth:ip:udp:quic:tls", udp__srcport=A[1],
                               udp__dstport=B[1], udp__stream=3, **CLIENT_HELLO))
        self.assertEqual((found.transport, found.facts["protocol"]), ("udp", "quic"))

    def test_no_server_hello_in_a_retry_request(self):
        answer = {"ip__src": B[0], "ip__dst": A[0], "tcp__srcport": B[1], "tcp__dstport": A[1],
                  "tls__handshake__type": 2, "tls__handshake__version": "0x0303",
                  "tls__handshake__ciphersuite": "0x1301",
                  "tls__handshake__extensions__supported_version": "0x0304"}
        retry = frame(tls__handshake__random=tshark.HELLO_RETRY, **answer)
        self.assertIsNone(self.one(frame(**CLIENT_HELLO), retry).facts["version"])
        hello = frame(tls__handshake__random="11" * 32, **answer)
        found = self.one(frame(**CLIENT_HELLO), retry, hello)
        self.assertEqual((found.facts["version"], found.facts["cipher"]), ("TLS 1.3", 0x1301))

    def test_a_clients_certificate_is_not_the_servers(self):
        found = self.one(frame(**CLIENT_HELLO), frame(tls__handshake__type=11,
                                                      tls__handshake__certificate="3000"))
        self.assertIsNone(found.facts["leaf"])

    def test_versions(self):
        for number, name in ((0x0303, "TLS 1.2"), (0x7f17, "TLS 1.3"), (0xfefd, "DTLS 1.2"),
                             (0x0999, None)):
            self.assertEqual(version_name(number), name, hex(number))


class KindsTest(unittest.TestCase):
    def test_each_kind_is_explained(self):
        page = (ROOT / "docs/differences-from-tshark.md").read_text(encoding="utf-8")
        explained = {line[3:] for line in page.splitlines() if line.startswith("## ")}
        self.assertEqual(explained, set(kinds.KINDS))

    def test_rules(self):
        for why, fact, ours, theirs, kind in (
                ("tshark waits for the rest of the chain", "leaf", session(1.0, leaf="aa"),
                 session(1.0, notes=["unfinished"]), "unfinished-message"),
                ("which explains no other leaf", "leaf", session(1.0, leaf="aa"),
                 session(1.0, leaf="bb", notes=["unfinished"]), None),
                ("a second SYN|ACK", "cipher", session(1.0, cipher=4),
                 session(1.0, notes=["renumbered", "unfinished"]), "renumbered-connection"),
                ("encrypted certificate", "leaf", session(1.0),
                 session(1.0, leaf="aa", version="TLS 1.3"), "decrypted"),
                ("one in clear is a miss", "leaf", session(1.0),
                 session(1.0, leaf="aa", version="TLS 1.2"), None),
                ("the answer in QUIC", "cipher", session(1.0, protocol="quic"),
                 session(1.0, protocol="quic", cipher=0x1301), None),
                ("TLS after RDP's negotiation", "sni", session(1.0, sni="a"),
                 session(1.0, notes=["tpkt"]), "rdp-continuation"),
                ("TLS in EAP", "sni", None, session(1.0, sni="a", notes=["wrapped"]),
                 "wrapped-tls"),
                ("cut by a bound", "alpn_offered", session(1.0, alpn_offered=["h2", "lo"],
                                                           notes=["truncated"]),
                 session(1.0, alpn_offered=["h2", "long", "x"]), "bounded-list"),
                ("not by a bound", "alpn_offered", session(1.0, alpn_offered=["h3"],
                                                           notes=["truncated"]),
                 session(1.0, alpn_offered=["h2", "h3"]), None),
                ("a session we do not know", "ja3", None, session(1.0, ja3="aa"), None)):
            with self.subTest(why):
                self.assertEqual(kinds.kind_of(Difference(fact, ours, theirs)), kind)


if __name__ == "__main__":
    unittest.main()
