"""Baselines: recorded of recordings, live and of a running exporter; merged, shown, compared with
while events are counted."""

import collections
import datetime
import json
import math
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import unittest

import certificates
import harness
import recording
from page_server import PageServer, in_turn

ALICE = "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"  # secret
HOUR = 3600 * 10 ** 7  # of FILETIMEs
REAL = harness.ROOT.parent / "shared" / "etl" / "net.4.5.2.x64.etl"

RULES = """
sessions:
  - {name: shop, path: demo.etl, queue: %s}
metrics:
  - name: request_seconds
    help: How long requests take.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: [0.01, 0.1, 1]
    labels: {method: method}
  - name: cache_entries
    help: Entries of the cache.
    type: gauge
    match: {provider: Demo.Webshop, name: CacheStatistics}
    value: entries
"""


def moment(event):
    """In nanoseconds since 1970; events have 7 digits."""
    whole, fraction = event["time"].removesuffix("Z").split(".")
    seconds = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return (int(seconds) * 10 ** 7 + int(fraction)) * 100


def dump(path):
    lines = harness.run("dump", "--format=json", path).stdout.splitlines()
    return [json.loads(line) for line in lines]


def series_of(baseline, metric, **labels):
    found = [series for series in baseline["series"]
             if series["metric"] == metric and labels.items() <= series["labels"].items()]
    assert len(found) == 1, (metric, labels, len(found))
    return found[0]


def pages_in_turn(*pages):
    """A server of them; %d in them is how many were before, and "" is none."""
    next_of = in_turn(*pages)

    def answer(count, accept):
        page = next_of(count, accept)
        return None, (page % count).encode() if page else None
    return PageServer(answer)


class BaselineTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.out = self.directory / "base.json"

    def write(self, name, content):
        path = self.directory / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def baseline(self, *words):
        result = harness.run("baseline", *map(str, words))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def record(self, *words):
        """The baseline that it wrote."""
        self.baseline("record", "-o", self.out, *words)
        return json.loads(self.out.read_text())

    def refuse(self, code, why, *words):
        result = harness.run("baseline", *map(str, words))
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(why, result.stderr)


class Recordings(BaselineTest):
    def setUp(self):
        super().setUp()
        self.demo = self.write("demo.etl", recording.demo())
        self.config = self.write("etw_exporter.yml", RULES % "8MiB")

    def test_rates_are_those_of_the_events_times(self):
        events = [event for event in dump(self.demo) if event["event"] != "Header"]
        requests = [moment(event) for event in events
                    if event["provider"] == "Demo.Webshop" and event["event"] == "Request"]
        baseline = self.record(f"--config.file={self.config}", f"--from={self.demo}",
                               "--interval=500ms", "--label=build=1234")
        run = baseline["runs"][0]
        self.assertEqual(run["origin"], "recording")
        self.assertEqual(run["labels"], {"build": "1234"})
        self.assertEqual(run["events_lost"], 17)
        self.assertFalse(run["complete"])
        self.assertEqual(run["events"], 8316)
        self.assertEqual(run["intervals"], 119)
        buckets = collections.Counter((time - run["start_ns"]) // 500000000 for time in requests)
        shown = series_of(baseline, "etw_events_total", provider="Demo.Webshop", event="Request")
        self.assertEqual(shown["labels"]["session"], "shop")
        rates = shown["runs"][0]["rates"]
        # The dump has hundreds of nanoseconds, rounded down.
        self.assertEqual(rates, [buckets[i] * 2 for i in range(run["intervals"])])
        self.assertEqual(shown["runs"][0]["total"], len(requests))

    def test_histograms_and_gauges_are_whole(self):
        baseline = self.record(f"--config.file={self.config}", f"--from={self.demo}")
        page = harness.parse_page(harness.run("once", f"--config.file={self.config}").stdout)
        for series in baseline["series"]:
            if series["type"] != "histogram":
                continue
            method = series["labels"]["method"]
            values = series["runs"][0]
            self.assertEqual(values["total"],
                             harness.total(page, "request_seconds_count", method=method))
            self.assertAlmostEqual(values["sum"],
                                   harness.total(page, "request_seconds_sum", method=method))
            # Each of the rule's own buckets is divided.
            ends = series["bounds"] + [math.inf]
            for bound in ("0.01", "0.1", "1", "+Inf"):
                self.assertEqual(
                    sum(count for end, count in zip(ends, values["buckets"])
                        if end <= float(bound.replace("+Inf", "inf"))),
                    harness.total(page, "request_seconds_bucket", method=method, le=bound))
            for i, count in enumerate(values["buckets"]):
                if count:
                    self.assertLess(ends[i], ends[i - 1] * 1.101)
        gauge = series_of(baseline, "cache_entries")
        self.assertEqual(gauge["runs"][0]["total"], harness.total(page, "cache_entries"))
        self.assertEqual(len(gauge["runs"][0]["rates"]), baseline["runs"][0]["intervals"])

    def same(self, path, metrics, interval):
        results = set()
        for queue in ("64KiB", "32MiB"):
            config = self.write("etw_exporter.yml", RULES % queue if metrics else
                                f"sessions: [{{name: a, path: demo.etl, queue: {queue}}}]\n")
            self.record(f"--config.file={config}", f"--from={path}", f"--interval={interval}")
            results.add(self.out.read_bytes())
        self.assertEqual(len(results), 1)
        return json.loads(self.out.read_text())

    def test_the_same_bytes_come_of_the_same_recording(self):
        self.same(self.demo, True, "100ms")

    def test_processors_are_brought_into_order(self):
        path = self.directory / "cpus.etl"
        for compressed in ("0", "1"):
            subprocess.run([pathlib.Path(harness.BUILD, "tests", "tool_cpus_recording"), "1000",
                            compressed, path], check=True, timeout=harness.DEADLINE_SECONDS)
            baseline = self.same(path, False, "1s")
            run = baseline["runs"][0]
            self.assertTrue(run["complete"])
            self.assertEqual(run["intervals"], 9)
            # One each 10 ms; the first of each interval opens it.
            self.assertEqual(series_of(baseline, "etw_events_total", event_id="1")
                             ["runs"][0]["rates"], [100] * 9)
            self.assertEqual(series_of(baseline, "etw_events_total", event_id="2")
                             ["runs"][0]["rates"], [100] * 9)

    def test_a_real_recording_of_several_processors(self):
        if not REAL.exists():
            harness.skip("the real recordings are not there")
        self.same(REAL, True, "10ms")

    def test_time_between_recordings_is_left_out(self):
        start, end = (recording.field(recording.demo(), name) for name in ("start_time",
                                                                          "end_time"))
        later = self.write("a-later.etl", recording.patch(
            recording.demo(), start_time=start + HOUR, end_time=end + HOUR))
        one = self.record(f"--from={self.demo}")
        two = self.record(f"--from={later}", self.demo)
        first, both = one["runs"][0], two["runs"][0]
        self.assertEqual(both["start_ns"], first["start_ns"])
        self.assertEqual(both["intervals"], 2 * first["intervals"])
        self.assertEqual(both["events"], 2 * first["events"])
        self.assertEqual(both["length_ns"], 2 * first["length_ns"])
        for series in one["series"]:
            # The demo's second beginning is its first one's repetition.
            if series["labels"]["event"] == "Header":
                continue
            again = series_of(two, series["metric"], **series["labels"])
            self.assertEqual(again["runs"][0]["rates"], 2 * series["runs"][0]["rates"])
            self.assertEqual(again["runs"][0]["total"], 2 * series["runs"][0]["total"])

    def test_what_a_circular_recording_has_overwritten_is_no_time(self):
        buffers = recording.split(recording.demo())
        kept = recording.patch(buffers[0] + b"".join(buffers[121:]), mode=recording.CIRCULAR)
        path = self.write("circular.etl", kept)
        run = self.record(f"--from={path}")["runs"][0]
        self.assertLess(run["intervals"], 35)
        self.assertGreater(run["intervals"], 25)
        self.assertLess(run["length_ns"], 35 * 10 ** 9)

    def test_what_cannot_be_a_run_is_refused(self):
        other = self.write("other.etl", recording.demo())
        self.refuse(1, "are of the same time", "record", "-o", self.out, "--from", self.demo, other)
        self.refuse(1, "shorter than an interval", "record", "-o", self.out, "--from", self.demo,
                    "--interval=5m")
        self.refuse(1, "cannot open", "record", "-o", self.out, "--from", "none.etl")
        self.refuse(1, "as it is read twice", "record", "-o", self.out, "--from", "-")
        self.assertFalse(self.out.exists())

    def test_sessions_need_not_be_of_this_machine(self):
        rules = RULES.partition("metrics:")[2]
        for sessions in ("{name: shop, path: 'C:\\traces\\%DAY%-*.etl', loop: true}",
                         "{name: shop, path: [/none/a.etl, traces/]}",
                         "{name: shop, source: etw, kind: kernel, flags: process}",
                         "{name: shop, source: tracefs, providers: [{name: sched}]}"):
            config = self.write("other.yml", f"sessions: [{sessions}]\nmetrics:{rules}"
                                             "limits: {label_bytes: 100}\n")
            with self.subTest(sessions):
                baseline = self.record(f"--config.file={config}", f"--from={self.demo}")
                shown = series_of(baseline, "request_seconds", method="GET")
                self.assertGreater(shown["runs"][0]["total"], 0)
                self.assertEqual({series["labels"]["session"] for series in baseline["series"]
                                  if series["metric"] == "etw_events_total"}, {"shop"})
        # What counts has to be there, and what is said of sessions has to be right.
        for wrong, said in (("manifests: none.man", "cannot read"),
                            ("include: none.yml", "cannot include")):
            config = self.write("other.yml", "sessions: [{name: a, path: none.etl}]\n" + wrong)
            self.refuse(2, said, "record", "-o", self.out, f"--config.file={config}",
                        f"--from={self.demo}")
        config = self.write("other.yml", "sessions: [{name: a, path: none.etl, pat: 1}]\n")
        self.refuse(2, "pat", "record", "-o", self.out, f"--config.file={config}",
                    f"--from={self.demo}")

    def test_a_run_can_be_shown(self):
        self.record(f"--from={self.demo}")
        text = self.baseline("show", self.out)
        self.assertIn("run 1: recording, from ", text)
        self.assertIn("8316 events, 17 events and 0 buffers lost, not complete", text)
        self.assertRegex(text, r'counter +\d.* etw_events_total{event="Request",')
        self.assertEqual(self.baseline("show", "--format=json", self.out), self.out.read_text())


class ByTheClock(BaselineTest):
    def test_live_sessions(self):
        baseline = self.record("--duration=2s", "--interval=500ms")
        run = baseline["runs"][0]
        self.assertEqual(run["origin"], "live")
        self.assertEqual(run["intervals"], 4)
        self.assertGreaterEqual(run["length_ns"], 2 * 10 ** 9)
        self.assertTrue({"name", "system", "release", "cpus", "memory_bytes"} <=
                        set(run["host"]))
        self.assertTrue(baseline["series"])

    def test_asked_to_end_it_keeps_what_there_is(self):
        with pages_in_turn("# TYPE a_total counter\na_total %d\n") as pages, \
                subprocess.Popen([harness.EXPORTER, "baseline", "record", "-o", self.out,
                                  "--duration=1h", "--interval=10ms", f"--url={pages.url}"],
                                 stderr=subprocess.PIPE) as process:
            harness.wait_until(lambda: pages.count > 3, "some pages")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(harness.DEADLINE_SECONDS), 0)
            self.assertEqual(process.stderr.read(), b"")
        baseline = json.loads(self.out.read_text())
        self.assertGreaterEqual(baseline["runs"][0]["intervals"], 2)
        self.assertEqual(baseline["series"][0]["runs"][0]["total"],
                         baseline["runs"][0]["intervals"])

    def test_an_exporter_that_began_anew_makes_a_run_incomplete(self):
        page = ("# TYPE etw_session_events_total counter\netw_session_events_total %d\n"
                "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {}\n")
        for starts, complete in ((["1", "1"], True), (["1", "2"], False)):
            with pages_in_turn(*(page.format(start) for start in starts)) as pages:
                run = self.record(f"--url={pages.url}", "--duration=20ms",
                                  "--interval=20ms")["runs"][0]
            self.assertEqual(run["complete"], complete)
            self.assertEqual(run["events"], 1)

    def test_an_exporter_that_is_away_for_a_while_costs_intervals_alone(self):
        page = "# TYPE a_total counter\na_total %d\n"
        with pages_in_turn(page, page, "", page, page[:-1], page, page) as pages:
            baseline = self.record(f"--url={pages.url}", "--duration=60ms", "--interval=10ms")
        run = baseline["runs"][0]
        # Pages 3 and 5 are missing, so that 4 and 6 end no interval.
        self.assertEqual((run["intervals"], run["complete"]), (2, False))
        self.assertEqual(baseline["series"][0]["runs"][0]["total"], 6)
        # Nothing else was ever got.
        with pages_in_turn(page, "") as pages:
            self.refuse(1, "the answer is 503", "record", "-o", self.out, f"--url={pages.url}",
                        "--duration=20ms", "--interval=10ms")
        with pages_in_turn("") as pages:
            self.refuse(1, "the answer is 503", "record", "-o", self.out, f"--url={pages.url}",
                        "--duration=1h")

    def test_a_running_exporter(self):
        with harness.Exporter() as exporter:
            baseline = self.record(f"--url={exporter.url}/metrics", "--duration=2s",
                                   "--interval=500ms", "--label=a=b", "--label=c=")
            self.refuse(1, "the answer is 404", "record", "-o", self.out, "--duration=1s",
                        f"--url={exporter.url}/none")
            self.refuse(1, "a metric's name is missing", "record", "-o", self.out,
                        "--duration=1s", f"--url={exporter.url}/")
            hash_info = [re.search('"(.*)"', name).group(1) for name in exporter.samples()
                         if name.startswith("etw_exporter_rules_info")]
        run = baseline["runs"][0]
        self.assertEqual((run["origin"], run["intervals"]), ("url", 4))
        self.assertEqual(run["labels"], {"a": "b", "c": ""})
        self.assertEqual(run["host"], {"name": "127.0.0.1"})
        self.assertEqual([run["configuration"]], hash_info)
        self.assertFalse([series for series in baseline["series"]
                          if series["metric"].startswith(("etw_session", "etw_exporter", "proc"))])

    def test_a_secured_exporter(self):
        authority = certificates.Authority(self.directory / "authority")
        other = certificates.Authority(self.directory / "other")
        certificate, key = authority.sign("server")
        web = self.write("web.yml", f"tls_server_config: {{cert_file: {certificate}, "
                                    f"key_file: {key}}}\nbasic_auth_users: {{alice: {ALICE}}}\n")
        headers = self.write("headers", "Authorization: Basic YWxpY2U6c2VjcmV0\r\n\n")
        with harness.Exporter(args=[f"--web.config.file={web}"]) as exporter:
            where = exporter.address + "/metrics"
            common = ["record", "-o", self.out, "--duration=100ms", "--interval=100ms"]
            trusted = f"--url.ca-file={authority.certificate}"
            self.baseline(*common, trusted, f"--url=https://alice:secret@{where}")
            self.baseline(*common, trusted, f"--url=https://{where}",
                          f"--url.header-file={headers}")
            self.refuse(1, "the answer is 401", *common, trusted, f"--url=https://{where}")
            self.refuse(1, f"cannot get https://{where}: ", *common,
                        f"--url.ca-file={other.certificate}", f"--url=https://a:b@{where}")

    def test_nothing_but_http_is_fetched(self):
        page = self.write("page", "# TYPE a counter\na 5\n")
        self.refuse(2, "the URL must be of a metrics page", "record", "-o", self.out,
                    "--duration=1s", f"--url=file://{page}")


class Flags(BaselineTest):
    def test_what_does_not_go_together_is_refused(self):
        for why, words in {
                "baseline takes one of record, merge, show": ["rekord"],
                "where the baseline is to go is missing": ["record", "--duration=1s"],
                "--duration is missing": ["record", "-o", "x"],
                "is shorter than an interval": ["record", "-o", "x", "--duration=1s",
                                                "--interval=2s"],
                "--duration: recordings have their own": ["record", "-o", "x", "--from=a.etl",
                                                          "--duration=1s"],
                "--from and --url": ["record", "-o", "x", "--from=a.etl", "--url=http://a"],
                "unexpected word": ["record", "-o", "x", "--duration=1s", "a.etl"],
                "must be a time with its unit": ["record", "-o", "x", "--duration=5"],
                "must be NAME=VALUE": ["record", "-o", "x", "--duration=1s", "--label=1=a"],
                "there is a label a already": ["record", "-o", "x", "--duration=1s",
                                               "--label=a=1", "--label=a=2"],
                "merge takes two baselines or more": ["merge", "-o", "x", "a"],
                "show takes one baseline": ["show"],
                "must be text or json": ["show", "--format=junit", "a"],
                "unknown flag -x": ["show", "-x", "a"]}.items():
            self.refuse(2, why, *words)


class Files(BaselineTest):
    def make(self, name):
        path = self.directory / name
        self.baseline("record", "-o", path, "--duration=200ms", "--interval=100ms")
        return path

    def test_merged_runs_fit_the_schema(self):
        try:
            import jsonschema
        except ImportError as missing:
            harness.skip(f"python3 has no {missing.name}")
        schema = json.loads(harness.run("docs", "baseline-schema").stdout)
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        first, second = self.make("first.json"), self.make("second.json")
        self.baseline("merge", "-o", self.out, second, first)
        merged = json.loads(self.out.read_text())
        for path in (first, second, self.out):
            self.assertEqual([error.message for error in
                              validator.iter_errors(json.loads(path.read_text()))], [])
        runs = [json.loads(path.read_text())["runs"][0] for path in (first, second)]
        self.assertEqual(merged["runs"], runs)
        # A line for each run and each series.
        self.assertEqual(len(self.out.read_text().splitlines()),
                         2 + 2 + 2 + len(merged["series"]) + 1)
        for series in merged["series"]:
            self.assertEqual(len(series["runs"]), 2)
        self.assertEqual(self.baseline("merge", "-o", "-", first, second), self.out.read_text())
        self.refuse(1, "hold the same run", "merge", "-o", self.out, first, first)
        del merged["runs"][0]["origin"]
        self.assertTrue(list(validator.iter_errors(merged)))

    def test_a_damaged_file_is_refused_with_its_place(self):
        path = self.make("first.json")
        text = path.read_text()
        path.write_text(text.replace('"intervals":2', '"intervals":3'))
        self.refuse(1, "series[0].runs[0].rates must have as many elements", "show", path)
        path.write_text(text[:-10])
        self.refuse(1, f"{path}:", "show", path)
        self.refuse(1, "No such file", "show", self.directory / "none")


class Online(BaselineTest):
    SESSION = "sessions: [{name: demo, path: demo.etl, pace: recorded, loop: true}]\n"

    def setUp(self):
        super().setUp()
        self.demo = self.write("demo.etl", recording.demo())
        self.plain = self.write("plain.yml", self.SESSION)
        self.text = self.SESSION + "baseline: {file: base.json}\n"

    def of(self, samples, family):
        found = {name: value for name, value in samples.items()
                 if name.startswith(family + "{") and 'metric="etw_events_total"' in name
                 and 'event="CSwitch"' in name}
        return next(iter(found.values()), None)

    def test_the_last_interval_is_compared(self):
        baseline = self.record(f"--config.file={self.plain}", f"--from={self.demo}")
        rates = series_of(baseline, "etw_events_total", event="CSwitch")["runs"][0]["rates"]
        median = statistics.median(rates)
        mad = statistics.median(abs(rate - median) for rate in rates) * 1.4826
        self.assertGreater(mad, 0)
        with harness.Exporter(self.text, directory=self.directory) as exporter:
            samples = harness.wait_until(
                lambda: (lambda now: now if self.of(now, "etw_baseline_ratio") is not None
                         else None)(exporter.samples()), "a ratio")
            self.assertEqual(self.of(samples, "etw_baseline_value"), median)
            rate = self.of(samples, "etw_baseline_ratio") * median
            self.assertTrue(math.isclose(self.of(samples, "etw_baseline_deviation"),
                                         (rate - median) / mad, abs_tol=1e-9))
            if shutil.which("promtool"):
                checked = subprocess.run(["promtool", "check", "metrics"],
                                         input=exporter.get().body, capture_output=True,
                                         timeout=harness.DEADLINE_SECONDS)
                self.assertEqual((checked.returncode, checked.stderr), (0, b""))
            # In the other formats, too.
            for accept in ("application/openmetrics-text;version=1.0.0",
                           "application/vnd.google.protobuf;proto=io.prometheus.client."
                           "MetricFamily;encoding=delimited"):
                self.assertIn(b"etw_baseline_ratio",
                              exporter.get(headers={"Accept": accept}).body)
            # Without it, by a reload.
            exporter.config_file.write_text(self.SESSION)
            exporter.process.send_signal(signal.SIGHUP)
            harness.wait_until(lambda: not any(
                name.startswith("etw_baseline") for name in exporter.samples()), "no baseline")
            # And a broken one is none.
            self.write("base.json", "{")
            exporter.config_file.write_text(self.text)
            exporter.process.send_signal(signal.SIGHUP)
            exporter.wait_for_log("the configuration is not reloaded, what runs goes on as it is")

    def test_a_baseline_that_cannot_be_read_is_said(self):
        config = self.write("etw_exporter.yml", self.text)
        result = harness.run("check", f"--config.file={config}")
        self.assertEqual(result.returncode, 2)
        self.assertIn("base.json: No such file", result.stderr)
        result = harness.run("serve", f"--config.file={config}", "--web.listen-address=127.0.0.1:0")
        self.assertEqual(result.returncode, 1)
        self.assertIn("base.json: No such file", result.stderr)
        # To record what is configured to be there takes none.
        self.record(f"--config.file={config}", f"--from={self.demo}")
        self.assertEqual(harness.run("check", f"--config.file={config}").returncode, 0)

    def test_other_rules_are_warned_of(self):
        self.record(f"--config.file={self.plain}", f"--from={self.demo}")
        with harness.Exporter(self.text + "limits: {series: 5000}\n",
                              directory=self.directory) as exporter:
            exporter.wait_for_log("the baseline was counted by other rules or limits: its series "
                                  "need not mean the same")


if __name__ == "__main__":
    harness.main()
