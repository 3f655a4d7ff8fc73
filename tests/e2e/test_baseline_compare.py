"""baseline compare: two baselines of recordings, what differs between them, and whether that is too
much."""

import contextlib
import json
import os
import pathlib
import pty
import random
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import harness
import recording

CONFIG = """
include: [{packs}/disk.yml]
sessions:
  - {{name: disks, path: nothing-*.etl, follow: true}}
"""
P50 = "p50(etw_disk_operation_seconds)"
USUAL = {"seed": 1}
OTHER = {"seed": 2}
SLOWER = {"seed": 3, "latency": 120}


class BaselineCompareTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = pathlib.Path(temporary.name)
        cls.config = cls.directory / "c.yml"
        cls.config.write_text(CONFIG.format(packs=harness.ROOT / "config/packs"),
                              encoding="utf-8")
        cls.base = cls.record("base", **USUAL)
        cls.same = cls.record("same", **OTHER)
        cls.slower = cls.record("slower", **SLOWER)

    @classmethod
    def record(cls, name, **options):
        words = [f"--{option.replace('_', '-')}={value}" for option, value in options.items()]
        trace = cls.directory / f"{name}.etl"
        trace.write_bytes(recording.run_tool("tool_disk_recording", *words))
        baseline = cls.directory / f"{name}.json"
        done = harness.run("baseline", "record", f"--config.file={cls.config}",
                           f"--from={trace}", "-o", str(baseline))
        assert done.returncode == 0, done.stderr
        return baseline

    def compare(self, *words, code=0):
        done = harness.run("baseline", "compare", *map(str, words))
        self.assertEqual((done.returncode, done.stderr), (code, ""), done.stdout)
        return done.stdout

    def compare_json(self, *words, code=0):
        return json.loads(self.compare("--format=json", *words, code=code))

    def refuse(self, *words):
        done = harness.run("baseline", "compare", *map(str, words))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        return done.stderr

    def check_of(self, report, name):
        return next(check for check in report["checks"] if check["check"] == name)

    def test_equal_recordings_are_the_same(self):
        report = self.compare_json(self.base, self.base, "--fail-on", f"{P50} > +1%")
        self.assertEqual(report["result"], "same")
        self.assertEqual(report["series_changed"], 0)
        for series in report["series"]:
            for change in series["changes"]:
                self.assertEqual(change["base"], change["new"])
                self.assertFalse(change["significant"])

    def test_the_same_load_of_another_minute_has_not_changed(self):
        report = self.compare_json(self.base, self.same, "--fail-on", f"{P50} > +5%",
                                   "--fail-on", "rate(etw_disk_operations_total) > +5%")
        self.assertEqual(report["result"], "same")
        self.assertEqual(report["series_changed"], 0)
        self.assertIn("~", self.compare(self.base, self.same))

    def test_latencies_that_rise_by_a_fifth_fail(self):
        report = self.compare_json(self.base, self.slower, code=1,
                                   *["--fail-on", f"{P50} > +10% at p < 0.01",
                                     "--fail-on", f"{P50} > +80%",
                                     "--fail-on", "rate(etw_disk_operations_total) > +5%"])
        self.assertEqual([condition["result"] for condition in report["fail_on"]],
                         ["failed", "passed", "passed"])
        series = next(series for series in report["series"]
                      if series["metric"] == "etw_disk_process_operation_seconds")
        changes = {change["statistic"]: change for change in series["changes"]}
        self.assertFalse(changes["median"]["significant"])
        self.assertTrue(changes["p50"]["significant"])
        self.assertGreater(changes["p50"]["ratio_low"], 1.1)
        self.assertLess(changes["p50"]["ratio_high"], 1.3)
        self.assertEqual(changes["p50"]["tested_over"], "observations")
        text = self.compare(self.base, self.slower)
        self.assertRegex(text, r"p50 .* ms .* ms +\+\d\d\.\d % +<0\.001")
        self.assertNotIn("\033", text)

    def test_quantiles_are_as_much_greater_as_latencies_are(self):
        base = self.record("many", seed=1, reads=2000)
        for percent in (110, 120, 150):
            slower = self.record(f"by-{percent}", seed=percent, latency=percent, reads=2000)
            report = self.compare_json(
                base, slower, code=1,
                *["--fail-on", f"p99(etw_disk_operation_seconds) > +{percent - 103}%",
                  "--fail-on", f"p99(etw_disk_operation_seconds) > +{percent - 95}%"])
            with self.subTest(percent):
                self.assertEqual([condition["result"] for condition in report["fail_on"]],
                                 ["failed", "passed"])
                series = next(series for series in report["series"]
                              if series["metric"] == "etw_disk_operation_seconds")
                for change in series["changes"][1:]:
                    self.assertAlmostEqual(change["ratio"] * 100 / percent, 1, delta=0.02)
                    self.assertLess(change["bucket_ratio"], 1.101)

    def on_terminal(self, **environment):
        """What it writes to a terminal."""
        harness.need_terminals()
        ours, its = pty.openpty()
        with subprocess.Popen([harness.EXPORTER, "baseline", "compare", self.base, self.slower],
                              stdout=its, env={**os.environ, "TERM": "xterm", **environment}) as run:
            os.close(its)
            text = b""
            # The end of a terminal's other side is an error on Linux.
            with contextlib.suppress(OSError):
                while piece := os.read(ours, 65536):
                    text += piece
            os.close(ours)
            self.assertEqual(run.wait(harness.DEADLINE_SECONDS), 0)
        return text.decode()

    def test_colours_are_for_terminals_whose_users_want_them(self):
        text = self.on_terminal(NO_COLOR="")
        self.assertIn("\033[", text)
        self.assertIn("█", text)
        text = self.on_terminal(NO_COLOR="1")
        self.assertNotIn("\033[", text)
        self.assertIn("█", text)
        text = self.on_terminal(TERM="dumb")
        self.assertNotIn("\033[", text)
        self.assertNotIn("█", text)
        # However many buckets there are, a distribution has 16 bars.
        for bars in re.findall("[▁-█ ]{2,} > ", self.on_terminal()):
            self.assertLessEqual(len(bars), 2 + 16 + 3)

    def test_without_a_condition_a_change_is_no_failure(self):
        report = self.compare_json(self.base, self.slower)
        self.assertEqual(report["result"], "same")
        self.assertGreater(report["series_changed"], 0)

    def test_lost_events_are_flagged_and_too_many_refused(self):
        few = self.record("few", seed=2, events_lost=50)
        many = self.record("many", seed=2, events_lost=5000)
        report = self.compare_json(self.base, few)
        self.assertEqual(self.check_of(report, "lost")["result"], "flagged")
        self.assertEqual(report["result"], "same")
        report = self.compare_json(self.base, many, code=2)
        self.assertEqual(self.check_of(report, "lost")["result"], "refused")
        self.assertEqual((report["result"], report["series"]), ("unusable", []))
        text = self.compare(self.base, many, code=2)
        self.assertRegex(text, r"refused \(lost\): run 1 of NEW lost 5000 events, 28\.\d+ % of")
        self.compare(self.base, many, "--max-lost=50%")
        self.compare(self.base, many, "--max-lost=0.5")
        self.compare(self.base, many, "--allow=lost")

    def test_lost_buffers_are_refused(self):
        lost = self.record("buffers", seed=2, buffers_lost=1)
        self.assertIn("refused (buffers)", self.compare(self.base, lost, code=2))
        self.compare(self.base, lost, "--allow=buffers")

    def test_short_recordings_are_refused(self):
        short = self.record("short", seed=2, seconds=4)
        self.assertIn("refused (intervals)", self.compare(self.base, short, code=2))

    def merged(self, name, seeds, **options):
        files = [self.record(f"{name}-{seed}", seed=seed, seconds=10, **options)
                 for seed in seeds]
        merged = self.directory / f"{name}.json"
        done = harness.run("baseline", "merge", "-o", str(merged), *map(str, files))
        self.assertEqual(done.returncode, 0, done.stderr)
        return merged

    def test_runs_are_what_is_tested_where_there_are_enough(self):
        base = self.merged("runs", range(10, 14))
        slower = self.merged("slow-runs", range(20, 24), latency=120)
        same = self.merged("same-runs", range(30, 34))
        condition = ["--fail-on", f"{P50} > +5%"]
        report = self.compare_json(base, slower, *condition, code=1)
        self.assertEqual(report["tested_over"], "runs")
        change = report["fail_on"][0]["series"][0]["change"]
        self.assertAlmostEqual(change["p"], 2 / 70, 5)
        self.assertEqual(change["tested_over"], "runs")
        self.assertEqual(self.check_of(report, "runs")["result"], "flagged")
        report = self.compare_json(base, same, *condition)
        self.assertEqual(report["result"], "same")

    def test_other_configurations_are_refused_where_they_count_other_things(self):
        config = self.directory / "other.yml"
        config.write_text("sessions: [{name: others, path: nothing-*.etl, follow: true}]\n", encoding="utf-8")
        baseline = self.directory / "other.json"
        done = harness.run("baseline", "record", f"--config.file={config}",
                           f"--from={self.directory / 'base.etl'}", "-o", str(baseline))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("refused (configuration)", self.compare(self.base, baseline, code=2))
        report = self.compare_json(self.base, baseline, "--allow=configuration")
        self.assertGreater(report["series_gone"], 0)

    def test_json_fits_its_schema(self):
        try:
            import jsonschema
        except ImportError as missing:
            harness.skip(f"python3 has no {missing.name}")
        schema = json.loads(harness.run("docs", "compare-schema").stdout)
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        for words in ([self.base, self.slower, "--fail-on", f"{P50} > +10%"],
                      [self.base, self.same, "--fail-on", "mean(etw_disk_operation_seconds) > 2s",
                       "--fail-on", "p99.9(etw_net_total) > +10%"],
                      [self.record("schema-short", seconds=4), self.base,
                       "--fail-on", f"{P50} > +10%"]):
            done = harness.run("baseline", "compare", "--format=json", *map(str, words))
            report = json.loads(done.stdout)
            self.assertEqual([error.message for error in validator.iter_errors(report)], [])
            self.assertEqual(report["result"], ["same", "regression", "unusable"][done.returncode])
        del report["checks"][0]["text"]
        self.assertTrue(list(validator.iter_errors(report)))

    def test_junit_has_the_conditions_as_cases(self):
        suite = xml.etree.ElementTree.fromstring(
            self.compare("--format=junit", self.base, self.slower, code=1,
                         *["--fail-on", f"{P50} > +10%", "--fail-on", f"{P50} > +90%"]))[0]
        self.assertEqual((suite.get("failures"), suite.get("errors")), ("1", "0"))
        cases = [case for case in suite if case.get("classname") == "fail-on"]
        self.assertEqual([case.get("name") for case in cases],
                         [f"{P50} > +10%", f"{P50} > +90%"])
        self.assertRegex(cases[0].find("failure").text,
                         r"etw_disk_operation_seconds\{.*\}: .* ms to .* ms, \+\d")
        self.assertEqual(int(suite.get("tests")), len(suite))

    def test_markdown_has_a_table(self):
        text = self.compare("--format=markdown", self.base, self.slower)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(len(re.findall(r"(?<!\\)\|", row)), 8, row)

    def many(self, name, count, factor):
        """Twice so many counters, half of them the same each time but for the factor of every
        other one."""
        path = self.directory / name
        rates = random.Random(1)
        run = json.loads(self.base.read_text())["runs"][0]
        rows = [json.dumps({"metric": "etw_events_total", "type": "counter",
                            "labels": {"event": f"{prefix}_{number:05}"},
                            "runs": [{"total": 1, "rates": [
                                (rates.random() + 100) * (factor if number % 2 else 1)
                                for _ in range(run["intervals"])]}]})
                for prefix in ("both", name) for number in range(count)]
        path.write_text(json.dumps({"baseline": 1, "runs": [run], "series": []})
                        .replace("[]}", "[" + ",".join(rows) + "]}"))
        return path

    def test_reports_of_very_many_series_can_be_read(self):
        files = [self.many("c", 1000, 1), self.many("d", 1000, 2)]
        text = self.compare("--allow=configuration", *files)
        self.assertIn("500 of 1000 series changed, 1000 are new, 1000 are gone", text)
        self.assertEqual(text.count("+100.0 %") + text.count("+99.9 %") +
                         text.count("+100.1 %"), 500)
        for left_out in (400, 900, 900):
            self.assertIn(f"\n  {left_out} more are left out; --format=json has them\n", text)
        # As a comment of GitHub.
        text = self.compare("--allow=configuration", "--format=markdown", *files)
        self.assertLess(len(text), 65536)
        self.assertEqual(text.count("more series are left out"), 4)
        report = self.compare_json("--allow=configuration", *files)
        self.assertEqual(len(report["series"]), 3000)

    def test_conditions_that_say_nothing_are_unusable(self):
        text = self.compare(self.base, self.same, "--fail-on", "rate(etw_net_total) > +10%",
                            code=2)
        self.assertIn("unusable: rate(etw_net_total) > +10% (0 of 0 series): "
                      "no series of etw_net_total is there", text)

    def test_what_is_written_wrong_is_said(self):
        for word, said in {
                "--fail-on=p99(x > 2": "column 7: { or ) is expected: p99(x >>>> 2",
                "--format=html": "must be text, json, markdown or junit",
                "--alpha=2": "--alpha=2: must be a share below 1",
                "--alpha=0": "nothing could be significant",
                "--correction=fdr": "must be bh, holm or none",
                "--max-lost=all": "--max-lost=all: must be a share",
                "--allow=all": "--allow=all: must be lost, buffers, intervals, length, "
                               "configuration or host",
        }.items():
            with self.subTest(word):
                self.assertIn(said, self.refuse(self.base, self.same, word))
        self.assertIn("compare takes two baselines", self.refuse(self.base))
        self.assertIn("nothing.json", self.refuse(self.base, self.directory / "nothing.json"))

    def test_the_same_comes_out_each_time(self):
        once = self.compare("--format=json", self.base, self.slower)
        self.assertEqual(self.compare("--format=json", self.base, self.slower), once)


if __name__ == "__main__":
    harness.main()
