#!/usr/bin/env python3
"""Several operators at once, each on a terminal of his own, and what only time shows.

operators_test.py [NAME...]   NAME is a test below without its "test_"; default: all.
A commit that nobody confirms and an idle terminal take a minute; both wait in the same one.
Exit code 77: a package is missing.
"""

import getpass
import sys
import time

import shell_test

MINUTE = 60


class Operator(shell_test.Terminal):
    """A terminal that is typed into line by line."""

    def __init__(self, daemon):
        super().__init__(daemon)
        self.expect(at_prompt)

    def expect(self, done, seconds=shell_test.SECONDS):
        deadline = time.monotonic() + seconds
        while not self.read_until(done):
            if time.monotonic() > deadline or not self.child.isalive():
                raise AssertionError("saw only\n    " + "\n    ".join(self.seen()))
        return self.seen()

    def do(self, line):
        """Types a line; what stands between it and the next prompt."""
        self.type(line + "\r")
        return said(self.expect(lambda seen: len(seen) > 1 and at_prompt(seen)))

    def press(self, keys):
        self.child.send(keys)

    def leave(self):
        self.child.close(force=True)


def at_prompt(seen):
    return seen[-1].endswith((">", "#", "(yes)", "(no)")) and "@" in seen[-1] or "?" in seen[-1]


def said(seen):
    lines = seen[1:-1]
    while lines and (lines[-1] == "" or lines[-1].startswith("[edit")):
        lines.pop()
    return lines


def check(found, expected):
    if found != expected:
        raise AssertionError(f"expected {expected!r}\n    but saw {found!r}")


def has(lines, text):
    if not any(text in line for line in lines):
        raise AssertionError(f"expected a line with {text!r} in {lines!r}")


def configuration(operator, pattern):
    return operator.do(f"run show configuration | display set | match {pattern}")


def test_shared_candidate(daemon):
    """Both see and commit the one candidate; nothing of either is lost."""
    ann, bob = Operator(daemon), Operator(daemon)
    check(ann.do("configure"), ["Entering configuration mode"])
    lines = bob.do("configure")
    check(lines[:2], ["Entering configuration mode", "Users currently editing the configuration:"])
    has(lines, "terminal pts/")
    ann.do("set vlans ann vlan-id 11")
    bob.do("set vlans bob vlan-id 12")
    has(bob.do("show | compare"), "+   ann {")
    check(ann.do("commit"), ["commit complete"])
    check(bob.do("show | compare"), [])
    check(configuration(bob, '"ann|bob"'), ["set vlans ann vlan-id 11", "set vlans bob vlan-id 12"])


def test_private_candidates(daemon):
    """Each commits his own; the second takes over the first, and what contradicts is refused."""
    ann, bob = Operator(daemon), Operator(daemon)
    ann.do("configure private")
    bob.do("configure private")
    ann.do("set vlans ann vlan-id 21")
    bob.do("set vlans bob vlan-id 22")
    check(bob.do("show | compare"), ["[edit vlans]", "+   bob {", "+       vlan-id 22;", "+   }"])
    check(ann.do("commit"), ["commit complete"])
    check(bob.do("commit"), ["commit complete"])
    check(configuration(ann, '"vlan-id 2."'), ["set vlans ann vlan-id 21", "set vlans bob vlan-id 22"])
    ann.do("set vlans both vlan-id 23")
    bob.do("set vlans both vlan-id 24")
    ann.do("commit")
    has(bob.do("commit"), "error: commit failed: (conflicting changes)")
    check(configuration(bob, "both"), ["set vlans both vlan-id 23"])
    cyd = Operator(daemon)
    has(cyd.do("configure"), "error: private edits in use.")


def test_exclusive_lock(daemon):
    """While one holds the lock nobody else changes or commits; a lost terminal gives it back."""
    ann, bob = Operator(daemon), Operator(daemon)
    bob.do("configure")
    ann.do("configure exclusive")
    has(bob.do("set vlans bob vlan-id 31"), "error: configuration database locked by:")
    has(bob.do("commit"), "error: configuration database locked by:")
    ann.do("set vlans ann vlan-id 32")
    check(ann.do("commit"), ["commit complete"])
    ann.do("set vlans lost vlan-id 33")
    ann.leave()
    while any("locked by" in line for line in bob.do("set vlans bob vlan-id 31")):
        pass  # until the daemon has seen the terminal go
    check(bob.do("commit"), ["commit complete"])
    check(configuration(bob, '"vlan-id 3."'), ["set vlans ann vlan-id 32", "set vlans bob vlan-id 31"])


def test_mistyped_commit(daemon):
    """No word after commit falls through to a commit, and another operator sees none."""
    ann, bob = Operator(daemon), Operator(daemon)
    ann.do("configure")
    ann.do("set system host-name mistyped")
    prompt = getpass.getuser() + "@eti1# "
    check(ann.do("commit confimed 10"), [" " * len(prompt + "commit ") + "^", "syntax error."])
    check(bob.do("show configuration system"), ["host-name eti1;"])
    check(len(bob.do("show system commit")), 1)


def test_interrupted_paste(daemon):
    """Ctrl-C within a line of a paste throws all of it away, the whole lines before it too."""
    ann = Operator(daemon)
    ann.do("configure")
    ann.type("load merge terminal\r")
    ann.expect(lambda seen: seen[-2:] == ["[Type ^D at a new line to end input]", ""])
    ann.press("vlans {\r    pasted {\r        vlan-id 41;\r    }\r}\rsystem { host-na")
    ann.expect(lambda seen: seen[-1] == "system { host-na")
    ann.press("\x03")
    has(ann.expect(at_prompt), "The text was discarded, nothing was loaded")
    check(ann.do("show | compare"), [])


def refreshed(seen):
    return sum("q leaves, f freezes, t thaws" in line for line in seen)


def watch(operator, line, title):
    """A watched line: shown again by itself, frozen, thawed, at once, left."""
    operator.type(line + "\r")
    operator.expect(lambda seen: refreshed(seen) >= 2)
    operator.press("f")
    frozen = refreshed(operator.seen())
    end = time.monotonic() + 3
    operator.read_until(lambda seen: time.monotonic() > end)
    if refreshed(operator.seen()) > frozen + 1:  # one may have been under way
        raise AssertionError("f does not freeze")
    frozen = refreshed(operator.seen())
    operator.press("t")
    operator.expect(lambda seen: refreshed(seen) > frozen)
    operator.press("q")
    has(operator.expect(at_prompt), title)


def test_monitor(daemon):
    ann = Operator(daemon)
    watch(ann, "monitor interface traffic", "ge-0/0/0        ")
    watch(ann, "monitor services security-metadata-streaming statistics", "Session inspected:")
    check(ann.do("show version | match Model"), ["Model: openeti"])


def test_refresh_pipe(daemon):
    ann = Operator(daemon)
    watch(ann, "show version | match Host | refresh 1", "Hostname: eti1")
    ann.type("show version | refresh 3600\r")
    ann.expect(lambda seen: any("Hostname" in line for line in seen))
    ann.press(" ")
    ann.expect(lambda seen: refreshed(seen) == 1)
    ann.press("\x03")
    ann.expect(at_prompt)


def test_minute(daemon):
    """An unconfirmed commit goes back before the eyes of who waits; an idle terminal is left."""
    ann, bob, idle = Operator(daemon), Operator(daemon), Operator(daemon)
    idle.do("set cli idle-timeout 1")
    ann.do("configure")
    ann.do("set system host-name unconfirmed")
    check(ann.do("commit confirmed 1")[:2],
          ["commit confirmed will be automatically rolled back in 1 minutes unless confirmed",
           "commit complete"])
    has(bob.do("show configuration system"), "host-name unconfirmed;")
    for operator in (ann, bob):
        operator.row = operator.screen.row
        lines = operator.expect(
            lambda seen: any("automatic rollback complete" in line for line in seen), MINUTE + 20)
        has(lines, "Broadcast Message from root@")
        has(lines, "Commit was not confirmed; automatic rollback complete.")
    check(bob.do("show configuration system"), ["host-name eti1;"])
    check(bob.seen()[-1], bob.seen()[-1].split("@")[0] + "@eti1>")
    has(bob.do("show system commit"), "by root via autocommit")
    idle.expect(lambda seen: "idle timeout: leaving" in seen, MINUTE + 20)


TESTS = {name[len("test_"):]: run for name, run in globals().items() if name.startswith("test_")}


def main(names):
    good = True
    for name in names or TESTS:
        daemon = shell_test.Daemon()
        try:
            TESTS[name](daemon)
            why = None
        except AssertionError as failure:
            why = failure
        good = daemon.stop() and why is None and good
        print(f"{name}: {'ok' if why is None else 'FAILED: ' + str(why)}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
