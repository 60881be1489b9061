#!/usr/bin/env python3
"""sensors.py PROGRAM: a thousand sensors at once, each on a connection it keeps.

All are connected before the first batch, every batch is in flight at all of them together, and
each sends its first batch once more at the end. Every batch must be acknowledged on the connection
its sensor began with, and every record stored once. SENSORS (1000) is how many.
"""

import asyncio
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
BATCHES = 4
RECORDS = 5
OTHER_FILES = 200  # beside the connections, of this process or of the service


def sensors_that_fit():
    wanted = int(os.environ.get("SENSORS", "1000"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = wanted + OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < need:
        print(f"sensors: only {hard} open files are allowed ('ulimit -Hn'): "
              f"{hard - OTHER_FILES} sensors instead of {wanted}")
        wanted, need = hard - OTHER_FILES, hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, need), hard))
    return wanted


def record(sensor, number):
    return json.dumps({
        "v": 1, "type": "session", "phase": "end", "id": f"sensor{sensor}/1/{number}",
        "sensor": f"sensor{sensor}", "start": "2026-11-25T03:46:14.000001Z",
        "end": "2026-11-25T03:46:15.000001Z", "client": {"ip": f"10.1.{sensor % 50}.{number}"},
        "server": {"ip": f"203.0.113.{(sensor + number) % 250}", "port": 443}, "transport": "tcp",
        "protocol": "tls", "visibility": "tls13", "tls": {"sni": "www.example"},
        "action": "permit", "reason": "none"})


class Failure(Exception):
    pass


class Sensor:
    def __init__(self, number):
        self.number = number
        self.reader = self.writer = None

    async def connect(self, port):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)

    async def post(self, batch):
        """The answer; a batch the service has no room for is sent again."""
        lines = [record(self.number, batch * RECORDS + i) for i in range(RECORDS)]
        body = ("\n".join(lines) + "\n").encode()
        head = (f"POST /v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
                f"Idempotency-Key: sensor{self.number}/1/{batch}\r\n\r\n").encode()
        while True:
            self.writer.write(head + body)
            status, answer = await self.answer()
            if status != 429:
                break
        if status != 202 or answer["accepted"] != RECORDS:
            raise Failure(f"sensor {self.number}, batch {batch}: {status} {answer}")
        return answer

    async def answer(self):
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            body = await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Failure(f"sensor {self.number} lost its connection: {error!r}")
        return int(head.split()[1]), json.loads(body)


async def run(port, count):
    sensors = [Sensor(number) for number in range(count)]
    await asyncio.gather(*(sensor.connect(port) for sensor in sensors))
    for batch in range(BATCHES):
        answers = await asyncio.gather(*(sensor.post(batch) for sensor in sensors))
        if any(answer["duplicate"] for answer in answers):
            raise Failure(f"batch {batch} is new, but an answer says it is not")
    answers = await asyncio.gather(*(sensor.post(0) for sensor in sensors))
    if not all(answer["duplicate"] for answer in answers):
        raise Failure("a batch sent again was taken for a new one")
    for sensor in sensors:
        sensor.writer.close()


def check(folder, count):
    with sqlite3.connect(pathlib.Path(folder, "eti.db")) as database:
        stored = [row[0] for row in database.execute("SELECT id FROM sessions")]
        sensors, = database.execute("SELECT count(*) FROM sensors").fetchone()
    expected = {f"sensor{sensor}/1/{number}" for sensor in range(count)
                for number in range(BATCHES * RECORDS)}
    if sorted(stored) != sorted(expected) or sensors != count:
        raise Failure(f"{len(stored)} sessions of {sensors} sensors are stored, "
                         f"{len(expected)} of {count} were acknowledged")
    return len(stored)


def main():
    count = sensors_that_fit()
    with tempfile.TemporaryDirectory(prefix="eti-sensors-") as folder:
        service = subprocess.Popen([PROGRAM, "--data", folder, "--listen", "127.0.0.1:0"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = int(service.stdout.readline().rsplit(":", 1)[1])
            asyncio.run(run(port, count))
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()
        stored = check(folder, count)
    print(f"sensors: {count} sensors on kept connections, {stored} records stored once")


try:
    main()
except Failure as failure:
    raise SystemExit(f"sensors: {failure}") from None
