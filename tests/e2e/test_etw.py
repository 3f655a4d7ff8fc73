"""Live sessions of Windows, against the model of it: one pipeline, two entrances. A recording that is
replayed as a live session gives the metrics that it gives as a file.

ETW_MODEL is a program that has the model: the one that is built for this system, or another, such as
"wine etwrun.exe etwmodel.dll etw_exporter.exe"."""

import os
import pathlib
import re
import signal
import tempfile
import unittest

import harness

RECORDINGS = harness.ROOT.parent / "shared" / "etl"
PACKS = harness.ROOT / "config" / "packs"
MODEL = os.environ.get("ETW_MODEL", f"{harness.BUILD}/model/etw_exporter").split(" ")

HEAD = "sessions:\n  - name: trace\n"
# That of stops of sessions is asked for by the exporter itself, too, which keeps what nobody else does.
PROVIDERS = """    providers:
    - {name: Microsoft-Windows-DNS-Client}
    - {guid: b675ec37-bdb6-4648-bc92-f3fdc74d3ca2, level: 0}
"""
LIVE = HEAD + "    source: etw\n    queue: 128MiB\n" + PROVIDERS
# What is of how it came, not of what came; and pairs of which the other side may come still, where a
# file has ended.
OF_THE_WAY = re.compile("etw_session_(?!state_)|etw_system_|etw_exporter_|process_|"
                        "etw_rule_pairs_(open|unmatched)")


def packs():
    files = sorted(path for path in PACKS.glob("*.yml") if not path.name.startswith("linux-"))
    return "include:\n" + "".join(f"  - {path}\n" for path in files)


def of_the_trace(samples):
    return {sample: value for sample, value in samples.items() if not OF_THE_WAY.match(sample)}


def of_events(samples):
    """Whatever their names."""
    found = {}
    for sample, value in samples.items():
        key = re.sub(',(provider|event)="[^"]*"', "", sample)
        found[key] = found.get(key, 0) + value
    return found


class Machine(harness.Exporter):
    """An exporter on the model's Windows, where things happen as the script says."""

    def __init__(self, script, config):
        self.scratch = tempfile.TemporaryDirectory(prefix="etw_exporter-")
        file = pathlib.Path(self.scratch.name, "script")
        file.write_text(script, encoding="utf-8")
        super().__init__(config, program=MODEL, environment={
            "ETWMODEL_SCRIPT": file, "ETWMODEL_STATE": f"{self.scratch.name}/state"})
        self.wait_for("etw_session_up", 1)

    def finish(self):
        code, log = self.stop()
        # Programs of Windows know no signals: they are gone.
        if code != (-signal.SIGTERM if "ETW_MODEL" in os.environ else 0):
            raise AssertionError(f"ended with {code}; its log:\n{log}")

    def stop(self, number=signal.SIGTERM):
        try:
            return super().stop(number)
        finally:
            self.scratch.cleanup()


def read_stream(recording, rules):
    """The page of a recording that is read from its beginning to its end, once."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as config, open(recording, "rb") as stream:
        config.write(HEAD + '    path: "-"\n' + rules)
        config.flush()
        result = harness.run("once", f"--config.file={config.name}", stdin=stream)
    return harness.parse_page(result.stdout)


class ReplayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not RECORDINGS.is_dir():
            harness.skip("../shared/etl is not there")
        cls.recordings = sorted(RECORDINGS.glob("*.etl"))

    def replay(self, verb, recording, rules, count):
        with Machine(f"{verb} {recording}\n", LIVE + rules) as exporter:
            exporter.wait_for("etw_session_events_total", count)
            samples = exporter.samples()
        self.assertEqual(harness.total(samples, "etw_session_events_dropped_total"), 0)
        self.assertEqual(harness.total(samples, "etw_session_malformed_total"), 0)
        return samples

    def compare(self, live, expected, is_exact):
        """What comes before its metadata has no name up to the end of a buffer: where buffers end
        elsewhere than in the file, events get their names earlier, never later."""
        live, expected = of_the_trace(live), of_the_trace(expected)
        if is_exact:
            self.assertEqual(live, expected)
        self.assertEqual(of_events(live), of_events(expected))
        for sample in live.keys() | expected.keys():
            count, wanted = live.get(sample, 0), expected.get(sample, 0)
            if ',event=""' in sample:
                self.assertLessEqual(count, wanted, sample)
            else:
                self.assertGreaterEqual(count, wanted, sample)

    def test_a_live_session_gives_what_the_recording_does(self):
        for recording in self.recordings:
            with self.subTest(recording.name):
                expected = read_stream(recording, packs())
                count = harness.total(expected, "etw_session_events_total")
                live = self.replay("etl-as-stored", recording, packs(), count)
                # Of this one a buffer of Windows' is longer than one of ours.
                self.compare(live, expected, recording.name != "TraceLoggingTester.etl")

    def test_and_so_in_the_order_of_times(self):
        for recording in self.recordings:
            with self.subTest(recording.name):
                expected = read_stream(recording, "")
                count = harness.total(expected, "etw_session_events_total")
                live = self.replay("etl", recording, "", count)
                self.compare(live, expected, False)
                for end in ("first", "last"):
                    family = f"etw_session_{end}_event_timestamp_seconds"
                    self.assertAlmostEqual(harness.total(live, family),
                                           harness.total(expected, family), places=5)


SHOP = "provider {11111111-2222-3333-4444-555555555555} Shop\nevent Ordered id=1 level=4\n"
SHOP_CONFIG = HEAD + "    source: etw\n    providers: [{name: Shop}]\n"


class SessionTest(unittest.TestCase):
    def test_what_stays_of_a_session_that_is_reused_is_told(self):
        script = SHOP + "session etw_exporter_trace\nemit Ordered count=3\n"
        with Machine(script, SHOP_CONFIG + "    on_exists: reuse\n    clock: system\n"
                     "    flush: 250ms\n") as exporter:
            exporter.wait_for("etw_events_total", 3, event_id="1")
            line = exporter.wait_for_log("a trace session that was there already goes on with what "
                                         "cannot be changed")
        self.assertEqual(line["name"], "etw_exporter_trace")
        self.assertEqual(line["has"], "buffers of 64 KiB (not 256), at least 4 of them (not 8), "
                                      "clock qpc (not system), mode not flush_in_ms, "
                                      "mode not independent")

    def test_what_is_replaced_is_told(self):
        with Machine(SHOP + "session etw_exporter_trace\n", SHOP_CONFIG) as exporter:
            exporter.wait_for_log("replaced a trace session that was there already")

    def test_who_stops_the_session_is_counted_and_it_comes_again(self):
        script = ("provider {11111111-2222-3333-4444-555555555555} Shop\nevent Ordered id=1 level=4\n"
                  "emit Ordered count=3\nstop pid=42\nlost events=7\nemit Ordered count=4\n")
        config = HEAD + "    source: etw\n    providers: [{name: Shop}]\n"
        with Machine(script, config) as exporter:
            exporter.wait_for("etw_events_total", 7, event_id="1")
            exporter.wait_for("etw_session_events_lost_total", 7)
            self.assertEqual(exporter.total("etw_session_stopped_by_others_total", pid="42"), 1)
            self.assertEqual(exporter.total("etw_session_restarts_total"), 1)
            self.assertEqual(exporter.total("etw_session_mode", mode="independent"), 1)
            self.assertEqual(exporter.total("etw_session_buffers"), 8)
            self.assertEqual(exporter.total("etw_session_buffers_free"), 8)
            self.assertGreaterEqual(exporter.total("etw_session_buffers_written_total"), 1)
            self.assertEqual(exporter.get("/-/ready").status, 200)
            self.assertIn("process 42 has stopped the trace session etw_exporter_trace",
                          exporter.log)


if __name__ == "__main__":
    harness.main()
