"""Transcripts: keystrokes and the screens they lead to.

A transcript is a text file. A line "$ KEYS" is typed, what follows up to the next such line is the
screen from the line the cursor was on. Keys in angle brackets are <enter>, <tab>, <ctrl-a> to
<ctrl-z>, <up>, <left>; "#" starts a comment where a transcript begins, and "{name}" in a screen
stands for what changes from run to run: {time}, {number}, {pts}, {any}, {user}.
"""

import re

KEYS = {"enter": "\r", "tab": "\t", "up": "\x1b[A", "left": "\x1b[D", "space": " "}
ROOT = "root"
PATTERNS = {
    "time": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+",
    "number": r"\d+",
    "pts": r"pts/\d+",
    "any": r".*",
    "user": r"[a-z_][a-z0-9_-]*",
}


class Step:
    def __init__(self, line, keys):
        self.line = line  # number in the file
        self.keys = keys
        self.screen = []

    def typed(self):
        def key(found):
            name = found.group(1)
            return chr(ord(name[5]) - 96) if name.startswith("ctrl-") else KEYS[name]

        return re.sub(r"<(ctrl-[a-z]|%s)>" % "|".join(KEYS), key, self.keys)

    def matches(self, screen):
        while screen and screen[-1] == "":
            screen = screen[:-1]
        return len(screen) == len(self.screen) and all(
            re.fullmatch(expression(expected), line)
            for expected, line in zip(self.screen, screen)
        )

    def as_seen_by(self, user):
        """Transcripts are written as root's; another name moves the carets below its prompt."""
        shift = len(user) - len(ROOT)
        for i, line in enumerate(self.screen):
            if re.fullmatch(r" *\^", line):
                self.screen[i] = "^".rjust(len(line) + shift)
            else:
                self.screen[i] = re.sub(r"^%s@(?=\S*[>#])" % ROOT, user + "@", line)


def expression(line):
    parts = re.split(r"(\{(?:%s)\})" % "|".join(PATTERNS), line)
    return "".join(
        PATTERNS[part[1:-1]] if part.startswith("{") and part[1:-1] in PATTERNS else re.escape(part)
        for part in parts
    )


def read(path):
    """The steps of a transcript, after the comment it begins with."""
    steps = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("$ "):
                steps.append(Step(number, line[2:]))
            elif steps:
                steps[-1].screen.append(line.rstrip())
            elif line and not line.startswith("#"):
                raise ValueError(f"{path}:{number}: a transcript begins with comments and '$ '")
    for step in steps:
        while step.screen and step.screen[-1] == "":
            step.screen.pop()
    return steps
