"""Reloads of the configuration while events are counted: nothing is lost, what stays goes on."""

import pathlib
import re
import signal
import tempfile
import threading
import unittest

import harness
import recording
from test_etw import LIVE, RECORDINGS, Machine

RELOADS = 1000

FOLLOW = "{name: a, path: spool/*.etl, follow: true, poll: 10ms}"
REQUESTS = """
  - name: requests_total
    help: Requests.
    type: counter
    match: {provider: Demo.Webshop, name: Request}
    labels: {method: method}
"""
DNS = """
  - name: dns_seconds
    help: From a query to its answer.
    type: histogram
    session: a
    match: {provider: Microsoft-Windows-DNS-Client, id: 3008}
    pair: {start: {id: 3006}, key: [QueryName, $pid]}
    buckets: [0.001, 0.01, 0.1, 1]
"""
ERRORS = """
  - name: errors_total
    help: Requests that failed.
    type: counter
    match: {provider: Demo.Webshop, name: Request}
    where: {field: status, ge: %d}
"""
BY_ROUTE = """
  - name: by_route_total
    help: Requests.
    type: counter
    match: {provider: Demo.Webshop, name: Request}
    labels: {route: route}
"""


def config(sessions, rules="", more=""):
    metrics = f"metrics:{rules}" if rules else ""
    return f"sessions: [{', '.join(sessions)}]\n{metrics}\n{more}\n"


class ReloadTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.spool = self.directory / "spool"
        self.spool.mkdir()

    def start(self, text, args=("--web.enable-lifecycle",), **options):
        self.exporter = harness.Exporter(text, args, directory=self.directory, **options)
        self.addCleanup(self.exporter.finish)

    def write(self, text):
        self.exporter.config_file.write_text(text, encoding="utf-8")

    def post(self):
        return self.exporter.get("/-/reload", method="POST")

    def reload(self, text):
        self.write(text)
        response = self.post()
        self.assertEqual((response.status, response.body), (200, b"reloaded\n"),
                         self.exporter.log)

    def grow(self, data, name="a.etl"):
        with (self.spool / name).open("ab") as file:
            file.write(data)

    def total(self, name, **labels):
        return self.exporter.total(name, **labels)


class Reload(ReloadTest):
    def demo(self):
        """The demo as buffers of a recording that is not finished."""
        return recording.split(recording.unfinished(recording.demo()))

    def test_rules_come_change_and_go_and_the_others_go_on(self):
        buffers = self.demo()
        half = len(buffers) // 2
        self.grow(b"".join(buffers[:half]))
        self.start(config([FOLLOW], REQUESTS + BY_ROUTE))
        self.exporter.wait_for("etw_session_buffers_read_total", half)
        self.exporter.wait_for("etw_session_queue_depth_bytes", 0)
        before = self.exporter.samples()
        self.reload(config([FOLLOW], REQUESTS + ERRORS % 300))
        after = self.exporter.samples()
        self.assertEqual([name for name in after if name.startswith("by_route_total")], [])
        self.assertNotIn('etw_rule_series{rule="by_route_total"}', after)
        self.assertNotIn('etw_exporter_series_overflow_total{family="by_route_total"}', after)
        for name in before:
            if name.startswith("requests_total"):
                self.assertEqual(after[name], before[name])
        self.assertEqual(harness.total(after, "etw_rule_events_matched_total",
                                       rule="errors_total"), 0)
        self.grow(b"".join(buffers[half:]))
        self.exporter.wait_for("etw_events_total", 8316)
        whole = self.once(config(["{name: a, path: spool/*.etl}"], REQUESTS + ERRORS % 300))
        now = self.exporter.samples()
        self.assertEqual(harness.total(now, "requests_total"),
                         harness.total(whole, "requests_total"))
        # Of the second half.
        errors = harness.total(now, "errors_total")
        self.assertTrue(0 < errors < harness.total(whole, "errors_total"))
        self.reload(config([FOLLOW], REQUESTS + ERRORS % 400))
        self.assertEqual(self.total("errors_total"), errors)
        self.assertEqual(self.total("etw_events_total"), 8316)

    def once(self, text):
        file = self.directory / "once.yml"
        file.write_text(text, encoding="utf-8")
        run = harness.run("once", f"--config.file={file}")
        self.assertEqual(run.returncode, 0, run.stderr)
        return harness.parse_page(run.stdout)

    def test_a_thousand_reloads_lose_nothing_and_reset_nothing(self):
        buffers = self.demo()
        kept = REQUESTS + DNS
        self.start(config([FOLLOW], kept))
        self.scrape_all_the_time()
        seen = {}
        for number in range(RELOADS):
            if number * len(buffers) // RELOADS != (number + 1) * len(buffers) // RELOADS:
                self.grow(buffers[number * len(buffers) // RELOADS])
            sessions = [FOLLOW]
            if number % 3 == 1:
                sessions.append("{name: b, path: none/*.etl, follow: true}")
            rules = kept + ERRORS % (400 + number % 100) + (BY_ROUTE if number % 2 else "")
            self.reload(config(sessions, rules))
            if number % 50 == 0:
                seen = self.check_growth(seen)
        self.exporter.wait_for("etw_session_buffers_read_total", len(buffers))
        self.exporter.wait_for("etw_events_total", 8316)
        self.check_growth(seen)
        with harness.Exporter(config([FOLLOW], kept), directory=self.directory) as other:
            other.wait_for("etw_events_total", 8316)
            whole = other.samples()
        now = self.exporter.samples()
        for name in ("requests_total", "dns_seconds_count", "etw_session_events_total"):
            self.assertEqual(harness.total(now, name), harness.total(whole, name), name)
        self.assertEqual(harness.total(now, "etw_session_restarts_total"), 0)
        self.assertEqual(harness.total(now, "etw_exporter_series_overflow_total"), 0)

    def scrape_all_the_time(self):
        """Other pages, too, until the test ends; they all have to be whole."""
        end = threading.Event()
        self.statuses = set()

        def scrape(path):
            while not end.is_set():
                self.statuses.add(self.exporter.get(path).status)
        threads = [threading.Thread(target=scrape, args=(path,))
                   for path in ("/metrics", "/api/v1/status", "/", "/-/ready")]
        for thread in threads:
            thread.start()

        def join():
            end.set()
            for thread in threads:
                thread.join()
            self.assertLessEqual(self.statuses, {200, 503})
        self.addCleanup(join)

    def check_growth(self, seen):
        """No counter of what stays has fallen."""
        samples = self.exporter.samples()
        kept = re.compile(r'(requests_total|etw_events_total|etw_session_events_total|'
                          r'etw_rule_events_matched_total\{.*(requests|dns|errors)|'
                          r'dns_seconds_count|errors_total)')
        for name, value in seen.items():
            if kept.match(name) and 'session="b"' not in name:
                self.assertGreaterEqual(samples.get(name, -1), value, name)
        return samples

    def test_what_is_invalid_changes_nothing(self):
        self.start(config([FOLLOW], REQUESTS))
        before = self.exporter.samples()
        self.write("sessions: [{name: a, path: spool/*.etl, folow: true}]\n")
        response = self.post()
        self.assertEqual(response.status, 500)
        self.assertIn(b"etw_exporter.yml:1:", response.body)
        harness.wait_until(lambda: "folow" in self.exporter.log, lambda: self.exporter.log)
        after = self.exporter.samples()
        self.assertEqual(after["etw_exporter_config_last_reload_successful"], 0)
        name = "etw_exporter_config_last_reload_success_timestamp_seconds"
        self.assertEqual(after[name], before[name])
        self.assertIn('etw_session_up{session="a"}', after)
        self.assertIsNotNone(self.exporter.find_log(
            "the configuration is not reloaded, what runs goes on as it is"))
        self.reload(config([FOLLOW], REQUESTS))
        self.assertEqual(self.total("etw_exporter_config_last_reload_successful"), 1)

    def test_sessions_come_change_and_go(self):
        self.grow(recording.demo())
        self.start(config([FOLLOW], REQUESTS))
        self.exporter.wait_for("etw_events_total", 8316)
        requests = self.total("requests_total")
        self.reload(config([FOLLOW, "{name: b, path: spool/a.etl}"], REQUESTS))
        self.exporter.wait_for("etw_events_total", 8316, session="b")
        self.assertEqual(self.total("requests_total"), 2 * requests)
        # What is read again begins anew, but for series that others have, too: they never fall.
        self.reload(config([FOLLOW, "{name: b, path: spool/a.etl, queue: 4MiB}"], REQUESTS))
        self.exporter.wait_for("etw_session_replay_finished", 1, session="b")
        self.exporter.wait_for("etw_events_total", 8316, session="b")
        self.assertEqual(self.total("requests_total"), 3 * requests)
        self.reload(config([FOLLOW], REQUESTS))
        samples = self.exporter.samples()
        self.assertEqual([name for name in samples if 'session="b"' in name], [])
        self.assertEqual(harness.total(samples, "etw_events_total", session="a"), 8316)
        said = [harness.log_pairs(line) for line in self.exporter.log.splitlines()
                if "configuration reloaded" in line]
        self.assertEqual([(line["sessions_added"], line["sessions_changed"],
                           line["sessions_removed"], line["sessions_kept"]) for line in said],
                         [("1", "0", "0", "1"), ("0", "1", "0", "1"), ("0", "0", "1", "1")])

    def test_a_family_of_another_type_takes_the_place_of_one(self):
        self.grow(recording.demo())
        gauge = REQUESTS.replace("requests_total", "requests").replace("counter", "gauge")
        bare = gauge.replace("    labels: {method: method}\n", "").replace(
            "match:", "value: durationMs\n    match:")
        self.start(config([FOLLOW], gauge.replace("match:", "value: durationMs\n    match:")))
        self.exporter.wait_for("etw_events_total", 8316)
        self.assertGreater(self.total("requests"), 0)
        self.reload(config([FOLLOW], bare))
        self.assertIsNone(self.total("requests"))
        self.grow(recording.demo(), "b.etl")
        self.exporter.wait_for("etw_events_total", 2 * 8316)
        self.assertEqual([name for name in self.exporter.samples()
                          if re.match(r"requests\b", name)], ["requests"])

    def test_files_have_their_sessions_still(self):
        per_file = "{name: pcs, path: spool/*.etl, follow: true, per_file: true, poll: 10ms}"
        self.grow(recording.demo())
        self.start(config([per_file]))
        self.exporter.wait_for("etw_events_total", 8316, session="pcs/a.etl")
        self.reload(config([per_file], REQUESTS))
        self.grow(recording.demo(), "b.etl")
        self.exporter.wait_for("etw_events_total", 8316, session="pcs/b.etl")
        self.exporter.wait_for("etw_events_total", 8316, session="pcs/a.etl")
        self.reload(config([FOLLOW], REQUESTS))
        self.assertIsNone(self.total("etw_events_total", session="pcs/a.etl"))

    def test_limits_change(self):
        self.grow(recording.demo())
        self.start(config([FOLLOW], REQUESTS, "limits: {series: 5}"))
        self.exporter.wait_for("etw_session_events_total", 8316)
        self.assertEqual(self.total("etw_exporter_series"), 5)
        self.reload(config([FOLLOW], REQUESTS, "limits: {series: 1000}"))
        self.assertEqual(self.total("etw_exporter_series_limit"), 1000)
        self.grow(recording.demo(), "b.etl")
        self.exporter.wait_for("etw_session_events_total", 2 * 8316)
        self.assertGreaterEqual(self.total("etw_exporter_series"), 5)

    def test_more_families_than_there_is_room_for_at_a_time(self):
        self.grow(recording.demo())
        self.start(config([FOLLOW], REQUESTS))
        self.exporter.wait_for("etw_events_total", 8316)
        for step in range(4):
            rules = "".join(REQUESTS.replace("requests_total", f"r{step}_{number}_total")
                            for number in range(400))
            self.reload(config([FOLLOW], REQUESTS + rules))
            self.assertEqual(self.total("etw_rule_series", rule=f"r{step}_399_total"), 0)
        requests = self.total("requests_total")
        self.write(config([FOLLOW], "".join(
            REQUESTS.replace("requests_total", f"s_{number}_total") for number in range(999))))
        response = self.post()
        self.assertEqual(response.status, 500)
        self.assertIn(b"more than 1024 metrics", response.body)
        self.assertEqual(self.total("requests_total"), requests)
        self.assertEqual(self.total("etw_rule_series", rule="r3_399_total"), 0)
        self.assertIsNone(self.total("etw_exporter_series_overflow_total", family="s_1_total"))
        self.reload(config([FOLLOW], REQUESTS + BY_ROUTE))
        self.assertEqual(self.total("requests_total"), requests)


class Asking(ReloadTest):
    def test_sighup(self):
        self.start(config([FOLLOW]), args=())
        self.write(config([FOLLOW, "{name: b, path: spool/*.etl, follow: true}"]))
        self.exporter.process.send_signal(signal.SIGHUP)
        self.exporter.wait_for("etw_session_up", 1, session="b")
        self.write("nonsense")
        self.exporter.process.send_signal(signal.SIGHUP)
        self.exporter.wait_for("etw_exporter_config_last_reload_successful", 0)

    def test_over_http_it_is_off_unless_it_is_turned_on(self):
        self.start(config([FOLLOW]), args=())
        response = self.post()
        self.assertEqual(response.status, 403)
        self.assertIn(b"--web.enable-lifecycle", response.body)

    def test_only_post_reloads(self):
        self.start(config([FOLLOW]))
        for method in ("GET", "PUT", "DELETE"):
            response = self.exporter.get("/-/reload", method=method)
            self.assertEqual((response.status, response.headers["Allow"]), (405, "POST"))
        self.assertIsNone(self.exporter.find_log("configuration reloaded"))

    def test_pages_in_browsers_do_not_reload(self):
        self.start(config([FOLLOW]))
        for origin in ("http://evil.example", "null", f"http://{self.exporter.address}"):
            response = self.exporter.get("/-/reload", {"Origin": origin}, method="POST")
            self.assertEqual(response.status, 403)
        self.assertIsNone(self.exporter.find_log("configuration reloaded"))
        self.assertEqual(self.post().status, 200)


@unittest.skipUnless(RECORDINGS.is_dir(), "skipped because ../shared/etl is not there")
class Live(unittest.TestCase):
    """On the model of Windows."""

    def reload(self, text):
        self.exporter.config_file.write_text(text, encoding="utf-8")
        count = self.exporter.log.count("configuration reloaded")
        self.exporter.process.send_signal(signal.SIGHUP)
        harness.wait_until(lambda: self.exporter.log.count("configuration reloaded") > count,
                           lambda: self.exporter.log)

    def test_a_live_session_that_changes_goes_on_with_its_counters(self):
        trace = RECORDINGS / "TraceLoggingTester.etl"
        rule = ("metrics: [{name: all_total, help: h, type: counter, session: trace, "
                "match: {provider: '*'}}]\n")
        with Machine(f"etl-as-stored {trace}\n", LIVE) as self.exporter:
            count = harness.wait_until(
                lambda: self.exporter.total("etw_session_events_total"), "events")
            self.reload(LIVE + rule)
            start = self.exporter.total("etw_session_start_time_seconds")
            self.reload(LIVE + rule.replace("help: h", "help: i"))
            self.assertEqual(self.exporter.total("etw_session_start_time_seconds"), start)
            before = self.exporter.total("etw_events_total")
            self.assertGreaterEqual(before, count)
            self.reload(LIVE.replace("128MiB", "64MiB") + rule)
            self.exporter.wait_for("etw_session_up", 1)
            samples = self.exporter.samples()
            self.assertGreater(harness.total(samples, "etw_session_start_time_seconds"), start)
            self.assertGreaterEqual(harness.total(samples, "etw_events_total"), before)
            self.assertGreaterEqual(harness.total(samples, "etw_session_events_total"), before)
            self.assertEqual(harness.total(samples, "etw_session_queue_capacity_bytes"), 64 << 20)


if __name__ == "__main__":
    harness.main()
