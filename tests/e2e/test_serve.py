"""serve as a process: how it stops, what it logs, ports, the demo, replay at recorded speed."""

import os
import pathlib
import signal
import socket
import tempfile
import threading
import time
import unittest

import harness
import recording

# What is promised is 2 s; sanitizers make everything slower.
SLOWER = 6 if os.environ.get("SANITIZE") else 1
STOP_SECONDS = 2 * SLOWER
HUGE_BYTES = 1 << 40


class ServeTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def write(self, name, content):
        path = self.directory / name
        path.write_bytes(content)
        return path

    def serve(self, sessions=None, **options):
        """An exporter with these sessions, in YAML's flow style; without, with the demo."""
        config = f"sessions: [{sessions}]\n" if sessions else None
        exporter = harness.Exporter(config, directory=self.directory, **options)
        self.addCleanup(exporter.finish)
        return exporter


class StopTest(ServeTest):
    def stop(self, exporter, number=signal.SIGTERM):
        """Stops it, in time and without a complaint; the log."""
        before = time.monotonic()
        code, log = exporter.stop(number)
        took = time.monotonic() - before
        self.assertEqual(code, 0, log)
        self.assertLess(took, STOP_SECONDS)
        for line in log.splitlines():
            self.assertIn(harness.log_pairs(line).get("level"), ("info", None), line)
        self.assertEqual(exporter.find_log("stopping")["signal"], signal.Signals(number).name)
        return log

    def test_metrics_of_the_exporter_itself_can_be_left_out(self):
        def own(*args):
            with harness.Exporter(args=args) as exporter:
                return [name for name in exporter.samples()
                        if name.startswith(("process_", "etw_exporter_http_"))]

        self.assertIn("process_cpu_seconds_total", own())
        self.assertEqual(own("--web.disable-exporter-metrics"), [])

    def test_each_signal_stops_it_while_a_replay_waits(self):
        self.write("slow.etl", recording.make(events=10, ticks=600_000_000))
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                exporter = self.serve("{name: a, path: slow.etl, pace: recorded}")
                # The header's buffer is due at once, the next one in ten minutes.
                exporter.wait_for("etw_session_events_total", 1)
                self.stop(exporter, number)
                self.assertEqual(exporter.find_log("session ended")["state"], "stopped")

    def test_it_stops_while_standard_input_is_an_idle_pipe(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        exporter = self.serve("{name: a, path: '-'}", stdin=reader)
        os.close(reader)
        os.write(writer, recording.make(events=10))
        exporter.wait_for("etw_session_events_total", 11)
        self.stop(exporter)

    def test_it_stops_before_standard_input_has_said_anything(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        exporter = self.serve("{name: a, path: '-'}", stdin=reader)
        os.close(reader)
        exporter.wait_for("etw_session_state", 1, state="running")
        self.stop(exporter)

    def test_it_stops_while_standard_input_pours_in(self):
        reader, writer = os.pipe()
        exporter = self.serve("{name: a, path: '-'}", stdin=reader)
        os.close(reader)
        pouring = threading.Thread(target=self.pour, args=(writer,))
        pouring.start()
        self.addCleanup(pouring.join)
        harness.wait_until(lambda: exporter.total("etw_session_events_total") > 100000, "events")
        self.stop(exporter)

    @staticmethod
    def pour(writer):
        # Unbuffered, so that nothing is left to be flushed into the broken pipe.
        with open(writer, "wb", buffering=0) as pipe:
            try:
                while True:
                    pipe.write(recording.make(events=5000, events_per_buffer=100,
                                              buffer_bytes=65536))
            except BrokenPipeError:
                pass

    def test_it_stops_while_a_huge_file_is_read(self):
        path = self.write("huge.etl", recording.make(events=1000))
        os.truncate(path, HUGE_BYTES)
        exporter = self.serve("{name: a, path: huge.etl}")
        exporter.wait_for("etw_session_events_total", 1001)
        self.stop(exporter)

    def test_it_stops_while_a_file_is_read_over_and_over(self):
        self.write("a.etl", recording.make(events=1000))
        exporter = self.serve("{name: a, path: a.etl, loop: true}")
        harness.wait_until(lambda: exporter.total("etw_session_replay_loops_total") > 3, "loops")
        before = time.monotonic()
        self.assertEqual(exporter.stop().code, 0)
        self.assertLess(time.monotonic() - before, STOP_SECONDS)

    def test_it_stops_while_files_are_followed_and_looked_at_rarely(self):
        self.write("a.etl", recording.unfinished(recording.make(events=10)))
        exporter = self.serve("{name: a, path: a.etl, follow: true, poll: 1h}")
        exporter.wait_for("etw_session_events_total", 11)
        self.stop(exporter)

    def test_it_stops_while_connections_are_open(self):
        exporter = self.serve()
        host, port = exporter.address.split(":")
        for sent in (b"", b"GET /metrics HT", b"GET /metrics HTTP/1.1\r\nHost: x\r\nAcc",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
                     b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
            connection = socket.create_connection((host, int(port)))
            self.addCleanup(connection.close)
            connection.sendall(sent)
        # Connections are taken one after the other: those before are with the exporter now.
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        self.stop(exporter)

    def test_what_was_received_is_counted_before_it_ends(self):
        self.write("a.etl", recording.make(events=10))
        exporter = self.serve("{name: a, path: a.etl}, {name: b, path: a.etl, loop: true}")
        exporter.wait_for("etw_session_state", 1, session="a", state="finished")
        exporter.stop()
        ended = [harness.log_pairs(line) for line in exporter.log.splitlines()
                 if "session ended" in line]
        self.assertEqual({(line["session"], line["state"]) for line in ended},
                         {("a", "finished"), ("b", "stopped")})


class ListenTest(ServeTest):
    def listen(self, address):
        return harness.run("serve", f"--web.listen-address={address}")

    def test_a_port_that_is_in_use_is_told(self):
        first = self.serve()
        done = self.listen(first.address)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (1, "", f"etw_exporter: cannot listen on {first.address}: "
                                 "Address already in use\n"))

    def test_an_address_that_is_none_is_told(self):
        for address in ("9988", "127.0.0.1", "127.0.0.1:http", "::1:80", "127.0.0.1:65536"):
            done = self.listen(address)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr,
                             f"etw_exporter: cannot listen on {address}: not of the form "
                             "ADDR:PORT, [ADDR]:PORT, :PORT or unix:PATH\n")


class LogTest(ServeTest):
    NAME = 'a "quoted" = \\ é name'

    def log(self, form):
        self.write("a.etl", recording.make(events=10))
        self.write("text.etl", b"no recording " * 100)
        exporter = self.serve(f"{{name: '{self.NAME}', path: [a.etl, text.etl]}}",
                              args=[f"--log.format={form}", "--log.level=debug"])
        exporter.wait_for("etw_session_replay_finished", 1)
        return exporter.stop().stderr.splitlines()

    def check(self, lines, time_name):
        parsed = [harness.log_pairs(line) for line in lines]
        for pairs in parsed:
            self.assertEqual(list(pairs)[:3], [time_name, "level", "msg"])
            self.assertRegex(pairs[time_name], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
            if "session" in pairs:
                self.assertEqual(pairs["session"], self.NAME)
        said = {(pairs["level"], pairs["msg"]) for pairs in parsed}
        self.assertLessEqual({("info", "session started"), ("info", "listening"),
                              ("debug", "recording read"), ("info", "session ended"),
                              ("error", "recording could not be read"), ("info", "stopping")},
                             said)

    def test_lines_are_logfmt(self):
        self.check(self.log("logfmt"), "ts")

    def test_lines_are_json(self):
        lines = self.log("json")
        self.assertTrue(all(line[0] == "{" for line in lines))
        self.check(lines, "time")

    def test_the_level_decides_what_is_said(self):
        self.write("a.etl", recording.make(events=10))
        config = self.write("c.yml", b"sessions: [{name: a, path: [a.etl, text.etl]}]\n")
        self.write("text.etl", b"no recording " * 100)
        for level, wanted in (("debug", {"debug", "info", "error"}), ("info", {"info", "error"}),
                              ("warn", {"error"}), ("error", {"error"})):
            done = harness.run("once", f"--config.file={config}", f"--log.level={level}")
            said = {harness.log_pairs(line)["level"] for line in done.stderr.splitlines()}
            self.assertEqual(said, wanted)


class DemoTest(ServeTest):
    def test_the_demo_moves_between_two_scrapes(self):
        exporter = self.serve()
        first = harness.wait_until(lambda: exporter.total("etw_events_total"), "events")
        harness.wait_until(lambda: exporter.total("etw_events_total") > first, "more events")
        self.assertEqual(exporter.total("etw_session_up", session="demo"), 1)
        self.assertEqual(exporter.get("/-/ready").status, 200)

    def test_a_replay_that_loops_counts_each_round(self):
        self.write("a.etl", recording.make(events=100, events_lost=5))
        exporter = self.serve("{name: a, path: a.etl, loop: true, queue: 64KiB}")
        loops = "etw_session_replay_loops_total"
        first, second = harness.wait_until(lambda: self.scrape_often(exporter, loops), "loops")
        for name, each in (("etw_events_total", 101), ("etw_session_events_lost_total", 5),
                           ("etw_session_files_done_total", 1)):
            # A round is counted a little later, or has begun already.
            self.assertLessEqual(harness.total(first, name) / each,
                                 harness.total(second, loops) + 1)
            self.assertGreaterEqual(harness.total(second, name) / each,
                                    harness.total(first, loops) - 3)
        self.assertEqual(harness.total(second, "etw_session_replay_finished"), 0)

    @staticmethod
    def scrape_often(exporter, name):
        """Two scrapes between which the counter grew by less than half; None: it did not."""
        first, second = exporter.samples(), exporter.samples()
        before, after = harness.total(first, name), harness.total(second, name)
        return (first, second) if 10 < after < before * 1.5 else None


class PaceTest(ServeTest):
    SECONDS = 2

    def test_a_replay_at_recorded_speed_takes_as_long_as_the_recording(self):
        # The demo lasts 60 s; with a clock that runs as much faster it is over sooner.
        demo = recording.demo()
        frequency = recording.field(demo, "frequency") * 60 // self.SECONDS
        self.write("demo.etl", recording.patch(demo, frequency=frequency))
        self.write("plain.etl", recording.make(events=200, events_per_buffer=5,
                                               ticks=self.SECONDS * 10_000_000 // 200))
        began = time.monotonic()
        exporter = self.serve("{name: demo, path: demo.etl, pace: recorded}, "
                              "{name: plain, path: plain.etl, pace: recorded}")
        listening = time.monotonic()
        finished = {}
        harness.wait_until(lambda: self.look(exporter, began, finished), "the end of both")
        for name in ("demo", "plain"):
            self.assertGreaterEqual(finished[name] - began, self.SECONDS - 0.1, name)
            self.assertLess(finished[name] - listening, self.SECONDS + 2 * SLOWER, name)
        self.assertEqual(exporter.total("etw_events_total", session="demo"), 8316)
        self.assertEqual(exporter.total("etw_events_total", session="plain"), 201)

    def look(self, exporter, began, finished):
        """Looks at both on their way; true once both have come to their ends."""
        samples = exporter.samples()
        now = time.monotonic()
        events = harness.total(samples, "etw_events_total", session="plain") or 0
        self.assertLessEqual(events / 201, (now - began) / self.SECONDS + 0.1, "too fast")
        for name in ("demo", "plain"):
            lag = harness.total(samples, "etw_session_lag_seconds", session=name)
            # The header's own event is due when the replay begins.
            self.assertTrue(lag is None or 0 <= lag < SLOWER, (name, lag))
            if harness.total(samples, "etw_session_replay_finished", session=name):
                finished.setdefault(name, now)
        return len(finished) == 2


if __name__ == "__main__":
    harness.main()
