"""Alert rules and recording rules: what each has, that the plain files are what the mixin makes, and
that their tests would notice if a rule did not fire, or always did."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

import harness

DASHBOARDS = harness.ROOT / "dashboards"
MIXIN = DASHBOARDS / "mixin"
TESTS = harness.ROOT / "tests" / "alerts"
ALERTS = DASHBOARDS / "etw_exporter.alerts.yml"
RULES = DASHBOARDS / "etw_exporter.rules.yml"
FLEET_RULES = DASHBOARDS / "fleet" / "aggregation.rules.yml"
PACKS = harness.ROOT / "config" / "packs"

OF_PROMETHEUS = {"up", "scrape_duration_seconds", "scrape_timeout_seconds"}
OF_BASELINES = {"etw_baseline_deviation", "etw_baseline_ratio"}
ANOMALY_TAGS = {"anomaly_name", "anomaly_type", "anomaly_strategy"}


def groups(file):
    return yaml.safe_load(file.read_text("utf-8"))["groups"]


def rules(file):
    return [rule for group in groups(file) for rule in group["rules"]]


def alerts():
    return rules(ALERTS)


def recorded():
    return [rule for file in (RULES, FLEET_RULES) for rule in rules(file)]


def selectors(expression):
    """Names of metrics with what is in braces behind them; "" where nothing is."""
    return re.findall(r"\b((?:etw|process|scrape)_\w+|up)\b(?!:)(\{[^}]*\})?",
                      re.sub(r"(?:on|by|without) \([^)]*\)", "", expression))


def pack_rules():
    return [metric for file in sorted(PACKS.glob("*.yml"))
            for metric in yaml.safe_load(file.read_text("utf-8"))["metrics"]]


def metrics_of_packs():
    """Names of families, and of the series that histograms have."""
    return {metric["name"] + suffix for metric in pack_rules()
            for suffix in ("", "_bucket", "_sum", "_count")
            if not suffix or metric["type"] == "histogram"}


def metrics_of_sources():
    return {name for folder in ("exporter", "metrics")
            for file in (harness.ROOT / folder).glob("**/*.c")
            for name in re.findall(r'"((?:etw|process)_\w+)"', file.read_text("utf-8"))}


def runbook():
    """From the names of the sections to their texts."""
    parts = re.split(r"(?m)^#+ (.*)$", (DASHBOARDS / "RUNBOOK.md").read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2]))


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, text=True,
                          timeout=5 * harness.DEADLINE_SECONDS)


def promtool(*arguments):
    done = run("promtool", *arguments)
    return done.returncode, done.stdout + done.stderr


class WhatRulesHaveTest(unittest.TestCase):
    def test_every_alert_has_a_severity_a_summary_and_a_description_with_labels(self):
        for rule in alerts():
            said = rule["annotations"]
            with self.subTest(alert=rule["alert"]):
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
                self.assertRegex(said["summary"], r"^\{\{ \$labels\.instance \}\}: \S.*[^.]$")
                self.assertRegex(said["description"], r"^\S.*\.$")
                self.assertRegex(said["summary"] + said["description"], r"\$(labels|value)")

    def test_an_alert_that_has_a_number_to_tell_tells_it(self):
        # What is 0, or gone, has none; nor have these.
        without = {"EtwFilesLeftOut", "EtwSeriesLimitReached", "EtwLossSigns"}
        for rule in alerts():
            if not re.search(r"== 0|unless on \(.*\) (etw_session_)?up", rule["expr"]):
                said = "$value" in rule["annotations"]["description"]
                self.assertEqual(said, rule["alert"] not in without, rule["alert"])

    def test_names_of_alerts_are_there_once(self):
        names = [rule["alert"] for rule in alerts()]
        self.assertEqual(len(names), len(set(names)))

    def test_every_alert_has_a_section_of_the_runbook_and_no_section_is_left(self):
        sections = runbook()
        names = {rule["alert"] for rule in alerts()}
        self.assertEqual({name for name in sections if name.startswith("Etw")}, names)
        for rule in alerts():
            with self.subTest(alert=rule["alert"]):
                self.assertEqual(rule["annotations"]["runbook"],
                                 f"RUNBOOK.md#{rule['alert'].lower()}")
                for part in ("**It means**", "**Look at**", "**Do:**"):
                    self.assertIn(part, sections[rule["alert"]])

    def test_links_within_the_runbook_lead_to_sections(self):
        anchors = {name.lower().replace(" ", "-").replace(",", "") for name in runbook()}
        for anchor in re.findall(r"\]\(#([^)]*)\)", (DASHBOARDS / "RUNBOOK.md").read_text("utf-8")):
            self.assertIn(anchor, anchors)

    def test_names_of_recorded_series_are_level_metric_and_operations(self):
        for rule in recorded():
            self.assertRegex(rule["record"], r"^(instance|cluster)(_[a-z]+)*:"
                                             r"etw_[a-z_]+:[a-z]+(_?[a-z0-9]+)*$")

    def test_every_metric_that_is_asked_for_exists(self):
        known = metrics_of_sources() | metrics_of_packs() | OF_PROMETHEUS | OF_BASELINES
        for rule in alerts() + recorded():
            expression = re.sub(r"\w+:\w+:\w+", "", rule["expr"])
            for name, _ in selectors(expression):
                self.assertTrue(name in known, f"{name} in {rule['expr']}")

    def test_recorded_series_that_are_asked_for_are_recorded(self):
        known = {rule["record"] for rule in recorded()}
        for rule in alerts() + recorded():
            self.assertLessEqual(set(re.findall(r"\w+:\w+:\w+", rule["expr"])), known)

    def test_levels_are_the_labels_that_are_kept(self):
        packs = {metric["name"]: set(metric.get("labels", {})) for metric in pack_rules()}
        found = 0
        for rule in rules(RULES):
            metric, operations = rule["record"].split(":")[1:]
            if not operations.startswith("quantile"):
                continue
            gone = re.search(r"without \((.*?)\)", rule["expr"])
            kept = packs[metric] - set(gone[1].split(", ") if gone else ())
            level = set(rule["record"].split(":")[0].split("_"))
            self.assertEqual(level - {"instance"}, kept, rule["record"])
            found += 1
        self.assertGreater(found, 20)

    def test_tags_of_anomalies_are_whole_and_known_and_names_are_there_once(self):
        tagged = [rule for rule in rules(RULES) if "anomaly_name" in rule.get("labels", {})]
        self.assertGreater(len(tagged), 10)
        names = [rule["labels"]["anomaly_name"] for rule in tagged]
        self.assertEqual(len(names), len(set(names)))
        for rule in tagged:
            self.assertEqual(set(rule["labels"]), ANOMALY_TAGS, rule["record"])
            self.assertIn(rule["labels"]["anomaly_type"],
                          ("requests", "latency", "errors", "resource"))
            self.assertIn(rule["labels"]["anomaly_strategy"], ("adaptive", "robust"))


class PromtoolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("promtool"):
            harness.skip("promtool is not installed")

    def test_check_rules_accepts_the_files(self):
        code, said = promtool("check", "rules", ALERTS, RULES, FLEET_RULES)
        self.assertEqual(code, 0, said)

    def test_rules_fire_and_stay_silent_as_they_should(self):
        code, said = promtool("test", "rules", *sorted(TESTS.glob("*.yml")))
        self.assertEqual(code, 0, said)

    def test_every_alert_is_tested_to_fire_and_to_be_silent(self):
        fires, silent = set(), set()
        for file in TESTS.glob("*.yml"):
            for case in yaml.safe_load(file.read_text("utf-8"))["tests"]:
                for one in case.get("alert_rule_test", ()):
                    (fires if one.get("exp_alerts") else silent).add(one["alertname"])
        names = {rule["alert"] for rule in alerts()}
        self.assertEqual(fires, names)
        self.assertEqual(silent, names)

    def noticed(self, change, wanted):
        """Names of alerts for which tests fail where all rules are changed; of the tests of single
        alerts, which see nothing of others, those that are wanted."""
        changed = {rule["alert"]: rule for rule in alerts()}
        for rule in changed.values():
            change(rule)
        with tempfile.TemporaryDirectory() as folder:
            files = [self.changed_tests(file, pathlib.Path(folder), changed, wanted)
                     for file in sorted(TESTS.glob("*.yml"))]
            said = promtool("test", "rules", *files)[1]
        return set(re.findall(r"alertname: (\w+), time: ", said))

    @staticmethod
    def changed_tests(file, folder, changed, wanted):
        tests = yaml.safe_load(file.read_text("utf-8"))
        names = set()
        for case in tests["tests"]:
            case.pop("promql_expr_test", None)
            case["alert_rule_test"] = [test for test in case.pop("alert_rule_test", ())
                                       if wanted(test)]
            names |= {test["alertname"] for test in case["alert_rule_test"]}
        tests["rule_files"] = [f"rules-{file.name}"]
        (folder / f"rules-{file.name}").write_text(json.dumps(
            {"groups": [{"name": "changed", "rules": [changed[name] for name in sorted(names)]}]}),
                                                   "utf-8")
        (folder / file.name).write_text(json.dumps(tests), "utf-8")
        return folder / file.name

    def test_tests_notice_alerts_that_never_fire(self):
        def change(rule):
            rule["expr"] = "vector(0) > 1"
        self.assertEqual(self.noticed(change, lambda test: test.get("exp_alerts")),
                         {rule["alert"] for rule in alerts()})

    def test_tests_notice_alerts_that_fire_whenever_their_series_are_there(self):
        def change(rule):
            names = sorted({name for name, _ in selectors(rule["expr"])})
            rule["expr"] = " or ".join(f"{name} * 0 + 1" for name in names)
            rule.pop("for", None)
        self.assertEqual(self.noticed(change, lambda test: not test.get("exp_alerts")),
                         {rule["alert"] for rule in alerts()})

    def test_tests_notice_alerts_that_do_not_wait(self):
        waiting = {rule["alert"] for rule in alerts() if "for" in rule}
        self.assertGreater(len(waiting), 10)
        self.assertEqual(self.noticed(lambda rule: rule.pop("for", None),
                                      lambda test: not test.get("exp_alerts")), waiting)


class MixinTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("jsonnet"):
            harness.skip("jsonnet is not installed")

    def compile(self, expression):
        done = run("jsonnet", "-e",
                   f"local mixin = import '{MIXIN / 'mixin.libsonnet'}'; {expression}")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_plain_files_are_what_make_rules_writes(self):
        made = run("jsonnet", MIXIN / "files.jsonnet")
        self.assertEqual(made.returncode, 0, made.stderr)
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            for name in ("fleet", "mixin"):
                (top / name).mkdir()
            for file in DASHBOARDS.glob("etw-*.json"):
                shutil.copy(file, top)
            done = run(MIXIN / "plain_files.py", folder, stdin=made.stdout)
            self.assertEqual(done.returncode, 0, done.stderr)
            for file in (ALERTS, RULES, FLEET_RULES, MIXIN / "dashboards.libsonnet"):
                name = file.relative_to(DASHBOARDS)
                self.assertTrue((top / name).read_text("utf-8") == file.read_text("utf-8"),
                                f"{name}: run make rules, and commit what it writes")

    def test_the_plain_files_have_all_that_the_mixin_has(self):
        made = self.compile("[mixin.prometheusAlerts, mixin.prometheusRules, mixin.fleetRules]")
        for rule_groups, file in zip(made, (ALERTS, RULES, FLEET_RULES)):
            self.assertEqual(self.stripped(rule_groups["groups"]), self.stripped(groups(file)))

    @staticmethod
    def stripped(rule_groups):
        """Texts without what folding does to their ends and lines."""
        for group in rule_groups:
            for rule in group["rules"]:
                rule["expr"] = rule["expr"].strip()
        return rule_groups

    def test_the_mixin_has_every_dashboard(self):
        self.assertEqual(set(self.compile("std.objectFields(mixin.grafanaDashboards)")),
                         {file.name for file in DASHBOARDS.glob("etw-*.json")})

    def test_the_folder_can_be_vendored_and_has_what_tools_for_mixins_ask_for(self):
        self.assertEqual(json.loads((DASHBOARDS / "jsonnetfile.json").read_text("utf-8")),
                         {"version": 1, "dependencies": [], "legacyImports": True})
        with tempfile.TemporaryDirectory() as folder:
            vendored = pathlib.Path(folder) / "vendor" / "dashboards"
            shutil.copytree(DASHBOARDS, vendored, ignore=shutil.ignore_patterns("src", "*.png"))
            done = run("jsonnet", "-J", vendored.parent, "-e", """
                local mixin = import 'dashboards/mixin.libsonnet';
                {[name]: std.length(if name == 'grafanaDashboards' then mixin[name]
                                    else mixin[name].groups)
                 for name in ['prometheusAlerts', 'prometheusRules', 'grafanaDashboards']}""")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(all(json.loads(done.stdout).values()), done.stdout)

    def test_a_site_s_selector_and_labels_are_in_every_expression(self):
        made = self.compile("""local ours = mixin {
            _config+:: {selector: 'fleet="a"', targetLabels: ['cluster', 'job', 'instance']}};
            [ours.prometheusAlerts, ours.prometheusRules]""")
        found = 0
        for rule in (rule for file in made for group in file["groups"] for rule in group["rules"]):
            for name, matchers in selectors(rule["expr"]):
                if name.startswith("etw_") and ":" not in rule["expr"]:
                    self.assertIn('fleet="a"', matchers, rule)
                    found += 1
            for labels in re.findall(r"\bon \((.*?)\)", rule["expr"]):
                self.assertIn("cluster, job, instance", labels, rule)
        self.assertGreater(found, 100)
        self.check_rules(*made)

    def check_rules(self, *files):
        if not shutil.which("promtool"):
            harness.skip("promtool is not installed")
        with tempfile.TemporaryDirectory() as folder:
            for number, file in enumerate(files):
                path = pathlib.Path(folder) / f"{number}.yml"
                path.write_text(json.dumps(file), "utf-8")
                code, said = promtool("check", "rules", path)
                self.assertEqual(code, 0, said)

    def test_a_site_has_its_own_thresholds_severities_and_runbook_and_leaves_alerts_out(self):
        made = self.compile("""(mixin { _config+:: {
            lagSeconds: 7, severities: {EtwSessionLagging: 'page'}, leftOut: ['EtwSessionSilent'],
            runbookUrl: 'https://wiki.example/etw#%s'}}).prometheusAlerts""")
        found = {rule["alert"]: rule for group in made["groups"] for rule in group["rules"]}
        self.assertEqual(len(found), len(alerts()) - 1)
        self.assertNotIn("EtwSessionSilent", found)
        lagging = found["EtwSessionLagging"]
        self.assertIn("etw_session_lag_seconds > 7\n", lagging["expr"])
        self.assertEqual(lagging["labels"], {"severity": "page"})
        self.assertEqual(lagging["annotations"]["runbook_url"],
                         "https://wiki.example/etw#EtwSessionLagging")
        self.assertNotIn("runbook", lagging["annotations"])

    def test_anomalies_can_be_left_out(self):
        made = self.compile("(mixin { _config+:: { anomalies: false } }).prometheusRules")
        self.assertEqual([group["name"] for group in made["groups"]],
                         ["etw_exporter", "etw_exporter_quantiles"])


if __name__ == "__main__":
    harness.main()
