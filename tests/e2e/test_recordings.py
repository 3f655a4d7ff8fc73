"""Real recordings, counted by others: inspect and once find the same, however files are given."""

import collections
import datetime
import json
import pathlib
import subprocess
import tempfile
import unittest

import harness

RECORDINGS = harness.ROOT.parent / "shared" / "etl"
CLOCKS = {1: "qpc", 2: "system_time", 3: "cpu_cycles"}


def seconds(time):
    """Unix time of a text with 100 ns, as a float."""
    whole, fraction = time.removesuffix("Z").split(".")
    since = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return since + float("0." + fraction)


def count_types(rows):
    counts = collections.Counter()
    for row in rows:
        counts[row["provider_guid"], row["event_id"], row["version"], row["opcode"]] += \
            row["count"]
    return counts


def expected_session(header):
    return {
        "name": header["LoggerName"],
        "log_file_name": header["LogFileName"],
        "os_build": header["ProviderVersion"],
        "processors": header["NumberOfProcessors"],
        "pointer_bytes": header["PointerSize"],
        "buffer_bytes": header["BufferSize"],
        "clock": CLOCKS[header["ReservedFlags"]],
        "perf_frequency_hz": header["PerfFreq"],
        "start_time": header["StartTimeUtc"],
        "end_time": header["EndTimeUtc"],
        "boot_time": header["BootTimeUtc"],
        "log_file_mode": int(header["LogFileMode"], 0),
    }


class RecordingsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not RECORDINGS.is_dir():
            harness.skip("../shared/etl is not there")
        cls.expected = {}
        for file in sorted(RECORDINGS.glob("*.counts.json")):
            counts = json.loads(file.read_text(encoding="utf-8"))
            cls.expected[RECORDINGS / counts["file"]] = counts

    def setUp(self):
        self.assertGreater(len(self.expected), 10)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def once(self, session, stdin=subprocess.DEVNULL):
        """The samples of a configuration with this session, a mapping in YAML's flow style."""
        config = self.directory / "config.yml"
        config.write_text(f"sessions: [{session}]\n", encoding="utf-8")
        done = harness.run("once", f"--config.file={config}", stdin=stdin)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return harness.parse_page(done.stdout)

    def sum(self, key, files=None):
        return sum(self.expected[file][key] for file in files or self.expected)

    def check(self, samples, files, **labels):
        """What the samples of the session, or of all, say is what is expected of the files."""
        for name, key in (("etw_events_total", "events_total"),
                          ("etw_session_events_total", "events_total"),
                          ("etw_session_events_lost_total", "events_lost"),
                          ("etw_session_buffers_lost_total", "buffers_lost")):
            self.assertEqual(harness.total(samples, name, **labels), self.sum(key, files), name)
        self.assertEqual(harness.total(samples, "etw_session_malformed_total", **labels), 0)
        self.assertEqual(harness.total(samples, "etw_session_skipped_bytes_total", **labels), 0)
        self.assertEqual(harness.total(samples, "etw_session_events_dropped_total", **labels), 0)

    def check_times(self, samples, files, **labels):
        found = [self.expected[file] for file in files]
        for name, time in (("first", min(seconds(counts["first_time"]) for counts in found)),
                           ("last", max(seconds(counts["last_time"]) for counts in found))):
            said = harness.total(samples, f"etw_session_{name}_event_timestamp_seconds", **labels)
            self.assertAlmostEqual(said, time, delta=1e-6)

    def test_inspect_says_what_is_expected(self):
        done = harness.run("inspect", "--format=json", *self.expected)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), len(self.expected))
        for line, (file, expected) in zip(lines, self.expected.items()):
            with self.subTest(file=file.name):
                found = json.loads(line)
                self.assertEqual(found["path"], str(file))
                self.assertEqual(count_types(found["event_types"]),
                                 count_types(expected["counts"]))
                for key in ("events_total", "events_lost", "buffers_lost"):
                    self.assertEqual(found[key], expected[key], key)
                for key in ("count", "compressed"):
                    self.assertEqual(found["buffers"][key], expected["buffers"][key], key)
                self.assertEqual((found["malformed"], found["unknown_records"]), ({}, {}))
                self.assertEqual(found["session"], expected_session(expected["header"]))

    def test_inspect_lists_event_types_by_count(self):
        done = harness.run("inspect", "--format=json", *self.expected)
        for line in done.stdout.splitlines():
            counts = [row["count"] for row in json.loads(line)["event_types"]]
            self.assertEqual(counts, sorted(counts, reverse=True))

    def test_once_over_each_file_counts_what_is_expected(self):
        for file in self.expected:
            with self.subTest(file=file.name):
                samples = self.once(f"{{name: one, path: '{file}'}}")
                self.check(samples, [file])
                self.check_times(samples, [file])
                self.assertEqual(harness.total(samples, "etw_session_files_done_total"), 1)
                self.assertEqual(harness.total(samples, "etw_session_replay_finished"), 1)

    def test_all_files_are_one_session(self):
        paths = ", ".join(f"'{file}'" for file in self.expected)
        samples = self.once(f"{{name: all, path: [{paths}]}}")
        self.check(samples, self.expected, session="all")
        self.check_times(samples, self.expected)
        self.assertEqual(harness.total(samples, "etw_session_files_done_total", session="all"),
                         len(self.expected))

    def test_each_file_is_a_session_per_file(self):
        samples = self.once(f"{{name: each, path: '{RECORDINGS}', per_file: true}}")
        self.check(samples, self.expected)
        for file in self.expected:
            with self.subTest(file=file.name):
                self.check(samples, [file], session=f"each/{file.name}")
                self.check_times(samples, [file], session=f"each/{file.name}")
        self.assertEqual(harness.total(samples, "etw_session_up"), len(self.expected))

    def test_a_directory_means_its_recordings(self):
        samples = self.once(f"{{name: all, path: '{RECORDINGS}'}}")
        self.check(samples, self.expected)

    def test_a_glob_means_what_it_matches(self):
        files = [file for file in self.expected if file.name.startswith("p")]
        self.assertGreater(len(files), 1)
        samples = self.once(f"{{name: some, path: '{RECORDINGS}/p*.etl'}}")
        self.check(samples, files)

    def test_standard_input_may_be_a_file(self):
        file = next(iter(self.expected))
        with file.open("rb") as stdin:
            samples = self.once("{name: in, path: '-'}", stdin=stdin)
        self.check(samples, [file])
        self.check_times(samples, [file])

    def test_two_files_concatenated_on_standard_input_are_both_counted(self):
        files = list(self.expected)
        # Uncompressed and compressed ones, of different buffer sizes, in either order.
        for pair in zip(files, files[1:] + files[:1]):
            with self.subTest(files=[file.name for file in pair]):
                with subprocess.Popen(["cat", *pair], stdout=subprocess.PIPE) as cat:
                    samples = self.once("{name: in, path: '-'}", stdin=cat.stdout)
                self.check(samples, pair)
                self.check_times(samples, pair)

    def test_inspect_reads_standard_input(self):
        file = next(iter(self.expected))
        with subprocess.Popen(["cat", file], stdout=subprocess.PIPE) as cat:
            done = harness.run("inspect", "--format=json", "-", stdin=cat.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = json.loads(done.stdout)
        self.assertEqual(found["path"], "-")
        self.assertEqual(count_types(found["event_types"]),
                         count_types(self.expected[file]["counts"]))


if __name__ == "__main__":
    harness.main()
