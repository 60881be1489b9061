#!/usr/bin/env python3
"""Runs what the documentation tells an operator to type, against a daemon of this build.

In README.md and docs/*.md, an indented line is an example when it starts with a prompt
("user@eti1> ", "user@eti1# "), is "eti -c 'COMMAND'", or is a set line. The first two are run, a
document in one session, in order; a block of set lines is loaded into an empty candidate and
checked. Exit code 77: a package is missing.
"""

import pathlib
import re
import subprocess
import sys

import shell_test

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROMPT = re.compile(r"    \w+@eti1[>#] (.+)")
COMMAND = re.compile(r"    eti -c '([^']+)'")
SET = re.compile(r"    (set .+)")


def examples(text):
    """The lines to run of one document: commands as they stand, set lines between the words that
    load and check them."""
    lines, block = [], []
    for line in text.splitlines() + [""]:
        setting = SET.fullmatch(line)
        if setting:
            block.append(setting.group(1))
            continue
        if block:
            lines += ["configure", "delete", *block, "commit check", "rollback 0", "exit"]
            block = []
        command = PROMPT.fullmatch(line) or COMMAND.fullmatch(line)
        if command:
            lines.append(command.group(1))
    return lines


def run(daemon, document):
    lines = examples(document.read_text())
    if not lines:
        return 0, True
    done = subprocess.run(
        [shell_test.BIN / "eti", "--socket", daemon.socket], input="\n".join(lines) + "\n",
        capture_output=True, text=True, cwd=daemon.folder, env=shell_test.environment(daemon))
    if done.returncode != 0:
        print(done.stdout[-2000:], done.stderr, sep="\n")
    return len(lines), done.returncode == 0


def main():
    good, count = True, 0
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        daemon = shell_test.Daemon()
        try:
            lines, ok = run(daemon, document)
        finally:
            stopped = daemon.stop()
        if lines:
            print(f"{document.relative_to(ROOT)}: {lines} lines, {'ok' if ok else 'FAILED'}", flush=True)
        good, count = good and ok and stopped, count + lines
    return 0 if good and count else 1


if __name__ == "__main__":
    sys.exit(main())
