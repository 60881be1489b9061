"""Our side: the session records of etid replay."""

import datetime
import json
import subprocess

from facts import Session, endpoint


def seconds(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(
        tzinfo=datetime.timezone.utc).timestamp()


def session_of(record):
    session = Session(record["transport"],
                      endpoint(record["client"]["ip"], record["client"]["port"]),
                      endpoint(record["server"]["ip"], record["server"]["port"]),
                      seconds(record["start"]), f"record {record['id']}")
    tls = record.get("tls", {})
    hello = tls.get("client_hello", {})
    certificate = record.get("certificate", {})
    if certificate.get("inherited"):
        certificate = {}  # this session did not show it
    session.facts.update(
        protocol=record["protocol"], sni=tls.get("sni"), ja3=tls.get("ja3"), ja3s=tls.get("ja3s"),
        client_version=hello.get("version"), offered_versions=hello.get("versions"),
        version=tls.get("version"), alpn_offered=tls.get("alpn_offered"), alpn=tls.get("alpn"),
        cipher=tls.get("cipher"), leaf=certificate.get("sha1"),
        chain=certificate.get("chain_sha1"))
    session.notes.add(record["visibility"])
    if any(part.get("truncated") for part in (tls, hello, certificate)):
        session.notes.add("truncated")
    return session


def sessions_of(lines):
    """The sessions of NDJSON records: the last phase of each that speaks TLS, QUIC or DTLS."""
    records = (json.loads(line) for line in lines if line.strip())
    return [session_of(record) for record in records
            if record["type"] == "session" and record["phase"] == "end"
            and record["protocol"] != "unknown"]


def replay(etid, capture):
    done = subprocess.run([etid, "replay", capture, "--records", "-"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{capture}: etid replay failed: {done.stderr.strip()}")
    return sessions_of(done.stdout.splitlines())
