"""Where serve listens: several addresses, sockets that are files, sockets of systemd."""

import os
import pathlib
import socket
import stat
import subprocess
import tempfile
import unittest

import harness

# The sockets become descriptors 3 and up of the process that LISTEN_PID names.
ACTIVATE = 'export LISTEN_PID=$$ LISTEN_FDS=%d; exec "$@" %s'


def get_unix(path, target):
    """The whole answer to one request."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(harness.DEADLINE_SECONDS)
        client.connect(os.fspath(path))
        client.sendall(f"GET {target} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        answer = b""
        while more := client.recv(65536):
            answer += more
        return answer


class ListenTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.socket = self.directory / "scrapes.sock"

    def serve(self, **options):
        exporter = harness.Exporter(directory=self.directory, **options)
        self.addCleanup(exporter.finish)
        return exporter

    def serve_socket(self):
        """Its log says what it listens on in the order of the flags."""
        exporter = self.serve(args=[f"--web.listen-address=unix:{self.socket}"])
        harness.wait_until(lambda: f"unix:{self.socket}" in exporter.log, "the second address")
        return exporter

    @staticmethod
    def refused(*arguments):
        done = harness.run("serve", *arguments)
        return done.returncode, done.stderr

    def test_each_address_that_is_given_is_served(self):
        exporter = self.serve(args=["--web.listen-address=127.0.0.1:0",
                                    "--web.listen-address", "127.0.0.1:0"])
        harness.wait_until(lambda: exporter.log.count("msg=listening") == 3, "three addresses")
        addresses = [harness.log_pairs(line)["address"] for line in exporter.log.splitlines()
                     if "msg=listening" in line]
        self.assertEqual(len(set(addresses)), 3)
        for address in addresses:
            self.assertEqual(harness.get(address, "/-/healthy").status, 200)

    def test_where_one_of_the_addresses_cannot_be_had_nothing_is_served(self):
        first = self.serve()
        code, said = self.refused("--web.listen-address=127.0.0.1:0",
                                  f"--web.listen-address={first.address}")
        self.assertEqual((code, said), (1, f"etw_exporter: cannot listen on {first.address}: "
                                           "Address already in use\n"))

    def test_there_may_be_so_many_addresses(self):
        code, said = self.refused(*["--web.listen-address=127.0.0.1:0"] * 17)
        self.assertEqual((code, said), (2, "etw_exporter: --web.listen-address is given 17 times; "
                                           "it may be 16\n"))

    def test_a_number_of_scrapes_is_a_number(self):
        for number in ("-1", "many", "1e3", "100001"):
            code, said = self.refused(f"--web.max-requests={number}")
            self.assertEqual((code, said),
                             (2, f"etw_exporter: --web.max-requests={number}: must be a whole "
                                 "number from 0 to 100000\n"))

    def test_a_socket_is_served_and_is_gone_in_the_end(self):
        exporter = self.serve_socket()
        self.assertTrue(get_unix(self.socket, "/-/healthy").endswith(b"\r\n\r\nhealthy\n"))
        self.assertIn(b"etw_exporter_build_info", get_unix(self.socket, "/metrics"))
        self.assertEqual(stat.S_IMODE(self.socket.stat().st_mode), 0o660)
        exporter.finish()
        self.assertFalse(self.socket.exists())

    def test_a_socket_that_nobody_serves_any_more_is_replaced(self):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(os.fspath(self.socket))
        self.serve_socket()
        self.assertTrue(get_unix(self.socket, "/-/healthy").endswith(b"healthy\n"))

    def test_a_socket_that_is_served_is_in_use(self):
        self.serve_socket()
        self.assertEqual(self.refused(f"--web.listen-address=unix:{self.socket}"),
                         (1, f"etw_exporter: cannot listen on unix:{self.socket}: "
                             "Address already in use\n"))
        self.assertTrue(get_unix(self.socket, "/-/healthy").endswith(b"healthy\n"))

    def test_a_file_that_is_no_socket_stays(self):
        self.socket.write_text("mine")
        code, said = self.refused(f"--web.listen-address=unix:{self.socket}")
        self.assertEqual((code, said), (1, f"etw_exporter: cannot listen on unix:{self.socket}: "
                                           "there is a file that is no socket\n"))
        self.assertEqual(self.socket.read_text(), "mine")

    def test_a_socket_that_took_its_place_stays(self):
        exporter = self.serve_socket()
        self.socket.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(os.fspath(self.socket))
        exporter.finish()
        self.assertTrue(self.socket.exists())

    def test_a_path_of_a_socket_has_a_limit(self):
        for path, said in (("", "unix:"), ("a" * 108, "unix:" + "a" * 108)):
            self.assertEqual(self.refused(f"--web.listen-address=unix:{path}"),
                             (1, f"etw_exporter: cannot listen on {said}: a path has from 1 to "
                                 "107 bytes here\n"))

    def activate(self, *listeners):
        """Serves what is handed over as systemd does."""
        redirections = " ".join(f"{3 + i}<&{listener.fileno()}"
                                for i, listener in enumerate(listeners))
        fds = [listener.fileno() for listener in listeners]
        program = ["sh", "-c", ACTIVATE % (len(listeners), redirections), "sh", harness.EXPORTER]
        started = ActivatedExporter(program, fds)
        self.addCleanup(started.finish)
        return started

    def sockets_of_systemd(self):
        tcp = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(tcp.close)
        unix = socket.socket(socket.AF_UNIX)
        self.addCleanup(unix.close)
        unix.bind(os.fspath(self.socket))
        unix.listen()
        return tcp, unix

    def test_sockets_of_systemd_are_served(self):
        tcp, unix = self.sockets_of_systemd()
        exporter = self.activate(tcp, unix)
        self.assertEqual(exporter.address, "127.0.0.1:%d" % tcp.getsockname()[1])
        self.assertEqual(harness.get(exporter.address, "/-/healthy").status, 200)
        self.assertTrue(get_unix(self.socket, "/-/healthy").endswith(b"healthy\n"))
        exporter.finish()
        # It is systemd's to remove.
        self.assertTrue(self.socket.exists())

    def test_sockets_of_systemd_are_listened_on_after_it_too(self):
        tcp, unix = self.sockets_of_systemd()
        for _ in range(3):
            exporter = self.activate(tcp, unix)
            self.assertEqual(harness.get(exporter.address, "/-/healthy").status, 200)
            self.assertTrue(get_unix(self.socket, "/-/healthy").endswith(b"healthy\n"))
            # One that is open takes the listening socket not with it.
            idle = socket.create_connection(exporter.address.split(":"))
            self.addCleanup(idle.close)
            exporter.finish()
            for listener in tcp, unix:
                self.assertTrue(listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
        # Who comes in between waits for the next.
        waiting = socket.create_connection(tcp.getsockname())
        self.addCleanup(waiting.close)
        waiting.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.activate(tcp, unix)
        waiting.settimeout(harness.DEADLINE_SECONDS)
        self.assertTrue(waiting.recv(4096).startswith(b"HTTP/1.1 200 "))

    def test_without_sockets_of_systemd_it_says_so(self):
        said = "etw_exporter: --web.systemd-socket: no socket was handed over; start it by a " \
               "socket unit\n"
        self.assertEqual(self.refused("--web.systemd-socket"), (1, said))

    def test_what_is_handed_over_is_looked_at(self):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(udp.close)
        os.set_inheritable(udp.fileno(), True)
        script = ACTIVATE % (1, f"3<&{udp.fileno()}")
        done = subprocess.run(["sh", "-c", script, "sh", harness.EXPORTER, "serve",
                               "--web.systemd-socket"], capture_output=True, text=True,
                              pass_fds=[udp.fileno()], timeout=harness.DEADLINE_SECONDS)
        self.assertEqual((done.returncode, done.stderr),
                         (1, "etw_exporter: --web.systemd-socket: descriptor 3 is no stream "
                             "socket that is listened on\n"))


class ActivatedExporter(harness.Server):
    def __init__(self, program, fds):
        for fd in fds:
            os.set_inheritable(fd, True)
        super().__init__([*program, "serve", "--web.systemd-socket"], pass_fds=fds)


if __name__ == "__main__":
    harness.main()
