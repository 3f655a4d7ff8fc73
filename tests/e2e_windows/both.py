"""The program for Windows, under wine, beside the one for this system."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.fspath(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import harness

WINDOWS = ["wine", os.path.abspath(os.environ.get("WINDOWS_EXPORTER", "etw_exporter.exe"))]
LINUX = [os.path.abspath(harness.EXPORTER)]
SHARED = harness.ROOT.parent / "shared" / "etl"
DEADLINE_SECONDS = 120

# What is of the process, of its time, or of who was faster.
DIFFERS = re.compile(
    r"process_|etw_system_|etw_exporter_(build_info|config_last_reload|scrape_|config_info|http_)|"
    r"etw_session_(start_time_seconds|lag_seconds|queue_(depth|peak)_bytes|files_open)")


def run(program, *args, directory=None, stdin=b""):
    """Exit code, standard output and error, as bytes."""
    done = subprocess.run([*program, *args], cwd=directory, input=stdin, capture_output=True,
                          timeout=DEADLINE_SECONDS)
    return done.returncode, done.stdout, done.stderr


class Server(harness.Server):
    """`serve` in a folder; ends by what Ctrl-C is on each system."""

    def __init__(self, program, directory, *args):
        here = os.getcwd()
        os.chdir(directory)
        try:
            super().__init__([*program, "serve", "--web.listen-address=127.0.0.1:0", *args])
        finally:
            os.chdir(here)

    def samples(self):
        return harness.parse_page(self.get("/metrics").body.decode("utf-8"))

    def stop(self, number=signal.SIGINT):
        return super().stop(number)

    def wait_for_sessions(self):
        harness.wait_until(
            lambda: not any(value for name, value in self.samples().items()
                            if name.startswith("etw_session_state{") and
                            re.search(r'state="(starting|running|waiting)"', name)),
            lambda: f"all sessions to end; the log:\n{self.log}", DEADLINE_SECONDS)


def comparable(page):
    """A page's lines without those that differ by their nature."""
    return [line for line in page.splitlines()
            if not DIFFERS.match(line.split(" ")[2] if line[:1] == "#" and line != "# EOF"
                                 else line)]


class Test(unittest.TestCase):
    """Each test has a folder of its own, `self.folder`."""

    maxDiff = 4000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="etw_exporter-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def demo(self, name="demo.etl"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        tool = harness.ROOT / "build" / "tests" / "tool_demo_recording"
        subprocess.run([tool, path], check=True, timeout=DEADLINE_SECONDS)
        return path

    def assert_same(self, *args, stdin=b""):
        """Both programs do the same by this command; what they wrote to standard output."""
        windows = run(WINDOWS, *args, directory=self.folder, stdin=stdin)
        linux = run(LINUX, *args, directory=self.folder, stdin=stdin)
        self.assertEqual(windows[2].decode("utf-8", "replace"), linux[2].decode())
        if windows[1] != linux[1]:
            self.assertEqual(windows[1].decode("utf-8", "replace").splitlines(),
                             linux[1].decode("utf-8", "replace").splitlines())
        self.assertEqual(windows[0], linux[0])
        return linux[1].decode("utf-8", "replace")
