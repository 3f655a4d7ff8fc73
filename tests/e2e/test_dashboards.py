"""The dashboards' form: what Grafana does not complain about, and people do; and that they are what
their sources give."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import grafana
import harness

GRAFANA_VARIABLES = {"__rate_interval", "__range"}
COMMON_VARIABLES = ["datasource", "job", "instance", "session"]
PACKS = harness.ROOT / "config" / "packs"
NO_NPM = 3
# Names without a unit for a number of things: what these are is in the title.
UNIT = re.compile(r"short|none|s|bytes|Bps|eps|cps|ops|iops|reqps|pps|percentunit|dateTimeAsIso|"
                  r"dateTimeFromNow|"
                  r"suffix:\w[\w ]*(/s)?")


def every_dashboard(test):
    """Runs a test for each."""
    def run(self):
        for dashboard in grafana.dashboards():
            with self.subTest(dashboard=dashboard.path.name):
                test(self, dashboard)
    return run


def every_panel(test):
    def run(self, dashboard):
        for panel in dashboard.panels:
            with self.subTest(panel=panel["title"]):
                test(self, dashboard, panel)
    return every_dashboard(run)


class DashboardsTest(unittest.TestCase):
    def test_there_are_those_that_the_readme_names(self):
        readme = (grafana.FOLDER / "README.md").read_text(encoding="utf-8")
        self.assertEqual({dashboard.path.name for dashboard in grafana.dashboards()},
                         set(re.findall(r"`(etw-[\w-]+\.json)`", readme)))
        self.assertGreaterEqual(len(grafana.dashboards()), 7)

    @every_dashboard
    def test_it_can_be_imported_into_grafana_10_with_any_data_source(self, dashboard):
        self.assertEqual(dashboard.json["schemaVersion"], 38)
        self.assertIsNone(dashboard.json["id"])
        self.assertEqual(f"{dashboard.json['uid']}.json", dashboard.path.name)
        found = set(re.findall(r'"uid": "([^"]*)"', json.dumps(dashboard.json)))
        self.assertEqual(found, {"${datasource}", dashboard.json["uid"]})
        for panel, target in dashboard.targets():
            self.assertEqual(target["datasource"], panel["datasource"])

    @every_dashboard
    def test_variables_are_those_of_all_and_its_own(self, dashboard):
        self.assertEqual(list(dashboard.variables)[:len(COMMON_VARIABLES)], COMMON_VARIABLES)
        for name, variable in dashboard.variables.items():
            self.assertTrue(variable["label"], name)
            if variable["type"] == "query":
                self.assertEqual((variable["multi"], variable["includeAll"]), (True, True), name)

    @every_dashboard
    def test_it_leads_to_all_others_with_what_is_chosen(self, dashboard):
        (link,) = dashboard.json["links"]
        self.assertEqual((link["type"], link["includeVars"], link["keepTime"]),
                         ("dashboards", True, True))
        for other in grafana.dashboards():
            self.assertLessEqual(set(link["tags"]), set(other.json["tags"]))

    @every_dashboard
    def test_ids_are_unique(self, dashboard):
        ids = [panel["id"] for panel in dashboard.json["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        titles = [panel["title"] for panel in dashboard.panels]
        self.assertEqual(len(titles), len(set(titles)))

    @every_dashboard
    def test_panels_do_not_overlap_and_stand_within_24_columns(self, dashboard):
        taken = {}
        for panel in dashboard.json["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    other = taken.setdefault((x, y), panel["title"])
                    self.assertEqual(other, panel["title"])

    @every_panel
    def test_each_panel_says_what_it_shows(self, dashboard, panel):
        defaults = panel["fieldConfig"]["defaults"]
        self.assertTrue(panel["description"].endswith("."))
        self.assertRegex(defaults["unit"], f"^({UNIT.pattern})$")
        steps = defaults["thresholds"]["steps"]
        values = [step["value"] for step in steps]
        self.assertIsNone(values[0])
        self.assertEqual(values[1:], sorted(values[1:]))

    @every_panel
    def test_queries_of_a_panel_are_told_apart(self, dashboard, panel):
        for name in ("refId", "legendFormat"):
            found = [target[name] for target in panel["targets"] if target.get(name)]
            self.assertEqual(len(found), len(set(found)))
        if panel["type"] in ("timeseries", "bargauge", "heatmap"):
            self.assertTrue(all(target["legendFormat"] for target in panel["targets"]))

    @every_panel
    def test_columns_of_tables_have_names_and_units(self, dashboard, panel):
        if panel["type"] != "table":
            return
        merge, organize = panel["transformations"]
        self.assertEqual((merge["id"], organize["id"]), ("merge", "organize"))
        options = organize["options"]
        units = {override["matcher"]["options"]: one["value"]
                 for override in panel["fieldConfig"]["overrides"]
                 for one in override["properties"] if one["id"] == "unit"}
        letters = [target["refId"] for target in panel["targets"]]
        values = [f"Value #{letter}" for letter in letters] if len(letters) > 1 else ["Value"]
        for value in values:
            if not options["excludeByName"].get(value):
                self.assertIn(options["renameByName"][value], units)
        # Grafana shows a label that looks like a number as one, unless it is told not to.
        for label, name in options["renameByName"].items():
            if not label.startswith("Value") and not options["excludeByName"].get(label):
                self.assertEqual(units[name], "string")

    @every_panel
    def test_tables_are_sorted_by_columns_that_they_have(self, dashboard, panel):
        if panel["type"] == "table":
            shown = set(panel["transformations"][1]["options"]["renameByName"].values())
            for one in panel["options"].get("sortBy", []):
                self.assertIn(one["displayName"], shown)

    @every_panel
    def test_columns_of_tables_are_not_wider_than_they_need_be(self, dashboard, panel):
        """Grafana's own minimum is 150 pixels: nobody would see the last of a dozen columns."""
        if panel["type"] == "table":
            self.assertLess(panel["fieldConfig"]["defaults"]["custom"]["minWidth"], 100)

    @every_panel
    def test_logarithmic_scales_have_no_minimum(self, dashboard, panel):
        defaults = panel["fieldConfig"]["defaults"]
        if defaults.get("custom", {}).get("scaleDistribution", {}).get("type") == "log":
            self.assertNotIn("min", defaults)

    @every_panel
    def test_lines_of_many_targets_are_the_most_of_them(self, dashboard, panel):
        """A line for each of a thousand targets, or for each of their sessions, cannot be read."""
        for target in panel["targets"]:
            if panel["type"] == "timeseries" and \
                    re.search("{{(session|instance)}}", target["legendFormat"]):
                self.assertRegex(target["expr"], r"(top|bottom)k\(\$top")

    @every_panel
    def test_thresholds_are_not_below_0(self, dashboard, panel):
        """Of overrides Grafana sorts the first, which has no value, behind those."""
        for override in panel["fieldConfig"]["overrides"]:
            for one in override["properties"]:
                if one["id"] == "thresholds":
                    self.assertTrue(all(step["value"] is None or step["value"] > 0
                                        for step in one["value"]["steps"]))

    @every_panel
    def test_queries_use_variables_that_exist_and_all_that_they_should(self, dashboard, panel):
        for target in panel["targets"]:
            with self.subTest(expression=target["expr"]):
                used = {one or other for one, other in grafana.VARIABLE.findall(target["expr"])}
                self.assertLessEqual(used, set(dashboard.variables) | GRAFANA_VARIABLES)
                self.assertLessEqual({"job", "instance"}, used)
                metrics = grafana.metrics_of(target["expr"])
                if any(not re.match("etw_(system|exporter)_|process_|scrape_", metric)
                       for metric in metrics - {"etw_rule_series", "etw_rule_series_limit"}):
                    self.assertIn("session", used)

    @every_dashboard
    def test_each_variable_of_its_own_is_used(self, dashboard):
        asked = json.dumps([target["expr"] for _, target in dashboard.targets()])
        for name in set(dashboard.variables) - {"datasource"}:
            self.assertIn(f"${name}", asked)

    @every_panel
    def test_rates_are_taken_over_the_interval_that_grafana_chooses(self, dashboard, panel):
        for target in panel["targets"]:
            ranges = re.findall(r"\[([^]]*)\]", target["expr"])
            self.assertLessEqual(set(ranges), {"$__rate_interval", "$__range",
                                               "$__range:$__rate_interval"})

    @every_panel
    def test_legends_are_of_labels_that_the_query_leaves(self, dashboard, panel):
        for target in panel["targets"]:
            labels = set(re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")))
            by = re.match(r"(?:histogram_quantile\(\$quantile, )?(?:sum|max|min|count) by "
                          r"\(([^)]*)\)", target["expr"])
            if by:
                self.assertLessEqual(labels, set(by[1].split(", ")), target["expr"])

    @every_panel
    def test_links_of_series_and_rows_lead_to_variables_that_exist(self, dashboard, panel):
        config = panel["fieldConfig"]
        links = list(config["defaults"].get("links", []))
        for override in config["overrides"]:
            for one in override["properties"]:
                links += one["value"] if one["id"] == "links" else []
        known = {other.json["uid"]: other for other in grafana.dashboards()}
        for link in links:
            uid, words = re.fullmatch(r"/d/([\w-]+)\?(.*)", link["url"]).groups()
            set_there = {word.partition("=")[0].removeprefix("var-")
                         for word in words.split("&") if word.startswith("var-")}
            self.assertLessEqual(set_there, set(known[uid].variables))

    def test_every_metric_of_every_pack_is_shown(self):
        shown = set()
        for dashboard in grafana.dashboards():
            for _, target in dashboard.targets():
                shown |= {re.sub("_(bucket|sum|count)$", "", metric)
                          for metric in grafana.metrics_of(target["expr"])}
        for pack in sorted(PACKS.glob("*.yml")):
            rules = re.findall(r"^  - name: (\w+)$", pack.read_text(encoding="utf-8"), re.MULTILINE)
            self.assertTrue(rules)
            self.assertLessEqual(set(rules), shown, pack.stem)


class SourcesTest(unittest.TestCase):
    def test_the_dashboards_are_what_their_sources_give(self):
        work = pathlib.Path(harness.BUILD, "dashboards")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([grafana.FOLDER / "src" / "compile.sh", work, folder],
                                  capture_output=True, text=True,
                                  env={**os.environ, "npm_config_fetch_retries": "0",
                                       "npm_config_fetch_timeout": "20000"})
            if done.returncode == NO_NPM:
                harness.skip(f"the dashboards cannot be compiled here: {done.stderr.strip()}")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            compiled = {path.name: path.read_text(encoding="utf-8")
                        for path in pathlib.Path(folder).glob("*")}
        for dashboard in grafana.dashboards():
            text = dashboard.path.read_text(encoding="utf-8")
            self.assertTrue(text == compiled.get(dashboard.path.name),
                            f"{dashboard.path.name} is not current: make dashboards")
        self.assertEqual(set(compiled), {one.path.name for one in grafana.dashboards()})


if __name__ == "__main__":
    harness.main()
