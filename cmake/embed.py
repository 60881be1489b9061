#!/usr/bin/env python3
"""embed.py OUTPUT.cpp FILE...: a C++ file that holds the named files, plain and gzipped.

CMake could do it with string(REGEX REPLACE), which takes minutes for a hundred kilobytes.
"""

import gzip
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}


def array(name, content):
    return f"constexpr char {name}[] = {{" + "".join(f"'\\x{byte:02x}'," for byte in content) + "};\n"


def main():
    output, *files = map(pathlib.Path, sys.argv[1:])
    arrays, rows = "", ""
    for number, file in enumerate(files):
        content = file.read_bytes()
        arrays += array(f"kPlain{number}", content)
        # Without a time, so that the same content gives the same bytes.
        arrays += array(f"kGzip{number}", gzip.compress(content, 9, mtime=0))
        digest = hashlib.sha256(content).hexdigest()[:32]
        rows += (f'    Asset{{"/{file.name}", "{TYPES[file.suffix]}", "{digest}",\n'
                 f"          {{kPlain{number}, sizeof kPlain{number}}}, "
                 f"{{kGzip{number}, sizeof kGzip{number}}}}},\n")
    output.write_text("// Made by cmake/embed.py.\n#include \"web/embedded.h\"\n\n#include <array>\n\n"
                      f"namespace eti::web {{\nnamespace {{\n\n{arrays}\n"
                      f"const std::array<Asset, {len(files)}> kFiles{{{{\n{rows}}}}};\n\n"
                      "}  // namespace\n\nstd::span<const Asset> embedded_files() {\n"
                      "    return kFiles;\n}\n\n}  // namespace eti::web\n")


main()
