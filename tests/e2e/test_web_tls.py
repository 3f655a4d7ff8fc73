"""TLS of the web configuration: certificates of server and clients, versions, ciphers, rotation."""

import json
import contextlib
import http.client
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest
import warnings

import certificates
import harness

REFUSED = "etw_exporter_http_refused_total"
EXPIRY = "etw_exporter_web_certificate_expiry_timestamp_seconds"


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        cls.authority = certificates.Authority(cls.root / "authority")
        cls.foreign = certificates.Authority(cls.root / "foreign", "foreign")
        cls.server = cls.authority.sign("server")
        cls.rsa = cls.authority.sign("rsa", key="rsa:2048")

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.config = self.directory / "web.yml"

    def write(self, pair, more=""):
        """The server's pair is copied beside the configuration, which says more of TLS."""
        for source, name in zip(pair, ("server.crt", "server.key")):
            shutil.copy(source, self.directory / "new")
            os.replace(self.directory / "new", self.directory / name)
        self.config.write_text("tls_server_config:\n  cert_file: server.crt\n"
                               "  key_file: server.key\n" + more)

    def serve(self, pair=None, more=""):
        self.write(pair or self.server, more)
        exporter = harness.Exporter(args=[f"--web.config.file={self.config}"])
        self.addCleanup(exporter.finish)
        return exporter

    def context(self, client=None, authority=None):
        context = ssl.create_default_context(cafile=(authority or self.authority).certificate)
        # As newer Pythons do by themselves.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        if client:
            context.load_cert_chain(*client)
        return context

    def get(self, exporter, path="/-/healthy", context=None):
        host, port = exporter.address.split(":")
        connection = http.client.HTTPSConnection(host, int(port), context=context or self.context(),
                                                 timeout=harness.DEADLINE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return harness.Response(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def is_refused(self, exporter, context=None):
        try:
            self.get(exporter, context=context)
        except (ssl.SSLError, ConnectionError, http.client.HTTPException):
            return True
        return False

    def total(self, exporter, name, context=None, **labels):
        page = self.get(exporter, "/metrics", context).body.decode()
        return harness.total(harness.parse_page(page), name, **labels)

    def cipher(self, exporter, version, ciphers=None):
        """What is agreed on; None: nothing."""
        context = self.context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        host, port = exporter.address.split(":")
        try:
            with socket.create_connection((host, int(port)), harness.DEADLINE_SECONDS) as plain, \
                    context.wrap_socket(plain, server_hostname=host) as client:
                return client.cipher()[0]
        except (ssl.SSLError, ConnectionError):
            return None


class ServerTest(TlsTest):
    def test_pages_are_served(self):
        for pair in (self.server, self.rsa):
            exporter = self.serve(pair)
            self.assertEqual(self.get(exporter).body, b"healthy\n")
            self.assertEqual(self.total(exporter, "etw_exporter_build_info"), 1)

    def test_every_kind_of_key_that_goes_is_served(self):
        keys = {"ec:P-384": None, "ec:P-521": None, "ed25519": None, "rsa:3072": None,
                "ec:P-224": "  max_version: TLS12\n"}
        for key, more in keys.items():
            with self.subTest(key=key):
                pair = self.authority.sign(key.replace(":", "-"), key=key)
                exporter = self.serve(pair, more or "")
                done = subprocess.run(["openssl", "s_client", "-curves", "P-256:P-384:P-521:P-224",
                                       "-quiet", "-connect", exporter.address, "-CAfile",
                                       self.authority.certificate, "-verify_return_error"],
                                      input="GET /-/healthy HTTP/1.0\r\n\r\n", text=True,
                                      capture_output=True, timeout=harness.DEADLINE_SECONDS)
                self.assertIn("healthy", done.stdout, done.stderr)

    def test_a_key_may_be_in_any_form(self):
        """By itself or with the certificates, and whatever form its first line says."""
        def written(name, content):
            path = self.directory / name
            path.write_text(content)
            return path
        old = self.directory / "old"
        certificates.openssl("rsa", "-in", self.rsa[1], "-traditional", "-out", old)
        new, both = self.rsa[1].read_text(), self.directory / "both"
        both.write_text(new + self.rsa[0].read_text())
        keys = {
            "PKCS #1": old,
            "PKCS #1 that is called PKCS #8": written("1", old.read_text().replace("RSA ", "")),
            "PKCS #8 that is called PKCS #1": written("8", new.replace("PRIVATE", "RSA PRIVATE")),
            "another name": written("any", new.replace("PRIVATE", "ANY PRIVATE")),
            "with other ends of lines": written("crlf", new.replace("\n", "\r\n")),
            "behind the certificate": written("behind", self.rsa[0].read_text() + "its key\n" +
                                              old.read_text().replace("RSA ", "")),
            "before the certificate": both,
        }
        for name, key in keys.items():
            with self.subTest(key=name):
                exporter = self.serve((both if key == both else self.rsa[0], key))
                self.assertEqual(self.get(exporter).status, 200)

    def test_a_chain_may_be_as_long_as_clients_take(self):
        root = self.authority.certificate.read_text()
        chain = self.directory / "chain"
        chain.write_text(self.server[0].read_text() +
                         root * (90000 // len(ssl.PEM_cert_to_DER_cert(root))))
        exporter = self.serve((chain, self.server[1]))
        self.assertEqual(self.get(exporter).status, 200)

    def test_the_pair_may_be_in_the_configuration(self):
        block = "".join(f"  {key}: |\n" + "".join(f"    {line}\n" for line in
                                                   source.read_text().splitlines())
                        for key, source in zip(("cert", "key"), self.server))
        self.config.write_text("tls_server_config:\n" + block)
        with harness.Exporter(args=[f"--web.config.file={self.config}"]) as exporter:
            self.assertEqual(self.get(exporter).status, 200)

    def test_it_tells_when_the_first_of_its_certificates_expires(self):
        brief = certificates.Authority(self.directory / "brief", days=1)
        pair = brief.sign("server")
        chain = self.directory / "chain"
        chain.write_bytes(pair[0].read_bytes() + brief.certificate.read_bytes())
        first = certificates.expiry(brief.certificate)
        self.assertLess(first, certificates.expiry(chain))
        exporter = self.serve((chain, pair[1]))
        context = self.context(authority=brief)
        self.assertEqual(self.total(exporter, EXPIRY, context), first)

    def test_a_key_that_the_certificate_does_not_let_sign_signs(self):
        pair = self.authority.sign("no_signatures", "server_without_signatures", key="rsa:2048")
        exporter = self.serve(pair)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.assertTrue(self.cipher(exporter, version))
        warning = f'the key usage of the certificate "{self.directory}/server.crt" does not allow'
        self.assertIn(f"{self.config}:2:14: warning: {warning}", exporter.log)
        done = harness.run("check", f"--web.config.file={self.config}")
        self.assertEqual(done.returncode, 0)
        self.assertIn(warning, done.stderr)

    def test_who_speaks_no_tls_gets_nothing(self):
        exporter = self.serve()
        with self.assertRaises((http.client.HTTPException, ConnectionError)):
            exporter.get("/-/healthy")
        self.assertEqual(self.get(exporter).status, 200)
        self.assertGreaterEqual(self.total(exporter, REFUSED, reason="tls"), 1)

    def test_a_client_that_does_not_know_the_authority_goes_away(self):
        self.assertTrue(self.is_refused(self.serve(), self.context(authority=self.foreign)))

    def test_versions_are_1_2_and_1_3(self):
        exporter = self.serve()
        self.assertTrue(self.cipher(exporter, ssl.TLSVersion.TLSv1_2))
        self.assertTrue(self.cipher(exporter, ssl.TLSVersion.TLSv1_3))
        self.assertIsNone(self.cipher(exporter, ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"))

    def test_versions_can_be_chosen(self):
        new = self.serve(more="  min_version: TLS13\n")
        self.assertIsNone(self.cipher(new, ssl.TLSVersion.TLSv1_2))
        self.assertTrue(self.cipher(new, ssl.TLSVersion.TLSv1_3))
        old = self.serve(more="  max_version: TLS12\n")
        self.assertTrue(self.cipher(old, ssl.TLSVersion.TLSv1_2))
        self.assertIsNone(self.cipher(old, ssl.TLSVersion.TLSv1_3))

    def test_cipher_suites_are_those_of_tls_1_2_alone(self):
        exporter = self.serve(more="  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n")
        version = ssl.TLSVersion.TLSv1_2
        self.assertEqual(self.cipher(exporter, version), "ECDHE-ECDSA-AES256-GCM-SHA384")
        for other in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305",
                      "ECDHE-ECDSA-AES256-SHA"):
            self.assertIsNone(self.cipher(exporter, version, other))
        self.assertEqual(self.cipher(exporter, ssl.TLSVersion.TLSv1_3), "TLS_AES_128_GCM_SHA256")

    def test_cipher_suites_of_tls_1_3_alone_leave_that_alone(self):
        for suites in ("TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"):
            with self.subTest(suites=suites):
                exporter = self.serve(more=f"  cipher_suites: [{suites}]\n")
                self.assertIn("TLS 1.3 alone is spoken", exporter.log)
                self.assertIsNone(self.cipher(exporter, ssl.TLSVersion.TLSv1_2))
                self.assertTrue(self.cipher(exporter, ssl.TLSVersion.TLSv1_3))

    def test_the_order_is_the_servers_unless_it_says_otherwise(self):
        suites = "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, " \
                 "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
        asked = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
        version = ssl.TLSVersion.TLSv1_2
        self.assertEqual(self.cipher(self.serve(self.rsa, suites), version, asked),
                         "ECDHE-RSA-AES256-GCM-SHA384")
        suites += "  prefer_server_cipher_suites: false\n"
        self.assertEqual(self.cipher(self.serve(self.rsa, suites), version, asked),
                         "ECDHE-RSA-AES128-GCM-SHA256")

    def test_openssl_agrees_on_a_curve_that_is_allowed(self):
        exporter = self.serve(self.rsa, "  curve_preferences: [CurveP384]\n")
        for version in ("-tls1_2", "-tls1_3"):
            for curve, agreed in (("P-384", True), ("X25519", False)):
                done = subprocess.run(["openssl", "s_client", version, "-curves", curve, "-connect",
                                       exporter.address, "-CAfile", self.authority.certificate],
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      timeout=harness.DEADLINE_SECONDS)
                self.assertEqual("Verify return code: 0 (ok)" in done.stdout and
                                 "Cipher is (NONE)" not in done.stdout, agreed, (version, curve))

    def test_curl_scrapes(self):
        if not shutil.which("curl"):
            harness.skip("curl is not installed")
        exporter = self.serve()
        done = subprocess.run(["curl", "-s", "--cacert", self.authority.certificate,
                               f"https://{exporter.address}/metrics"], capture_output=True,
                              text=True, timeout=harness.DEADLINE_SECONDS)
        self.assertIn("\netw_exporter_build_info{", done.stdout)

    def test_a_slow_handshake_holds_up_nobody(self):
        exporter = self.serve()
        host, port = exporter.address.split(":")
        for sent in [b"", b"\x16\x03\x01\x02\x00\x01", b"\x16\x03\x01\xff\xff" + b"a" * 1000] * 10:
            client = socket.create_connection((host, int(port)))
            self.addCleanup(client.close)
            client.sendall(sent)
        self.assertEqual(self.get(exporter).status, 200)

    def test_a_handshake_has_a_deadline(self):
        """The request's: what comes of it now and then makes it no longer. As slow, or as ended before
        a request, each is counted once."""
        exporter = self.serve()
        host, port = exporter.address.split(":")
        clients = [socket.create_connection((host, int(port))) for _ in range(2)]
        for client in clients:
            self.addCleanup(client.close)
        hello = iter(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03" + bytes(16000))

        def cut_off():
            with contextlib.suppress(ConnectionError):
                clients[1].send(bytes([next(hello)]))
            return sum(self.total(exporter, REFUSED, reason=reason)
                       for reason in ("slow", "tls")) == 2
        harness.wait_until(cut_off, "both to be cut off")
        for client in clients:
            client.settimeout(harness.DEADLINE_SECONDS)
            with contextlib.suppress(ConnectionError):
                while client.recv(4096):
                    pass


class ClientTest(TlsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.authority.sign("client", "client", "DNS:prometheus.example,IP:10.1.2.3,"
                                        "IP:2001:db8::1,email:a@example.com,URI:spiffe://x/y")
        cls.expired = cls.authority.sign("expired", "client", expired=True)
        cls.wrong_use = cls.authority.sign("wrong-use", "server", "DNS:prometheus.example")
        cls.other_name = cls.authority.sign("other", "client", "DNS:other.example")
        cls.stranger = cls.foreign.sign("stranger", "client", "DNS:prometheus.example")

    def serve_clients(self, auth, more="", authority=True):
        if authority:
            more += f"  client_ca_file: {self.authority.certificate}\n"
        return self.serve(more=f"  client_auth_type: {auth}\n" + more)

    def assert_served(self, exporter, **clients):
        """Which of these come in, and which do not, with either version."""
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for name, wanted in clients.items():
                context = self.context(None if name == "nobody" else getattr(self, name))
                context.minimum_version = context.maximum_version = version
                with self.subTest(client=name, version=version):
                    self.assertEqual(not self.is_refused(exporter, context), wanted)

    def test_each_type_lets_in_whom_it_should(self):
        rows = {
            "RequestClientCert": dict(nobody=True, client=True, stranger=True, expired=True),
            "RequireAnyClientCert": dict(nobody=False, client=True, stranger=True, expired=True),
            "VerifyClientCertIfGiven": dict(nobody=True, client=True, expired=False,
                                            wrong_use=False),
            "RequireAndVerifyClientCert": dict(nobody=False, client=True, expired=False,
                                               wrong_use=False),
        }
        for auth, clients in rows.items():
            with self.subTest(auth=auth):
                self.assert_served(self.serve_clients(auth), **clients)

    def test_a_foreign_certificate_is_refused(self):
        """It is sent only by a client that does not look at which authorities are asked for."""
        exporter = self.serve_clients("RequireAndVerifyClientCert")
        for version in ("-tls1_2", "-tls1_3"):
            self.assertNotIn("healthy", self.s_client(exporter, self.stranger, version,
                                                          "-quiet"))
            self.assertIn("healthy", self.s_client(exporter, self.client, version, "-quiet"))
        self.assertGreaterEqual(self.total(exporter, REFUSED, self.context(self.client),
                                           reason="client_certificate"), 2)

    def s_client(self, exporter, client, version, *more):
        done = subprocess.run(["openssl", "s_client", version, *more, "-connect",
                               exporter.address, "-CAfile", self.authority.certificate, "-cert",
                               client[0], "-key", client[1]], capture_output=True, text=True,
                              input="GET /-/healthy HTTP/1.0\r\n\r\n",
                              timeout=harness.DEADLINE_SECONDS)
        return done.stdout

    def test_the_key_usage_of_clients_does_not_matter(self):
        """As little as Go looks at it; what both sides agree on is as without certificates."""
        client = self.authority.sign("no-signatures", "client_without_signatures")
        for auth in ("RequestClientCert", "RequireAndVerifyClientCert"):
            exporter = self.serve_clients(auth)
            for version in ("-tls1_2", "-tls1_3"):
                with self.subTest(auth=auth, version=version):
                    self.assertIn("healthy", self.s_client(exporter, client, version, "-quiet"))
        said = self.s_client(exporter, client, "-tls1_2", "-ign_eof")
        self.assertIn("healthy", said)
        self.assertIn("Extended master secret: yes", said)

    def test_without_a_type_nobody_is_asked(self):
        self.assert_served(self.serve(), nobody=True, client=True)

    def test_names_of_any_kind_are_allowed(self):
        for name in ("prometheus.example", "10.1.2.3", "2001:db8::1", "a@example.com",
                     "spiffe://x/y"):
            with self.subTest(name=name):
                more = f"  client_allowed_sans: [none.example, '{name}']\n"
                self.assert_served(self.serve_clients("RequireAndVerifyClientCert", more),
                                   client=True, other_name=False)

    def test_parts_of_names_are_not_allowed(self):
        more = "  client_allowed_sans: [example, '*.example', PROMETHEUS.EXAMPLE, client]\n"
        self.assert_served(self.serve_clients("RequireAnyClientCert", more, False), client=False)

    def test_other_authorities_are_taken_up(self):
        exporter = self.serve_clients("RequireAndVerifyClientCert")
        self.assert_served(exporter, client=True)
        self.config.write_text(self.config.read_text().replace(
            str(self.authority.certificate), str(self.foreign.certificate)))
        harness.wait_until(lambda: self.is_refused(exporter, self.context(self.client)),
                           "the client to be refused")
        self.assertFalse(self.is_refused(exporter, self.context(self.stranger)))


class RotationTest(TlsTest):
    def served_by(self, exporter):
        """The number of the certificate that is shown."""
        host, port = exporter.address.split(":")
        with socket.create_connection((host, int(port)), harness.DEADLINE_SECONDS) as plain, \
                self.context().wrap_socket(plain, server_hostname=host) as client:
            return client.getpeercert()["serialNumber"]

    def test_a_new_certificate_is_shown_and_open_connections_live_on(self):
        exporter = self.serve()
        before = self.served_by(exporter)
        host, port = exporter.address.split(":")
        kept = http.client.HTTPSConnection(host, int(port), context=self.context(),
                                           timeout=harness.DEADLINE_SECONDS)
        self.addCleanup(kept.close)
        for _ in range(2):
            kept.request("GET", "/-/healthy")
            self.assertEqual(kept.getresponse().read(), b"healthy\n")
            self.write(self.rsa)
            harness.wait_until(lambda: self.served_by(exporter) != before, "the new certificate")
        self.assertTrue(exporter.wait_for_log("web configuration loaded anew"))

    def test_what_is_wrong_changes_nothing_and_is_told(self):
        exporter = self.serve()
        before = self.served_by(exporter)
        name = "etw_exporter_web_config_last_reload_successful"
        self.assertEqual(self.total(exporter, name), 1)
        (self.directory / "server.key").write_text("no key\n")
        harness.wait_until(lambda: self.total(exporter, name) == 0, "the failure")
        self.assertEqual(self.served_by(exporter), before)
        said = "web configuration not loaded: what was loaded before holds"
        self.assertTrue(exporter.wait_for_log(said))
        self.write(self.rsa)
        harness.wait_until(lambda: self.served_by(exporter) != before, "the new certificate")
        harness.wait_until(lambda: self.total(exporter, name) == 1, "the success")

    def test_tls_is_not_turned_off(self):
        exporter = self.serve()
        self.config.write_text("{}\n")
        exporter.wait_for_log("tls_server_config turns TLS on or off, which takes a restart")
        self.assertEqual(self.get(exporter).status, 200)


class RefusedTest(TlsTest):
    def check(self, pair, said, more="", at="2:14"):
        self.write(pair, more)
        for command in ("check", "serve"):
            done = harness.run(command, f"--web.config.file={self.config}",
                               *["--web.listen-address=127.0.0.1:0"] * (command == "serve"))
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertTrue(done.stderr.startswith(f"{self.config}:{at}: error: {said}"),
                            done.stderr)

    def test_a_pair_that_is_none_is_told(self):
        empty = self.directory / "empty"
        empty.write_text("no PEM\n")
        certificate, key = self.directory / "server.crt", self.directory / "server.key"
        self.check((self.server[0], self.rsa[1]),
                   f'the key does not go with the certificate "{certificate}": ')
        self.check((empty, self.server[1]), f'there is no certificate in "{certificate}": ')
        self.check((self.server[0], empty), f'there is no private key in "{key}": ', at="3:13")

    def test_what_of_a_pair_cannot_be_read_is_told(self):
        certificate, key = self.directory / "server.crt", self.directory / "server.key"
        locked, odd, torn = (self.directory / name for name in ("locked", "odd", "torn"))
        certificates.openssl("pkey", "-in", self.rsa[1], "-aes256", "-passout", "pass:secret",
                             "-out", locked)
        self.check((self.rsa[0], locked), f'the private key in "{key}" is encrypted; give it '
                   "without a password, as `openssl pkey` writes it\n", at="3:13")
        certificates.openssl("ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", odd)
        self.check((self.server[0], odd), f'cannot read the private key in "{key}": ', at="3:13")
        torn.write_text(self.server[0].read_text() + "-----BEGIN CERTIFICATE-----\nAAAA\n"
                        "-----END CERTIFICATE-----\n")
        self.check((torn, self.server[1]), f'cannot read the certificates in "{certificate}": ')

    def test_certificates_out_of_order_are_told(self):
        """GnuTLS puts short lists into order by itself."""
        many = self.directory / "many"
        many.write_text(self.server[0].read_text() + self.rsa[0].read_text() * 20)
        self.check((many, self.server[1]),
                   f'cannot take the certificates in "{self.directory}/server.crt": ')

    def test_cipher_suites_that_do_not_go_with_the_key_are_told(self):
        self.check(self.server, "none of the cipher_suites goes with the certificate, whose key is "
                                "of an elliptic curve: add one with _ECDSA_ in its name, or allow "
                                "TLS13\n",
                   "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n"
                   "  max_version: TLS12\n", "4:18")

    def test_keys_that_no_handshake_has_are_told(self):
        certificate = self.directory / "server.crt"
        p224 = self.authority.sign("p224", key="ec:P-224")
        keys = "take a key of RSA, P-256, P-384, P-521 or Ed25519"
        said = f'no client can connect by TLS 1.3 with the certificate "{certificate}"; {keys}'
        self.check(p224, said + ", or set max_version to TLS12: ")
        self.check(p224, said + ": ", "  min_version: TLS13\n")
        self.check(self.authority.sign("ed25519", key="ed25519"),
                   f'no client can connect with the certificate "{certificate}" by the versions '
                   "that are allowed; take a key of RSA or P-256, other cipher_suites, or a newer "
                   "max_version: ", "  min_version: TLS10\n  max_version: TLS11\n")
        self.check(self.server, f'no client can connect with the certificate "{certificate}" by ',
                   "  min_version: TLS10\n  max_version: TLS11\n"
                   "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n")

    def test_a_key_that_is_short_is_told(self):
        self.write(self.authority.sign("short", key="rsa:1024"))
        done = harness.run("check", f"--web.config.file={self.config}")
        self.assertEqual((done.returncode, done.stderr),
                         (0, f'{self.config}:2:14: warning: the key of the certificate '
                             f'"{self.directory}/server.crt" has 1024 bits: many clients refuse '
                             "it; make one of RSA with 2048 bits or more, or of P-256\n"))

    def test_an_authority_without_certificates_is_told(self):
        self.check(self.server, 'there is no certificate in "client_ca": ',
                   "  client_ca: none\n  client_auth_type: RequestClientCert\n", "4:14")

    def test_a_certificate_that_has_expired_is_told(self):
        self.write(self.authority.sign("expired_server", expired=True))
        done = harness.run("check", f"--web.config.file={self.config}")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, f'{self.config}:2:14: warning: a certificate of '
                                      f'"{self.directory}/server.crt" expired at '
                                      "2025-01-02T00:00:00Z: clients refuse it; renew it\n")

    def test_what_is_right_is_told_too(self):
        self.write(self.server)
        done = harness.run("check", f"--web.config.file={self.config}")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, f"{self.config}: web configuration, no errors\n", ""))
        done = harness.run("check", f"--web.config.file={self.config}", "--format=json")
        self.assertEqual(json.loads(done.stdout),
                         {"web_config": str(self.config), "errors": 0, "problems": []})

    def test_json_has_what_is_wrong(self):
        self.write(self.server, "  max_version: TLS09\n")
        done = harness.run("check", f"--web.config.file={self.config}", "--format=json")
        self.assertEqual(done.returncode, 2)
        said = json.loads(done.stdout)
        problem = said["problems"][0]
        self.assertEqual((said["errors"], problem["severity"], problem["line"], problem["column"]),
                         (1, "error", 4, 16))
        self.assertIn("max_version", problem["text"])


if __name__ == "__main__":
    harness.main()
