"""Zeek's ssl, conn and dns logs to session records: what a log does not hold is absent."""

import datetime
import json

HOSTS = {"147.32.81.167", "147.32.83.234"}  # the one host that was watched, by day


def read_log(path):
    """Rows of a Zeek log as dictionaries; fields that are unset or empty are left out."""
    fields = []
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if cells[0] == "#fields":
                fields = cells[1:]
            elif not line.startswith("#"):
                yield {name: cell for name, cell in zip(fields, cells) if cell not in ("-", "(empty)")}


def rfc3339(seconds):
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=round(seconds * 1e6))
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record_of(row, connection, looked_up):
    start = float(row["ts"])
    end = start + float(connection.get("duration", 0))
    record = {"v": 1, "type": "session", "phase": "end", "id": row["uid"], "sensor": "zeek",
              "start": rfc3339(start), "end": rfc3339(end),
              "client": {"ip": row["id.orig_h"], "port": int(row["id.orig_p"])},
              "server": {"ip": row["id.resp_h"], "port": int(row["id.resp_p"])},
              "transport": "tcp", "protocol": "tls", "visibility": visibility_of(row),
              "tls": {"resumed": row.get("resumed") == "T"}, "action": "permit", "reason": "none",
              "traffic": {"payload_out": int(connection.get("orig_bytes", 0)),
                          "payload_in": int(connection.get("resp_bytes", 0))}}
    if "version" in row:
        record["tls"]["server_hello"] = {"version": 771, "cipher": 0, "extensions": []}
    if "server_name" in row:
        record["tls"]["sni"] = row["server_name"]
    if row["id.resp_h"] in looked_up:
        record["dns"] = {"name": looked_up[row["id.resp_h"]]}
    return record


def visibility_of(row):
    if row.get("version") == "TLSv13":
        return "tls13"
    return "resumed" if row.get("resumed") == "T" else "incomplete"


def convert(folder, target):
    """Writes the folder's TLS sessions in the order they start; returns how many."""
    connections = {row["uid"]: row for row in read_log(folder / "conn.log.labeled")}
    looked_up = {}
    dns = folder / "dns.log.labeled"
    for row in read_log(dns) if dns.exists() else ():
        for answer in row.get("answers", "").split(","):
            looked_up[answer] = row.get("query", "")
    rows = sorted(read_log(folder / "ssl.log.labeled"), key=lambda row: float(row["ts"]))
    with open(target, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(record_of(row, connections.get(row["uid"], {}), looked_up)) + "\n")
    return len(rows)
