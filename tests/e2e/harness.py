"""Starts exporters for end-to-end tests, talks to them, and waits without fixed sleeps.

    with harness.Exporter(config_text) as exporter:
        harness.wait_until(lambda: exporter.samples().get("etw_exporter_series"), "series")
        response = exporter.get("/metrics", {"Accept-Encoding": "gzip"})
        code, log = exporter.stop()

A test file ends with `harness.main()`. What cannot run is skipped by `harness.skip("why")`.
"""

import collections
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import weakref

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPORTER = os.environ.get("ETW_EXPORTER", "./etw_exporter")
BUILD = os.environ.get("BUILD", "build")
# Generous: it is only ever waited for in full where something is broken. Sanitizers are slow.
DEADLINE_SECONDS = 90 if os.environ.get("SANITIZE") else 30
POLL_SECONDS = 0.02

Response = collections.namedtuple("Response", "status headers body")  # body: bytes
Stopped = collections.namedtuple("Stopped", "code stderr")


def skip(why):
    raise unittest.SkipTest(f"skipped because {why}")


def need_terminals():
    """Skips where the system has none to give, as in a chroot without /dev/pts."""
    try:
        for end in os.openpty():
            os.close(end)
    except OSError as error:
        skip(f"there are no pseudo-terminals here: {error}")


def main():
    # The reasons of skipped tests are only written when verbose.
    unittest.main(module="__main__", verbosity=2)


def wait_until(condition, what, seconds=DEADLINE_SECONDS):
    """Polls until condition() is true and returns its value. `what` is waited for: a text, or a
    function that makes one when it was in vain."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            said = what() if callable(what) else what
            raise AssertionError(f"waited {seconds} s in vain: {said}")
        time.sleep(POLL_SECONDS)


def log_pairs(line):
    """The pairs of a log line, in either format."""
    if line[:1] == "{":
        return json.loads(line)
    pairs = re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)', line)
    return {name: json.loads(value) if value[:1] == '"' else value for name, value in pairs}


def get(address, path, headers=None, method="GET"):
    """One request on a connection of its own; redirects are not followed."""
    connection = http.client.HTTPConnection(address, timeout=DEADLINE_SECONDS)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())
    finally:
        connection.close()


def demo_recording(path):
    """Writes the demo recording, the same bytes each time."""
    tool = pathlib.Path(BUILD, "tests", "tool_demo_recording")
    subprocess.run([tool, path], check=True, timeout=DEADLINE_SECONDS)


def run(*args, stdin=subprocess.DEVNULL):
    """Runs an exporter command that ends by itself; returncode, stdout and stderr as text."""
    return subprocess.run([EXPORTER, *args], stdin=stdin, capture_output=True, text=True,
                          timeout=DEADLINE_SECONDS)


def parse_page(page):
    """From `name{labels}`, as it is written in a metrics page, to the value."""
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if line[:1] != "#")
    return {sample: float(value) for sample, value in lines}


def total(samples, name, **labels):
    """The sum over the samples of this name that have these labels, as they are written; None:
    there are none."""
    wanted = labels.items()
    found = [value for sample, value in samples.items()
             if sample.partition("{")[0] == name and
             wanted <= set(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', sample))]
    return sum(found) if found else None


class Server:
    """A program that says in its log, on standard error, what address it listens on."""

    listening = "listening"  # the message of that line

    def __init__(self, command, stdin=subprocess.DEVNULL, environment=None, pass_fds=()):
        # No pipe: what the program has written before it answers is there once it has answered.
        self._log = os.memfd_create("log")
        weakref.finalize(self, os.close, self._log)
        self.process = subprocess.Popen([os.fspath(word) for word in command],
                                        env={**os.environ, **(environment or {})},
                                        stdin=stdin, stdout=subprocess.DEVNULL, pass_fds=pass_fds,
                                        stderr=self._log)
        try:
            self.address = self.wait_for_log(self.listening)["address"]
        except BaseException:
            self._kill()
            raise
        self.url = f"http://{self.address}"

    def _kill(self):
        self.process.kill()
        self.process.wait()

    @property
    def log(self):
        """What was written to standard error so far."""
        written = os.pread(self._log, os.fstat(self._log).st_size, 0)
        return written.decode("utf-8", "replace").replace("\r\n", "\n")

    def find_log(self, message):
        """The pairs of the first log line with this message, or None."""
        whole, _, _ = self.log.rpartition("\n")
        for line in whole.split("\n"):
            pairs = log_pairs(line)
            if pairs.get("msg") == message:
                return pairs
        return None

    def wait_for_log(self, message):
        """The same, waiting for the line."""
        def look():
            ended = self.process.poll() is not None
            found = self.find_log(message)
            if ended and not found:
                raise AssertionError(f"ended with {self.process.returncode} before it said "
                                     f"{message!r}; its log:\n{self.log}")
            return found
        return wait_until(look, lambda: f"{message!r} in the log:\n{self.log}")

    def get(self, path="/", headers=None, method="GET"):
        return get(self.address, path, headers, method)

    def stop(self, number=signal.SIGTERM):
        """Sends the signal and waits; exit code and standard error. May be called again."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
            raise AssertionError(f"did not stop; its log:\n{self.log}") from None
        return Stopped(self.process.returncode, self.log)

    def finish(self):
        """Stops it, unless that was done; it has to end well, and sanitizers see to that."""
        code, log = self.stop()
        if code != 0:
            raise AssertionError(f"ended with {code}; its log:\n{log}")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.finish()


class Exporter(Server):
    """etw_exporter serve, on a free port of 127.0.0.1; without configuration it runs the demo.

    `directory` is where the configuration file is written to, so paths in it may be relative to
    that; without one, it is a temporary directory that goes away with stop(). `program` is another
    one than EXPORTER, as a list of words, `environment` what is added to ours.
    """

    def __init__(self, config_text=None, args=(), directory=None, stdin=subprocess.DEVNULL,
                 program=None, environment=None):
        self._temporary = None if directory else tempfile.mkdtemp(prefix="etw_exporter-")
        self.directory = pathlib.Path(directory or self._temporary)
        self.config_file = self.directory / "etw_exporter.yml"
        command = [*(program or [EXPORTER]), "serve", "--web.listen-address=127.0.0.1:0"]
        if config_text is not None:
            self.config_file.write_text(config_text, encoding="utf-8")
            command.append(f"--config.file={self.config_file}")
        try:
            super().__init__([*command, *args], stdin, environment)
        except BaseException:
            self._remove()
            raise

    def _remove(self):
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def get(self, path="/metrics", headers=None, method="GET"):
        return super().get(path, headers, method)

    def samples(self):
        """The page in text format 0.0.4, as parse_page() has it."""
        return parse_page(self.get(headers={"Accept": "text/plain;version=0.0.4"})
                          .body.decode("utf-8"))

    def total(self, name, **labels):
        return total(self.samples(), name, **labels)

    def wait_for(self, name, value, **labels):
        """Until the samples of this name that have these labels sum up to the value."""
        wait_until(lambda: self.total(name, **labels) == value,
                   lambda: f"{name} {labels} to be {value}, it is {self.total(name, **labels)}; "
                           f"the log:\n{self.log}")

    def stop(self, number=signal.SIGTERM):
        try:
            return super().stop(number)
        finally:
            self._remove()
