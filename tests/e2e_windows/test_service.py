"""The program as a service of Windows, and its package: installed, run, stopped, removed."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import machine
import harness

EVENTS = 8316  # of the demo recording
STOP_MS = "0x7530"  # 30 seconds
WRONG = "sessions:\n  - name: a\n    pathh: demo.etl\n"
GOOD = "sessions: [{name: a, path: demo.etl}]\n"


def setUpModule():
    global windows, packages, folder
    if not shutil.which("wixl"):
        harness.skip("wixl is absent")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="etw_exporter-"))
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    packages = {"0.1.0": machine.make_package(folder, "0.1.0"),
                "0.1.0 again": machine.make_package(folder / "again", "0.1.0"),
                "0.1.1": machine.make_package(folder, "0.1.1")}
    windows = machine.Machine(pathlib.Path(harness.BUILD).resolve() / "wine-service")
    unittest.addModuleCleanup(windows.__exit__)
    windows.__enter__()


class Test(unittest.TestCase):
    maxDiff = 4000

    port = None  # where the service listens; each test has one of its own

    def setUp(self):
        self.port = self.port or machine.free_port()
        self.address = f"127.0.0.1:{self.port}"
        windows.clear_event_log()

    def demo(self, path):
        tool = harness.ROOT / "build" / "tests" / "tool_demo_recording"
        subprocess.run([tool, path], check=True, timeout=machine.DEADLINE_SECONDS)

    def samples(self):
        return harness.parse_page(harness.get(self.address, "/metrics").body.decode("utf-8"))

    def wait_for_events(self, count):
        harness.wait_until(
            lambda: harness.total(self.samples(), "etw_events_total", session="a") == count,
            lambda: f"{count} events; the log:\n{windows.log()}")

    def wait_for_entry(self, kind, text):
        """An entry of the Event Log that has this text in it."""
        return harness.wait_until(
            lambda: next((entry for entry in windows.event_log()
                          if entry.type == kind and text in entry.text), None),
            lambda: f"{kind} {text!r} in the Event Log:\n{windows.log()}")

    def start(self):
        """What runs answers."""
        self.assertEqual(windows.start(), 0)
        self.assertEqual(windows.wait_for_state("RUNNING"), machine.State("RUNNING", 0, 0))
        self.assertEqual(harness.get(self.address, "/-/healthy").status, 200)

    def sockets(self):
        """The states of the sockets that have the port on their side."""
        address = f"0100007F:{self.port:04X}"  # 127.0.0.1
        names = {"01": "ESTABLISHED", "08": "CLOSE-WAIT", "0A": "LISTEN"}
        rows = map(str.split, pathlib.Path("/proc/net/tcp").read_text().splitlines())
        return [names[row[3]] for row in rows if row[1] == address and row[3] in names]

    def assert_not_listening(self):
        self.assertNotIn("LISTEN", self.sockets())


class Installed(Test):
    """What a package has installed."""

    def configure(self, text):
        self.demo(windows.installed / "demo.etl")
        windows.config.write_text(text, encoding="utf-8")

    def restart(self, text):
        self.configure(text)
        windows.stop()
        windows.wait_for_state("STOPPED")
        self.start()


class Package(Installed):
    """Each test installs a package."""

    package = "0.1.0"
    properties = {}

    def setUp(self):
        super().setUp()
        self.addCleanup(shutil.rmtree, windows.installed, ignore_errors=True)
        self.addCleanup(self.remove)
        self.assertEqual(windows.install(packages[self.package], LISTEN_ADDR="127.0.0.1",
                                         LISTEN_PORT=self.port, **self.properties), 0)

    def remove(self):
        if windows.state():
            self.assertEqual(windows.remove(packages[self.package]), 0)

    def test_it_installs_a_service_that_runs(self):
        self.assertEqual(windows.wait_for_state("RUNNING"), machine.State("RUNNING", 0, 0))
        self.assertEqual(harness.get(self.address, "/-/healthy").status, 200)
        # No metrics: wine has no tracing, and its calls end those who ask about live sessions.
        self.assertIn("dns", harness.get(self.address, "/").body.decode("utf-8"))
        for name in ("README.md", "LICENSE.txt", "packs/disk.yml", "examples/minimal.yml",
                     "licences/libmicrohttpd.txt", "licences/LGPL-2.1.txt",
                     "schemas/etw_exporter.schema.json", "schemas/web.schema.json",
                     "schemas/baseline.schema.json"):
            self.assertTrue((windows.installed / name).is_file(), name)
        self.assertEqual(windows.registry(machine.SERVICE_KEY, "Start"), "0x2")
        self.assertEqual(windows.registry(machine.SERVICE_KEY, "ObjectName"),
                         "NT SERVICE\\etw_exporter")
        self.assertEqual(windows.registry(machine.SERVICE_KEY, "PreshutdownTimeout"), STOP_MS)
        self.assertEqual(windows.registry(machine.SOURCE_KEY, "EventMessageFile"),
                         "C:\\Program Files\\etw_exporter\\etw_exporter.exe")
        self.wait_for_entry("information", f"msg=listening address={self.address}")

    def test_removed_it_leaves_the_configuration_alone(self):
        self.restart(GOOD)
        (windows.installed / "demo.etl").unlink()
        self.assertEqual(windows.remove(packages[self.package]), 0)
        self.assertIsNone(windows.state())
        self.assert_not_listening()
        self.assertEqual([path.name for path in windows.installed.rglob("*")],
                         ["etw_exporter.yml"])
        self.assertEqual(windows.config.read_text(), GOOD)
        for key in (machine.SERVICE_KEY, machine.SOURCE_KEY, r"HKLM\Software\etw_exporter"):
            self.assertFalse(windows.has_key(key), key)

    def test_an_upgrade_keeps_what_was_configured(self):
        self.restart(GOOD)
        pack = windows.installed / "packs" / "disk.yml"
        pack.write_text("of an older version")
        self.package = "0.1.1"
        self.assertEqual(windows.install(packages["0.1.1"]), 0)
        self.assertEqual(windows.wait_for_state("RUNNING"), machine.State("RUNNING", 0, 0))
        self.assertEqual(windows.config.read_text(), GOOD)
        self.wait_for_events(EVENTS)
        self.assertIn("metrics:", pack.read_text())
        # The other one is gone: nothing is left of it to be removed.
        self.assertNotEqual(windows.remove(packages["0.1.0"]), 0)
        self.assertEqual(windows.state(), machine.State("RUNNING", 0, 0))


    def test_another_build_of_its_version_replaces_it(self):
        self.restart(GOOD)
        pack = windows.installed / "packs" / "disk.yml"
        pack.write_text("of another build")
        (first,) = windows.products()
        self.package = "0.1.0 again"
        self.assertEqual(windows.install(packages[self.package]), 0)
        (second,) = windows.products()
        self.assertNotEqual(first, second)
        self.assertEqual(windows.wait_for_state("RUNNING"), machine.State("RUNNING", 0, 0))
        self.assertEqual(windows.config.read_text(), GOOD)
        self.wait_for_events(EVENTS)
        self.assertIn("metrics:", pack.read_text())


class Properties(Package):
    """Those that a package can be given, and keeps."""

    properties = {"EXTRA_FLAGS": "--log.level=debug --web.telemetry-path=/own",
                  "SERVICE_ACCOUNT": "LocalSystem"}

    def assert_kept(self):
        self.assertEqual(windows.wait_for_state("RUNNING"), machine.State("RUNNING", 0, 0))
        self.assertEqual(windows.registry(machine.SERVICE_KEY, "ObjectName"), "LocalSystem")
        self.wait_for_entry("information", f"msg=listening address={self.address} path=/own")

    def test_it_installs_a_service_that_runs(self):
        self.assert_kept()

    def test_an_upgrade_keeps_what_was_configured(self):
        windows.clear_event_log()
        self.package = "0.1.1"
        self.assertEqual(windows.install(packages["0.1.1"]), 0)
        self.assert_kept()

    def test_another_build_of_its_version_replaces_it(self):
        windows.clear_event_log()
        self.package = "0.1.0 again"
        self.assertEqual(windows.install(packages[self.package], EXTRA_FLAGS="--log.level=warn"), 0)
        self.assertEqual(windows.registry(machine.SERVICE_KEY, "ObjectName"), "LocalSystem")
        self.assertIn("--log.level=warn", windows.registry(machine.SERVICE_KEY, "ImagePath"))
        self.assertNotIn("/own", windows.registry(machine.SERVICE_KEY, "ImagePath"))


class Service(Installed):
    """Once installed, the service is all tests' own."""

    @classmethod
    def setUpClass(cls):
        cls.port = machine.free_port()
        assert windows.install(packages["0.1.0"], LISTEN_ADDR="127.0.0.1",
                               LISTEN_PORT=cls.port) == 0

    @classmethod
    def tearDownClass(cls):
        assert windows.remove(packages["0.1.0"]) == 0
        shutil.rmtree(windows.installed)

    def test_it_serves_what_its_configuration_says(self):
        self.restart(GOOD)
        self.wait_for_events(EVENTS)

    def test_it_stops_in_order_and_starts_again(self):
        self.restart("sessions: [{name: a, path: demo.etl, pace: recorded, loop: true}]\n")
        windows.clear_event_log()
        self.assertEqual(windows.stop(), 0)
        self.assertEqual(windows.wait_for_state("STOPPED"), machine.State("STOPPED", 0, 0))
        self.assert_not_listening()
        self.wait_for_entry("information", 'msg=stopping signal="service stop"')
        self.wait_for_entry("information", 'msg="session ended" session=a state=stopped')
        harness.wait_until(lambda: not windows.processes(), "its process to end")
        self.start()

    def test_its_configuration_is_reloaded(self):
        paramchange = 6  # SERVICE_CONTROL_PARAMCHANGE
        self.restart(GOOD)
        self.wait_for_events(EVENTS)
        tool = machine.make_tool(folder, "control")
        self.configure(GOOD.replace("]", ", {name: b, path: demo.etl}]"))
        self.assertEqual(windows.run(tool, machine.SERVICE, str(paramchange)).code, 0)
        harness.wait_until(
            lambda: harness.total(self.samples(), "etw_events_total", session="b") == EVENTS,
            lambda: f"the session that came; the log:\n{windows.log()}")
        self.wait_for_entry("information", 'msg="configuration reloaded" sessions_added=1')
        self.configure(WRONG)
        self.assertEqual(windows.run(tool, machine.SERVICE, str(paramchange)).code, 0)
        harness.wait_until(
            lambda: self.samples()["etw_exporter_config_last_reload_successful"] == 0,
            "the reload to fail")
        self.assertEqual(windows.state().name, "RUNNING")

    def test_a_wrong_configuration_is_refused(self):
        windows.stop()
        windows.wait_for_state("STOPPED")
        self.configure(WRONG)
        windows.clear_event_log()
        windows.start()
        self.assertEqual(windows.wait_for_state("STOPPED"), machine.State("STOPPED", 1066, 2))
        self.assert_not_listening()
        problem = self.wait_for_entry("error", 'unknown key \\"pathh\\"')
        self.assertIn("at=3:5", problem.text)
        self.assertIn("Program Files", problem.text)
        self.wait_for_entry("error", "which has errors")
        self.configure(GOOD)
        self.start()
        self.wait_for_events(EVENTS)

    def test_an_address_that_is_taken_ends_it(self):
        windows.stop()
        windows.wait_for_state("STOPPED")
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", self.port))
            other.listen()
            windows.clear_event_log()
            windows.start()
            self.assertEqual(windows.wait_for_state("STOPPED"),
                             machine.State("STOPPED", 1066, 1))
        self.wait_for_entry("error", f"cannot listen on {self.address}")

    def test_it_starts_after_it_was_killed(self):
        self.restart(GOOD)
        (process,) = windows.processes()
        # Wine keeps the sockets of who is killed while a client of his comes or goes.
        harness.wait_until(lambda: self.sockets() == ["LISTEN"], "the last client to be gone")
        os.kill(process, signal.SIGKILL)
        # It closes the others a moment later.
        harness.wait_until(lambda: not windows.processes() and not self.sockets(),
                           lambda: f"its process to end; its sockets: {self.sockets()}")
        # Wine's manager sees it when it has something to say to the service.
        windows.stop()
        self.start()
        self.wait_for_events(EVENTS)


class Resources(unittest.TestCase):
    """What is in the program's file beside the program."""

    def test_messages_of_the_event_log(self):
        tool = machine.make_tool(folder, "message")
        for number in ("40000001", "80000002", "c0000003"):
            done = windows.run(tool, machine.windows_path(machine.EXE), number, "what was logged")
            self.assertEqual((done.code, done.output.strip()), (0, "what was logged"), number)

    def test_version_and_manifest(self):
        file = pathlib.Path(machine.EXE).read_bytes()
        version = re.search(r"version (\S+)", windows.run(machine.EXE, "--version").output)[1]
        for text in (f"FileVersion\0\0{version}\0", f"ProductVersion\0{version}\0"):
            self.assertIn(text.encode("utf-16-le"), file)
        self.assertIn(b"<longPathAware", file)
        self.assertIn(b'level="asInvoker"', file)


class Command(Test):
    """The service without a package."""

    def setUp(self):
        super().setUp()
        self.home = windows.drive / "exporter's own" / "folder"
        self.home.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, self.home.parent)
        self.addCleanup(lambda: windows.state() and windows.service("uninstall"))
        self.program = self.home / "etw_exporter.exe"
        shutil.copy(machine.EXE, self.program)
        self.config = self.home / "c.yml"
        self.demo(self.home / "demo.etl")
        self.config.write_text(GOOD)

    def service(self, *args, **where):
        return windows.service(*args, program=self.program, **where)

    def install(self, *args):
        return self.service("install", f"--config.file={machine.windows_path(self.config)}",
                            f"--web.listen-address={self.address}", *args)

    def test_it_is_installed_started_stopped_and_removed(self):
        self.assertEqual(self.install(), (0, ""))
        self.assertEqual(windows.state().name, "STOPPED")
        self.assertEqual(self.service("start"), (0, ""))
        self.wait_for_events(EVENTS)
        code, said = self.service("start")
        self.assertEqual(code, 1)
        self.assertIn("ERROR_SERVICE_ALREADY_RUNNING", said)
        self.assertEqual(self.service("stop"), (0, ""))
        self.assertEqual(self.service("stop"), (0, ""))
        self.assertEqual(windows.state(), machine.State("STOPPED", 0, 0))
        self.assertEqual(self.service("start"), (0, ""))
        self.assertEqual(self.service("uninstall"), (0, ""))
        self.assertIsNone(windows.state())
        self.assertFalse(windows.has_key(machine.SOURCE_KEY))
        code, said = self.service("start")
        self.assertEqual(code, 1)
        self.assertIn("ERROR_SERVICE_DOES_NOT_EXIST", said)

    def test_flags_with_relative_paths_are_made_whole(self):
        self.assertEqual(self.service("install", "--config.file=c.yml", "--log.file=log.txt",
                                      f"--web.listen-address={self.address}",
                                      directory=self.home), (0, ""))
        line = windows.registry(machine.SERVICE_KEY, "ImagePath")
        self.assertIn("\\exporter's own\\folder\\c.yml\"", line)
        self.assertIn("\\exporter's own\\folder\\log.txt\"", line)
        self.assertEqual(self.service("start"), (0, ""))
        self.wait_for_events(EVENTS)

    def test_an_installation_that_fails_leaves_nothing(self):
        tool = machine.make_tool(folder, "volatile_key")
        self.addCleanup(windows.run, tool, machine.LOG_KEY, "stable")
        self.assertEqual(windows.run(tool, machine.LOG_KEY).code, 0)
        code, said = self.install()
        self.assertEqual(code, 1)
        self.assertIn("cannot write the registry's key", said)
        self.assertIn("; nothing was made", said)
        self.assertIsNone(windows.state())
        self.assertFalse(windows.has_key(machine.SOURCE_KEY))

    def test_a_second_installation_leaves_the_first_alone(self):
        self.assertEqual(self.install(), (0, ""))
        code, said = self.install()
        self.assertEqual(code, 1)
        self.assertIn("ERROR_SERVICE_EXISTS", said)
        self.assertEqual(windows.state().name, "STOPPED")
        self.assertTrue(windows.has_key(machine.SOURCE_KEY))

    def test_a_service_that_others_made_is_configured(self):
        code, said = self.service("configure")
        self.assertEqual(code, 1)
        self.assertIn("ERROR_SERVICE_DOES_NOT_EXIST", said)
        windows.run("sc", "create", machine.SERVICE, "binPath=",
                    f'"{machine.windows_path(self.program)}"', "start=", "demand",
                    "obj=", "NT SERVICE\\etw_exporter")
        self.assertNotEqual(windows.registry(machine.SERVICE_KEY, "PreshutdownTimeout"), STOP_MS)
        self.assertEqual(self.service("configure"), (0, ""))
        self.assertEqual(windows.registry(machine.SERVICE_KEY, "PreshutdownTimeout"), STOP_MS)
        self.assertEqual(self.service("unconfigure"), (0, ""))
        self.assertEqual(windows.state().name, "STOPPED")

    def test_actions_that_there_are_not(self):
        for words in ([], ["nonsense"], ["start", "stop"]):
            code, said = self.service(*words)
            self.assertEqual(code, 2, words)
            self.assertIn("service takes one of: install, uninstall", said)

    def test_it_is_stopped_once_it_has_started(self):
        """And who asks while it stops waits, too."""
        tool = machine.make_tool(folder, "pending_service")
        windows.run("sc", "create", machine.SERVICE, "binPath=",
                    f'"{machine.windows_path(tool)}" "{machine.windows_path(self.home)}"',
                    "start=", "demand")
        self.addCleanup((self.home / "end").touch)
        self.addCleanup((self.home / "run").touch)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            started = pool.submit(windows.run, "sc", "start", machine.SERVICE)
            windows.wait_for_state("START_PENDING")
            stopped = pool.submit(self.service, "stop")
            self.assert_waits(stopped)
            (self.home / "run").touch()
            windows.wait_for_state("STOP_PENDING")
            again = pool.submit(self.service, "stop")
            self.assert_waits(again)
            (self.home / "end").touch()
            self.assertEqual(stopped.result(), (0, ""))
            self.assertEqual(again.result(), (0, ""))
            started.result()
        self.assertEqual(windows.state(), machine.State("STOPPED", 0, 0))

    def assert_waits(self, future):
        """It has not returned within the time that it takes to return at once, and more."""
        with self.assertRaises(concurrent.futures.TimeoutError, msg="it returned"):
            print(future.result(2))

    def test_a_start_that_fails_is_said_to_have(self):
        self.assertEqual(self.install(), (0, ""))
        self.config.write_text(WRONG)
        code, said = self.service("start")
        self.assertEqual(code, 1)
        self.assertIn("it ended with 2", said)

    def test_a_wrong_configuration_is_not_installed(self):
        self.config.write_text(WRONG)
        code, said = self.install()
        self.assertEqual(code, 1)
        self.assertIn('unknown key "pathh"', said)
        self.assertIsNone(windows.state())

    def test_words_of_its_own_command_line_are_what_was_given(self):
        log = self.home / "the log"
        self.assertEqual(self.install(f"--log.file={machine.windows_path(log)}",
                                      "--log.format=json", "--web.telemetry-path=/a\\\"b c\\"),
                         (0, ""))
        self.assertEqual(self.service("start"), (0, ""))
        self.assertEqual(harness.get(self.address, "/a%5C%22b%20c%5C").status, 200)
        lines = [harness.log_pairs(line) for line in log.read_text().splitlines()]
        self.assertIn('/a\\"b c\\', [line.get("path") for line in lines])
        self.assertEqual(windows.event_log(), [])

    def test_problems_are_in_its_log_file_and_in_the_event_log(self):
        log = self.home / "log.txt"
        self.install(f"--log.file={machine.windows_path(log)}")
        self.config.write_text(WRONG)
        self.service("start")
        self.assertIn('unknown key \\"pathh\\"', log.read_text())
        self.wait_for_entry("error", "which has errors")

    def test_a_log_that_is_rotated_goes_on_in_a_new_file(self):
        log = self.home / "log.txt"
        self.install(f"--log.file={machine.windows_path(log)}")
        self.assertEqual(self.service("start"), (0, ""))
        log.rename(self.home / "log.1")
        self.assertEqual(self.service("stop"), (0, ""))
        self.assertIn("msg=listening", (self.home / "log.1").read_text())
        self.assertNotIn("msg=listening", log.read_text())
        self.assertIn("msg=stopping", log.read_text())

    def test_relative_paths_are_those_of_the_programs_folder(self):
        """As sc writes it: without quotes, and the system's folder is the current one."""
        path = "C:\\exporter's own\\folder\\etw_exporter.exe"
        windows.run("sc", "create", machine.SERVICE, "binPath=",
                    f"{path} --config.file=c.yml --web.listen-address={self.address}",
                    "start=", "demand")
        self.start()
        self.wait_for_events(EVENTS)

    def test_a_flag_that_is_unknown_ends_it(self):
        windows.run("sc", "create", machine.SERVICE, "binPath=",
                    f'"{machine.windows_path(self.program)}" --nonsense', "start=", "demand")
        windows.start()
        self.assertEqual(windows.wait_for_state("STOPPED"), machine.State("STOPPED", 1066, 2))
        self.wait_for_entry("error", "unknown flag --nonsense")

    def test_what_ends_it_is_in_the_event_log_that_was_asked_for(self):
        """Also of a program that is no service."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", self.port))
            other.listen()
            windows.run(machine.EXE, "serve", "--log.eventlog",
                        f"--web.listen-address={self.address}")
        self.wait_for_entry("error", f"cannot listen on {self.address}")


if __name__ == "__main__":
    harness.main()
