"""The service of the package for Debian, under a systemd that boots a container."""

import os
import pathlib
import re
import shutil
import tempfile
import unittest

import container
import harness

RECORDINGS = "/var/lib/etw_exporter"
TRACEFS = "/sys/kernel/tracing"
CAP_DAC_OVERRIDE = 1 << 1
SECCOMP_FILTER = "2"


def setUpModule():
    container.need()


class Service(unittest.TestCase):
    """Each test has a container of its own, with the package just installed."""

    def setUp(self):
        self.debian = container.Container()
        self.addCleanup(self.debian.close)
        self.debian.install(container.PACKAGE)

    def record(self, name):
        """Puts the demo recording where the service reads."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            harness.demo_recording(path)
            shutil.copy(path, self.debian.path(RECORDINGS))

    def wait_for_events(self, **labels):
        harness.wait_until(lambda: self.debian.total("etw_events_total", **labels),
                           lambda: f"events to be counted\n{self.debian.log()}")


class Installed(Service):
    def test_it_is_started_and_scraped(self):
        self.assertEqual(self.debian.state("ActiveState"), "active")
        self.assertEqual(self.debian.state("UnitFileState"), "enabled")
        self.assertIn("etw_exporter_build_info", self.debian.page())
        self.assertEqual(self.debian.page("/-/ready").strip(), "ready")

    def test_it_has_no_rights(self):
        status = self.debian.status()
        self.assertNotIn("0", status["Uid"])
        self.assertNotIn("0", status["Gid"])
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[name][0], 16), 0, name)
        self.assertEqual(status["NoNewPrivs"], ["1"])
        self.assertEqual(status["Seccomp"], [SECCOMP_FILTER])

    def test_its_own_numbers_are_all_there(self):
        page = self.debian.page()
        for name in ("cpu_seconds_total", "start_time_seconds", "resident_memory_bytes",
                     "open_fds", "max_fds"):
            self.assertRegex(page, rf"(?m)^process_{name} [1-9]|process_{name} 0\.")

    def test_it_may_raise_its_limit_of_open_files(self):
        limits = self.debian.path(f"/proc/{self.debian.state('MainPID')}/limits").read_text()
        soft, hard = re.search(r"Max open files +(\d+) +(\d+)", limits).groups()
        self.assertGreater(int(hard), 1024)
        self.assertEqual(soft, hard)

    def test_recordings_in_its_folder_are_counted(self):
        self.record("one.etl")
        self.wait_for_events(session="recordings")

    def test_recordings_of_a_group_below_home_are_counted_where_the_unit_says_so(self):
        self.record("one.etl")
        self.debian.run("sh", "-c", "groupadd tracers && mkdir -m 755 /home/traces && "
                        f"mv {RECORDINGS}/one.etl /home/traces/ && "
                        "chgrp tracers /home/traces/one.etl && chmod 640 /home/traces/one.etl")
        self.debian.drop_in("more", "[Service]\nProtectHome=read-only\nSupplementaryGroups=tracers\n")
        self.debian.configure("sessions: [{name: home, path: /home/traces, follow: true}]\n")
        self.debian.restart()
        self.wait_for_events(session="home")

    def test_patterns_of_rules_work_without_memory_to_compile_into(self):
        self.record("one.etl")
        self.debian.configure("sessions:\n"
                              f"  - {{name: recordings, path: {RECORDINGS}, follow: true}}\n"
                              "metrics:\n"
                              "  - name: matched_total\n"
                              "    type: counter\n"
                              "    help: Events of providers whose name matches.\n"
                              "    match: {provider: '*'}\n"
                              "    where: [{field: $provider, regex: '^Micro(soft)+-'}]\n")
        self.debian.restart()
        harness.wait_until(lambda: self.debian.total("matched_total"),
                           self.debian.log)

    def test_flags_of_the_default_file_are_taken(self):
        self.debian.path("/etc/default/etw_exporter").write_text(
            'ARGS="--web.listen-address=127.0.0.1:9989 --log.format=json"\n')
        self.debian.restart()
        self.assertIsNone(self.debian.page())
        self.assertIn("etw_exporter_build_info",
                      self.debian.page(address="http://127.0.0.1:9989"))
        self.assertIn('"msg":"listening"', self.debian.log())

    def test_a_unix_socket_is_in_the_folder_that_it_may_write(self):
        self.debian.path("/etc/default/etw_exporter").write_text(
            'ARGS="--web.listen-address=unix:/run/etw_exporter/http.sock"\n')
        self.debian.restart()
        self.assertIn("etw_exporter_build_info",
                      self.debian.run("curl", "--silent", "--unix-socket",
                                      "/run/etw_exporter/http.sock",
                                      "http://localhost/metrics").stdout)

    def test_sockets_that_systemd_holds_are_served_and_start_it(self):
        """As the document says: a port that takes rights, and a socket of a file."""
        document = (harness.ROOT / "exporter" / "docs" / "linux.md").read_text("utf-8")
        self.debian.path("/etc/systemd/system/etw_exporter.socket").write_text(
            re.search(r"```ini\n(\[Socket\]\n.*?)```", document, re.DOTALL)[1])
        self.debian.path("/etc/default/etw_exporter").write_text('ARGS="--web.systemd-socket"\n')
        self.debian.run("systemctl", "stop", container.SERVICE)
        self.debian.run("systemctl", "daemon-reload")
        self.debian.run("systemctl", "enable", "--now", "etw_exporter.socket")
        self.assertEqual(self.debian.state("ActiveState"), "inactive")
        self.assertIn("etw_exporter_build_info", self.debian.page(address="http://127.0.0.1:80"))
        self.assertIn("etw_exporter_build_info",
                      self.debian.run("curl", "--silent", "--unix-socket", "/run/etw_exporter.sock",
                                      "http://localhost/metrics").stdout)
        self.debian.restart()
        self.assertIsNotNone(self.debian.page(address="http://127.0.0.1:80"))

    def test_a_stop_is_in_order(self):
        self.debian.run("systemctl", "stop", container.SERVICE)
        self.assertEqual(self.debian.state("Result"), "success")
        self.assertIn("msg=stopping", self.debian.log())

    def test_the_unit_is_as_systemd_wants_it(self):
        # The manual is not installed in a minimal Debian; what is said of it is left out.
        said = self.debian.run("systemd-analyze", "verify", self.debian.state("FragmentPath"),
                               check=False).stdout
        self.assertEqual([line for line in said.splitlines() if "Command 'man " not in line], [])

    def test_the_unit_exposes_little(self):
        said = self.debian.run("systemd-analyze", "security", "--no-pager",
                               f"{container.SERVICE}.service").stdout
        self.assertLessEqual(float(re.search(r"exposure level for .*: ([\d.]+)", said)[1]), 1.2)


class Failing(Service):
    def restarted(self):
        return int(self.debian.state("NRestarts"))

    def test_one_that_hangs_is_restarted_by_the_watchdog(self):
        self.debian.drop_in("soon", "[Service]\nWatchdogSec=3s\nTimeoutAbortSec=1s\nRestartSec=0\n")
        self.debian.restart()
        first = self.debian.state("MainPID")
        self.debian.run("kill", "-STOP", first)
        harness.wait_until(lambda: self.restarted() == 1 and
                           self.debian.state("ActiveState") == "active", self.debian.log)
        self.assertNotEqual(self.debian.state("MainPID"), first)
        self.assertIn("watchdog", self.debian.log().lower())
        self.assertIn("etw_exporter_build_info", self.debian.page())

    def test_one_that_is_well_is_left_alone_by_the_watchdog(self):
        self.debian.drop_in("soon", "[Service]\nWatchdogSec=3s\n")
        self.debian.restart()
        first = self.debian.state("WatchdogTimestampMonotonic")
        harness.wait_until(lambda: int(self.debian.state("WatchdogTimestampMonotonic")) >
                           int(first) + 6_000_000, "two intervals of the watchdog")
        self.assertEqual(self.restarted(), 0)

    def test_one_that_is_killed_is_restarted(self):
        self.debian.drop_in("soon", "[Service]\nRestartSec=0\n")
        self.debian.run("systemctl", "kill", "--signal=KILL", container.SERVICE)
        harness.wait_until(lambda: self.restarted() == 1 and self.debian.page(), self.debian.log)

    def test_a_wrong_configuration_is_not_tried_again(self):
        self.debian.configure("sessions: 7\n")
        self.assertNotEqual(self.debian.run("systemctl", "restart", container.SERVICE,
                                            check=False).returncode, 0)
        self.assertEqual(self.debian.state("ActiveState"), "failed")
        self.assertEqual(self.debian.state("ExecMainStatus"), "2")
        self.assertEqual(self.restarted(), 0)
        self.assertIn("etw_exporter.yml:1:", self.debian.log())


class Live(Service):
    def setUp(self):
        super().setUp()
        if not self.debian.path(f"{TRACEFS}/instances").is_dir():
            harness.skip("the kernel has no tracefs")
        self.name = f"deb-{os.getpid()}"
        self.instance = self.debian.path(f"{TRACEFS}/instances/etw_exporter_{self.name}")
        self.debian.configure("sessions:\n"
                              f"  - name: {self.name}\n"
                              "    source: tracefs\n"
                              "    buffers: {size: 256KiB}\n"
                              "    providers: [{name: sched, events: [sched_process_fork]}]\n"
                              "include: [/usr/share/etw_exporter/packs/linux-scheduler.yml]\n")

    def test_it_is_not_let_without_the_drop_in(self):
        self.debian.restart()
        harness.wait_until(lambda: re.search("no permission|read-only", self.debian.log()),
                           self.debian.log)
        self.assertFalse(self.instance.exists())

    def test_it_says_what_it_takes_where_the_capability_alone_is_there(self):
        self.debian.drop_in("capable", "[Service]\nAmbientCapabilities=CAP_DAC_OVERRIDE\n"
                            "CapabilityBoundingSet=CAP_DAC_OVERRIDE\nPrivateUsers=no\n")
        self.debian.restart()
        harness.wait_until(lambda: "takes the drop-in live.conf" in self.debian.log(),
                           self.debian.log)
        self.assertFalse(self.instance.exists())

    def test_it_traces_with_the_drop_in(self):
        self.debian.run("mkdir", "-p", f"/etc/systemd/system/{container.SERVICE}.service.d")
        self.debian.run("ln", "-s", "/usr/share/etw_exporter/live.conf",
                        f"/etc/systemd/system/{container.SERVICE}.service.d/")
        self.debian.run("systemctl", "daemon-reload")
        self.debian.restart()
        self.wait_for_events(session=self.name, event="sched_process_fork")
        status = self.debian.status()
        self.assertNotIn("0", status["Uid"])
        for name in ("CapPrm", "CapEff", "CapBnd"):
            self.assertEqual(int(status[name][0], 16), CAP_DAC_OVERRIDE, name)
        self.check_what_it_may_write()
        self.assertTrue(self.instance.exists())
        self.debian.run("systemctl", "stop", container.SERVICE)
        self.assertFalse(self.instance.exists())

    def check_what_it_may_write(self):
        """Of what the capability would let it."""
        process = self.debian.path(f"/proc/{self.debian.state('MainPID')}")
        # The last mount at a place is the one that is seen.
        options = {words[4]: words[5].split(",") for words in
                   map(str.split, (process / "mountinfo").read_text().splitlines())}
        self.assertIn("rw", options[TRACEFS])
        for place in ("/", "/sys", "/proc/sys"):
            self.assertIn("ro", options[place], place)
        self.assertEqual((process / "root/etc/shadow").stat().st_size, 0)


if __name__ == "__main__":
    harness.main()
