"""The dashboard's form: what Grafana does not complain about, and people do."""

import json
import re
import unittest

import harness

GRAFANA_VARIABLES = {"__rate_interval", "__range"}


class DashboardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        path = harness.ROOT / "dashboards" / "etw_exporter.json"
        cls.dashboard = json.loads(path.read_text(encoding="utf-8"))
        cls.panels = [panel for panel in cls.dashboard["panels"] if panel["type"] != "row"]
        cls.variables = {entry["name"] for entry in cls.dashboard["templating"]["list"]}

    def test_it_can_be_imported_into_grafana_10_with_any_data_source(self):
        self.assertGreaterEqual(self.dashboard["schemaVersion"], 38)
        self.assertIsNone(self.dashboard["id"])
        self.assertIn("datasource", self.variables)
        found = set(re.findall(r'"uid": "([^"]*)"', json.dumps(self.dashboard)))
        self.assertEqual(found, {"${datasource}", self.dashboard["uid"]})

    def test_ids_are_unique(self):
        ids = [panel["id"] for panel in self.dashboard["panels"]]
        self.assertEqual(len(ids), len(set(ids)))

    def test_panels_do_not_overlap_and_stand_within_24_columns(self):
        taken = {}
        for panel in self.dashboard["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    other = taken.setdefault((x, y), panel["title"])
                    self.assertEqual(other, panel["title"])

    def test_each_panel_says_what_it_shows(self):
        for panel in self.panels:
            with self.subTest(panel=panel["title"]):
                defaults = panel["fieldConfig"]["defaults"]
                self.assertTrue(panel["description"].endswith("."))
                self.assertTrue(defaults["unit"])
                steps = defaults["thresholds"]["steps"]
                values = [step["value"] for step in steps]
                self.assertIsNone(values[0])
                self.assertEqual(values[1:], sorted(values[1:]))

    def test_queries_of_a_panel_are_told_apart(self):
        for panel in self.panels:
            with self.subTest(panel=panel["title"]):
                for name in ("refId", "legendFormat"):
                    found = [target[name] for target in panel["targets"] if name in target]
                    self.assertEqual(len(found), len(set(found)))
                if panel["type"] in ("timeseries", "bargauge"):
                    self.assertTrue(all(target["legendFormat"] for target in panel["targets"]))

    def test_queries_use_variables_that_exist_and_all_that_they_should(self):
        for panel in self.panels:
            for target in panel["targets"]:
                with self.subTest(expression=target["expr"]):
                    used = set(re.findall(r"\$\{?(\w+)", target["expr"]))
                    self.assertLessEqual(used, self.variables | GRAFANA_VARIABLES)
                    self.assertLessEqual({"job", "instance"}, used)
                    if re.search("etw_session_|etw_events?_", target["expr"]):
                        self.assertIn("session", used)

    def test_rates_are_taken_over_the_interval_that_grafana_chooses(self):
        for panel in self.panels:
            for target in panel["targets"]:
                ranges = re.findall(r"\[([^]]*)\]", target["expr"])
                self.assertLessEqual(set(ranges), {"$__rate_interval", "$__range"})


if __name__ == "__main__":
    harness.main()
