#!/usr/bin/env python3
"""model_parity_test.py PROGRAM SOURCE: the program scores a record as Python does, bit for bit.

Needs python3-xgboost and numpy of the system; without them it says so and leaves with 77 (skipped).
"""

import json
import pathlib
import subprocess
import sys

try:
    import numpy
    import xgboost
except ImportError as missing:
    print(f"skipped: {missing}; scripts/dependencies test installs it")
    sys.exit(77)

program, source = sys.argv[1], pathlib.Path(sys.argv[2])
trained = source / "src/model/trained"


def record(number):
    """Sessions that differ in what most features read; values are arbitrary and repeat."""
    word = (number * 2654435761) % 2**32
    certificate = {"sha1": f"{number % 40:040x}", "inherited": False, "chain_sha1": [f"{number % 40:040x}"],
                   "subject": f"CN=host{number % 40}.example,O=Example", "issuer": "CN=Some CA",
                   "serial": f"{word:x}", "not_before": "2017-01-01T00:00:00Z",
                   "not_after": f"20{18 + number % 9}-01-01T00:00:00Z", "key": "RSA", "bits": 2048,
                   "signature": "sha256WithRSAEncryption", "san": [f"host{number % 40}.example"],
                   "self_signed": number % 3 == 0}
    session = {"v": 1, "type": "session", "phase": "end", "id": str(number), "sensor": "test",
               "start": f"2017-06-01T12:{number % 60:02d}:00.{word % 10**6:06d}Z",
               "end": f"2017-06-01T13:{number % 60:02d}:00.000000Z",
               "client": {"ip": f"10.0.0.{number % 5 + 1}", "port": 50000},
               "server": {"ip": f"198.51.100.{number % 100}", "port": 443 if number % 2 else 8443},
               "transport": "tcp", "protocol": "tls", "visibility": "certificate", "action": "permit",
               "reason": "none", "tls": {"server_hello": {"version": 771, "cipher": 47, "extensions": []}},
               "traffic": {"payload_out": word % 9999, "payload_in": word % 99999,
                           "records": [[200, 22, 0], [word % 1500 + 1, 23, word % 10**7],
                                       [-(word % 9000) - 1, 23, word % 10**5]]}}
    if number % 4:
        session["certificate"] = certificate
    if number % 5:
        session["tls"]["sni"] = f"host{number % 40}.example"
    return json.dumps(session)


records = "\n".join(record(number) for number in range(500)) + "\n"


def run(*arguments):
    return subprocess.run([program, *arguments], input=records, capture_output=True, text=True,
                          check=True).stdout.splitlines()


table = [line.split("\t") for line in run("features")]
side = json.loads((trained / "side.json").read_text(encoding="utf-8"))
columns = [table[0].index(name) for name in side["features"]]
values = numpy.array([[row[c] for c in columns] for row in table[1:]], dtype=numpy.float32)
booster = xgboost.Booster({"nthread": 1}, model_file=trained / "model.json")
expected = booster.predict(xgboost.DMatrix(values, feature_names=side["features"]))
scored = numpy.array([json.loads(line)["score"] for line in run("score")], dtype=numpy.float32)
assert len(scored) == 500 and len(set(expected.tolist())) > 50, "the records are too much alike"
different = int((scored != expected).sum())
assert different == 0, f"{different} of {len(scored)} scores differ"
assert run("score") == run("score"), "the same records give other verdicts"
print(f"{len(scored)} scores are the same bits")
