"""The web configuration and listening of the program for Windows."""

import base64
import os
import shutil
import ssl
import unittest
import urllib.request

import both
import certificates
import harness

TLS = os.environ["WINDOWS_TLS"]
HASH = "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"  # of "secret"


def basic(password):
    return {"Authorization": "Basic " + base64.b64encode(f"alice:{password}".encode()).decode()}


class WebTest(both.Test):
    def serve(self, *args):
        server = both.Server(both.WINDOWS, self.folder, *args)
        self.addCleanup(server.finish)
        return server

    def test_users_come_in_by_their_passwords(self):
        self.write("web.yml", f"basic_auth_users: {{alice: {HASH}}}\n"
                              "http_server_config: {headers: {X-Frame-Options: deny}}\n")
        server = self.serve("--web.config.file=web.yml")
        answer = server.get("/metrics", basic("secret"))
        self.assertEqual((answer.status, answer.headers["X-Frame-Options"]), (200, "deny"))
        for headers in ({}, basic("Secret"), basic("")):
            self.assertEqual(server.get("/metrics", headers).status, 401)

    def test_the_file_is_read_anew(self):
        file = self.write("web.yml", "{}\n")
        server = self.serve("--web.config.file=web.yml")
        self.assertEqual(server.get("/-/healthy").status, 200)
        file.write_text(f"basic_auth_users: {{alice: {HASH}}}\n")
        harness.wait_until(lambda: server.get("/-/healthy").status == 401, "the user")

    def test_each_address_that_is_given_is_served(self):
        server = self.serve("--web.listen-address=127.0.0.1:0")
        harness.wait_until(lambda: server.log.count("msg=listening") == 2, "two addresses")
        for line in server.log.splitlines():
            if "msg=listening" in line:
                address = harness.log_pairs(line)["address"]
                self.assertEqual(harness.get(address, "/-/healthy").status, 200)

    def refused(self, *args):
        code, _, said = both.run(both.WINDOWS, "serve", *args, directory=self.folder)
        return code, said.decode().replace("\r", "").strip()

    def test_what_only_linux_has_is_told(self):
        self.assertEqual(self.refused("--web.listen-address=unix:a.sock"),
                         (1, "etw_exporter: cannot listen on unix:a.sock: on Windows there is "
                             "ADDR:PORT alone"))
        self.assertEqual(self.refused("--web.systemd-socket"),
                         (1, "etw_exporter: --web.systemd-socket: Windows has no systemd"))

    @unittest.skipIf(TLS, "this build has TLS")
    def test_a_build_without_tls_says_so(self):
        self.write("web.yml", "tls_server_config: {cert_file: a.crt, key_file: a.key}\n")
        code, _, said = both.run(both.WINDOWS, "check", "--web.config.file=web.yml",
                                 directory=self.folder)
        self.assertEqual((code, said.decode().replace("\r", "")),
                         (2, "web.yml:1:32: error: tls_server_config: this build, of TLS=0, has "
                             "no TLS\n"))


@unittest.skipUnless(TLS, "this build has no TLS")
class TlsTest(both.Test):
    def setUp(self):
        super().setUp()
        self.authority = certificates.Authority(self.folder / "authority")

    def serve(self, more=""):
        self.take("server")
        file = self.write("web.yml", "tls_server_config:\n  cert_file: server.crt\n"
                                     "  key_file: server.key\n" + more)
        server = both.Server(both.WINDOWS, self.folder, f"--web.config.file={file.name}")
        self.addCleanup(server.finish)
        return server

    def take(self, name, key=None):
        """What the server shows from now on."""
        for source, file in zip(self.authority.sign(name, key=key), ("server.crt", "server.key")):
            shutil.copy(source, self.folder / file)

    def get(self, server, pair=None):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        if pair:
            context.load_cert_chain(*pair)
        with urllib.request.urlopen(f"https://{server.address}/-/healthy", timeout=60,
                                    context=context) as answer:
            return answer.read()

    def test_tls_is_spoken(self):
        self.assertEqual(self.get(self.serve()), b"healthy\n")

    def test_clients_show_certificates_where_that_is_asked_for(self):
        shutil.copy(self.authority.certificate, self.folder / "authority.crt")
        server = self.serve("  client_auth_type: RequireAndVerifyClientCert\n"
                            "  client_ca_file: authority.crt\n")
        for use in ("client", "client_without_signatures"):
            self.assertEqual(self.get(server, self.authority.sign(use, use)), b"healthy\n")
        with self.assertRaises(OSError):
            self.get(server)

    def test_a_key_that_no_client_could_connect_with_is_told(self):
        self.take("odd", "ec:P-224")
        self.write("web.yml", "tls_server_config: {cert_file: server.crt, key_file: server.key}\n")
        code, _, said = both.run(both.WINDOWS, "check", "--web.config.file=web.yml",
                                 directory=self.folder)
        self.assertEqual(code, 2)
        self.assertIn(b"no client can connect by TLS 1.3 with the certificate", said)

    def test_a_new_certificate_is_taken_up(self):
        server = self.serve()
        host, port = server.address.rsplit(":", 1)
        before = ssl.get_server_certificate((host, int(port)))
        self.take("renewed")
        harness.wait_until(
            lambda: ssl.get_server_certificate((host, int(port))) != before, "the new certificate")
        self.assertEqual(self.get(server), b"healthy\n")


if __name__ == "__main__":
    harness.main()
