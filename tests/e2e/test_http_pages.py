"""What serve answers over HTTP: methods, formats, encodings, readiness."""

import concurrent.futures
import gzip
import http.client
import os
import pathlib
import re
import tempfile
import unittest

import harness
import recording

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PATHS = ("/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/status")

CONFIG = """
sessions:
  - {name: '<b>&"''', path: small.etl}
  - {name: garbage, path: garbage.etl}
"""


class PagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        path = pathlib.Path(directory.name)
        (path / "small.etl").write_bytes(recording.make(events=100, events_lost=7, buffers_lost=3))
        (path / "garbage.etl").write_bytes(b"no recording " * 1000)
        cls.exporter = harness.Exporter(CONFIG, directory=path)
        cls.addClassCleanup(cls.exporter.finish)
        cls.exporter.wait_for("etw_session_replay_finished", 1)
        cls.exporter.wait_for("etw_session_state", 1, session="garbage", state="failed")

    def get(self, path, method="GET", **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.exporter.get(path, fields, method)

    def test_pages_have_a_type_and_a_length(self):
        for path, status, content_type in (("/", 200, "text/html; charset=utf-8"),
                                           ("/metrics", 200, TEXT),
                                           ("/-/healthy", 200, "text/plain; charset=utf-8"),
                                           ("/-/ready", 503, "text/plain; charset=utf-8"),
                                           ("/api/v1/status", 200,
                                            "application/json; charset=utf-8"),
                                           ("/favicon.ico", 404, "text/plain; charset=utf-8")):
            with self.subTest(path=path):
                response = self.get(path)
                self.assertEqual(response.status, status)
                self.assertEqual(response.headers["Content-Type"], content_type)
                self.assertEqual(response.headers["Content-Length"], str(len(response.body)))

    def test_head_is_get_without_the_body(self):
        connection = http.client.HTTPConnection(self.exporter.address,
                                                timeout=harness.DEADLINE_SECONDS)
        self.addCleanup(connection.close)
        for path in (*PATHS, "/nothing"):
            with self.subTest(path=path):
                answers = []
                # On one connection: bytes of a body would be taken for the next answer.
                for method in ("HEAD", "GET"):
                    connection.request(method, path)
                    answers.append(connection.getresponse())
                    body = answers[-1].read()
                head, page = answers
                self.assertEqual(head.status, page.status)
                self.assertEqual(head.headers["Content-Type"], page.headers["Content-Type"])
                # Numbers on the metrics page may have come to have a digit more.
                slack = 200 if path in ("/metrics", "/api/v1/status") else 0
                self.assertAlmostEqual(int(head.headers["Content-Length"]), len(body), delta=slack)

    def test_unknown_paths_are_404_for_any_method(self):
        for path in ("/metric", "/metrics/", "/-/", "/-/quit", "//", "/%6detrics/x"):
            for method in ("GET", "HEAD", "POST"):
                self.assertEqual(self.get(path, method).status, 404, path)

    def test_other_methods_are_405_and_told_which_are_allowed(self):
        for path in PATHS:
            for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "SPAM"):
                response = self.get(path, method)
                self.assertEqual(response.status, 405, (path, method))
                self.assertEqual(response.headers["Allow"], "GET, HEAD")

    def test_a_query_is_not_part_of_the_path(self):
        self.assertEqual(self.get("/metrics?name=x").status, 200)
        self.assertEqual(self.get("/-/healthy?name[]=x").body, b"healthy\n")

    def test_the_format_is_negotiated(self):
        prometheus = ("application/openmetrics-text;version=1.0.0;q=0.75,"
                      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
        for accept, content_type in (("*/*", TEXT), ("", TEXT), ("text/html", TEXT),
                                     (prometheus, OPENMETRICS),
                                     ("application/openmetrics-text", OPENMETRICS),
                                     ("application/openmetrics-text;q=0.4,text/plain;q=0.5", TEXT),
                                     ("application/openmetrics-text;q=0,*/*;q=0.1", TEXT),
                                     ("application/openmetrics-text;version=9.9.9", TEXT)):
            with self.subTest(accept=accept):
                response = self.get("/metrics", Accept=accept)
                self.assertEqual(response.headers["Content-Type"], content_type)
                self.assertEqual(response.body.endswith(b"# EOF\n"), content_type == OPENMETRICS)
                self.assertIn("Accept", response.headers["Vary"])

    def test_gzip_is_used_when_it_is_asked_for(self):
        for wanted, used in (("gzip", True), ("deflate, gzip;q=0.5", True), ("*", True),
                             ("gzip;q=0", False), ("identity", False), ("br", False), ("", False)):
            with self.subTest(accept_encoding=wanted):
                response = self.get("/metrics", Accept_Encoding=wanted)
                self.assertEqual(response.headers["Content-Encoding"], "gzip" if used else None)
                self.assertEqual(response.headers["Content-Length"], str(len(response.body)))
                page = gzip.decompress(response.body) if used else response.body
                self.assertIn(b"\n# TYPE etw_events_total counter\n", page)
                self.assertEqual(harness.parse_page(page.decode()).keys(),
                                 self.exporter.samples().keys())

    def test_labels_are_escaped(self):
        self.assertEqual(self.exporter.samples()["etw_session_up{session=\"<b>&\\\"'\"}"], 1)

    def test_it_is_not_ready_with_a_failed_session_but_healthy(self):
        response = self.get("/-/ready")
        self.assertEqual(response.status, 503)
        self.assertEqual(response.body, b"session garbage is failed\n")
        self.assertEqual(self.get("/-/healthy").status, 200)

    def test_lost_events_are_counters(self):
        page = self.get("/metrics").body.decode()
        for name in ("events_lost", "buffers_lost"):
            self.assertIn(f"# TYPE etw_session_{name}_total counter\n", page)
        self.assertEqual(self.exporter.total("etw_session_events_lost_total"), 7)
        self.assertEqual(self.exporter.total("etw_session_buffers_lost_total"), 3)


class OwnPathTest(unittest.TestCase):
    def test_the_telemetry_path_can_be_chosen(self):
        with harness.Exporter(args=["--web.telemetry-path=/a<b"]) as exporter:
            self.assertEqual(exporter.get("/a<b").headers["Content-Type"], TEXT)
            self.assertEqual(exporter.get("/metrics").status, 404)
            self.assertIn(b'href="./a&lt;b"', exporter.get("/").body)

    def test_metrics_may_take_the_place_of_the_status_page(self):
        with harness.Exporter(args=["--web.telemetry-path", "/"]) as exporter:
            self.assertEqual(exporter.get("/").headers["Content-Type"], TEXT)


class ReadyTest(unittest.TestCase):
    def test_it_is_ready_once_all_sessions_run(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            # A directory that cannot be read, not even by root.
            (directory / "spool").symlink_to("spool")
            config = """
                sessions:
                  - {name: demo, path: "builtin:demo", pace: recorded}
                  - {name: spool, path: spool/*.etl, follow: true}
                """
            with harness.Exporter(config, directory=directory) as exporter:
                exporter.wait_for("etw_session_state", 1, session="spool", state="waiting")
                response = exporter.get("/-/ready")
                self.assertEqual((response.status, response.body),
                                 (503, b"session spool is waiting\n"))
                (directory / "real").mkdir()
                (directory / "next").symlink_to("real")
                os.replace(directory / "next", directory / "spool")
                harness.wait_until(lambda: exporter.get("/-/ready").status == 200, "ready")
                self.assertEqual(exporter.get("/-/ready").body, b"ready\n")
                self.assertEqual(exporter.total("etw_session_up"), 2)


class ScrapesTest(unittest.TestCase):
    def test_concurrent_scrapes_are_whole_and_counters_never_go_back(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            (directory / "many.etl").write_bytes(recording.make(events=2000, types=500))
            config = "sessions: [{name: a, path: many.etl, loop: true}]"
            with harness.Exporter(config, directory=directory) as exporter:
                exporter.wait_for("etw_exporter_series", 2 * 501)
                with concurrent.futures.ThreadPoolExecutor(8) as pool:
                    results = list(pool.map(lambda _: self.scrape(exporter, 6), range(8)))
        self.assertEqual(len(results), 8)

    def scrape(self, exporter, times):
        before = {}
        for _ in range(times):
            page = exporter.get().body.decode()
            now = harness.parse_page(page)
            counters = set(re.findall("# TYPE (etw_.*) counter", page))
            for sample, value in now.items():
                if sample.partition("{")[0] in counters:
                    self.assertGreaterEqual(value, before.get(sample, 0), sample)
            self.assertEqual(sum(sample.startswith("etw_events_total{") for sample in now), 501)
            before = now


if __name__ == "__main__":
    harness.main()
