"""The packs over a real recording, against what is computed here from its events alone, in the order
of their times: who read and wrote how much, how long .NET stopped, what was loaded."""

import bisect
import collections
import json
import pathlib
import subprocess
import tempfile
import unittest

import harness

SHARED = harness.ROOT.parent / "shared"
PACKS = harness.ROOT / "config" / "packs"
TICKS = 10_000_000
CLR = "Microsoft-Windows-DotNETRuntime"
SUSPEND_REASONS = {"SuspendForGC": "GC", "SuspendForShutdown": "Shutdown"}
KNOWN_NAMES = {0: "Idle", 4: "System"}
NEVER = float("inf")


def ticks(event):
    """100 ns since midnight."""
    hours, minutes, seconds = event["time"].partition("T")[2].removesuffix("Z").split(":")
    return (int(hours) * 60 + int(minutes)) * 60 * TICKS + int(seconds.replace(".", ""))


class Lives:
    """What an ID stood for, by time: lives with a beginning, an end and what they are. An event of
    the rundown at the beginning means that it has been there, one of that at the end that it goes
    on."""

    def __init__(self, events, key, what):
        self.lives = collections.defaultdict(list)
        for event in events:
            lives = self.lives[event["fields"][key]]
            kind, time = event["opcode"], ticks(event)
            is_open = lives and lives[-1][1] == NEVER
            if kind == 1 or not is_open:
                lives.append([time if kind == 1 else -NEVER, NEVER, what(event)])
            if kind == 2:
                lives[-1][1] = time

    def find(self, identity, time):
        lives = self.lives.get(identity, [])
        at = bisect.bisect_right([life[0] for life in lives], time) - 1
        return lives[at][2] if at >= 0 and time <= lives[at][1] else None


class Trace:
    """The events of a recording in the order of time."""

    def __init__(self, path):
        done = subprocess.run([harness.EXPORTER, "dump", "--format=json", path], check=True,
                              capture_output=True, text=True, timeout=300)
        self.events = sorted(map(json.loads, done.stdout.splitlines()), key=ticks)
        self.processes = Lives(self.of("Process", 1, 2, 3, 4), "ProcessId",
                               lambda event: event["fields"]["ImageFileName"])
        self.threads = Lives(self.of("Thread", 1, 2, 3, 4), "TThreadId",
                             lambda event: event["fields"]["ProcessId"])

    def of(self, provider, *opcodes):
        return [event for event in self.events
                if event["provider"] == provider and event["opcode"] in opcodes]

    def with_ids(self, provider, *ids):
        return [event for event in self.events
                if event["provider"] == provider and event["id"] in ids]

    def process(self, pid, event):
        return self.processes.find(pid, ticks(event)) or KNOWN_NAMES.get(pid, "unknown")

    def process_of_thread(self, tid, event):
        return self.process(self.threads.find(tid, ticks(event)), event)


def disk_bytes(trace, opcode):
    found = collections.Counter()
    for event in trace.of("DiskIo", opcode):
        fields = event["fields"]
        process = trace.process_of_thread(fields["IssuingThreadId"], event)
        found[str(fields["DiskNumber"]), process] += fields["TransferSize"]
    return found


def gc_pauses(trace):
    """By process and reason: how many, and seconds."""
    begun, count, total = {}, collections.Counter(), collections.Counter()
    for event in trace.with_ids(CLR, 3, 9):
        runtime = event["pid"], event["fields"]["ClrInstanceID"]
        if event["id"] == 9:
            begun[runtime] = event
        elif runtime in begun:
            begin = begun.pop(runtime)
            reason = SUSPEND_REASONS[begin["fields"]["Reason"]]
            series = trace.process(event["pid"], event), reason
            count[series] += 1
            total[series] += ticks(event) - ticks(begin)
    return count, {series: sum / TICKS for series, sum in total.items()}


def image_loads(trace):
    return collections.Counter(trace.process(event["fields"]["ProcessId"], event)
                               for event in trace.of("Image", 10))


def once(config):
    done = harness.run("once", f"--config.file={config}")
    if (done.returncode, done.stderr) != (0, ""):
        raise AssertionError(f"{done.returncode} {done.stderr}")
    return harness.parse_page(done.stdout)


def samples(page, name, *labels):
    """By the values of these labels."""
    found = {}
    for sample, value in page.items():
        family, _, rest = sample.partition("{")
        if family == name:
            values = dict(pair.split("=", 1) for pair in rest.rstrip("}").split(","))
            key = tuple(values[label].strip('"') for label in labels)
            found[key[0] if len(key) == 1 else key] = value
    return found


class PacksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        recording = SHARED / "etl" / "net.4.5.2.x64.etl"
        if not recording.exists():
            harness.skip("../shared/etl is absent")
        cls.trace = Trace(recording)
        with tempfile.TemporaryDirectory() as directory:
            config = pathlib.Path(directory, "config.yml")
            packs = ", ".join(map(str, sorted(PACKS.glob("*.yml"))))
            config.write_text(f"include: [{packs}]\nsessions: [{{name: a, path: {recording}}}]\n",
                              encoding="utf-8")
            cls.page = once(config)

    def test_bytes_of_disks_by_process(self):
        for opcode, name in ((10, "etw_disk_read_bytes_total"), (11, "etw_disk_written_bytes_total")):
            expected = disk_bytes(self.trace, opcode)
            self.assertGreater(len(expected), 1)
            self.assertEqual(samples(self.page, name, "disk", "process"), expected)

    def test_gc_pauses_by_process(self):
        count, seconds = gc_pauses(self.trace)
        self.assertGreater(count["Test.x64.exe", "GC"], 200)
        self.assertEqual(samples(self.page, "etw_dotnet_gc_pause_seconds_count", "process",
                                 "reason"), count)
        found = samples(self.page, "etw_dotnet_gc_pause_seconds_sum", "process", "reason")
        self.assertEqual(set(found), set(seconds))
        for series, value in seconds.items():
            self.assertAlmostEqual(found[series], value, delta=1e-9, msg=series)

    def test_image_loads_by_process(self):
        expected = image_loads(self.trace)
        self.assertGreater(sum(expected.values()), 30)
        self.assertEqual(samples(self.page, "etw_image_loads_total", "process"), expected)

    def test_how_long_disks_took(self):
        reads = self.trace.of("DiskIo", 10)
        found = samples(self.page, "etw_disk_operation_seconds_sum", "operation")
        expected = sum(int(event["fields"]["HighResResponseTime"]) for event in reads) / TICKS
        self.assertAlmostEqual(found["read"], expected, delta=1e-9)

    def test_hard_faults_took_no_longer_than_the_recording(self):
        faults = self.trace.of("PageFault", 32)
        count = samples(self.page, "etw_memory_hard_fault_seconds_count", "process")
        total = samples(self.page, "etw_memory_hard_fault_seconds_sum", "process")
        self.assertEqual(sum(count.values()), len(faults))
        self.assertTrue(0 < sum(total.values()) < 10)


class HttpTest(unittest.TestCase):
    """Its schemas are in no recording, but in a manifest."""

    def test_requests_of_a_real_server(self):
        recording = SHARED / "etl" / "CrossMachineHTTP.etl"
        if not recording.exists():
            harness.skip("../shared/etl is absent")
        for manifest in ("HTTP_Server.man", "Win7-7600.Microsoft-Windows-HttpService.xml"):
            with tempfile.TemporaryDirectory() as directory:
                config = pathlib.Path(directory, "config.yml")
                config.write_text(f"include: [{PACKS / 'http-sys.yml'}]\n"
                                  f"manifests: [{SHARED / 'manifests' / manifest}]\n"
                                  f"sessions: [{{name: a, path: {recording}}}]\n",
                                  encoding="utf-8")
                page = once(config)
            count = samples(page, "etw_http_request_seconds_count", "code")
            self.assertEqual(sum(count.values()), 484)
            self.assertEqual(samples(page, "etw_http_responses_total", "code"), count)
            self.assertEqual(sum(samples(page, "etw_http_requests_total", "method").values()), 484)
            self.assertEqual(
                sum(samples(page, "etw_http_application_seconds_count", "code").values()), 484)
            self.assertEqual(samples(page, "etw_http_connections_total", "session"), {"a": 2})


if __name__ == "__main__":
    harness.main()
