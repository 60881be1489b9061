#!/usr/bin/env python3
"""scripts/lint rejects what it promises to reject, and nothing else."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # scripts/ stays clean
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "lint"
LOADER = importlib.machinery.SourceFileLoader("lint", str(SCRIPT))
LINT = importlib.util.module_from_spec(importlib.util.spec_from_loader("lint", LOADER))
LOADER.exec_module(LINT)

# A small house: low is used by middle, middle by high; tls is a hot room.
ROOMS = {
    "low": "eti_room(low)\n",
    "middle": "eti_room(middle DEPENDS low LIBRARIES Some::thing)\n",
    "high": "eti_room(high\n    DEPENDS middle)\neti_program(tool DEPENDS high)\n",
    "tls": "eti_room(tls DEPENDS low)\n",
}


def page_and_rooms(*rooms):
    return {f"src/{room}/{name}": text for room in rooms
            for name, text in (("CMakeLists.txt", f"eti_room({room})\n"), ("README.md", "a page\n"))}


class LintTest(unittest.TestCase):
    def build(self, root, files):
        """The small house with these files added, or with None taken away."""
        house = {f"src/{room}/CMakeLists.txt": text for room, text in ROOMS.items()}
        house.update({f"src/{room}/README.md": "one screen\n" for room in ROOMS})
        house.update(files)
        for name, text in house.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)

    def lint(self, files):
        with tempfile.TemporaryDirectory() as folder:
            self.build(pathlib.Path(folder), files)
            return LINT.lint(pathlib.Path(folder))

    def test_command_fails_and_names_the_line(self):
        with tempfile.TemporaryDirectory() as folder:
            self.build(pathlib.Path(folder), {"src/low/a.cpp": '#include "eti/high/a.h"\n'})
            done = subprocess.run([sys.executable, str(SCRIPT), "--root", folder],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("src/low/a.cpp:1:", done.stdout)

    def test_accepts(self):
        for why, files in {
            "an empty house": {},
            "a room it depends on": {"src/middle/a.cpp": '#include "eti/low/a.h"\n'},
            "a room below the room below": {"src/high/a.cpp": '#include "eti/low/a.h"\n'},
            "its own headers": {"src/low/a.cpp": '#include "eti/low/a.h"\n#include "low/b.h"\n'},
            "a public header that points down": {
                "include/eti/middle/a.h": '#include "eti/low/a.h"\n'},
            "the standard library": {"src/low/a.cpp": "#include <mutex>\n#include <vector>\n"},
            "the one header a client shares with its server": {
                **page_and_rooms("eti", "cli"), "src/eti/a.cpp": '#include "eti/cli/protocol.h"\n'},
            "a system header in a folder named like a room": {
                "src/high/a.cpp": "#include <low/a.h>\n"},
            "exactly 500 lines": {"src/low/a.cpp": "\n" * 500},
        }.items():
            with self.subTest(why):
                self.assertEqual(self.lint(files), [])

    def test_rejects(self):
        for why, files, expected in [
            ("an include that points up", {"src/low/a.cpp": '#include "eti/middle/a.h"\n'},
             "src/low/a.cpp:1: \"eti/middle/a.h\" points the wrong way"),
            ("the same from a public header",
             {"include/eti/low/a.h": '\n#include "eti/high/a.h"\n'}, "include/eti/low/a.h:2:"),
            ("the same in angle brackets", {"src/low/a.cpp": "# include <eti/high/a.h>\n"},
             "points the wrong way"),
            ("a neighbour's private header", {"src/high/a.cpp": '#include "middle/a.h"\n'},
             "private to middle"),
            ("a room that does not exist", {"src/low/a.cpp": '#include "eti/attic/a.h"\n'},
             'no room "attic"'),
            ("DPDK outside the dataplane", {"src/high/a.cpp": "#include <rte_mbuf.h>\n"},
             "rte_mbuf.h"),
            ("curl outside the uplink", {"src/high/a.cpp": "#include <curl/curl.h>\n"}, "uplink"),
            ("libyang outside its one file", {"src/high/a.cpp": "#include <libyang/libyang.h>\n"},
             "src/config/model.cpp"),
            ("OpenSSL in a parser", {"src/tls/a.cpp": "#include <openssl/ssl.h>\n"}, "digest"),
            ("a lock in a hot room", {"src/tls/a.cpp": "#include <mutex>\n"},
             "never logs, locks or waits"),
            ("a log in a hot room", {"include/eti/tls/a.h": "#include <spdlog/spdlog.h>\n"},
             "belongs to"),
            ("501 lines", {"src/low/a.cpp": "\n" * 501}, "501 lines"),
            ("a room without its page", {"src/low/README.md": None}, "README.md is missing"),
            ("any other header of the server",
             {**page_and_rooms("eti", "cli"), "src/eti/a.cpp": '#include "eti/cli/grammar.h"\n'},
             "points the wrong way"),
            ("rooms in a circle", {"src/low/CMakeLists.txt": "eti_room(low DEPENDS high)\n"},
             "circle"),
            ("a dependency that is no room",
             {"src/low/CMakeLists.txt": "eti_room(low DEPENDS attic)\n"}, "which is no room"),
            ("code outside the rooms", {"src/attic/a.cpp": "\n"}, "attic is no room"),
        ]:
            with self.subTest(why):
                findings = self.lint(files)
                self.assertEqual(len(findings), 1, findings)
                self.assertIn(expected, findings[0])


if __name__ == "__main__":
    unittest.main()
