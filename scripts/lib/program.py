"""Where the programs are that scripts/bench runs."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def built(name):
    """The program in ETI_BIN; without that of the release build, which is brought up to date."""
    if "ETI_BIN" in os.environ:
        return pathlib.Path(os.environ["ETI_BIN"]) / name
    build = subprocess.run([ROOT / "scripts/build", "release", name], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, check=False)
    if build.returncode != 0:
        raise SystemExit(f"{build.stdout}\n{name} cannot be built; see the lines above")
    return ROOT / "build/release/bin" / name
