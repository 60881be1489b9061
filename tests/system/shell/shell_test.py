#!/usr/bin/env python3
"""Types transcripts into eti on a terminal, against a daemon of this build.

shell_test.py [--write] [NAME...]   NAME is a file in transcripts/ without .txt; default: all.
--write replaces the screens in the files by what was seen: read the difference before keeping it.
The programs are those in $ETI_BIN. Each transcript has a daemon of its own, whose ports are empty
captures; it needs neither root nor hugepages. Exit code 77: a package is missing.
"""

import getpass
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

try:
    import pexpect
except ImportError:
    print("skipped: needs python3-pexpect")
    sys.exit(77)

import screen
import transcript

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("ETI_BIN", HERE.parents[2] / "build/dev/bin"))
LEAKS = HERE.parents[1] / "support/lsan.supp"
SECONDS = 20
ROWS, COLUMNS = 24, 100

CONFIGURATION = """\
set system host-name eti1
set vlans wire vlan-id 1
set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members wire
set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members wire
set interfaces ge-0/0/0 openeti port pcap receive-file {folder}/in.pcap
set interfaces ge-0/0/0 openeti port pcap transmit-file {folder}/out0.pcap
set interfaces ge-0/0/1 openeti port pcap receive-file {folder}/in.pcap
set interfaces ge-0/0/1 openeti port pcap transmit-file {folder}/out1.pcap
set security forwarding-options secure-wire W interface [ ge-0/0/0.0 ge-0/0/1.0 ]
set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set services security-metadata-streaming policy eti http action permit
set services security-metadata-streaming policy eti http notification log
set security policies from-zone trust to-zone untrust application-services security-metadata-streaming-policy eti
set security policies from-zone trust to-zone untrust policy any match source-address any
set security policies from-zone trust to-zone untrust policy any match destination-address any
set security policies from-zone trust to-zone untrust policy any match application any
set security policies from-zone trust to-zone untrust policy any then permit
"""


class Daemon:
    """etid between two empty captures, in a folder of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eti-shell-"))
        # A capture's header without a packet: little endian, version 2.4, Ethernet.
        header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        (self.folder / "in.pcap").write_bytes(header)
        (self.folder / "etid.conf").write_text(CONFIGURATION.format(folder=self.folder))
        self.socket = self.folder / "s"
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [BIN / "etid", "--config", self.folder / "etid.conf", "--socket", self.socket,
             "--state", self.folder / "state"],
            stdout=self.log, stderr=self.log,
        )
        self.wait()

    def wait(self):
        deadline = time.monotonic() + SECONDS
        while not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                print((self.folder / "log").read_text(errors="replace"))
                raise SystemExit("etid did not start")
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(SECONDS)
        self.log.close()
        if code != 0:
            print((self.folder / "log").read_text(errors="replace"))
        shutil.rmtree(self.folder)
        return code == 0


def environment(daemon):
    leaks = f"suppressions={LEAKS}:print_suppressions=0"
    return dict(os.environ, TERM="vt100", LSAN_OPTIONS=leaks, HOME=str(daemon.folder),
                LC_ALL="C.UTF-8")


class Terminal:
    """eti on a pseudo terminal."""

    def __init__(self, daemon):
        self.screen = screen.Screen(COLUMNS)
        self.row = 0
        self.child = pexpect.spawn(
            str(BIN / "eti"), ["--socket", str(daemon.socket)], env=environment(daemon),
            cwd=str(daemon.folder), dimensions=(ROWS, COLUMNS), encoding="utf-8", echo=False,
        )

    def seen(self):
        return self.screen.text_from(self.row)

    def read_until(self, done):
        """Reads until done(what is seen), or until nothing more can come."""
        deadline = time.monotonic() + SECONDS
        while not done(self.seen()):
            try:
                self.screen.feed(self.child.read_nonblocking(4096, timeout=0.3))
            except pexpect.TIMEOUT:
                if time.monotonic() > deadline:
                    return False
            except pexpect.EOF:
                return done(self.seen())
        return True

    def type(self, keys):
        self.row = self.screen.row
        self.child.send(keys)


def settled(terminal):
    """What is on the screen when half a second has brought nothing new; only for --write."""
    last = None
    while last != (last := terminal.seen()):
        end = time.monotonic() + 0.7
        terminal.read_until(lambda _: time.monotonic() > end)
    return terminal.seen()


def play(path, write):
    steps = transcript.read(path)
    for step in steps:
        step.as_seen_by(getpass.getuser())
    daemon = Daemon()
    terminal = Terminal(daemon)
    failed = False
    try:
        if not terminal.read_until(lambda seen: seen[-1].endswith("eti1>")):
            print(f"{path.name}: no prompt: {terminal.seen()}")
            return False
        for step in steps:
            terminal.type(step.typed().replace("{folder}", str(daemon.folder)))
            if write:
                step.screen = settled(terminal)
            elif not terminal.read_until(step.matches):
                failed = True
                print(f"{path.name}:{step.line}: after '{step.keys}' expected")
                print("\n".join("    " + line for line in step.screen))
                print("  but saw")
                print("\n".join("    " + line for line in terminal.seen()))
                break
    finally:
        terminal.child.close(force=True)
        stopped = daemon.stop()
    if write:
        rewrite(path, steps)
    if not stopped:
        print(f"{path.name}: etid did not stop cleanly")
    return stopped and not failed


def rewrite(path, steps):
    comment = []
    for line in path.read_text().splitlines():
        if line.startswith("$ "):
            break
        comment.append(line)
    body = [line for step in steps for line in ["$ " + step.keys, *step.screen]]
    path.write_text("\n".join(comment + body) + "\n")


def main(arguments):
    write = "--write" in arguments
    names = [name for name in arguments if name != "--write"]
    paths = [HERE / "transcripts" / (name + ".txt") for name in names]
    good = True
    for path in paths or sorted((HERE / "transcripts").glob("*.txt")):
        ok = play(path, write)
        print(f"{path.stem}: {'ok' if ok else 'FAILED'}", flush=True)
        good = good and ok
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
