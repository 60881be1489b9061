#!/usr/bin/env python3
"""docs/evasion.md has a row for every evasion test, and a test for every row."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
TECHNIQUE = re.compile(r'\{"(\w+)",\s*(?:k[A-Z]\w*|"[^"]+"),\s*(?:Blocked|Refused|Starved|Stalled)\b')
TEST = re.compile(r"^TEST\(\w+, (\w+)\)", re.MULTILINE)


class EvasionTable(unittest.TestCase):
    def test_rows_and_tests_are_the_same(self):
        page = (ROOT / "docs" / "evasion.md").read_text()
        sources = sorted((ROOT / "tests" / "unit" / "inspect").glob("evasion_*_test.cpp"))
        self.assertTrue(sources)
        for source in sources:
            with self.subTest(source.name):
                self.assertIn(f"tests/unit/inspect/{source.name}", page)
        text = "\n".join(source.read_text() for source in sources)
        names = TECHNIQUE.findall(text) + TEST.findall(text)
        self.assertEqual(len(names), len(set(names)), "two techniques of one name")
        self.assertEqual(sorted(ROW.findall(page)), sorted(names))

    def test_live_techniques_are_named(self):
        page = (ROOT / "docs" / "evasion.md").read_text()
        section = page.split("\n## Live\n")[1].split("\n## ")[0]
        listed = subprocess.run([ROOT / "scripts" / "evade", "--list"], check=True,
                                capture_output=True, text=True).stdout
        names = [line.split("|")[0] for line in listed.splitlines()]
        self.assertEqual(len(names), len(set(names)), "two techniques of one name")
        named = [name for item in re.findall(r"^- .+(?:\n  .+)*", section, re.MULTILINE)
                 for name in re.findall(r"`(\w+)`", item)]
        self.assertEqual(sorted(named), sorted(names))


if __name__ == "__main__":
    unittest.main()
