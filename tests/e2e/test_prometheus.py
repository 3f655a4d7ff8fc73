"""A real Prometheus scrapes exporters, once as OpenMetrics and once as text, and evaluates every
expression of the rule files on what it got; those of the dashboards are in
test_dashboard_queries.py."""

import contextlib
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

import harness
import test_alerts

DASHBOARDS = harness.ROOT / "dashboards"
FLEET = DASHBOARDS / "fleet"
TEXT = "text/plain;version=0.0.4"

# Sessions for all that can be had from recordings: loss, damage, files that cannot be read.
CONFIG = """
sessions:
  - {name: replay, source: etl, path: demo.etl}
  - {name: torn, source: etl, path: torn.etl}
  - {name: broken, source: etl, path: [demo.etl, garbage.etl]}
  - {name: follow, source: etl, path: follow.etl, follow: true}
metrics:
  - name: test_switches_total
    help: Switches to a thread, of which there are more than the limit.
    type: counter
    match: {provider: Thread, id: 36}
    labels: {thread: NewThreadId}
    limit: 3
  - name: test_answer_seconds
    help: From sending to receiving.
    type: histogram
    match: {provider: TcpIp, id: 11}
    pair: {start: {id: 10}, key: [connid]}
    buckets: [0.001, 1]
"""

PROMETHEUS_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ["{dashboards}/*.rules.yml", "{dashboards}/*.alerts.yml"]
scrape_configs:
  - {{job_name: openmetrics, static_configs: [{{targets: ["{openmetrics}"]}}]}}
  - {{job_name: text, static_configs: [{{targets: ["{text}"]}}]}}
  - {{job_name: demo, static_configs: [{{targets: ["{demo}"]}}]}}
"""

# No recording here has records of unknown kinds, and no live session of Windows is there.
ABSENT_METRICS = {"etw_decode_errors_total", "etw_session_unknown_records_total",
                  "etw_session_stopped_by_others_total", "etw_system_session_events_lost_total",
                  "etw_system_session_buffers_lost_total"}

# From recordings that were read before the first scrape: the counters were born with these values.
FIRING = {("EtwEventsLost", "replay"), ("EtwEventsLost", "torn"), ("EtwEventsLost", "broken"),
          ("EtwEventsLost", "follow"), ("EtwMalformedTraceData", "torn"),
          ("EtwMalformedTraceData", "broken"), ("EtwFilesFailed", "broken"),
          ("EtwRuleSeriesLimitReached", None)}

# Of packs, baselines, a web configuration and Windows, none of which is here; test_alerts.py looks
# for them in the sources.
ABSENT_METRICS |= {
    "etw_baseline_deviation", "etw_baseline_ratio", "etw_exporter_web_config_last_reload_successful",
    "etw_exporter_web_certificate_expiry_timestamp_seconds", "etw_session_state_refused_total",
    "etw_system_sessions", "etw_system_sessions_limit",
    *test_alerts.metrics_of_packs()}


class Prometheus(harness.Server):
    listening = "Listening on"

    def __init__(self, directory, config, *flags):
        file = directory / "prometheus.yml"
        file.write_text(config, encoding="utf-8")
        super().__init__(["prometheus", f"--config.file={file}",
                          f"--storage.tsdb.path={directory / 'data'}",
                          "--web.listen-address=127.0.0.1:0", *flags])

    def api(self, path, **arguments):
        query = urllib.parse.urlencode(arguments, doseq=True)
        answer = json.loads(self.get(f"/api/v1/{path}?{query}").body)
        if answer["status"] != "success":
            raise AssertionError(f"{answer['error']}: {path} {arguments}")
        return answer["data"]

    def query(self, expression):
        return self.api("query", query=expression)["result"]

    def is_ready(self):
        return self.get("/-/ready").status == 200

    def has_scraped(self):
        """Each target several times with success, the demo goes on, and rules know about it."""
        return (len(self.query("sum_over_time(up[1m]) >= 3")) == 3 and
                self.query('sum(rate(etw_session_events_total{job="demo"}[10s])) > 0') and
                self.query("instance_session:etw_session_completeness:ratio_rate15m"))

    def rules(self):
        return [rule for group in self.api("rules")["groups"] for rule in group["rules"]]


class TextProxy(http.server.ThreadingHTTPServer):
    """Hands requests on to an exporter, asking for text: old Prometheus cannot be told to."""

    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = {"Accept": TEXT,
                      "Accept-Encoding": self.headers.get("Accept-Encoding", "identity")}
            response = harness.get(self.server.exporter, self.path, wanted)
            self.server.content_types.add(response.headers["Content-Type"])
            self.send_response(response.status)
            for name in ("Content-Type", "Content-Encoding"):
                if name in response.headers:
                    self.send_header(name, response.headers[name])
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, *arguments):
            pass

    def __init__(self, exporter):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.exporter = exporter
        self.content_types = set()
        self.address = "%s:%d" % self.server_address
        self.thread = threading.Thread(target=self.serve_forever)
        self.thread.start()

    def __exit__(self, *exception):
        self.shutdown()
        self.thread.join()
        self.server_close()


def make_recordings(directory):
    demo = directory / "demo.etl"
    harness.demo_recording(demo)
    recording = demo.read_bytes()
    (directory / "follow.etl").write_bytes(recording)
    (directory / "torn.etl").write_bytes(recording[:len(recording) * 7 // 10])
    (directory / "garbage.etl").write_bytes(b"no recording " * 1000)


def has_read_all(exporter):
    samples = exporter.samples()
    return (all(samples.get(f'etw_session_replay_finished{{session="{name}"}}')
                for name in ("replay", "torn", "broken")) and
            samples.get('etw_session_files_done_total{session="follow"}'))


def sample_values(result):
    return {tuple(sorted((name, value) for name, value in series["metric"].items()
                         if name not in ("job", "instance"))): series["value"][1]
            for series in result}


class PrometheusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("prometheus"):
            harness.skip("prometheus is not installed")
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        enter = stack.enter_context
        directory = pathlib.Path(enter(tempfile.TemporaryDirectory()))
        make_recordings(directory)
        exporter = enter(harness.Exporter(CONFIG, directory=directory))
        demo = enter(harness.Exporter())
        # The losses are counted before the first scrape.
        harness.wait_until(lambda: has_read_all(exporter), "recordings read")
        cls.proxy = enter(TextProxy(exporter.address))
        config = PROMETHEUS_CONFIG.format(dashboards=DASHBOARDS, openmetrics=exporter.address,
                                          text=cls.proxy.address, demo=demo.address)
        cls.prometheus = enter(Prometheus(directory, config))
        harness.wait_until(cls.prometheus.is_ready, "Prometheus is ready")
        harness.wait_until(cls.prometheus.has_scraped,
                           lambda: f"scrapes: {cls.prometheus.api('targets')['activeTargets']}")

    def test_every_scrape_succeeds(self):
        found = self.prometheus.api("targets")["activeTargets"]
        self.assertEqual({target["labels"]["job"] for target in found},
                         {"openmetrics", "text", "demo"})
        for target in found:
            self.assertEqual((target["health"], target["lastError"]), ("up", ""), target)

    def test_each_format_is_what_was_scraped(self):
        self.assertEqual({value.replace(" ", "") for value in self.proxy.content_types},
                         {TEXT + ";charset=utf-8"})
        # Only OpenMetrics calls the family of a counter without _total.
        for job, metric in (("openmetrics", "etw_events"), ("text", "etw_events_total")):
            found = self.prometheus.api("targets/metadata", metric=metric,
                                        match_target=f'{{job="{job}"}}')
            self.assertEqual([(entry["type"], bool(entry["help"])) for entry in found],
                             [("counter", True)])

    def test_both_formats_have_as_many_samples_of_each_metric(self):
        counts = [sample_values(self.prometheus.query(
            f'count by (__name__) ({{__name__!~"ALERTS.*|.*:.*|.*_created", job="{job}"}})'))
                  for job in ("openmetrics", "text")]
        self.assertGreater(len(counts[0]), 40)
        self.assertEqual(*counts)

    def test_both_formats_have_the_same_numbers_of_sessions(self):
        values = [sample_values(self.prometheus.query(
            f'{{__name__=~"etw_.*", __name__!~".*_created", job="{job}", session=~".+"}}'))
                  for job in ("openmetrics", "text")]
        self.assertGreater(len(values[0]), 300)
        self.assertEqual(*values)

    def test_every_metric_that_is_asked_for_exists(self):
        known = set(self.prometheus.api("label/__name__/values")) | ABSENT_METRICS
        for expression in [rule["query"] for rule in self.prometheus.rules()]:
            names = re.findall(r"\b(?:etw|process)_\w+", re.sub(r'"[^"]*"', "", expression))
            self.assertTrue(names, expression)
            self.assertLessEqual(set(names), known, expression)

    def test_rules_are_evaluated_without_error(self):
        rules = self.prometheus.rules()
        self.assertGreater(len(rules), 15)
        for rule in rules:
            self.assertEqual((rule["health"], rule.get("lastError", "")), ("ok", ""), rule["name"])
            asked = set(re.findall(r"\betw_\w+", rule["query"]))
            if rule["type"] == "recording" and not asked & ABSENT_METRICS:
                harness.wait_until(lambda: self.prometheus.query(rule["name"]), rule["name"])

    def test_alerts_fire_for_what_was_counted_before_the_first_scrape(self):
        def firing():
            found = self.prometheus.query('ALERTS{alertstate="firing", job="openmetrics"}')
            return {(alert["metric"]["alertname"], alert["metric"].get("session"))
                    for alert in found}
        harness.wait_until(lambda: firing() >= FIRING, lambda: f"alerts: {firing()}")
        self.assertEqual(firing(), FIRING)

    def test_completeness_is_that_of_the_recording(self):
        found = self.prometheus.query("instance_session:etw_session_completeness:ratio"
                                      '{job="openmetrics", session="replay"}')
        self.assertEqual(len(found), 1)
        self.assertAlmostEqual(float(found[0]["value"][1]), 8316 / (8316 + 17))


class PromtoolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("promtool"):
            harness.skip("promtool is not installed")

    def promtool(self, *arguments, page=None):
        done = subprocess.run(["promtool", *arguments], input=page, capture_output=True,
                              timeout=harness.DEADLINE_SECONDS)
        said = (done.stdout + done.stderr).decode("utf-8")
        self.assertEqual(done.returncode, 0, said)
        return said

    def test_check_metrics_has_nothing_to_say(self):
        with harness.Exporter() as exporter:
            harness.wait_until(lambda: any(sample.startswith("etw_events_total")
                                           for sample in exporter.samples()), "events")
            page = exporter.get(headers={"Accept": TEXT}).body
        self.assertEqual(self.promtool("check", "metrics", page=page), "")

    def test_check_config_accepts_the_fleet_s_configuration(self):
        self.promtool("check", "config", FLEET / "prometheus.yml")


if __name__ == "__main__":
    harness.main()
