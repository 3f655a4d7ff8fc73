"""Passwords, headers and the rate limit of the web configuration, and what hostile clients send."""

import base64
import concurrent.futures
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import harness

# Of "secret" and "pass:word é".
ALICE = "$2y$10$TkYJk/Whgs426D55/w7Aje5OAbS/7xLXDiJ2rLUAumsvPjF8KVjk6"
ALICE_FAST = "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"
BOB = "$2y$04$n0j.918JnTENh7b/Ap.gduJuWoU5ehJ4/l52mL3ZkcY5cMxh6YYOK"
REFUSED = "etw_exporter_http_refused_total"
HOST = b"\r\nHost: x\r\nConnection: close\r\n"


def basic(user, password):
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


SECRET = basic("alice", "secret")


class WebTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.config = self.directory / "web.yml"

    def serve(self, config):
        self.config.write_text(config, encoding="utf-8")
        exporter = harness.Exporter(args=[f"--web.config.file={self.config}"])
        self.addCleanup(exporter.finish)
        return exporter

    def refused(self, exporter, reason, headers=None):
        page = exporter.get("/metrics", headers or {}).body.decode()
        return harness.total(harness.parse_page(page), REFUSED, reason=reason)


class PasswordTest(WebTest):
    def test_users_come_in_by_their_passwords(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE}, bob: {BOB}}}\n")
        for path in ("/", "/metrics", "/-/healthy"):
            self.assertEqual(exporter.get(path, SECRET).status, 200)
            self.assertEqual(exporter.get(path, basic("bob", "pass:word é")).status, 200)

    def test_others_do_not(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE_FAST}, bob: {BOB}}}\n")
        wrong = [{}, basic("alice", "Secret"), basic("alice", ""), basic("alice", "secret\0"),
                 basic("alice", "secret\0x"), basic("bob", "secret"), basic("carol", "secret"),
                 basic("", "secret"), basic("alice", "s" * 5000), {"Authorization": ""},
                 {"Authorization": "Basic"}, {"Authorization": "Basic ===="},
                 {"Authorization": "Basic YWxpY2U="}, {"Authorization": "Basic !!!!"},
                 {"Authorization": "Bearer " + SECRET["Authorization"][6:]},
                 {"Authorization": SECRET["Authorization"] + "x"},
                 {"Authorization": SECRET["Authorization"] + " x"}]
        for headers in wrong:
            with self.subTest(headers=str(headers)[:60]):
                for path in ("/metrics", "/nothing"):
                    answer = exporter.get(path, headers)
                    self.assertEqual(answer.status, 401)
                    self.assertEqual(answer.headers["WWW-Authenticate"],
                                     'Basic realm="etw_exporter", charset="UTF-8"')
                    self.assertNotIn(b"etw_", answer.body)
        self.assertEqual(self.refused(exporter, "password", SECRET), 2 * len(wrong))

    def test_the_scheme_has_no_case(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        value = SECRET["Authorization"].replace("Basic", "bASIC ")
        self.assertEqual(exporter.get("/", {"Authorization": value}).status, 200)

    def test_what_was_right_once_takes_no_hashing(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE}}}\n")
        began = time.monotonic()
        self.assertEqual(exporter.get("/-/healthy", SECRET).status, 200)
        once = time.monotonic() - began
        began = time.monotonic()
        for _ in range(10):
            self.assertEqual(exporter.get("/-/healthy", SECRET).status, 200)
        self.assertLess(time.monotonic() - began, 5 * once)

    def test_what_was_right_once_does_not_outlive_the_hash(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        self.assertEqual(exporter.get("/", SECRET).status, 200)
        self.config.write_text(f"basic_auth_users: {{alice: {BOB}}}\n")
        harness.wait_until(lambda: exporter.get("/", SECRET).status == 401, "the new password")
        self.assertEqual(exporter.get("/", basic("alice", "pass:word é")).status, 200)

    def test_many_wrong_passwords_hold_up_nobody_who_is_known(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE}}}\n")
        self.assertEqual(exporter.get("/", SECRET).status, 200)
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            guesses = [pool.submit(exporter.get, "/", basic("alice", str(number)))
                       for number in range(48)]
            began = time.monotonic()
            self.assertEqual(exporter.get("/-/healthy", SECRET).status, 200)
            took = time.monotonic() - began
            statuses = {guess.result().status for guess in guesses}
        self.assertLess(took, 5)
        self.assertLessEqual(statuses, {401, 503})
        # Of one address eight may wait.
        self.assertIn(503, statuses)
        self.assertGreater(self.refused(exporter, "password_queue", SECRET), 0)

    def test_it_stops_while_passwords_are_checked(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE.replace('$10$', '$15$')}}}\n")
        host, port = exporter.address.split(":")
        for number in range(4):
            client = socket.create_connection((host, int(port)))
            self.addCleanup(client.close)
            value = basic("alice", str(number))["Authorization"]
            client.sendall(f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: {value}\r\n\r\n".encode())
        self.assertEqual(exporter.get("/").status, 401)
        began = time.monotonic()
        exporter.finish()
        self.assertLess(time.monotonic() - began, 12 if harness.os.environ.get("SANITIZE") else 2)

    def test_a_body_does_not_wait_for_a_password(self):
        exporter = self.serve(f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        host, port = exporter.address.split(":")
        request = ("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                   f"Authorization: {SECRET['Authorization']}\r\n\r\n")
        for status in (b"413", b"200"):
            with socket.create_connection((host, int(port))) as client:
                client.sendall(request.encode())
                self.assertEqual(client.recv(12, socket.MSG_WAITALL), b"HTTP/1.1 " + status)
            exporter.get("/", SECRET)

    def test_curl_comes_in(self):
        if not shutil.which("curl"):
            harness.skip("curl is not installed")
        exporter = self.serve(f"basic_auth_users: {{bob: {BOB}}}\n")
        for user, status in (("bob:pass:word é", "200"), ("bob:pass", "401")):
            done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                                   "-u", user, exporter.url + "/metrics"],
                                  capture_output=True, text=True, timeout=harness.DEADLINE_SECONDS)
            self.assertEqual(done.stdout, status)


class HeadersTest(WebTest):
    CONFIG = """
http_server_config:
  headers:
    Strict-Transport-Security: max-age=31536000
    X-Frame-Options: deny
    Content-Security-Policy: ""
"""

    def test_headers_are_those_of_the_file(self):
        exporter = self.serve(self.CONFIG)
        for path in ("/", "/metrics", "/nothing"):
            headers = exporter.get(path).headers
            self.assertEqual(headers.get_all("Strict-Transport-Security"), ["max-age=31536000"])
            self.assertEqual(headers.get_all("X-Frame-Options"), ["deny"])
            self.assertIsNone(headers["Content-Security-Policy"])
            self.assertEqual(headers.get_all("X-Content-Type-Options"), ["nosniff"])

    def test_they_change_with_it(self):
        exporter = self.serve(self.CONFIG)
        self.config.write_text(self.CONFIG.replace("deny", "sameorigin"))
        harness.wait_until(lambda: exporter.get("/").headers["X-Frame-Options"] == "sameorigin",
                           "the new header")

    def test_refusals_have_them_too(self):
        exporter = self.serve(self.CONFIG + f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        answer = exporter.get("/")
        self.assertEqual((answer.status, answer.headers["X-Frame-Options"]), (401, "deny"))


class RateLimitTest(WebTest):
    def test_more_than_the_burst_is_refused(self):
        exporter = self.serve("rate_limit: {interval: 1h, burst: 3}\n")
        self.assertEqual([exporter.get("/-/healthy").status for _ in range(5)],
                         [200, 200, 200, 429, 429])

    def test_one_more_is_answered_after_the_interval(self):
        exporter = self.serve("rate_limit: {interval: 300ms, burst: 1}\n")
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        harness.wait_until(lambda: exporter.get("/-/healthy").status == 200, "another one")

    def test_an_interval_of_nothing_is_no_limit(self):
        exporter = self.serve("rate_limit: {interval: 0, burst: 1}\n")
        self.assertEqual({exporter.get("/-/healthy").status for _ in range(20)}, {200})

    def test_guesses_are_limited_too(self):
        exporter = self.serve("rate_limit: {interval: 1h, burst: 2}\n"
                              f"basic_auth_users: {{alice: {ALICE_FAST}}}\n")
        self.assertEqual([exporter.get("/", basic("alice", "x")).status for _ in range(3)],
                         [401, 401, 429])


class HostileTest(WebTest):
    @classmethod
    def setUpClass(cls):
        cls.exporter = harness.Exporter()
        cls.addClassCleanup(cls.exporter.finish)

    def exchange(self, request):
        """All that is answered until the connection ends."""
        host, port = self.exporter.address.split(":")
        answer = b""
        with socket.create_connection((host, int(port)), harness.DEADLINE_SECONDS) as client:
            try:
                client.sendall(request)
                while more := client.recv(65536):
                    answer += more
            except (ConnectionResetError, BrokenPipeError):
                pass
        return answer

    def test_paths_lead_nowhere_else(self):
        for path in ("/../etc/passwd", "/metrics/../../etc/passwd", "/..%2f..%2fetc/passwd",
                     "/%2e%2e/etc/passwd", "/....//etc/passwd", "//etc/passwd", "/etc/passwd%00",
                     "/metrics%00/x", "/metrics\\..\\..\\x", "file:///etc/passwd", "/metrics/."):
            with self.subTest(path=path):
                answer = self.exchange(f"GET {path} HTTP/1.1".encode() + HOST + b"\r\n")
                self.assertIn(answer.split(b" ")[1] if answer else b"", (b"404", b"400", b""))
                self.assertNotIn(b"root:", answer)

    def test_nothing_of_a_request_gets_into_the_headers(self):
        for request in (b"GET /%0d%0aX-Evil:%20yes HTTP/1.1" + HOST + b"\r\n",
                        b"GET /?a=%0d%0aX-Evil:%20yes HTTP/1.1" + HOST + b"\r\n",
                        b"GET / HTTP/1.1\r\nHost: x%0d%0aX-Evil: yes\r\nConnection: close\r\n\r\n",
                        b"GET /metrics HTTP/1.1" + HOST + b"Accept: a\rX-Evil: yes\r\n\r\n",
                        b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip%0d%0aX-Evil: y"
                        b"\r\nConnection: close\r\n\r\n"):
            with self.subTest(request=request):
                head = self.exchange(request).partition(b"\r\n\r\n")[0]
                self.assertNotIn(b"X-Evil", head)

    def test_as_many_parameters_as_there_is_room_for_are_answered(self):
        for parameter in (b"a&", b"a", b"&", b"=&", b"name[]=x&", b"%00&"):
            query = parameter * (12000 // len(parameter))
            with self.subTest(parameter=parameter):
                answer = self.exchange(b"GET /metrics?" + query + b" HTTP/1.1" + HOST + b"\r\n")
                self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer[:100])

    def test_a_target_may_name_the_server_too(self):
        for target, status in (("http://x/-/healthy?a=b", 200), ("https://x:1/-/healthy", 200),
                               ("http://x", 200), ("http://x?a", 200), ("http://x/nothing", 404),
                               ("ftp://x/-/healthy", 404)):
            with self.subTest(target=target):
                answer = self.exchange(f"GET {target} HTTP/1.1".encode() + HOST + b"\r\n")
                self.assertEqual(answer.split(b" ")[1], b"%d" % status)

    def test_two_lengths_are_no_way_to_smuggle(self):
        answer = self.exchange(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                               b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                               b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertLessEqual(answer.count(b"HTTP/1.1 "), 1)

    def test_what_is_too_large_is_refused(self):
        for request in (b"GET /" + b"a" * 40000 + b" HTTP/1.1" + HOST + b"\r\n",
                        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40000 + b"\r\n\r\n",
                        b"GET / HTTP/1.1" + HOST + b"X: y\r\n" * 20000 + b"\r\n"):
            answer = self.exchange(request)
            self.assertRegex(answer or b"HTTP/1.1 413 ", rb"\AHTTP/1\.1 4\d\d ")
        self.assertEqual(self.exporter.get("/-/healthy").status, 200)


if __name__ == "__main__":
    harness.main()
