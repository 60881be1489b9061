#!/usr/bin/env python3
"""embed_text.py OUTPUT.cpp HEADER NAMESPACE FUNCTION FILE: a function that returns the file's text."""

import pathlib
import sys

output, header, namespace, function, file = sys.argv[1:]
content = pathlib.Path(file).read_bytes()
rows = "\n".join("".join(f"'\\x{byte:02x}'," for byte in content[at:at + 20])
                 for at in range(0, len(content), 20))
pathlib.Path(output).write_text(
    f'// Made by cmake/embed_text.py.\n#include "{header}"\n\nnamespace {namespace} {{\nnamespace {{\n\n'
    f"constexpr char kText[] = {{\n{rows}\n}};\n\n}}  // namespace\n\n"
    f"std::string_view {function}() {{\n    return {{kText, sizeof kText}};\n}}\n\n"
    f"}}  // namespace {namespace}\n")
