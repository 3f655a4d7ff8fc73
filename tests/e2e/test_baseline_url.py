"""Baselines of running exporters' pages in protobuf: ours, with native histograms, and others'."""

import json
import re
import shutil
import signal
import subprocess
import unittest

import harness
import recording
from page_server import PageServer, in_turn
from test_baseline import BaselineTest, series_of

PROTOBUF = ("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
            "encoding=delimited")
TEXT = "text/plain; version=0.0.4"
STEP = 1.1 * 2 ** 0.125  # how far a quantile of fine buckets may be from one of native ones

RULE = """
  - name: %s
    help: How long requests take.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: %s}
    buckets: %s
    labels: {method: method}
"""


def rules(session, native_scale=0.001):
    return (f"sessions:\n  - {session}\nmetrics:" +
            RULE % ("native_seconds", native_scale, "{native: {factor: 1.1}}") +
            RULE % ("both_seconds", 0.001, "{bounds: [0.01, 0.1, 1], native: {factor: 1.1}}") +
            RULE % ("few_seconds", 0.001, "{native: {factor: 1.1, max: 80}}") +
            RULE % ("signed_seconds", 0.001,
                    "{native: {factor: 1.1, negative: true, max: 200, zero_threshold: 0.002}}") +
            RULE % ("classic_seconds", 0.001, "[0.01, 0.1, 1]"))


def quantile(series, q):
    """As histogram_quantile() of PromQL."""
    counts, bounds = series["runs"][0]["buckets"], series["bounds"]
    rank, below, lower = q * sum(counts), 0, min(0, bounds[0])
    for bound, count in zip(bounds, counts):
        if count and below + count >= rank:
            return lower + (bound - lower) * (rank - below) / count
        below += count
        lower = bound
    return bounds[-1]


def without_intervals(baseline):
    return [{**series, "runs": [{key: value for key, value in run.items() if key != "rates"}
                                for run in series["runs"]]} for series in baseline["series"]]


class UrlTest(BaselineTest):
    def setUp(self):
        super().setUp()
        self.demo = self.write("demo.etl", recording.demo())

    def once(self, config, kind):
        return subprocess.run([harness.EXPORTER, "once", f"--config.file={config}",
                               f"--format={kind}"], capture_output=True, check=True,
                              timeout=harness.DEADLINE_SECONDS).stdout

    def record_pages(self, *pages):
        """Each of them is type and bytes, got at intervals of 20 ms; the last is got again."""
        with PageServer(in_turn(*pages)) as server:
            baseline = self.record(f"--url={server.url}", "--interval=20ms",
                                   f"--duration={20 * max(1, len(pages) - 1)}ms")
        for accept in server.accepted:
            self.assertRegex(accept, "^application/vnd.google.protobuf;"
                                     "proto=io.prometheus.client.MetricFamily;encoding=delimited;"
                                     "q=0.7,text/plain;version=0.0.4;q=0.5$")
        return baseline


class OurPages(UrlTest):
    def configure(self, scale=0.001):
        return self.write("etw_exporter.yml",
                          rules("{name: demo, path: demo.etl}", scale))

    def test_native_histograms_have_the_quantiles_of_the_recording(self):
        config = self.configure()
        url = self.record_pages((PROTOBUF, b""), (PROTOBUF, self.once(config, "protobuf")))
        recorded = self.record(f"--config.file={config}", f"--from={self.demo}")
        for name in ("native_seconds", "both_seconds", "few_seconds", "signed_seconds"):
            for method in ("GET", "POST"):
                got = series_of(url, name, method=method)
                wanted = series_of(recorded, "native_seconds", method=method)
                with self.subTest(name, method=method):
                    self.assertEqual(got["runs"][0]["total"], wanted["runs"][0]["total"])
                    self.assertAlmostEqual(got["runs"][0]["sum"], wanted["runs"][0]["sum"])
                    for q in (0.5, 0.9, 0.99):
                        ratio = quantile(got, q) / quantile(wanted, q)
                        if name != "signed_seconds" or quantile(wanted, q) > 0.004:
                            self.assertLess(max(ratio, 1 / ratio), STEP)
        # Buckets of values below 0 are not divided, and those of the recording are native, too.
        for method in ("GET", "POST"):
            got, wanted = (series_of(baseline, "signed_seconds", method=method)
                           for baseline in (url, recorded))
            self.assertGreater(len(wanted["bounds"]), 20)
            self.assertEqual(got["bounds"], wanted["bounds"])
            self.assertEqual(got["runs"][0]["buckets"], wanted["runs"][0]["buckets"])
        # Those of the rule that has both are there once, and those of the rule without as before.
        self.assertGreater(len(series_of(url, "both_seconds", method="GET")["bounds"]), 20)
        self.assertEqual(series_of(url, "classic_seconds", method="GET")["bounds"],
                         [0.01, 0.1, 1])

    def test_compare_knows_by_how_much_native_quantiles_rose(self):
        for name, scale in (("old", 0.001), ("new", 0.0012)):
            page = self.once(self.configure(scale), "protobuf")
            # As often as there is to be an interval.
            self.record_pages((PROTOBUF, b""), *[(PROTOBUF, page)] * 6)
            shutil.copy(self.out, self.directory / f"{name}.json")
        result = harness.run("baseline", "compare", "--format=json", "--allow=intervals",
                             *(str(self.directory / f"{name}.json") for name in ("old", "new")))
        self.assertEqual(result.returncode, 0, result.stderr)
        for series in json.loads(result.stdout)["series"]:
            if series["metric"] != "native_seconds":
                continue
            changes = {change["statistic"]: change for change in series["changes"]}
            for statistic in ("p50", "p90", "p99"):
                with self.subTest(statistic, **series["labels"]):
                    self.assertAlmostEqual(changes[statistic]["ratio"], 1.2, delta=0.06)
                    self.assertLess(changes[statistic]["bucket_ratio"], 1.2)

    def test_what_both_formats_have_is_the_same_by_either(self):
        config = self.configure()
        text = self.record_pages((TEXT, b""), (TEXT, self.once(config, "text")))
        protobuf = self.record_pages((PROTOBUF, b""), (PROTOBUF, self.once(config, "protobuf")))
        self.assertGreater(len(text["series"]), 50)
        kept = [[series for series in without_intervals(baseline)
                 if not re.match("(native|both|few|signed)_", series["metric"])]
                for baseline in (text, protobuf)]
        self.assertEqual(*kept)
        self.assertEqual(*({key: baseline["runs"][0][key] for key in ("events", "events_lost",
                                                                      "configuration")}
                           for baseline in (text, protobuf)))

    def test_a_running_exporter_counts_as_the_recording_does(self):
        """The recording comes after the first page and is whole before the last."""
        spool = self.directory / "spool"
        spool.mkdir()
        session = "{name: demo, path: %s/*.etl, follow: true, poll: 10ms}" % spool
        recorded = self.record(f"--config.file={self.configure()}", f"--from={self.demo}")
        events = recorded["runs"][0]["events"]
        with harness.Exporter(rules(session), directory=self.directory) as exporter:
            def answer(_, accept):
                response = exporter.get(headers={"Accept": accept})
                return response.headers["Content-Type"], response.body

            with PageServer(answer) as pages, \
                    subprocess.Popen([harness.EXPORTER, "baseline", "record", "-o", self.out,
                                      "--duration=1h", "--interval=50ms", f"--url={pages.url}"],
                                     stderr=subprocess.PIPE) as process:
                harness.wait_until(lambda: pages.count > 1, "a page before the recording")
                shutil.copy(self.demo, spool / "whole.tmp")
                (spool / "whole.tmp").rename(spool / "whole.etl")
                exporter.wait_for("etw_session_events_total", events)
                exporter.wait_for("native_seconds_count", sum(
                    series["runs"][0]["total"] for series in recorded["series"]
                    if series["metric"] == "native_seconds"))
                seen = pages.count
                harness.wait_until(lambda: pages.count > seen + 2, "pages of all of it")
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(harness.DEADLINE_SECONDS), 0)
                self.assertEqual(process.stderr.read(), b"")
        url = json.loads(self.out.read_text())
        self.assertEqual(url["runs"][0]["events"], events)
        for name in ("native_seconds", "both_seconds", "few_seconds", "signed_seconds",
                     "classic_seconds"):
            for method in ("GET", "POST"):
                got = series_of(url, name, method=method)
                wanted = series_of(recorded, name, method=method)
                with self.subTest(name, method=method):
                    self.assertEqual(got["runs"][0]["total"], wanted["runs"][0]["total"])
                    self.assertAlmostEqual(got["runs"][0]["sum"], wanted["runs"][0]["sum"])
                    self.assertEqual(sum(got["runs"][0]["buckets"]), got["runs"][0]["total"])
                    if name == "native_seconds":
                        for q in (0.5, 0.9, 0.99):
                            ratio = quantile(got, q) / quantile(wanted, q)
                            self.assertLess(max(ratio, 1 / ratio), STEP)


class OtherPages(UrlTest):
    def test_a_server_of_text_alone_is_read(self):
        baseline = self.record_pages((TEXT, b"# TYPE a_total counter\na_total 1\n"),
                                     (TEXT, b"# TYPE a_total counter\na_total 3\n"))
        self.assertEqual(baseline["series"][0]["runs"][0]["total"], 2)
        # And one that began with the other.
        family = b"\x0a\x07a_total\x18\x00\x22\x0b\x1a\x09\x09" + b"\0" * 6 + b"\x08\x40"
        baseline = self.record_pages((TEXT, b"# TYPE a_total counter\na_total 1\n"),
                                     (PROTOBUF, bytes([len(family)]) + family))
        self.assertEqual(baseline["series"][0]["runs"][0]["total"], 2)

    def test_what_is_no_protobuf_is_refused(self):
        for page, why in ((b"# TYPE a_total counter\na_total 1\n", "byte 0: the page's last family "),
                          (b"\x7f\x0a\x01a", "byte 0: the page's last family does not end: it was "
                                             "cut, or this is not protobuf"),
                          (b"\x05\x0a\x01a\x18\x09", "byte 1: a: a family's type is not known")):
            with PageServer(lambda *_: (PROTOBUF, page)) as server:
                self.refuse(1, f"{server.url}: {why}", "record", "-o", self.out,
                            f"--url={server.url}", "--duration=20ms", "--interval=20ms")

    def both_formats(self, command, listening, *wanted):
        """A program that serves both, and the baselines of one page each."""
        words = [shutil.which(command[0]), *command[1:]]
        if not words[0]:
            harness.skip(f"there is no {command[0]}")

        class Other(harness.Server):
            def finish(self):
                self.stop()

        Other.listening = listening
        with Other(words) as other:
            def get(kind):
                response = other.get("/metrics", {"Accept": kind})
                self.assertEqual(response.headers["Content-Type"].split(";")[0],
                                 kind.split(";")[0])
                return response.body

            def get_both():
                """None where there was more on the page after than before."""
                pages = {kind: get(kind) for kind in (TEXT, PROTOBUF)}
                samples = [{line.rpartition(b" ")[0] for line in page.splitlines()}
                           for page in (pages[TEXT], get(TEXT))]
                return pages if samples[0] == samples[1] else None

            pages = harness.wait_until(get_both, "pages that do not grow")
            result = harness.run("baseline", "record", "-o", str(self.out), "--duration=200ms",
                                 "--interval=100ms", f"--url={other.url}/metrics")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            live = json.loads(self.out.read_text())
        text, protobuf = (self.record_pages((kind, b""), (kind, pages[kind]))
                          for kind in (TEXT, PROTOBUF))
        shapes = [{(series["metric"], tuple(series["labels"].items()), series["type"],
                    tuple(series["bounds"]) if series["type"] == "histogram" else None)
                   for series in baseline["series"]} for baseline in (text, protobuf)]
        for metric in wanted:
            self.assertIn(metric, {shape[0] for shape in shapes[0]})
        return shapes, live, text, protobuf

    def test_node_exporter_is_the_same_in_both_formats(self):
        (text, protobuf), live, *baselines = self.both_formats(
            ["prometheus-node-exporter", "--web.listen-address=127.0.0.1:0"], "Listening on",
            "node_cpu_seconds_total", "node_memory_MemTotal_bytes")
        self.assertFalse(text ^ protobuf)
        self.assertEqual(live["runs"][0]["intervals"], 2)
        memory, other = (series_of(baseline, "node_memory_MemTotal_bytes")["runs"][0]["total"]
                         for baseline in baselines)
        self.assertEqual(memory, other)

    def test_prometheus_is_the_same_in_both_formats(self):
        config = self.write("prometheus.yml", "global: {scrape_interval: 1m}\n")
        (text, protobuf), *_ = self.both_formats(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.directory}/db",
             "--web.listen-address=127.0.0.1:0"], "Listening on",
            "prometheus_build_info", "prometheus_tsdb_head_series")
        # But for the bounds of what is native in newer ones.
        self.assertFalse({shape[:3] for shape in text} ^ {shape[:3] for shape in protobuf})
        self.assertFalse({shape[2] for shape in text ^ protobuf} - {"histogram"})


if __name__ == "__main__":
    harness.main()
