#!/usr/bin/env python3
"""Reads what eti prints for programs as the vendor's libraries do.

The XML of every show command goes through ElementTree and is picked apart by tables of XPaths, as
PyEZ does after it has taken the namespaces away; the JSON has the vendor's wrapping and says the
same. Exit code 77: a package is missing.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import shell_test

JUNOS = "http://xml.juniper.net/junos/24.4R1/junos"
ROW = re.compile(r"\| `(show [^<\[`]+?)(?: \[.*)?` \| [^|]* \| read-only \| `([^`]+)` \|")
# Those that are refused here, whatever is asked.
REFUSED = {"show security log report",
           "show system security-profile security-metadata-streaming-policy"}

# A view as a PyEZ table describes it: the request, where its items are, their key and fields.
TABLES = [
    ("show system commit", "commit-history", "sequence-number",
     {"user": "user", "client": "client", "when": "date-time"}, ["0"]),
    ("show security forward-options secure-wire", "secure-wire", "secure-wire-name",
     {"first": "interface-name", "link": "link-state", "second": "interface2-name",
      "other": "link2-state"}, ["W"]),
    ("show security policies", "security-context", "source-zone-name",
     {"to": "destination-zone-name", "streaming": "security-metadata-streaming-policy",
      "rule": "policy-information/policy-name"}, ["trust"]),
    ("show interfaces terse", "physical-interface", "name",
     {"link": "oper-status", "packets": "input-packets"}, ["ge-0/0/0", "ge-0/0/1"]),
    ("show security dynamic-address", "da-ip-entry-foot", "da-inst-name",
     {"count": "da-total-count"}, ["default"]),
    ("show security dynamic-address summary", "da-instance", "da-instance-name",
     {"entries": "da-total-v4-count"}, ["default", "geoip", "advanced-anti-malware"]),
    ("show services security-metadata-streaming statistics", ".", "session-inspected",
     {"whitelisted": "session-whitelisted", "lost": "records-submission-failure"}, ["0"]),
]


def eti(daemon, command):
    return subprocess.run(
        [shell_test.BIN / "eti", "--socket", daemon.socket, "-c", command], check=True,
        capture_output=True, text=True, env=shell_test.environment(daemon)).stdout


def without_namespaces(element):
    for each in element.iter():
        each.tag = each.tag.split("}")[-1]
    return element


def reply_of(daemon, command):
    """The container within the reply, after checking what is around it."""
    root = ElementTree.fromstring(eti(daemon, command + " | display xml"))
    assert root.tag == "rpc-reply", root.tag
    container, cli = root
    assert container.tag.startswith("{" + JUNOS + "-"), f"no namespace of the vendor: {container.tag}"
    assert cli.tag == "cli" and cli[0].tag == "banner", "no banner"
    return without_namespaces(container)


def unwrapped(value):
    """What XML says the same way: a text, or (name, value) pairs in order."""
    assert isinstance(value, dict), value
    if set(value) <= {"data"}:
        return value.get("data", "")
    pairs = []
    for name, items in value.items():
        assert isinstance(items, list) and items, f"{name} is not wrapped"
        pairs += [(name, unwrapped(item)) for item in items]
    return pairs


def pairs_of(element):
    if not len(element):
        return element.text or ""
    grouped = {}  # JSON has the elements of one name together
    for child in element:
        grouped.setdefault(child.tag, []).append((child.tag, pairs_of(child)))
    return [pair for group in grouped.values() for pair in group]


def still(pairs):
    """Without what changes from one call to the next."""
    if isinstance(pairs, str):
        return "" if re.fullmatch(r"\d+|.*\d\d:\d\d:\d\d.*", pairs) else pairs
    return [(name, still(value)) for name, value in pairs]


def show_commands():
    document = (shell_test.HERE.parents[2] / "docs/cli.md").read_text()
    return [found.groups() for found in ROW.finditer(document) if found.group(1) not in REFUSED]


def test_every_command(daemon):
    commands = show_commands()
    assert len(commands) > 25, commands
    for command, rpc in commands:
        if "rollback" in command or command == "show services openeti metrics":
            continue  # asks for a number; is a text that changes
        container = reply_of(daemon, command)
        wrapped = json.loads(eti(daemon, command + " | display json"))
        assert list(wrapped) == [container.tag] and len(wrapped[container.tag]) == 1, command
        in_json = still(unwrapped(wrapped[container.tag][0]))
        in_xml = still(pairs_of(container))
        assert in_json == in_xml, f"{command}: {in_json} is not {in_xml}"
        call = ElementTree.fromstring(eti(daemon, command + " | display xml rpc"))
        assert call.find(f"rpc/{rpc}") is not None, f"{command}: no {rpc}"


def test_tables(daemon):
    for command, items, key, fields, keys in TABLES:
        found = reply_of(daemon, command).findall(items)
        assert [item.findtext(key) for item in found] == keys, f"{command}: {found}"
        for item in found:
            for name, path in fields.items():
                assert item.findtext(path), f"{command}: no {name} at {path}"


def test_configuration(daemon):
    root = without_namespaces(
        ElementTree.fromstring(eti(daemon, "show configuration | display xml")))
    pair = root.find("configuration/security/policies/policy")
    assert pair.findtext("from-zone-name") == "trust", ElementTree.tostring(pair)
    assert pair.findtext("to-zone-name") == "untrust"
    assert pair.findtext("policy/name") == "any"
    assert pair.findtext("application-services/security-metadata-streaming-policy") == "eti"
    streaming = root.find("configuration/services/security-metadata-streaming/policy")
    assert streaming.findtext("name") == "eti"
    assert streaming.findtext("http/action") == "permit"
    assert streaming.find("http/notification/log") is not None
    tree = json.loads(eti(daemon, "show configuration | display json"))["configuration"]
    assert tree["system"]["host-name"] == "eti1"
    zones = tree["security"]["zones"]["security-zone"]
    assert [zone["name"] for zone in zones] == ["trust", "untrust"]


def main():
    good = True
    daemon = shell_test.Daemon()
    for name, run in list(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            run(daemon)
            print(f"{name[len('test_'):]}: ok", flush=True)
        except (AssertionError, subprocess.CalledProcessError) as failure:
            good = False
            print(f"{name[len('test_'):]}: FAILED: {failure}", flush=True)
    return 0 if daemon.stop() and good else 1


if __name__ == "__main__":
    sys.exit(main())
