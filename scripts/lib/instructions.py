"""Instructions per packet: what callgrind counted, and the table it is compared with."""

import re

ALLOWED = 0.05  # a count may lie so far from the table's

NAMED = re.compile(r"\((\d+)\)(?: (.*))?$")
COST = re.compile(r"[+*\-\d]")

HEADER = """\
# Instructions of the product's own code per packet, without libraries. scripts/bench instructions
# counts them with callgrind, --check compares and --write rewrites this file.
"""


def own_and_other(lines, program):
    """Sums the self cost of a callgrind file: what the object with that name has, and the rest."""
    names = {}
    own = other = 0
    inside = called = False
    for line in lines:
        line = line.rstrip("\n")
        key, equals, value = line.partition("=")
        if COST.match(line):
            cost = int(line.split()[1])
            if called:  # the line after calls= is the callee's
                called = False
            elif inside:
                own += cost
            else:
                other += cost
        elif equals and key in ("ob", "cob"):
            number, name = NAMED.match(value).groups()
            name = names.setdefault(number, name)
            if key == "ob":
                inside = name.rsplit("/", 1)[-1] == program
        elif key == "calls":
            called = True
    return own, other


def read_table(text):
    """The counts of a table: {workload: instructions per packet}."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(count) for name, count in rows}


def format_table(counts):
    return HEADER + "".join(f"{name:<10} {count:8.1f}\n" for name, count in counts.items())


def compare(table, counts):
    """(failures, notes) as sentences: what became slower than the table says, and what faster."""
    failures, notes = [], []
    for name, count in counts.items():
        if name not in table:
            failures.append(f"{name}: {count:.1f} instructions per packet, and the table does not "
                            "hold it: scripts/bench instructions --write")
            continue
        change = count / table[name] - 1
        both = f"{name}: {count:.1f} instructions per packet, the table says {table[name]:.1f}"
        if change > ALLOWED:
            failures.append(f"{both}: {change:+.1%}, and {ALLOWED:.0%} are allowed. Make it cheaper, "
                            "or say in the commit what the packets get for it and use --write")
        elif change < -ALLOWED:
            notes.append(f"{both}: {change:+.1%}. Keep what was won: scripts/bench instructions "
                         "--write")
    failures += [f"{name}: in the table, but there is no such workload: scripts/bench instructions "
                 "--write" for name in table if name not in counts]
    return failures, notes
