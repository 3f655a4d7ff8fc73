"""The formats of the metrics page: each by a reader of its own, and all say the same. Prometheus
scrapes native histograms."""

import contextlib
import math
import pathlib
import shutil
import tempfile
import unittest

import harness
import metric_families
import openmetrics
from test_prometheus import Prometheus

OPENMETRICS = "application/openmetrics-text;version=1.0.0"
PROTOBUF = ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
            "encoding=delimited")
TEXT_1 = "text/plain;version=1.0.0;escaping=allow-utf-8"

CONFIG = """
sessions: [{name: 'a"\\b', path: demo.etl}, {name: again, path: demo.etl}]
metrics:
  - name: request_seconds
    help: How long requests take.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: {bounds: [0.01, 0.1, 1], native: {factor: 1.1}}
    labels: {method: method}
    exemplar: {route: route, status: {field: status, map: {200: ok}}, nothing: nowhere}
  - name: native_seconds
    help: The same without bounds.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: {native: {factor: 1.01, max: 80}}
    exemplar: {activity: $activity_id, pid: $pid}
  - name: classic_seconds
    help: The same without native buckets.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: [0.01, 0.1, 1]
  - name: balance
    help: Values below 0.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: {native: {negative: true}}
  - name: requests_total
    help: Requests.
    type: counter
    match: {provider: Demo.Webshop, name: Request}
    labels: {session: $session}
    exemplar: {route: route}
"""

PROMETHEUS_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs: [{{job_name: native, static_configs: [{{targets: ["{address}"]}}]}}]
"""


def metric_key(name, labels):
    return name, tuple(sorted(labels.items()))


def samples_of_metric(family, metric):
    """What the text format makes of it."""
    labels = {label["name"]: label["value"] for label in metric.get("label", [])}
    for kind in ("counter", "gauge"):
        if kind in metric:
            yield metric_key(family["name"], labels), metric[kind]["value"]
    if "histogram" in metric:
        histogram = metric["histogram"]
        for bucket in histogram.get("bucket", []):
            yield (metric_key(family["name"] + "_bucket",
                              {**labels, "le": bucket["upper_bound"]}),
                   bucket["cumulative_count"])
        # +Inf need not be there.
        yield (metric_key(family["name"] + "_bucket", {**labels, "le": math.inf}),
               histogram["sample_count"])
        yield metric_key(family["name"] + "_sum", labels), histogram["sample_sum"]
        yield metric_key(family["name"] + "_count", labels), histogram["sample_count"]


def numbers(samples):
    """Without what differs from scrape to scrape, and bounds as numbers."""
    return {(name, tuple((label, float(value) if label == "le" else value)
                         for label, value in labels)): value
            for (name, labels), value in samples.items()
            if not name.startswith(("process_", "etw_exporter_scrape_", "etw_session_lag"))}


class FormatsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        harness.demo_recording(directory / "demo.etl")
        cls.directory = directory
        cls.exporter = stack.enter_context(harness.Exporter(CONFIG, directory=directory))
        cls.exporter.wait_for("etw_session_replay_finished", 2)

    def page(self, accept, query=""):
        response = self.exporter.get("/metrics" + query, {"Accept": accept})
        self.assertEqual(response.status, 200)
        return response.body

    def openmetrics(self):
        return openmetrics.parse(self.page(OPENMETRICS).decode("utf-8"))

    def families(self):
        return {family["name"]: family for family in metric_families.parse(self.page(PROTOBUF))}

    def protobuf_samples(self):
        families = metric_families.parse(self.page(PROTOBUF))
        self.assertEqual(len({family["name"] for family in families}), len(families))
        return dict(sample for family in families for metric in family["metric"]
                    for sample in samples_of_metric(family, metric))

    def test_the_openmetrics_page_is_as_it_must_be(self):
        families = self.openmetrics()
        self.assertEqual(families["requests"].type, "counter")
        self.assertEqual(families["request_seconds"].unit, "seconds")
        self.assertGreater(len(families), 40)

    def test_series_tell_when_they_were_born(self):
        samples = self.openmetrics()["requests"].samples
        births = [sample for sample in samples if sample.name == "requests_created"]
        self.assertEqual(len(births), 2)
        start = self.exporter.samples()["process_start_time_seconds"]
        for sample in births:
            self.assertTrue(start - 1 < sample.value < start + harness.DEADLINE_SECONDS, sample)
        for metric in self.families()["requests_total"]["metric"]:
            created = metric["counter"]["created_timestamp"]
            self.assertAlmostEqual(created["seconds"] + created["nanos"] / 1e9,
                                   births[0].value, delta=10)

    def test_protobuf_and_openmetrics_say_the_same(self):
        text = numbers({metric_key(sample.name, sample.labels): sample.value
                        for family in self.openmetrics().values() for sample in family.samples
                        if not sample.name.endswith("_created")})
        protobuf = numbers(self.protobuf_samples())
        # OpenMetrics has no sum and no count of what may fall.
        balance = {key for key in protobuf if key[0] in ("balance_sum", "balance_count")}
        self.assertEqual(len(balance), 2)
        self.assertEqual({key: protobuf[key] for key in protobuf.keys() - balance}, text)

    def test_exemplars_are_the_last_events_that_fell_there(self):
        families = self.openmetrics()
        buckets = [sample for sample in families["request_seconds"].samples if sample.exemplar]
        self.assertGreater(len(buckets), 2)
        for sample in buckets:
            self.assertEqual(sample.exemplar.labels.keys() - {"status"}, {"route"})
            self.assertGreater(sample.exemplar.timestamp, 1e9)
        for sample in families["requests"].samples:
            self.assertEqual(bool(sample.exemplar), sample.name == "requests_total")
        protobuf = self.families()
        for metric in protobuf["requests_total"]["metric"]:
            exemplar = metric["counter"]["exemplar"]
            self.assertEqual([label["name"] for label in exemplar["label"]], ["route"])
            self.assertEqual(exemplar["value"], 1)
        last = protobuf["native_seconds"]["metric"][0]["histogram"]["bucket"][-1]
        self.assertEqual(last["upper_bound"], math.inf)
        self.assertEqual({label["name"] for label in last["exemplar"]["label"]} -
                         {"activity"}, {"pid"})
        self.assertNotIn(b" # {", self.page("text/plain"))

    def test_check_says_which_buckets_there_are(self):
        done = harness.run("check", f"--config.file={self.exporter.config_file}")
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in ("request_seconds: histogram, 3 buckets, native buckets, label method;",
                      "native_seconds: histogram, native buckets, no labels;",
                      "classic_seconds: histogram, 3 buckets, no labels;"):
            self.assertIn(words, done.stdout + done.stderr)

    def test_text_1_is_text(self):
        response = self.exporter.get("/metrics", {"Accept": TEXT_1})
        self.assertEqual(response.headers["Content-Type"],
                         "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8")
        self.assertEqual(harness.parse_page(response.body.decode("utf-8")).keys(),
                         self.exporter.samples().keys())

    def test_native_buckets_hold_what_was_observed(self):
        families = self.families()
        for name, schema, limit in (("request_seconds", 3, 160), ("native_seconds", 6, 80)):
            for metric in families[name]["metric"]:
                histogram = metric["histogram"]
                counts = metric_families.buckets(histogram)
                self.assertEqual(sum(counts.values()) + histogram["zero_count"],
                                 histogram["sample_count"])
                self.assertLessEqual(histogram["schema"], schema)
                self.assertLessEqual(len(counts), limit)
                # Each value was at most its bucket's upper bound, and over that of the one below.
                bounds = {number: 2 ** (number / 2 ** histogram["schema"]) for number in counts}
                most = sum(count * bounds[number] for number, count in counts.items())
                factor = 2 ** 2 ** -histogram["schema"]
                self.assertLessEqual(histogram["sample_sum"], most * (1 + 1e-9))
                self.assertGreaterEqual(histogram["sample_sum"], most / factor * (1 - 1e-9))
        self.assertNotIn("schema", families["classic_seconds"]["metric"][0]["histogram"])
        self.assertNotIn("bucket", families["balance"]["metric"][0]["histogram"])

    def test_only_families_that_are_asked_for_are_there(self):
        query = "?name[]=requests_total&name[]=native_seconds&name[]=etw_session_up&name[]=x"
        page = harness.parse_page(self.page("text/plain", query).decode("utf-8"))
        self.assertEqual({sample.partition("{")[0] for sample in page},
                         {"requests_total", "native_seconds_bucket", "native_seconds_sum",
                          "native_seconds_count", "etw_session_up"})
        self.assertEqual([family["name"] for family in
                          metric_families.parse(self.page(PROTOBUF, query))],
                         ["native_seconds", "requests_total", "etw_session_up"])
        self.assertEqual(self.page(OPENMETRICS, "?name[]=nothing"), b"# EOF\n")

    def test_prometheus_scrapes_native_histograms(self):
        if not shutil.which("prometheus"):
            harness.skip("prometheus is not installed")
        config = PROMETHEUS_CONFIG.format(address=self.exporter.address)
        protobuf = self.protobuf_samples()
        with Prometheus(self.directory, config, "--enable-feature=native-histograms,exemplar-storage") as server:
            def value(expression):
                found = server.query(expression)
                return float(found[0]["value"][1]) if found else None

            harness.wait_until(server.is_ready, "Prometheus is ready")
            harness.wait_until(lambda: value("histogram_count(native_seconds)"), "a scrape")
            target = server.api("targets")["activeTargets"][0]
            self.assertEqual((target["health"], target["lastError"]), ("up", ""))
            harness.wait_until(lambda: server.api("query_exemplars", query="requests_total",
                                                  start="1", end="4000000000"), "exemplars")
            for part in ("count", "sum"):
                self.assertAlmostEqual(value(f"histogram_{part}(native_seconds)"),
                                       protobuf["native_seconds_" + part, ()])
                self.assertAlmostEqual(value(f"sum(histogram_{part}(request_seconds))"),
                                       protobuf["native_seconds_" + part, ()])
            self.assertAlmostEqual(value("histogram_fraction(0, 1, native_seconds)"),
                                   protobuf["classic_seconds_bucket", (("le", 1.0),)] /
                                   protobuf["classic_seconds_count", ()], delta=0.05)
            self.assertEqual(value("sum(requests_total)"),
                             protobuf["native_seconds_count", ()])
            self.assertEqual(value("classic_seconds_count"), protobuf["native_seconds_count", ()])


if __name__ == "__main__":
    harness.main()
