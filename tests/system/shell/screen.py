"""A terminal of unlimited height: what a person would see of the bytes a program writes."""

import re

ESCAPE = re.compile(r"\x1b(?:\[([?0-9;]*)([A-Za-z@])|[()][A-Za-z0-9]|[=>78M])")


class Screen:
    """Lines of characters and a cursor; knows what libedit and the pager write on a vt100."""

    def __init__(self, columns=80):
        self.columns = columns
        self.lines = [""]
        self.row = 0
        self.column = 0
        self.rest = ""

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = ESCAPE.match(text, at)
                if found is None:
                    if len(text) - at < 16:  # the rest of it comes with the next bytes
                        self.rest = text[at:]
                        return
                    at += 1
                    continue
                self.escape(found.group(1) or "", found.group(2))
                at = found.end()
            else:
                self.character(text[at])
                at += 1

    def character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.down()
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c >= " ":
            if self.column == self.columns:
                self.column = 0
                self.down()
            self.put(c)

    def down(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def put(self, c):
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + c + line[self.column + 1 :]
        self.column += 1

    def escape(self, parameters, command):
        numbers = [int(n) for n in re.findall(r"\d+", parameters)]
        count = max(1, numbers[0]) if numbers else 1
        line = self.lines[self.row]
        if command == "C":
            self.column += count
        elif command == "D":
            self.column = max(0, self.column - count)
        elif command == "A":
            self.row = max(0, self.row - count)
        elif command == "K":
            self.lines[self.row] = line[: self.column]
        elif command == "P":
            self.lines[self.row] = line[: self.column] + line[self.column + count :]
        elif command == "@":
            self.lines[self.row] = line[: self.column] + " " * count + line[self.column :]
        elif command == "J" and numbers and numbers[0] == 2:
            self.lines.append("")
            self.row = len(self.lines) - 1
            self.column = 0
        elif command == "J":
            self.lines = self.lines[: self.row] + [line[: self.column]]

    def text_from(self, row):
        return [line.rstrip() for line in self.lines[row:]]
