"""The labelled captures as vectors, their folds, and how a model is trained and measured on them.

Shared by scripts/train and scripts/evaluate. Vectors come from the C++ extractor only, and each
capture is read with fresh state.
"""

import collections
import csv
import datetime
import hashlib
import json
import pathlib
import subprocess

import numpy
import xgboost

CAP = 60  # sessions of one capture that may train: near-copies teach nothing
BENIGN_FOLDS = 5
PARAMETERS = {"objective": "binary:logistic", "tree_method": "exact", "max_depth": 3, "eta": 0.1,
              "subsample": 0.8, "colsample_bytree": 0.3, "min_child_weight": 1.0, "nthread": 1}
ROUNDS = 150

# Conn, Records, Sni, Cert and Trust of docs/features.md. Left out: what certificates of the
# year look like (key size, SHA-1, extensions, size, serial), for the sides are from other years; dns,
# for it depends on where a capture begins; client, which counts for the host; site, which captures of minutes cannot teach.
MODEL_FEATURES = """
duration bytes_out bytes_in ratio port_443 port_high
messages_out messages_in longest_gap largest_out largest_in spread_out spread_in same_out same_in
server_first answer_time start_delay last_out out_1 in_1 out_2 in_2 out_3 in_3 time_2 time_3 time_4
time_5
sni sni_length sni_labels sni_entropy sni_digits sni_vowels sni_common_tld sni_deep
certificate self_signed self_issued chain_length validity age left names name_matches wildcard
subject_attributes organization cn_address cn_plain cn_entropy same_organization
chain_verifies issuer_known
""".split()


def microseconds(text):
    """RFC 3339 with six digits to microseconds since 1970; years before are negative."""
    time = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return round((time - datetime.datetime(1970, 1, 1)) / datetime.timedelta(microseconds=1))


class Sessions:
    """All labelled sessions: a matrix of float32 and one row of facts each."""

    def __init__(self, names, values, rows):
        self.names = names
        self.values = values
        self.rows = rows
        self.malicious = numpy.array([row["label"] == "malicious" for row in rows])
        self.family = numpy.array([row["family"] for row in rows])
        self.file = numpy.array([row["file"] for row in rows])
        # A benign session inside a malware capture belongs to that capture.
        self.unit = numpy.array([row["file"] if row["category"] == "bg-windows" else row["device"]
                                 for row in rows])
        self.source = numpy.array([row["family"] if row["label"] == "malicious" else
                                   row["category"] + "/" + row["device"] for row in rows])

    def columns(self, names):
        return [self.names.index(name) for name in names]

    def __len__(self):
        return len(self.rows)


def extract(data, programs, work):
    """Replays every capture once; returns {file: (records, table)} below work."""
    (work / "records").mkdir(parents=True, exist_ok=True)
    (work / "vectors").mkdir(parents=True, exist_ok=True)
    found = {}
    for capture in sorted((data / "pcap").glob("*.pcap")):
        records = work / "records" / (capture.stem + ".ndjson")
        table = work / "vectors" / (capture.stem + ".tsv")
        if not records.exists():
            part = records.with_suffix(".part")
            subprocess.run([programs / "etid", "replay", capture, "--certificates", "--records", part],
                           check=True, capture_output=True)
            part.rename(records)
        if not table.exists():
            part = table.with_suffix(".part")
            with records.open("rb") as source, part.open("wb") as target:
                subprocess.run([programs / "eti-analysis", "features"], stdin=source, stdout=target,
                               check=True, stderr=subprocess.DEVNULL)
            part.rename(table)
        found["pcap/" + capture.name] = (records, table)
    return found


def read_table(path):
    """A table of vectors as (feature names, [(key, start, visibility, values)])."""
    with open(path, encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split("\t")
        rows = []
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            rows.append((tuple(cells[:4]), microseconds(cells[4]), cells[6],
                         numpy.array(cells[7:], dtype=numpy.float32)))
    return header[7:], rows


def load(data, tables):
    """Joins vectors and labels: same file and end points, nearest start; unknown ones are left out."""
    labels = collections.defaultdict(list)
    with open(data / "labels.tsv", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["label"] != "unknown":
                labels[row["file"]].append(row)
    names, values, rows, missing = None, [], [], 0
    for file, (_, table) in sorted(tables.items()):
        names, vectors = read_table(table)
        by_key = collections.defaultdict(list)
        for key, start, visibility, vector in vectors:
            by_key[key].append((start, visibility, vector))
        for row in labels[file]:
            key = (row["client_ip"], row["client_port"], row["server_ip"], row["server_port"])
            start = microseconds(row["start"])
            if not by_key[key]:
                missing += 1
                continue
            near = min(by_key[key], key=lambda found: abs(found[0] - start))
            values.append(near[2])
            rows.append(dict(row, seen=near[1], at=start))
    if missing:
        print(f"{missing} labelled sessions have no record")
    return Sessions(names, numpy.vstack(values), rows)


def digest_of(number, text):
    return int.from_bytes(hashlib.sha256(f"{number}/{text}".encode()).digest()[:8], "big")


def benign_fold(seed, unit):
    return digest_of(seed, unit) % BENIGN_FOLDS


def weights_of(sessions, chosen):
    """Families weigh the same, so do sources, and both sides; a capture counts CAP sessions at most."""
    weights = numpy.zeros(len(sessions), dtype=numpy.float64)
    per_file = collections.Counter((sessions.file[i], sessions.malicious[i]) for i in chosen)
    for i in chosen:
        weights[i] = min(1.0, CAP / per_file[sessions.file[i], sessions.malicious[i]])
    for side in (True, False):
        inside = [i for i in chosen if sessions.malicious[i] == side]
        sums = collections.Counter()
        for i in inside:
            sums[sessions.source[i]] += weights[i]
        for i in inside:
            # The square root keeps a source of one session from weighing as much as one of hundreds.
            weights[i] *= sums[sessions.source[i]] ** -0.5
        total = sum(weights[i] for i in inside)
        for i in inside:
            weights[i] *= 1000.0 / total
    return weights


def teaching(sessions, chosen):
    """Without a certificate one session proves nothing: such a malicious one would only teach that
    its absence is bad."""
    seen = sessions.values[:, sessions.names.index("certificate")] == 1
    return [i for i in chosen if seen[i] or not sessions.malicious[i]]


def train(sessions, chosen, columns, seed, rounds=ROUNDS, parameters=None):
    chosen = teaching(sessions, chosen)
    weights = weights_of(sessions, chosen)
    matrix = xgboost.DMatrix(sessions.values[chosen][:, columns], label=sessions.malicious[chosen],
                             weight=weights[chosen],
                             feature_names=[sessions.names[c] for c in columns])
    return xgboost.train(dict(PARAMETERS, seed=seed, **(parameters or {})), matrix, rounds)


def splits(sessions, seed):
    """(training rows, test rows) so that no family, benign unit or file is on both sides."""
    families = sorted(set(sessions.family[sessions.malicious]))
    folds = numpy.array([benign_fold(seed, unit) for unit in sessions.unit])
    for number, family in enumerate(families):
        held = numpy.where(sessions.malicious, sessions.family == family,
                           folds == (number + seed) % BENIGN_FOLDS)
        files = set(sessions.file[held & sessions.malicious])
        held |= ~sessions.malicious & numpy.isin(sessions.file, list(files))
        # A file with one held session is held whole: of another family, it only leaves training.
        out = held | numpy.isin(sessions.file, list(set(sessions.file[held])))
        yield family, numpy.flatnonzero(~out), numpy.flatnonzero(held)


def cross_validate(sessions, columns, seed, **how):
    """The score of every session by models that saw neither its family, unit nor file; the maximum of
    several. Also the models by family."""
    scores = numpy.full(len(sessions), -1.0, dtype=numpy.float32)
    models = {}
    for family, training, test in splits(sessions, seed):
        model = train(sessions, training, columns, seed, **how)
        matrix = xgboost.DMatrix(sessions.values[test][:, columns],
                                 feature_names=[sessions.names[c] for c in columns])
        scores[test] = numpy.maximum(scores[test], model.predict(matrix))
        models[family] = model
    return scores, models


def threshold_at(scores, benign, rate):
    """The float32 just above a tie, so that at most this share of benign sessions reaches it."""
    ordered = numpy.sort(scores[benign])[::-1]
    allowed = int(rate * len(ordered))
    return numpy.nextafter(ordered[allowed], numpy.float32(2), dtype=numpy.float32)


def with_server_hello(sessions):
    return numpy.array([row["seen"] != "no-server-hello" for row in sessions.rows])


def cross_validated_thresholds(sessions, columns, seed):
    scores, _ = cross_validate(sessions, columns, seed)
    benign = ~sessions.malicious & with_server_hello(sessions) & (scores >= 0)
    return threshold_at(scores, benign, 1e-2), threshold_at(scores, benign, 1e-3)


def recalls(sessions, hit, chosen):
    """Pooled recall, the mean over families, and the recall of each."""
    families = {}
    for family in sorted(set(sessions.family[sessions.malicious])):
        rows = chosen & sessions.malicious & (sessions.family == family)
        if rows.any():
            families[family] = float(hit[rows].mean())
    return float(hit[chosen & sessions.malicious].mean()), float(numpy.mean(list(families.values()))), families


def area(scores, malicious):
    """Area under the curve, ties counted half."""
    order = numpy.argsort(scores, kind="stable")
    ranks = numpy.empty(len(scores))
    values, inverse, counts = numpy.unique(scores[order], return_inverse=True, return_counts=True)
    ends = numpy.cumsum(counts)
    ranks[order] = ((ends - counts + 1 + ends) / 2)[inverse]
    positive = malicious.sum()
    return (ranks[malicious].sum() - positive * (positive + 1) / 2) / (positive * (len(scores) - positive))


def write_model(out, booster, sessions, columns, thresholds, manifest, version):
    """One model file and its side file, as eti::model reads them."""
    out.mkdir(parents=True, exist_ok=True)
    booster.save_model(out / "model.json")
    model = (out / "model.json").read_bytes()
    side = {"version": version, "features": [sessions.names[c] for c in columns],
            "training_manifest_sha256": manifest,
            "model_sha256": hashlib.sha256(model).hexdigest(),
            "thresholds": {"fpr_1e-2": float(thresholds[0]), "fpr_1e-3": float(thresholds[1])}}
    (out / "side.json").write_text(json.dumps(side, indent=1) + "\n", encoding="utf-8")
