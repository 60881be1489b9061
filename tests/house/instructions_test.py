#!/usr/bin/env python3
"""What scripts/bench instructions makes of callgrind's files and of its table."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True  # scripts/ stays clean
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/lib"))

from instructions import compare, format_table, own_and_other, read_table  # noqa: E402

# Two objects, by name and then by number; costs of a call are the callee's own elsewhere in the file.
COUNTED = """\
# callgrind format
version: 1
pid: 7
cmd:  /build/bin/fixed_load bulk
part: 1

desc: Trigger: Program termination
positions: line
events: Ir
summary: 1060

ob=(1) /build/bin/fixed_load
fl=(1) /src/inspect/core.cpp
fn=(1) eti::inspect::Inspector::inspect(eti::inspect::Packet const&)
10 100
+3 20
cob=(2) /usr/lib/libcrypto.so.3
cfi=(2) ???
cfn=(2) SHA1_Update
calls=3 0
* 900
-2 30
fi=(3) /usr/include/c++/12/bits/stl_algo.h
* 4

ob=(2)
fl=(2)
fn=(2)
0 900

ob=(1)
fl=(1)
fn=(3) eti::tls::Session::feed(eti::Direction)
40 6
"""


class Counting(unittest.TestCase):
    def test_own_code_is_the_programs_object_without_what_it_calls(self):
        self.assertEqual(own_and_other(COUNTED.splitlines(), "fixed_load"), (160, 900))

    def test_another_program_has_nothing_of_it(self):
        self.assertEqual(own_and_other(COUNTED.splitlines(), "load"), (0, 1060))


class Comparing(unittest.TestCase):
    def test_a_table_is_read_as_it_was_written(self):
        counts = {"bulk": 312.4, "syn-flood": 1024.0}
        self.assertEqual(read_table(format_table(counts)), counts)

    def test_five_per_cent_are_allowed_either_way(self):
        for count in (95.5, 100, 104.5):
            self.assertEqual(compare({"bulk": 100}, {"bulk": count}), ([], []), count)

    def test_more_is_a_failure_with_both_numbers(self):
        failures, notes = compare({"bulk": 100}, {"bulk": 106})
        self.assertEqual((len(failures), notes), (1, []))
        self.assertRegex(failures[0], r"bulk: 106\.0 .* 100\.0: \+6\.0%")

    def test_less_is_a_note_with_both_numbers(self):
        failures, notes = compare({"bulk": 100}, {"bulk": 90})
        self.assertEqual((failures, len(notes)), ([], 1))
        self.assertRegex(notes[0], r"bulk: 90\.0 .* 100\.0: -10\.0%.*--write")

    def test_table_and_workloads_must_be_the_same(self):
        failures, notes = compare({"bulk": 100, "gone": 5}, {"bulk": 100, "new": 7})
        self.assertEqual(notes, [])
        self.assertEqual([failure.split(":")[0] for failure in failures], ["new", "gone"])


if __name__ == "__main__":
    unittest.main()
