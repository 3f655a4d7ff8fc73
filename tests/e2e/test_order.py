"""Pairs whose events are on several processors: recordings are read in the order of their events."""

import collections
import datetime
import json
import pathlib
import subprocess
import tempfile
import unittest

import harness

REAL = harness.ROOT.parent / "shared" / "etl" / "net.4.5.2.x64.etl"
GUID = '"{00000001-0000-0000-0000-000000000000}"'
PAIRS = 1000
# As tests/tool_cpus_recording.c writes them.
SECONDS = sum((i % 7 + 1) * 0.0005 for i in range(PAIRS))

WRITTEN = f"""
metrics:
  - name: pair_seconds
    help: From one processor to the other.
    type: histogram
    match: {{provider: {GUID}, id: 2}}
    pair: {{start: {{id: 1}}, key: [$pid]}}
    buckets: [1]
"""
DISK = """
metrics:
  - name: pair_seconds
    help: From a request to its end.
    type: histogram
    match: {provider: DiskIo, name: [Read, Write]}
    pair: {start: {name: [ReadInit, WriteInit]}, key: [Irp]}
    buckets: [1]
"""
SAMPLES = """
metrics:
  - name: pair_seconds
    help: From an allocation tick of a thread to its next sample.
    type: histogram
    match: {provider: PerfInfo, name: SampleProf}
    pair: {start: {provider: Microsoft-Windows-DotNETRuntime, id: 10},
           key: [{start: $tid, end: ThreadId}]}
    buckets: [1]
"""


def moment(event):
    """In units of 100 ns."""
    whole, fraction = event["time"].removesuffix("Z").split(".")
    seconds = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return int(seconds) * 10 ** 7 + int(fraction)


def expect(events, is_start, is_end, start_key, end_key):
    """Of ordered events: how many pairs, how many of them on two processors, their seconds."""
    waiting, found = {}, collections.Counter()
    for event in events:
        if is_start(event):
            waiting[start_key(event)] = event
        elif is_end(event) and end_key(event) in waiting:
            start = waiting.pop(end_key(event))
            found["pairs"] += 1
            found["crossing"] += start["cpu"] != event["cpu"]
            found["ticks"] += moment(event) - moment(start)
    return found["pairs"], found["crossing"], found["ticks"] / 1e7


class OrderTest(unittest.TestCase):
    def once(self, path, rules, malformed=0):
        with tempfile.TemporaryDirectory() as directory:
            config = pathlib.Path(directory, "c.yml")
            config.write_text(f"sessions: [{{name: s, path: {path}}}]\n{rules}")
            done = harness.run("once", f"--config.file={config}")
        self.assertEqual((done.returncode, done.stderr.count("level=error")), (0, 0), done.stderr)
        page = harness.parse_page(done.stdout)
        self.assertEqual(harness.total(page, "etw_session_malformed_total"), malformed)
        return page


class WrittenTest(OrderTest):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name, "a.etl")

    def make(self, compressed):
        tool = pathlib.Path(harness.BUILD, "tests", "tool_cpus_recording")
        subprocess.run([tool, str(PAIRS), str(compressed), self.path], check=True,
                       timeout=harness.DEADLINE_SECONDS)
        return self.path.read_bytes()

    def check(self, times):
        page = self.once(self.path, WRITTEN)
        self.assertEqual(harness.total(page, "etw_rule_pairs_matched_total"), times * PAIRS)
        self.assertFalse(harness.total(page, "etw_rule_pairs_unmatched_total"))
        self.assertFalse(harness.total(page, "etw_session_unordered_events_total"))
        self.assertAlmostEqual(harness.total(page, "pair_seconds_sum"), times * SECONDS, places=6)
        # Each event, and the header of each recording.
        self.assertEqual(harness.total(page, "etw_session_events_total"), times * (2 * PAIRS + 1))
        self.assertEqual(harness.total(page, "etw_session_read_bytes_total"),
                         self.path.stat().st_size)

    def test_pairs_of_processors_that_were_written_seconds_apart_are_all_matched(self):
        self.make(0)
        self.check(1)

    def test_likewise_where_buffers_are_compressed(self):
        self.make(1)
        self.check(1)

    def test_two_recordings_in_a_file_are_each_ordered(self):
        self.path.write_bytes(self.make(0) + self.make(1) + self.make(0))
        self.check(3)

    def test_a_cut_recording_is_ordered_as_far_as_it_goes(self):
        whole = self.make(0)
        self.path.write_bytes(whole[:len(whole) * 9 // 10])
        page = self.once(self.path, WRITTEN, malformed=1)
        self.assertFalse(harness.total(page, "etw_session_unordered_events_total"))
        self.assertGreater(harness.total(page, "etw_rule_pairs_matched_total"), PAIRS / 2)


class RealTest(OrderTest):
    @classmethod
    def setUpClass(cls):
        if not REAL.exists():
            harness.skip("../shared/etl is not there")
        done = harness.run("dump", "--format=json", str(REAL))
        assert done.returncode == 0, done.stderr
        cls.events = sorted((json.loads(line) for line in done.stdout.splitlines()), key=moment)

    def check(self, rules, *how):
        pairs, crossing, seconds = expect(self.events, *how)
        self.assertGreater(crossing, 0)
        page = self.once(REAL, rules)
        self.assertEqual(harness.total(page, "etw_rule_pairs_matched_total"), pairs)
        self.assertEqual(harness.total(page, "pair_seconds_count"), pairs)
        # The dump has times in units of 100 ns.
        self.assertLess(abs(harness.total(page, "pair_seconds_sum") - seconds), pairs * 1e-7)

    def test_disk_requests_that_end_on_another_processor_are_paired(self):
        self.check(DISK,
                   lambda event: event["provider"] == "DiskIo" and
                   event["event"] in ("ReadInit", "WriteInit"),
                   lambda event: event["provider"] == "DiskIo" and
                   event["event"] in ("Read", "Write"),
                   *2 * [lambda event: event["fields"]["Irp"]])

    def test_threads_that_move_between_processors_are_paired(self):
        self.check(SAMPLES,
                   lambda event: event["provider"] == "Microsoft-Windows-DotNETRuntime" and
                   event["id"] == 10,
                   lambda event: event["event"] == "SampleProf",
                   lambda event: event["tid"],
                   lambda event: event["fields"]["ThreadId"])


if __name__ == "__main__":
    harness.main()
