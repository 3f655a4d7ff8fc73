"""Many clients at a time, by wrk, while events are counted: every answer is 200 or a refusal that is
counted, no event is lost, and nothing of the clients stays behind.

Each load takes a second; `make soak-http` has each take SECONDS.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

import certificates
import following
import harness
import recording
from test_web_auth import ALICE_FAST, REFUSED, SECRET, basic

SECONDS = int(os.environ.get("LOAD_SECONDS", "1"))
SCRIPT = pathlib.Path(__file__).with_name("load.lua")
# Fewer than connections that an address may have, and than scrapes that are answered at once.
CONNECTIONS = 20
# What the C library keeps of memory that was given back, beside what a load has left there before.
GROWTH_KIB = 2048
CONFIG = """
sessions:
  - {name: busy, path: busy.etl, loop: true}
  - {name: exact, path: 'spool/*.etl', follow: true, poll: 10ms}
"""


class Feeder:
    """Events for the session that is looked at, one at a time."""

    def __init__(self, directory):
        self.directory, self.events, self.files = directory, 0, 0
        self.end = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        marker = None
        while not self.end.wait(0.002):
            if not marker or marker.events == len(marker.buffers):
                self.files += 1
                marker = following.Marker(self.directory / f"{self.files:06}.etl")
                self.events += 1
            else:
                marker.step()
                self.events += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.end.set()
        self.thread.join()


def is_socket(path):
    """Descriptors of files come and go all the time."""
    try:
        return os.readlink(path).startswith("socket:")
    except FileNotFoundError:
        return False


class LoadTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("wrk"):
            harness.skip("wrk is not installed")
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        (self.directory / "spool").mkdir()
        (self.directory / "busy.etl").write_bytes(
            recording.make(events=200000, types=50, payload=32, buffer_bytes=65536,
                           events_per_buffer=500))
        self.scheme, self.headers = "http", {}

    def serve(self, web=None, args=()):
        if web:
            (self.directory / "web.yml").write_text(web, encoding="utf-8")
            args = [*args, f"--web.config.file={self.directory / 'web.yml'}"]
        self.exporter = harness.Exporter(CONFIG, args, directory=self.directory)
        self.addCleanup(self.exporter.finish)
        self.listening = self.sockets()

    def get(self):
        """The samples, by curl, as it may be by TLS."""
        words = [word for pair in self.headers.items() for word in ("-H", ": ".join(pair))]
        url = f"{self.scheme}://{self.exporter.address}/metrics"
        done = subprocess.run(["curl", "-ks", *words, url], capture_output=True, text=True, check=True,
                              timeout=harness.DEADLINE_SECONDS)
        return harness.parse_page(done.stdout)

    def total(self, name, **labels):
        return harness.total(self.get(), name, **labels)

    def load(self, connections=CONNECTIONS, headers=None):
        """What wrk says of a load; of another one where a busy machine has answered nothing yet."""
        return harness.wait_until(lambda: self.load_once(connections, headers or self.headers),
                                  "an answer", seconds=10 * harness.DEADLINE_SECONDS)

    def load_once(self, connections, headers):
        words = [word for pair in headers.items() for word in ("-H", ": ".join(pair))]
        done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}",
                               f"--timeout={harness.DEADLINE_SECONDS}", "-s", SCRIPT, *words,
                               f"{self.scheme}://{self.exporter.address}/"], capture_output=True,
                              text=True, timeout=SECONDS + 2 * harness.DEADLINE_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout.splitlines()[-1])
        if SECONDS > 1:
            print(f"\n{self.id()}: {said}")
        said["statuses"] = {int(status): count for status, count in said["statuses"].items()}
        return said if said["statuses"] else None

    def sockets(self):
        """How many are open."""
        return sum(map(is_socket, pathlib.Path(f"/proc/{self.exporter.process.pid}/fd").iterdir()))

    def resident_kib(self):
        """Once the clients' connections are gone."""
        harness.wait_until(lambda: self.sockets() == self.listening,
                           lambda: f"{self.listening} open sockets, these are: {self.sockets()}")
        status = pathlib.Path(f"/proc/{self.exporter.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+)", status)[1])

    def check(self, load):
        """The load is run twice while events are counted; the second one leaves no more behind."""
        with Feeder(self.directory / "spool") as feeder:
            load()
            resident = self.resident_kib()
            busy = self.total("etw_session_events_total", session="busy")
            load()
            resident_now = self.resident_kib()
        harness.wait_until(lambda: self.total("etw_events_total", session="exact") == feeder.events,
                           lambda: f"{feeder.events} events to be counted, these are: "
                                   f"{self.total('etw_events_total', session='exact')}")
        self.assertGreater(feeder.events, 10)
        self.assertGreater(self.total("etw_session_events_total", session="busy"), busy)
        if not os.environ.get("SANITIZE"):
            self.assertLess(resident_now, resident + GROWTH_KIB)

    def check_all_answered(self):
        said = self.load()
        self.assertEqual(set(said["statuses"]), {200}, said)
        self.assertEqual([said[what] for what in ("connect", "read", "write", "timeout")], [0] * 4)

    def test_every_request_is_answered(self):
        self.serve()
        self.check(self.check_all_answered)
        for sample, value in self.get().items():
            if sample.startswith(REFUSED):
                self.assertEqual(value, 0, sample)

    def test_with_tls_and_passwords(self):
        authority = certificates.Authority(self.directory / "authority")
        certificate, key = authority.sign("server")
        self.serve(f"tls_server_config: {{cert_file: {certificate}, key_file: {key}}}\n"
                   f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        self.scheme, self.headers = "https", SECRET
        self.get()  # of passwords that are not known yet few may wait to be checked
        self.check(self.check_all_answered)

    def check_refused(self, said, status, before, reason):
        """All that were refused were counted. wrk does not know those under way when it ended."""
        refused = self.total(REFUSED, reason=reason) - before
        self.assertLessEqual(said["statuses"].get(status, 0), refused, said)

    def test_more_scrapes_than_are_allowed_at_once(self):
        self.serve(args=["--web.max-requests=1"])

        def load():
            before = self.total(REFUSED, reason="max_requests")
            said = self.load()
            self.assertLessEqual(set(said["statuses"]), {200, 503})
            self.check_refused(said, 503, before, "max_requests")
        self.check(load)
        self.assertGreater(self.total(REFUSED, reason="max_requests"), 0)

    def test_wrong_passwords(self):
        self.serve(f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        self.headers = SECRET

        def load():
            before = self.total(REFUSED, reason="password_queue")
            said = self.load(headers=basic("alice", "wrong"))
            self.assertLessEqual(set(said["statuses"]), {401, 503})
            self.check_refused(said, 503, before, "password_queue")
        self.check(load)
        self.assertGreater(self.total(REFUSED, reason="password"), 0)

    def test_more_connections_than_an_address_may_have(self):
        self.serve()

        def load():
            said = self.load(connections=600)
            self.assertLessEqual(set(said["statuses"]), {200, 503})
        self.check(load)
        self.assertGreater(self.total(REFUSED, reason="address_connections"), 0)


if __name__ == "__main__":
    harness.main()
