"""`make demo`: starts an exporter and a Prometheus, says what to open, ends both."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

import yaml

import harness

DEMO = harness.ROOT / "tests" / "demo"
DASHBOARDS = harness.ROOT / "dashboards"


class Demo:
    """Runs, on ports that are given, until it has said what to open."""

    def __init__(self, folder, *ports, path=os.environ["PATH"]):
        environment = {**os.environ, "TMPDIR": str(folder), "PATH": path,
                       "ETW_EXPORTER": os.path.abspath(harness.EXPORTER)}
        self.process = subprocess.Popen([DEMO, *map(str, ports)], env=environment, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line)

    @property
    def said(self):
        return "".join(self.lines)

    def wait(self):
        harness.wait_until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None,
                           lambda: self.said, 3 * harness.DEADLINE_SECONDS)
        self.urls = re.findall(r"http://\S+", self.said)
        if not self.urls:
            raise AssertionError(self.said)

    def address(self, path):
        return next(urllib.parse.urlsplit(url).netloc for url in self.urls if url.endswith(path))

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        code = self.process.wait(2 * harness.DEADLINE_SECONDS)
        self.reader.join()
        return code


def is_open(address):
    host, port = address.rsplit(":", 1)
    with socket.socket() as one:
        return one.connect_ex((host, int(port))) == 0


class DemoTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("prometheus"):
            harness.skip("prometheus is not installed")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *ports, **options):
        demo = Demo(self.folder, *ports, **options)
        self.addCleanup(lambda: demo.process.poll() is None and demo.end())
        demo.wait()
        return demo

    def api(self, demo, path, **arguments):
        query = urllib.parse.urlencode(arguments)
        answer = harness.get(demo.address("/alerts"), f"/api/v1/{path}?{query}")
        return json.loads(answer.body)["data"]

    def check_that_it_left_nothing(self, demo):
        self.assertEqual(list(self.folder.iterdir()), [])
        for address in (demo.address("/metrics"), demo.address("/alerts")):
            self.assertFalse(is_open(address), address)

    def test_the_target_is_up_and_all_rules_are_there(self):
        demo = self.start(0, 0)
        targets = self.api(demo, "targets")["activeTargets"]
        self.assertEqual([(target["health"], target["scrapeUrl"]) for target in targets],
                         [("up", f"http://{demo.address('/metrics')}/metrics")])
        wanted = {rule.get("alert", rule.get("record"))
                  for file in DASHBOARDS.glob("*.yml")
                  for group in yaml.safe_load(file.read_text("utf-8"))["groups"]
                  for rule in group["rules"]}
        found = {rule["name"] for group in self.api(demo, "rules")["groups"]
                 for rule in group["rules"]}
        self.assertGreater(len(wanted), 50)
        self.assertEqual(found, wanted)

    def test_all_that_it_says_to_open_is_there_and_shows_something(self):
        demo = self.start(0, 0)
        self.check_addresses(demo)
        harness.wait_until(
            lambda: self.api(demo, "query", query='ALERTS{alertname="EtwEventsLost", '
                                                  'alertstate="firing"}')["result"],
            "the alert that it tells of")
        self.check_losses(demo)

    def check_losses(self, demo):
        """That what is said of them is so."""
        lost = int(re.search(r"lost (\d+) events", demo.said)[1])
        page = harness.get(demo.address("/metrics"), "/metrics").body.decode()
        counted = int(re.search(r"^etw_session_events_lost_total\{.*\} (\d+)", page, re.M)[1])
        self.assertGreaterEqual(counted, lost)
        self.assertEqual(counted % lost, 0)
        self.assertIn('"with losses lately"', demo.said)
        status = harness.get(demo.address("/metrics"), "/api/v1/status").body.decode()
        self.assertIn("with losses lately", status)

    def check_addresses(self, demo):
        self.assertGreater(len(demo.urls), 6)
        for url in demo.urls:
            parts = urllib.parse.urlsplit(url)
            answer = harness.get(parts.netloc, f"{parts.path}?{parts.query}")
            self.assertEqual(answer.status, 200, url)
            arguments = urllib.parse.parse_qs(parts.query)
            for query in arguments.get("g0.expr", []) + arguments.get("query", []):
                harness.wait_until(lambda: self.api(demo, "query", query=query)["result"], query)

    def test_it_tells_of_the_api_where_prometheus_has_no_pages(self):
        real = shutil.which("prometheus")
        known = subprocess.run([real, "--help"], capture_output=True, text=True, check=False)
        if "--web.local-assets" not in known.stdout + known.stderr:
            harness.skip("this Prometheus has its pages within")
        with tempfile.TemporaryDirectory() as folder:
            wrapper = pathlib.Path(folder) / "prometheus"
            wrapper.write_text(f'#!/bin/sh\nexec {real} --web.local-assets=/nonexistent "$@"\n',
                               "utf-8")
            wrapper.chmod(0o755)
            demo = self.start(0, 0, path=f"{folder}:{os.environ['PATH']}")
        self.assertIn("came without its pages", demo.said)
        self.check_addresses(demo)

    def test_it_ends_both_and_leaves_nothing_behind(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            demo = self.start(0, 0)
            self.assertNotEqual(list(self.folder.iterdir()), [])
            self.assertEqual(demo.end(number), 0)
            self.assertIn("Both have ended.", demo.said)
            self.check_that_it_left_nothing(demo)

    def test_ctrl_c_ends_it_and_is_no_error_of_make(self):
        if not shutil.which("make"):
            harness.skip("make is not installed")
        harness.need_terminals()
        makefile = self.folder / "Makefile"
        makefile.write_text(f"demo:\n\t@{DEMO} 0 0\n", "utf-8")
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["ETW_EXPORTER"] = os.path.abspath(harness.EXPORTER)
            os.execvp("make", ["make", "-f", os.fspath(makefile), "demo"])
        said = self.read_terminal(terminal, "Ctrl-C")
        os.write(terminal, b"\x03")
        said += self.read_terminal(terminal, None)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, said)
        self.assertIn("Both have ended.", said)
        self.assertNotIn("Interrupt", said)

    def read_terminal(self, terminal, until):
        """What is said until that is among it, or, where that is None, to the end."""
        said = ""
        deadline = time.monotonic() + 3 * harness.DEADLINE_SECONDS
        while until is None or until not in said:
            if not select.select([terminal], [], [], deadline - time.monotonic())[0]:
                raise AssertionError(said)
            try:
                read = os.read(terminal, 4096)
            except OSError:
                break
            said += read.decode("utf-8", "replace")
            if not read:
                break
        return said

    def test_ports_that_are_taken_are_replaced(self):
        with socket.create_server(("127.0.0.1", 0)) as one, \
                socket.create_server(("127.0.0.1", 0)) as other:
            taken = [server.getsockname()[1] for server in (one, other)]
            demo = self.start(*taken)
            for port in taken:
                self.assertIn(f"Port {port} is taken", demo.said)
            self.assertEqual(self.api(demo, "targets")["activeTargets"][0]["health"], "up")

    def test_it_says_so_and_ends_the_other_where_one_ends_by_itself(self):
        demo = self.start(0, 0)
        pid = self.pid_of(demo, "prometheus")
        os.kill(pid, signal.SIGKILL)
        self.assertEqual(demo.process.wait(harness.DEADLINE_SECONDS), 1)
        demo.reader.join()
        self.assertIn("One of the two has ended by itself.", demo.said)
        self.check_that_it_left_nothing(demo)

    def pid_of(self, demo, name):
        """The child that is called so."""
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == demo.process.pid and \
                        (folder / "comm").read_text().strip() == name:
                    return int(folder.name)
            except OSError:
                continue
        raise AssertionError(f"no {name}")


if __name__ == "__main__":
    harness.main()
