"""cmake --install puts everything where the programs, systemd and the shells look for it.

usage: install_test.py CMAKE BUILD_FOLDER
"""
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD = sys.argv[1:3]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = {"sbin/etid", "bin/eti", "bin/eti-analysis"}
FILES = {
    "etc/openeti/etid.conf": "config/etid.conf",
    "etc/logrotate.d/etid": "config/etid.logrotate",
    "lib/systemd/system/etid.service": "config/etid.service",
    "lib/systemd/system/eti-analysis.service": "config/eti-analysis.service",
    "share/bash-completion/completions/eti": "config/completion/eti.bash",
    "share/zsh/vendor-completions/_eti": "config/completion/_eti",
    "share/doc/openeti/LICENSE": "LICENSE",
}


def install(*options, **environment):
    subprocess.run([CMAKE, "--install", BUILD, *options], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, **environment})


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def test_every_file_is_in_its_place(self):
        install("--prefix", str(self.root))
        for name in PROGRAMS:
            run = subprocess.run([self.root / name, "--version"], check=True, text=True,
                                 stdout=subprocess.PIPE)
            self.assertTrue(run.stdout.strip(), name)
        for name, source in FILES.items():
            self.assertEqual((self.root / name).read_bytes(), (SOURCE / source).read_bytes(), name)
        wanted = {path.name for path in (SOURCE / "config/yang").glob("*.yang")}
        self.assertEqual({path.name for path in (self.root / "share/openeti/yang").iterdir()},
                         wanted)
        mode = (self.root / "etc/openeti/etid.conf").stat().st_mode
        self.assertFalse(mode & stat.S_IRWXO, "a configuration may hold secrets")

    def test_an_edited_configuration_stays(self):
        mine = self.root / "etc/openeti/etid.conf"
        mine.parent.mkdir(parents=True)
        mine.write_text("mine\n")
        install("--prefix", str(self.root))
        self.assertEqual(mine.read_text(), "mine\n")

    def test_below_usr_the_settings_are_in_etc(self):
        install("--prefix", "/usr", DESTDIR=str(self.root))
        self.assertTrue((self.root / "etc/openeti/etid.conf").exists())
        # What the units start is what was installed.
        for unit in (self.root / "usr/lib/systemd/system").glob("*.service"):
            program = re.search(r"^ExecStart=/(\S+)", unit.read_text(), re.M)[1]
            self.assertTrue((self.root / program).exists(), program)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
