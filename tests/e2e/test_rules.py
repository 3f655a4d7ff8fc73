"""Rules, on the demo recording: what they count is what a few lines of Python count in the dump."""

import collections
import datetime
import functools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
import recording

RULES = """
sessions:
  - {name: shop, path: demo.etl}
  - {name: other, path: demo.etl}
metrics:
  - name: requests_total
    help: Requests.
    type: counter
    session: shop
    match: {provider: Demo.Webshop, name: Request}
    labels:
      method: method
      status: {field: status, map: {200: ok, 404: missing}, default: else}
      route: {field: route, as: [lower, {truncate: 5}]}
  - name: response_bytes_total
    help: Bytes of responses to signed-in users, in eights.
    type: counter
    session: shop
    match: {provider: "Demo.*", name: [Request, Nothing]}
    where: [{field: signedIn, eq: true}, {field: status, ge: 200, lt: 300}]
    value: {field: responseBytes, scale: 0.125}
  - name: request_seconds
    help: How long requests take.
    type: histogram
    session: shop
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: [0.01, 0.1, 1]
    labels: {method: method}
  - name: cache_entries
    help: Entries of the cache.
    type: gauge
    session: shop
    match: {provider: Demo.Webshop, name: CacheStatistics}
    value: entries
  - name: dns_seconds
    help: From a query to its answer.
    type: histogram
    session: shop
    match: {provider: Microsoft-Windows-DNS-Client, id: 3008}
    pair: {start: {id: 3006}, key: [QueryName, $pid]}
    buckets: {exponential: {start: 0.001, factor: 10, count: 4}}
    labels:
      type: {field: QueryType, map: {1: A, 28: AAAA}}
      network: {field: IsNetworkQuery, from: start}
      asked: {field: $pid, as: process, from: start}
  - name: collection_seconds
    help: Garbage collections.
    type: histogram
    session: shop
    match: {provider: Microsoft-Windows-DotNETRuntime, id: 2}
    pair: {start: {id: 1}, key: [Count, ClrInstanceID, $pid], timeout: 10s}
    buckets: [0.001, 0.01, 0.1]
    labels: {depth: Depth, reason: {field: Reason, from: start}, type: {field: Type, from: start}}
  - name: disk_bytes_total
    help: Bytes by process.
    type: counter
    match: {provider: DiskIo, name: [Read, Write]}
    value: TransferSize
    labels: {process: {field: IssuingThreadId, as: thread_process}, operation: $event}
  - name: switches_total
    help: Context switches, to few threads.
    type: counter
    session: shop
    match: {provider: Thread, opcode: 36}
    labels: {thread: NewThreadId, missing: {field: NoSuchField, default: none}}
    limit: 4
"""


@functools.lru_cache(maxsize=None)
def dumped():
    """The events of the demo, as the dump has them."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "demo.etl")
        path.write_bytes(recording.demo())
        done = harness.run("dump", "--format=json", str(path))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def events(provider, name=None, number=None):
    return [event for event in dumped() if event["provider"] == provider and
            (name is None or event["event"] == name) and
            (number is None or event["id"] == number)]


def seconds(event):
    """Since some moment; to 100 ns."""
    day, clock = event["time"].rstrip("Z").split("T")
    whole, fraction = clock.split(".")
    moment = datetime.datetime.fromisoformat(f"{day}T{whole}+00:00")
    return moment.timestamp() + int(fraction) / 1e7


class RulesTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        (self.directory / "demo.etl").write_bytes(recording.demo())

    def configure(self, text):
        config = self.directory / "c.yml"
        config.write_text(text, encoding="utf-8")
        return f"--config.file={config}"

    def once(self, text=RULES, form="text"):
        done = harness.run("once", f"--format={form}", self.configure(text))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, done.stderr

    def samples(self, text=RULES):
        return harness.parse_page(self.once(text)[0])

    def check_family(self, samples, name, expected):
        """All samples of a name, by label text."""
        found = {sample[len(name):]: value for sample, value in samples.items()
                 if sample.partition("{")[0] == name}
        self.assertEqual(set(found), set(expected))
        for labels, value in expected.items():
            self.assertAlmostEqual(found[labels], value, places=6, msg=labels)

    def test_counters_are_what_the_dump_says(self):
        samples = self.samples()
        names = {200: "ok", 404: "missing"}
        expected = collections.Counter(
            '{{method="{}",status="{}",route="{}"}}'.format(
                fields["method"], names.get(fields["status"], "else"), fields["route"].lower()[:5])
            for fields in (event["fields"] for event in events("Demo.Webshop", "Request")))
        self.assertGreater(len(expected), 3)
        self.check_family(samples, "requests_total", expected)
        self.check_family(samples, "response_bytes_total", {"": sum(
            event["fields"]["responseBytes"] for event in events("Demo.Webshop", "Request")
            if event["fields"]["signedIn"] and 200 <= event["fields"]["status"] < 300) / 8})

    def test_gauges_and_histograms_are_what_the_dump_says(self):
        samples = self.samples()
        self.check_family(samples, "cache_entries", {
            "": events("Demo.Webshop", "CacheStatistics")[-1]["fields"]["entries"]})
        times = collections.defaultdict(list)
        for event in events("Demo.Webshop", "Request"):
            times[event["fields"]["method"]].append(event["fields"]["durationMs"] / 1000)
        self.check_family(samples, "request_seconds_sum", {
            f'{{method="{method}"}}': sum(values) for method, values in times.items()})
        self.check_family(samples, "request_seconds_count", {
            f'{{method="{method}"}}': len(values) for method, values in times.items()})
        self.check_family(samples, "request_seconds_bucket", {
            f'{{method="{method}",le="{bound}"}}': sum(value <= float(bound) for value in values)
            for method, values in times.items() for bound in ("0.01", "0.1", "1", "+Inf")})

    def test_pairs_are_what_the_dump_says(self):
        samples = self.samples()
        starts, times = {}, collections.defaultdict(list)
        for event in events("Microsoft-Windows-DotNETRuntime"):
            fields = event["fields"]
            key = (fields["Count"], fields["ClrInstanceID"], event["pid"])
            if event["id"] == 1:
                self.assertNotIn(key, starts)
                starts[key] = event
        for event in events("Microsoft-Windows-DotNETRuntime", number=2):
            fields = event["fields"]
            start = starts.pop((fields["Count"], fields["ClrInstanceID"], event["pid"]))
            labels = (fields["Depth"], start["fields"]["Reason"], start["fields"]["Type"])
            times[labels].append(seconds(event) - seconds(start))
        self.assertGreater(len(times), 1)
        for (depth, reason, kind), values in times.items():
            labels = {"depth": str(depth), "reason": str(reason), "type": str(kind)}
            self.assertEqual(harness.total(samples, "collection_seconds_count", **labels),
                             len(values))
            self.assertAlmostEqual(harness.total(samples, "collection_seconds_sum", **labels),
                                   sum(values), places=4)
        count = sum(len(values) for values in times.values())
        self.assertEqual(harness.total(samples, "collection_seconds_count"), count)
        self.assertEqual(harness.total(samples, "etw_rule_pairs_matched_total",
                                       rule="collection_seconds"), count)
        self.assertEqual(harness.total(samples, "etw_rule_pairs_unmatched_total",
                                       rule="collection_seconds"), 0)

    def test_queries_have_the_processes_that_asked(self):
        samples = self.samples()
        ends = len(events("Microsoft-Windows-DNS-Client", number=3008))
        pairs = harness.total(samples, "dns_seconds_count")
        # Queries of one name overlap, and then one start is not known from the other.
        self.assertTrue(ends * 0.9 < pairs <= ends, pairs)
        self.assertIsNone(harness.total(samples, "dns_seconds_count", asked="unknown"))

    def test_both_sessions_add_to_a_metric_that_is_for_all(self):
        samples = self.samples()
        for name in ("Read", "Write"):
            self.assertEqual(harness.total(samples, "disk_bytes_total", operation=name), 2 * sum(
                event["fields"]["TransferSize"] for event in events("DiskIo", name)))
        threads = {}
        for event in dumped():
            if event["provider"] == "Thread" and event["event"] in ("Start", "DCStart"):
                threads[event["fields"]["TThreadId"]] = event["fields"]["ProcessId"]
        names = {event["fields"]["ProcessId"]: event["fields"]["ImageFileName"]
                 for event in events("Process")}
        expected = collections.Counter()
        for event in events("DiskIo"):
            if event["event"] in ("Read", "Write"):
                process = threads.get(event["fields"]["IssuingThreadId"])
                expected[names.get(process, "unknown")] += 2 * event["fields"]["TransferSize"]
        for process, size in expected.items():
            if process != "unknown":
                self.assertEqual(harness.total(samples, "disk_bytes_total", process=process), size)

    def test_the_health_of_rules_is_exact(self):
        samples = self.samples()
        matched = {
            ("shop", "requests_total"): len(events("Demo.Webshop", "Request")),
            ("shop", "request_seconds"): len(events("Demo.Webshop", "Request")),
            ("shop", "cache_entries"): len(events("Demo.Webshop", "CacheStatistics")),
            ("shop", "response_bytes_total"): sum(
                event["fields"]["signedIn"] and 200 <= event["fields"]["status"] < 300
                for event in events("Demo.Webshop", "Request")),
            ("shop", "dns_seconds"): len(events("Microsoft-Windows-DNS-Client", number=3008)),
            ("shop", "collection_seconds"):
                len(events("Microsoft-Windows-DotNETRuntime", number=2)),
            ("shop", "switches_total"): len(events("Thread", "CSwitch")),
        }
        for session in ("shop", "other"):
            matched[session, "disk_bytes_total"] = sum(
                event["event"] in ("Read", "Write") for event in events("DiskIo"))
        self.check_family(samples, "etw_rule_events_matched_total", {
            f'{{session="{session}",rule="{rule}"}}': number
            for (session, rule), number in matched.items()})
        errors = {sample: value for sample, value in samples.items()
                  if sample.startswith("etw_rule_errors_total") and value}
        self.assertEqual(errors, {
            'etw_rule_errors_total{session="shop",rule="switches_total",reason="field"}':
                len(events("Thread", "CSwitch"))})
        self.assertIsNone(harness.total(samples, "etw_decode_errors_total"))
        self.assertEqual(harness.total(samples, "etw_rule_pairs_open"), 0)

    def test_series_beyond_a_rule_s_limit_are_counted_as_other(self):
        page, log = self.once()
        samples = harness.parse_page(page)
        threads = list(dict.fromkeys(
            event["fields"]["NewThreadId"] for event in events("Thread", "CSwitch")))
        counts = collections.Counter(
            event["fields"]["NewThreadId"] for event in events("Thread", "CSwitch"))
        self.assertGreater(len(threads), 4)
        found = {sample for sample in samples if sample.startswith("switches_total{")}
        self.assertEqual(len(found), 5)
        other = samples['switches_total{thread="other",missing="other"}']
        self.assertEqual(harness.total(samples, "switches_total"), sum(counts.values()))
        self.assertEqual(harness.total(samples, "etw_exporter_series_overflow_total",
                                       family="switches_total"), other)
        self.assertEqual(harness.total(samples, "etw_rule_series", rule="switches_total"), 4)
        self.assertEqual(harness.total(samples, "etw_rule_series_limit", rule="switches_total"), 4)
        lines = [harness.log_pairs(line) for line in log.splitlines()]
        said = [line for line in lines if line.get("rule") == "switches_total"]
        self.assertEqual(len(said), 1, log)
        self.assertEqual((said[0]["level"], said[0]["session"]), ("warn", "shop"))

    def test_no_series_of_event_counts_is_empty(self):
        zeros = [sample for sample, value in self.samples().items()
                 if sample.startswith("etw_events_total") and not value]
        self.assertEqual(zeros, [])

    def test_events_are_counted_once_with_rules_as_without(self):
        without = harness.parse_page(self.once(RULES.partition("metrics:")[0])[0])
        samples = self.samples()
        for sample, value in without.items():
            if sample.startswith("etw_events_total") or sample.startswith("etw_event_bytes_total"):
                self.assertEqual(samples.get(sample), value, sample)

    def test_promtool_has_nothing_to_say_about_the_page(self):
        if not shutil.which("promtool"):
            harness.skip("promtool is not installed")
        page, _ = self.once()
        done = subprocess.run(["promtool", "check", "metrics"], input=page, text=True,
                              capture_output=True, timeout=harness.DEADLINE_SECONDS)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_the_openmetrics_page_ends_and_says_the_same(self):
        page, _ = self.once(form="openmetrics")
        self.assertTrue(page.endswith("# EOF\n"))
        samples, text = harness.parse_page(page), self.samples()
        for sample, value in text.items():
            if re.match(r"(requests_total|dns_seconds_count|cache_entries)\b", sample):
                self.assertEqual(samples[sample], value)

    def test_a_rule_that_cannot_be_compiled_is_a_wrong_configuration(self):
        wrong = RULES.replace("as: [lower, {truncate: 5}]", "as: [lowr]")
        for command in ("check", "once", "serve"):
            done = harness.run(command, self.configure(wrong))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, r"c\.yml:\d+:\d+: error: .*lowr.*lower")

    def test_a_session_that_loops_pairs_in_each_loop(self):
        loops = RULES.replace("- {name: shop, path: demo.etl}",
                              "- {name: shop, path: demo.etl, loop: true}")
        pairs = self.samples()['etw_rule_pairs_matched_total{session="shop",rule="dns_seconds"}']
        loop = len(events("Demo.Webshop", "Request"))
        with harness.Exporter(loops, directory=self.directory) as exporter:
            def enough():
                samples = exporter.samples()
                requests = harness.total(samples, "requests_total")
                return samples if requests and requests >= 4 * loop else None
            samples = harness.wait_until(enough, "loops")
        matched = harness.total(samples, "etw_rule_pairs_matched_total", rule="dns_seconds")
        self.assertGreaterEqual(matched, 3 * pairs)
        unmatched = harness.total(samples, "etw_rule_pairs_unmatched_total", rule="dns_seconds")
        self.assertLess(unmatched, matched)


if __name__ == "__main__":
    harness.main()
