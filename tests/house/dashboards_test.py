"""Every series a dashboard or alert of config/ asks the daemon for is one it exports.

The service's are compared with its real answer in unit_analysis.
"""
import json
import pathlib
import re
import unittest

import yaml

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = sorted((SOURCE / "config/grafana").glob("*.json"))
RULES = SOURCE / "config/prometheus/openeti.rules.yml"
EXPORTED = set(re.findall(r'"(eti_[a-z_]+)"', (SOURCE / "src/cli/metrics.cpp").read_text()))


def family(name):
    return re.sub(r"_(total|bucket|sum|count|info)$", "", name)


def asked(expression):
    names = re.findall(r"\beti_[a-z_]+\b", expression)
    return {family(name) for name in names if not name.startswith("eti_analysis_")}


class Dashboards(unittest.TestCase):
    def test_dashboards_ask_for_what_there_is(self):
        self.assertEqual([path.stem for path in DASHBOARDS],
                         ["cloud-link", "detection", "service", "wire"])
        for path in DASHBOARDS:
            for panel in json.loads(path.read_text())["panels"]:
                for target in panel["targets"]:
                    with self.subTest(file=path.name, panel=panel["title"]):
                        self.assertLessEqual(asked(target["expr"]), EXPORTED)

    def test_alerts_ask_for_what_there_is_and_say_what_it_means(self):
        rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"]
                 for rule in group["rules"]]
        self.assertEqual(len(rules), len({rule["alert"] for rule in rules}))
        for rule in rules:
            with self.subTest(alert=rule["alert"]):
                self.assertLessEqual(asked(rule["expr"]), EXPORTED)
                self.assertTrue(rule["annotations"]["summary"].strip())


unittest.main()
