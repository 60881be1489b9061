#!/usr/bin/env python3
"""crash.py PROGRAM: kills eti-analysis with SIGKILL while batches come in, again and again.

Afterwards every acknowledged record must be stored exactly once, no other record twice, and every
roll-up must equal a recount of the sessions. CRASH_KILLS (200) is how often.
"""

import http.client
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = sys.argv[1]
KILLS = int(os.environ.get("CRASH_KILLS", "200"))
SENDERS = 4
DAY = 86400000000
# The bits of "facts": 64 blocked, 128 counted by its server, 256 its client is a host.
CHECKS = [
    ("servers", "SELECT realm, server, attempts, blocked, level, first_seen, last_seen FROM servers",
     "SELECT realm, server, count(*), sum((facts & 64) / 64), max(level), min(start), max(last)"
     " FROM sessions WHERE facts & 128 GROUP BY realm, server"),
    ("server_days", "SELECT realm, day, server, attempts, blocked FROM server_days",
     f"SELECT realm, start / {DAY}, server, count(*), sum((facts & 64) / 64)"
     f" FROM sessions WHERE facts & 128 GROUP BY realm, start / {DAY}, server"),
    ("hosts", "SELECT realm, host, attempts, blocked FROM hosts WHERE attempts <> 0",
     "SELECT realm, client, count(*), sum((facts & 64) / 64)"
     " FROM sessions WHERE facts & 256 GROUP BY realm, client"),
]
SESSIONS_IN_PART = 1 << 15


class Service:
    """The program on a folder of its own, started again after each kill."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.process = None
        self.port = 0

    def start(self):
        process = subprocess.Popen(
            [PROGRAM, "--data", self.folder, "--listen", "127.0.0.1:0", "--rollup-delay", "20"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = process.stdout.readline()
        if ":" not in line:
            raise SystemExit(f"crash: the service does not start again after a kill: {line!r}")
        with self.lock:
            self.process, self.port = process, int(line.rsplit(":", 1)[1])

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()


def record(sender, number, phase):
    blocked = number % 7 == 0 and phase == "end"
    return json.dumps({
        "v": 1, "type": "session", "phase": phase, "id": f"crash/{sender}/{number}",
        "sensor": f"crash{sender}", "start": f"2026-11-2{number % 3}T{number % 24:02}:46:14.000001Z",
        "end": "2026-11-25T03:46:14.000001Z", "client": {"ip": f"10.0.{sender}.{number % 20}"},
        "server": {"ip": f"203.0.113.{number % 30}", "port": 443}, "transport": "tcp",
        "protocol": "tls", "visibility": "tls13", "tls": {"sni": "www.example"},
        "action": "block" if blocked else "permit",
        "reason": "server-blocklist" if blocked else "none",
        **({"threat_level": 1 + number % 10} if blocked else {})})


class Sender(threading.Thread):
    """Posts batches in order; one that got no answer is posted again under its key."""

    def __init__(self, service, number, done):
        super().__init__(daemon=True)
        self.service, self.number, self.done = service, number, done
        self.acknowledged = set()
        self.posted = 0

    def body(self, batch):
        first = batch * 10
        lines = [record(self.number, first + i, "handshake" if i % 2 else "end") for i in range(10)]
        # The sessions of the batch before that were open are told again, as ended.
        lines += [record(self.number, i, "end") for i in range(max(first - 10, 0), first) if i % 2]
        return "\n".join(lines) + "\n"

    def post(self, batch, body):
        with self.service.lock:
            port = self.service.port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", "/v1/records", body,
                               {"Idempotency-Key": f"crash{self.number}/1/{batch}"})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def run(self):
        batch = 0
        while not self.done.is_set():
            self.posted = batch
            if self.post(batch, self.body(batch)) != 202:
                self.done.wait(0.01)
                continue
            self.acknowledged.update(f"crash/{self.number}/{batch * 10 + i}" for i in range(10))
            batch += 1


def kill_again_and_again(service):
    chance = random.Random(int(os.environ.get("CRASH_SEED", "1")))
    for number in range(KILLS):
        # The moment is the test's input, not a wait for something to happen.
        time.sleep(chance.uniform(0.02, 0.4))
        service.end(signal.SIGKILL)
        service.start()
        if (number + 1) % 20 == 0:
            print(f"crash: {number + 1} of {KILLS} kills", flush=True)


def wait_for_rollups(folder):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with sqlite3.connect(pathlib.Path(folder, "eti.db"), timeout=10) as database:
            if database.execute("SELECT count(*) FROM rollup_log").fetchone()[0] == 0:
                return
        time.sleep(0.1)
    raise SystemExit("crash: the roll-ups are never brought up to date")


def numbers(packed):
    """LEB128, the lowest seven bits first."""
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def listed(database, table):
    for part, packed in database.execute(f"SELECT part, sessions FROM {table}"):
        row = part * SESSIONS_IN_PART
        for step in numbers(packed):
            row += step
            yield row


def host_counts(packed):
    """Each host's address, attempts and blocked ones; every address here is IPv4."""
    while packed:
        ip, rest = packed[1:5], packed[5:]
        fields = [value >> 1 ^ -(value & 1) for _, value in zip(range(4), numbers(rest))]
        yield bytes(10) + b"\xff\xff" + ip, fields[0], fields[1]
        for _ in range(4):
            rest = rest[next(i for i, byte in enumerate(rest) if byte < 0x80) + 1:]
        packed = rest


def check_lists(database):
    for table, bit in [("server_sessions", 128), ("host_sessions", 256)]:
        rows = database.execute(f"SELECT row FROM sessions WHERE facts & {bit} ORDER BY row")
        if sorted(listed(database, table)) != [row for row, in rows]:
            yield f"{table} do not list each session once"
    kept = {(realm, day, server, *host)
            for realm, day, server, packed in
            database.execute("SELECT realm, day, server, hosts FROM server_days")
            for host in host_counts(packed)}
    counted = set(database.execute(
        f"SELECT realm, start / {DAY}, server, client, count(*), sum((facts & 64) / 64)"
        f" FROM sessions WHERE facts & 128 GROUP BY realm, start / {DAY}, server, client"))
    if kept != counted:
        yield f"hosts of server_days: {len(kept ^ counted)} differ from a recount"


def check(folder, senders):
    database = sqlite3.connect(pathlib.Path(folder, "eti.db"))
    problems = []
    if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        problems.append("the file is damaged")
    stored = [row[0] for row in database.execute("SELECT id FROM sessions")]
    if len(stored) != len(set(stored)):
        problems.append(f"{len(stored) - len(set(stored))} sessions are stored twice")
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    lost = acknowledged - set(stored)
    if lost:
        problems.append(f"{len(lost)} acknowledged sessions are lost, one is {min(lost)}")
    for table, kept, counted in CHECKS:
        for first, second, what in [(kept, counted, "not in a recount"), (counted, kept, "missing")]:
            rows = database.execute(
                f"SELECT count(*) FROM ({first} EXCEPT {second})").fetchone()[0]
            if rows:
                problems.append(f"{table}: {rows} rows are {what}")
    problems += check_lists(database)
    return len(acknowledged), len(stored), problems


def main():
    with tempfile.TemporaryDirectory(prefix="eti-crash-") as folder:
        service, done = Service(folder), threading.Event()
        service.start()
        senders = [Sender(service, number, done) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        kill_again_and_again(service)
        done.set()
        for sender in senders:
            sender.join()
        wait_for_rollups(folder)
        service.end(signal.SIGTERM)
        acknowledged, stored, problems = check(folder, senders)
        print(f"crash: {KILLS} kills, {acknowledged} sessions acknowledged, {stored} stored")
        for problem in problems:
            print(f"crash: {problem}")
        if problems or acknowledged == 0:
            raise SystemExit(1)


main()
