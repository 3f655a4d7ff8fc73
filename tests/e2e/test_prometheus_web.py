"""A real Prometheus scrapes over TLS, with certificates of its own, with passwords."""

import pathlib
import shutil
import tempfile
import unittest

import certificates
import harness
from test_prometheus import Prometheus

HASH = "$2y$10$TkYJk/Whgs426D55/w7Aje5OAbS/7xLXDiJ2rLUAumsvPjF8KVjk6"  # of "secret"

JOB = """
  - job_name: {name}
    scheme: {scheme}
    static_configs: [{{targets: ["{address}"]}}]
"""
TLS = "    tls_config: {{ca_file: {ca}{more}}}\n"
PASSWORD = "    basic_auth: {{username: alice, password: {password}}}\n"


class WebTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("prometheus"):
            harness.skip("prometheus is not installed")
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.authority = certificates.Authority(self.directory / "authority")
        self.jobs = ""

    def serve(self, name, config):
        file = self.directory / f"{name}.yml"
        file.write_text(config)
        exporter = harness.Exporter(args=[f"--web.config.file={file}"])
        self.addCleanup(exporter.finish)
        return exporter

    def add(self, name, exporter, scheme="https", more=""):
        self.jobs += JOB.format(name=name, scheme=scheme, address=exporter.address) + more

    def targets(self, prometheus):
        found = prometheus.api("targets")["activeTargets"]
        return {target["labels"]["job"]: (target["health"], target["lastError"])
                for target in found}

    def all_are_scraped(self, prometheus):
        healths = [health for health, _ in self.targets(prometheus).values()]
        return len(healths) == 5 and "unknown" not in healths

    def test_it_scrapes_those_that_it_may(self):
        certificate, key = self.authority.sign("server")
        client = self.authority.sign("client", "client", "DNS:prometheus.example")
        tls = f"tls_server_config:\n  cert_file: {certificate}\n  key_file: {key}\n"
        users = f"basic_auth_users: {{alice: {HASH}}}\n"
        mutual = (f"  client_ca_file: {self.authority.certificate}\n"
                  "  client_auth_type: RequireAndVerifyClientCert\n"
                  "  client_allowed_sans: [prometheus.example]\n")
        trusts = TLS.format(ca=self.authority.certificate, more="")
        shows = TLS.format(ca=self.authority.certificate,
                           more=f", cert_file: {client[0]}, key_file: {client[1]}")
        plain, both = self.serve("plain", users), self.serve("both", tls + mutual + users)
        self.add("tls", self.serve("tls", tls), more=trusts)
        self.add("password", plain, "http", PASSWORD.format(password="secret"))
        self.add("all", both, more=shows + PASSWORD.format(password="secret"))
        self.add("no_certificate", both, more=trusts + PASSWORD.format(password="secret"))
        self.add("wrong_password", plain, "http", PASSWORD.format(password="other"))
        config = "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:" + self.jobs
        with Prometheus(self.directory, config) as prometheus:
            harness.wait_until(prometheus.is_ready, "Prometheus is ready")
            harness.wait_until(lambda: self.all_are_scraped(prometheus),
                               lambda: f"scrapes: {self.targets(prometheus)}")
            targets = self.targets(prometheus)
        for name in ("tls", "password", "all"):
            self.assertEqual(targets[name], ("up", ""), name)
        self.assertEqual(targets["no_certificate"][0], "down")
        self.assertEqual(targets["wrong_password"],
                         ("down", "server returned HTTP status 401 Unauthorized"))


if __name__ == "__main__":
    harness.main()
