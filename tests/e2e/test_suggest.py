"""inspect --suggest: what it prints is a configuration without a warning, and gives data."""

import pathlib
import re
import tempfile
import unittest

import harness

SHARED = harness.ROOT.parent / "shared"


class SuggestTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.config = self.directory / "c.yml"
        self.demo = self.directory / "demo.etl"
        harness.demo_recording(self.demo)

    def suggest(self, *words):
        done = harness.run("inspect", "--suggest", *map(str, words))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.config.write_text(done.stdout, encoding="utf-8")
        return done.stdout

    def expect_data(self, *words):
        """Every rule passes check and has series, without an error; the page."""
        text = self.suggest(*words)
        done = harness.run("check", f"--config.file={self.config}")
        self.assertEqual((done.returncode, done.stderr), (0, ""), text)
        done = harness.run("once", f"--config.file={self.config}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        page = harness.parse_page(done.stdout)
        for rule in re.findall(r"^  - name: (\w+)$", text, re.MULTILINE):
            with self.subTest(rule):
                self.expect_rule(page, rule)
        return text, page

    def expect_rule(self, page, rule):
        self.assertGreater(harness.total(page, "etw_rule_events_matched_total", rule=rule), 0)
        self.assertEqual(harness.total(page, "etw_rule_errors_total", rule=rule), 0)
        name = rule if rule.endswith("_total") else f"{rule}_count"
        self.assertGreaterEqual(harness.total(page, name), 0)
        if rule.endswith("_events_total"):
            self.assertEqual(harness.total(page, rule),
                             harness.total(page, "etw_rule_events_matched_total", rule=rule))

    def test_the_demo_has_labels_sums_and_durations(self):
        text, page = self.expect_data(self.demo)
        self.assertEqual(harness.total(page, "disk_io_read_events_total"), 1080)
        self.assertIn("      disk_number: {field: DiskNumber} # 2 values\n", text)
        self.assertGreater(harness.total(page, "disk_io_read_transfer_size_bytes_total"), 0)
        self.assertGreater(harness.total(page, "demo_webshop_request_duration_seconds_count"), 0)
        self.assertNotRegex(text, r"\{field: (Irp|FileObject|HighResResponseTime)\}")
        self.assertNotIn("EventTrace", text)

    def test_the_real_recordings_give_data(self):
        recordings = sorted((SHARED / "etl").glob("*.etl"))
        if not recordings:
            self.skipTest("skipped because ../shared/etl is absent")
        for path in recordings:
            with self.subTest(path.name):
                self.expect_data(path)

    def test_manifests_give_fields(self):
        recording = SHARED / "etl" / "KernelNetwork.etl"
        manifest = SHARED / "manifests" / "Win7-7600.Microsoft-Windows-Kernel-Network.xml"
        if not recording.exists() or not manifest.exists():
            self.skipTest("skipped because ../shared is absent")
        text, _ = self.expect_data("--manifests", manifest, recording)
        self.assertIn(f'manifests:\n  - "{manifest.resolve()}"\n', text)
        self.assertIn("schema: manifest", text)

    def test_several_recordings_make_one_configuration(self):
        other = self.directory / "other [1] \u00e4.etl"
        other.write_bytes(self.demo.read_bytes())
        text, page = self.expect_data(self.demo, other)
        self.assertEqual(text.count("\nsessions:\n"), 1)
        self.assertEqual(harness.total(page, "disk_io_read_events_total"), 2 * 1080)

    def test_it_is_the_same_each_time(self):
        self.assertEqual(self.suggest(self.demo), self.suggest(self.demo))

    def test_what_cannot_be_read_is_told(self):
        for words, sentence in ((["/nonexistent.etl"], "cannot open /nonexistent.etl: "),
                                (["-"], "cannot suggest a configuration for standard input")):
            done = harness.run("inspect", "--suggest", *words)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(sentence, done.stderr)


if __name__ == "__main__":
    harness.main()
