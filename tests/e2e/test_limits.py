"""The limits of the configuration: what is beyond is counted all the same, or is told."""

import pathlib
import tempfile
import unittest

import harness
import recording

OTHER = '{session="other",provider="other",event_id="other",event="other"}'


class LimitsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def write(self, name, **options):
        (self.directory / name).write_bytes(recording.make(**options))

    def once(self, sessions, limits):
        """The samples, and the log's lines."""
        config = self.directory / "c.yml"
        config.write_text(f"sessions: [{sessions}]\nlimits: {{{limits}}}\n", encoding="utf-8")
        done = harness.run("once", f"--config.file={config}")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line for line in done.stderr.splitlines() if ": warning: " not in line]
        return harness.parse_page(done.stdout), [harness.log_pairs(line) for line in lines]

    def check_one_line(self, log, message, limit):
        self.assertEqual(len(log), 1, log)
        self.assertEqual(log[0]["level"], "warn")
        self.assertTrue(log[0]["msg"].startswith(message), log)
        self.assertIn(limit, log[0]["raise"])

    def check_events(self, samples, names, overflow):
        """Series for `names` event types and the overflow; `overflow` events are in that."""
        for family in ("etw_events_total", "etw_event_bytes_total"):
            known = [value for sample, value in samples.items()
                     if sample.startswith(family + "{") and not sample.endswith(OTHER)]
            self.assertEqual(len(known), names)
            self.assertEqual(harness.total(samples, "etw_exporter_series_overflow_total",
                                           family=family), overflow)
        self.assertEqual(samples["etw_events_total" + OTHER], overflow)
        events = harness.total(samples, "etw_session_events_total")
        self.assertEqual(harness.total(samples, "etw_events_total"), events)
        # Each recording has 1000 events of 8 bytes, and its header.
        self.assertEqual(harness.total(samples, "etw_event_bytes_total"),
                         events // 1001 * (1000 * 8 + 330))

    def test_series_beyond_the_limit_are_counted_in_one(self):
        self.write("a.etl", events=1000, types=20)
        samples, log = self.once("{name: a, path: a.etl}", "series: 10")
        # Two series for each of the header's event and four others; 16 of 20 are beyond.
        self.check_events(samples, 5, 16 * 50)
        self.assertEqual(harness.total(samples, "etw_session_events_total"), 1001)
        self.assertEqual(harness.total(samples, "etw_exporter_series"), 10)
        self.assertEqual(harness.total(samples, "etw_exporter_series_limit"), 10)
        self.check_one_line(log, "limit of series reached", "limits.series")

    def test_the_limit_of_series_is_of_all_sessions(self):
        self.write("a.etl", events=1000, types=20)
        sessions = ", ".join(f"{{name: {name}, path: a.etl}}" for name in "abc")
        samples, log = self.once(sessions, "series: 10")
        self.check_events(samples, 5, harness.total(samples, "etw_events_total", session="other"))
        self.assertEqual(harness.total(samples, "etw_session_events_total"), 3003)
        self.assertEqual(len(log), 1)

    def test_nothing_is_told_of_a_limit_that_is_just_met(self):
        self.write("a.etl", events=100, types=4)
        samples, log = self.once("{name: a, path: a.etl}",
                                 "series: 10, event_types: 5, files: 1, sessions: 1")
        self.assertEqual(log, [])
        self.assertNotIn("etw_events_total" + OTHER, samples)
        for name in ("etw_exporter_series_overflow_total", "etw_session_files_refused_total",
                     "etw_exporter_sessions_refused_total", "etw_exporter_label_truncations_total"):
            self.assertEqual(harness.total(samples, name), 0, name)

    def test_event_types_beyond_the_limit_are_counted_in_one(self):
        self.write("a.etl", events=1000, types=20)
        samples, log = self.once("{name: a, path: a.etl}", "event_types: 6")
        self.check_events(samples, 6, 15 * 50)
        self.assertEqual(harness.total(samples, "etw_session_events_total"), 1001)
        self.check_one_line(log, "limit of event types reached", "limits.event_types")

    def test_files_beyond_the_limit_are_left_out(self):
        for i in range(5):
            self.write(f"{i}.etl", events=10 ** i)
        samples, log = self.once("{name: a, path: '*.etl'}", "files: 2")
        self.assertEqual(harness.total(samples, "etw_session_events_total"), 1 + 10 + 2)
        self.assertEqual(harness.total(samples, "etw_session_files_done_total"), 2)
        self.assertEqual(harness.total(samples, "etw_session_files_refused_total"), 3)
        self.check_one_line(log, "limit of files reached", "limits.files")

    def test_followed_files_beyond_the_limit_are_left_out_until_there_is_room(self):
        for i in range(4):
            self.write(f"{i}.etl", events=10 ** i)
        config = ("sessions: [{name: a, path: '*.etl', follow: true, poll: 10ms}]\n"
                  "limits: {files: 2}\n")
        with harness.Exporter(config, directory=self.directory) as exporter:
            exporter.wait_for("etw_session_files_done_total", 2)
            exporter.wait_for("etw_session_events_total", 1 + 10 + 2)
            self.assertEqual(exporter.total("etw_session_files_refused_total"), 2)
            (self.directory / "0.etl").unlink()
            exporter.wait_for("etw_session_files_done_total", 3)
            exporter.wait_for("etw_session_events_total", 1 + 10 + 100 + 3)
            self.assertEqual(exporter.total("etw_session_files_refused_total"), 2)
            log = [harness.log_pairs(line) for line in exporter.log.splitlines()]
            self.check_one_line([line for line in log if "raise" in line],
                                "limit of files reached", "limits.files")

    def test_sessions_beyond_the_limit_are_left_out(self):
        for i in range(5):
            self.write(f"{i}.etl", events=10)
        samples, log = self.once("{name: a, path: '*.etl', per_file: true}", "sessions: 2")
        self.assertEqual(harness.total(samples, "etw_session_up"), 2)
        self.assertEqual(harness.total(samples, "etw_session_up", session="a/1.etl"), 1)
        self.assertEqual(harness.total(samples, "etw_exporter_sessions_refused_total"), 3)
        self.check_one_line(log, "limit of sessions reached", "limits.sessions")

    def test_more_sessions_than_the_limit_are_a_wrong_configuration(self):
        self.write("a.etl", events=10)
        config = self.directory / "c.yml"
        config.write_text("limits: {sessions: 1}\n"
                          "sessions: [{name: a, path: a.etl}, {name: b, path: a.etl}]\n",
                          encoding="utf-8")
        done = harness.run("once", f"--config.file={config}")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", f"{config}:2:36: error: the session is one more than "
                                 "limits.sessions (1) allows; raise it\n"))

    def test_labels_beyond_the_limit_are_cut_and_counted(self):
        self.write("a.etl", events=10)
        # GUIDs of 38 bytes; and the session's name in each of two series of two event types.
        samples, _ = self.once("{name: longish, path: a.etl}", "label_bytes: 8")
        self.assertEqual(harness.total(samples, "etw_events_total", provider="{0000000"), 10)
        self.assertEqual(harness.total(samples, "etw_events_total", session="longish"), 11)
        # EventTrace has 10 bytes.
        self.assertEqual(harness.total(samples, "etw_exporter_label_truncations_total"), 4)


if __name__ == "__main__":
    harness.main()
