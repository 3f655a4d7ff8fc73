"""A real Prometheus with the alert rules watches an exporter that is in trouble: alerts that wait
before they fire are pending then."""

import contextlib
import pathlib
import shutil
import signal
import tempfile
import unittest

import harness
from test_prometheus import DASHBOARDS, Prometheus

CONFIG = """
sessions:
  - {name: fine, path: demo.etl}
  - {name: down, path: garbage.etl}
"""

PROMETHEUS_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ["{dashboards}/*.alerts.yml"]
scrape_configs:
  - {{job_name: machines, static_configs: [{{targets: ["{address}"]}}]}}
"""


class TroubleTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("prometheus"):
            harness.skip("prometheus is not installed")
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        harness.demo_recording(self.folder / "demo.etl")
        (self.folder / "garbage.etl").write_bytes(b"no recording " * 1000)
        self.web_config = self.folder / "web.yml"
        self.web_config.write_text("rate_limit: {interval: 1ms, burst: 100}\n", "utf-8")
        self.exporter = stack.enter_context(harness.Exporter(
            CONFIG, [f"--web.config.file={self.web_config}"], directory=self.folder))
        self.prometheus = stack.enter_context(Prometheus(self.folder, PROMETHEUS_CONFIG.format(
            dashboards=DASHBOARDS, address=self.exporter.address)))
        harness.wait_until(self.prometheus.is_ready, "Prometheus is ready")
        harness.wait_until(lambda: self.prometheus.query("sum(up) == 1"), "a scrape")

    def pending(self):
        found = self.prometheus.query('ALERTS{alertstate="pending"}')
        return {(alert["metric"]["alertname"], alert["metric"].get("session")) for alert in found}

    def wait_for(self, *wanted):
        harness.wait_until(lambda: self.pending() == set(wanted), lambda: f"{self.pending()}")

    def test_what_is_wrong_is_pending_and_ends_with_what_was_wrong(self):
        down = ("EtwSessionDown", "down")
        self.wait_for(down)
        self.exporter.config_file.write_text("sessions: 7\n", "utf-8")
        self.exporter.process.send_signal(signal.SIGHUP)
        config = ("EtwConfigReloadFailed", None)
        self.wait_for(down, config)
        self.web_config.write_text("rate_limit: {interval: never}\n", "utf-8")
        self.wait_for(down, config, ("EtwWebConfigReloadFailed", None))
        self.web_config.write_text("rate_limit: {interval: 1ms, burst: 101}\n", "utf-8")
        self.wait_for(down, config)
        self.exporter.config_file.write_text(CONFIG.replace("garbage", "demo"), "utf-8")
        self.exporter.process.send_signal(signal.SIGHUP)
        self.wait_for()

    def test_an_exporter_that_was_there_is_down_whatever_its_job_is_called(self):
        self.wait_for(("EtwSessionDown", "down"))
        self.exporter.stop()
        # Some scrapes of the last minutes succeeded, and some failed.
        self.wait_for(("EtwExporterDown", None), ("EtwScrapesFail", None))


if __name__ == "__main__":
    harness.main()
