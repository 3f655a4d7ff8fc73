"""What systemd is told of the service: by the socket that it would listen on itself."""

import os
import pathlib
import signal
import socket
import tempfile
import unittest

import harness


class Notify(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(pathlib.Path(folder.name) / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(self.path)
        self.socket.settimeout(harness.DEADLINE_SECONDS)

    def next_but(self, *passed):
        """The next message that is none of these."""
        while True:
            message = self.socket.recv(4096).decode()
            if message not in passed:
                return message

    def serve(self, **environment):
        return harness.Exporter(environment={"NOTIFY_SOCKET": self.path, **environment})

    def test_it_says_when_it_serves_and_when_it_stops(self):
        with self.serve() as server:
            self.assertEqual(self.next_but("EXTEND_TIMEOUT_USEC=30000000"), "READY=1")
            self.assertEqual(server.get("/-/healthy").status, 200)
            server.stop(signal.SIGTERM)
            self.assertEqual(self.next_but(), "STOPPING=1")

    def test_the_watchdog_hears_of_it_again_and_again(self):
        with self.serve(WATCHDOG_USEC="5000000"):
            self.assertEqual(self.next_but("EXTEND_TIMEOUT_USEC=30000000"), "READY=1")
            for _ in range(2):
                self.assertEqual(self.next_but(), "WATCHDOG=1")

    def test_a_watchdog_that_is_another_process_s_hears_nothing(self):
        with self.serve(WATCHDOG_USEC="5000000", WATCHDOG_PID=str(os.getpid())) as server:
            self.assertEqual(self.next_but("EXTEND_TIMEOUT_USEC=30000000"), "READY=1")
            server.stop(signal.SIGTERM)
            self.assertEqual(self.next_but(), "STOPPING=1")

    def test_a_configuration_that_is_wrong_is_never_ready(self):
        environment = {**os.environ, "NOTIFY_SOCKET": self.path}
        process = harness.subprocess.run([harness.EXPORTER, "--config.file=/nosuch/file"],
                                         env=environment, capture_output=True)
        self.assertEqual(process.returncode, 2)
        self.socket.setblocking(False)
        messages = []
        try:
            while True:
                messages.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            pass
        self.assertNotIn("READY=1", messages)


if __name__ == "__main__":
    harness.main()
