"""The program for Windows does what the one for this system does."""

import gzip
import json
import os
import pathlib
import pty
import signal
import subprocess
import threading

import both
import harness
import machine

PACKS = ("disk", "dns-client", "dotnet", "dotnet-gc", "http-sys", "images", "interrupts", "memory",
         "network", "powershell", "process", "registry", "threads")
# More than 260 characters, which is where Windows' old calls end.
DEEP = "/".join(["a-folder-with-quite-a-long-name-of-its-own"] * 8)
WORLD = "Spur für Größe - след - 跟踪"


def read_away(terminal):
    """A console that nobody reads stands still."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # its other side is closed
        os.close(terminal)


class Pages(both.Test):
    def pages(self, config):
        self.write("c.yml", config)
        pages = []
        for program in (both.WINDOWS, both.LINUX):
            with both.Server(program, self.folder, "--config.file=c.yml") as server:
                server.wait_for_sessions()
                pages.append(server.get("/metrics").body.decode("utf-8"))
                self.assertEqual(server.get("/-/ready").status, 200)
        return [both.comparable(page) for page in pages]

    def packs(self):
        return "include:\n" + "".join(
            f"  - {harness.ROOT}/config/packs/{pack}.yml\n" for pack in PACKS)

    def assert_equal_pages(self, config):
        windows, linux = self.pages(config)
        self.assertGreater(len(linux), 100)
        self.assertEqual(windows, linux)

    def test_the_page_of_the_demo(self):
        self.demo()
        self.assert_equal_pages(f"sessions: [{{name: demo, path: demo.etl}}]\n{self.packs()}")

    def test_the_page_of_every_recording(self):
        if not both.SHARED.is_dir():
            harness.skip(f"{both.SHARED} is absent")
        self.assert_equal_pages(
            f"sessions: [{{name: all, path: {both.SHARED}, per_file: true}}]\n{self.packs()}")

    def test_a_page_of_openmetrics_with_gzip(self):
        headers = {"Accept": "application/openmetrics-text", "Accept-Encoding": "gzip"}
        with both.Server(both.WINDOWS, self.folder) as server:
            page = server.get("/metrics", headers)
            self.assertEqual(page.headers["Content-Encoding"], "gzip")
            self.assertIn("openmetrics", page.headers["Content-Type"])
            self.assertTrue(gzip.decompress(page.body).endswith(b"# EOF\n"))

    def test_the_status_page_and_what_it_shows(self):
        with both.Server(both.WINDOWS, self.folder) as server:
            harness.wait_until(lambda: server.get("/-/ready").status == 200, "the demo to run")
            self.assertIn(b"<script", server.get("/").body)
            status = json.loads(server.get("/api/v1/status").body)
            self.assertEqual([(session["name"], session["source"], session["state"])
                              for session in status["sessions"]], [("demo", "etl", "running")])
            self.assertGreater(status["series"], 0)


class Commands(both.Test):
    def test_what_is_in_recordings(self):
        recordings = sorted(both.SHARED.glob("*.etl")) + [self.demo()]
        for path in recordings:
            path = os.path.relpath(path, self.folder) if path.parent == self.folder else str(path)
            with self.subTest(path):
                self.assert_same("inspect", path)
                self.assert_same("inspect", "--fields", "--format=json", path)
                self.assert_same("dump", "--limit=20000", path)
                self.assert_same("dump", "--format=json", "--limit=2000", path)

    def test_standard_input(self):
        recording = self.demo().read_bytes()
        self.assert_same("inspect", "-", stdin=recording)
        self.assert_same("dump", "-", stdin=recording)

    def test_check_and_once(self):
        self.demo("traces/a.etl")
        self.demo("traces/b.ETL")
        self.write("c.yml", "sessions: [{name: a, path: 'traces/*.etl'}, "
                            "{name: b, path: traces, per_file: true}]\n"
                            f"include: [{harness.ROOT}/config/packs/process.yml]\n")
        self.assert_same("check", "--config.file=c.yml", "--format=json")
        code, page, _ = both.run(both.WINDOWS, "once", "--config.file=c.yml",
                                 directory=self.folder)
        self.assertEqual(code, 0)
        samples = harness.parse_page(page.decode())
        self.assertEqual(harness.total(samples, "etw_session_files_done_total"), 4)
        self.assertEqual(harness.total(samples, "etw_session_events_total"), 4 * 8316)

    def test_wrong_configurations(self):
        for text in ("sessions: [", "sessions: [{name: a, path: none.etl}]",
                     "sessions: [{name: a, path: ., follow: maybe}]", "metrics: 1"):
            with self.subTest(text):
                self.write("c.yml", text)
                self.assert_same("check", "--config.file=c.yml")

    def test_wrong_command_lines(self):
        self.demo()
        for args in (["dump"], ["inspect", "none.etl"], ["inspect", "."], ["nonsense"],
                     ["serve", "--web.listen-address=nowhere"], ["check", "--config.file=none.yml"],
                     ["dump", "--limit=x", "demo.etl"]):
            with self.subTest(args):
                self.assert_same(*args)

    def test_live_sessions_of_linux_are_refused(self):
        self.write("c.yml", "sessions: [{name: a, source: tracefs, "
                            "providers: [{name: sched}]}]\n")
        code, _, said = both.run(both.WINDOWS, "serve", "--config.file=c.yml",
                                 directory=self.folder)
        self.assertEqual(code, 1)
        self.assertIn("source: tracefs takes Linux", said.decode())


class Paths(both.Test):
    def check_events(self, config, name, path=None):
        self.write(name, config)
        code, page, said = both.run(both.WINDOWS, "once", f"--config.file={path or name}",
                                    directory=self.folder)
        self.assertEqual(code, 0, said.decode("utf-8", "replace"))
        samples = harness.parse_page(page.decode("utf-8"))
        self.assertEqual(harness.total(samples, "etw_session_events_total"), 8316)

    def test_letters_of_the_world(self):
        self.demo(f"{WORLD}/{WORLD}.etl")
        self.assert_same("inspect", f"{WORLD}/{WORLD}.etl")
        self.check_events(f"sessions: [{{name: '{WORLD}', path: '*{WORLD[2:]}/*.etl'}}]",
                          f"{WORLD}.yml")
        self.check_events(f"sessions: [{{name: a, path: '{WORLD}'}}]", "c.yml")

    def test_long_paths(self):
        self.assertGreater(len(DEEP), 260)
        self.demo(f"{DEEP}/demo.etl")
        self.assert_same("inspect", f"{DEEP}/demo.etl")
        self.check_events("sessions: [{name: a, path: demo.etl}]", f"{DEEP}/c.yml")
        self.check_events("sessions: [{name: a, path: '*.etl'}]", f"{DEEP}/c.yml")

    def test_paths_as_windows_writes_them(self):
        self.demo("traces/demo.etl")
        drive = "Z:" + str(self.folder).replace("/", "\\")
        self.check_events("sessions: [{name: a, path: 'traces\\d*.etl'}]", "c.yml")
        self.check_events(f"sessions: [{{name: a, path: '{drive}\\traces'}}]", "c.yml")
        self.check_events(f"sessions: [{{name: a, path: '{drive}\\tr*\\DEMO.ETL'}}]", "c.yml")

    def test_paths_that_windows_takes_as_they_are(self):
        self.demo("traces/demo.etl")
        self.demo(f"{DEEP}/demo.etl")
        self.write("packs/a.yml", "metrics: [{name: a_total, type: counter, "
                                  "match: {provider: a}}]\n")
        whole = "\\\\?\\Z:" + str(self.folder).replace("/", "\\")
        deep = f"{whole}\\" + DEEP.replace("/", "\\")
        for path in (f"{whole}\\traces\\demo.etl", f"{whole}\\tr?ces\\d[e]*.etl",
                     f"{whole}\\traces", f"{whole}/traces/demo.etl",
                     f"{whole}\\packs\\..\\traces/d*.etl", f"{deep}\\*.etl", f"{deep}/demo.etl"):
            with self.subTest(path):
                self.check_events(f"sessions: [{{name: a, path: '{path}'}}]\n", "c.yml")
        self.check_events("sessions: [{name: a, path: '../traces/*.etl'}]\n"
                          "include: ['../packs/*.yml', '..\\packs\\a.yml']\n", "configs/c.yml",
                          f"{whole}\\configs\\c.yml")


class Serving(both.Test):
    def test_ctrl_c_ends_it_in_order(self):
        server = both.Server(both.WINDOWS, self.folder)
        self.assertEqual(server.get("/-/healthy").status, 200)
        code, log = server.stop(signal.SIGINT)
        self.assertEqual(code, 0)
        self.assertIn("msg=stopping signal=Ctrl-C", log)
        self.assertIn("state=stopped", log)

    def end_on_console(self, key, words, is_ready=lambda: True):
        """What tests/e2e_windows/ask_to_end.c says of the program, run so on a console."""
        tool = machine.make_tool(self.folder, "ask_to_end")
        line = subprocess.list2cmdline([machine.EXE, *words])
        ours, theirs = pty.openpty()
        with subprocess.Popen(["wine", tool, key, line], cwd=self.folder, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=theirs) as process:
            threading.Thread(target=read_away, args=[ours], daemon=True).start()
            harness.wait_until(is_ready, "the program to be ready")
            said, _ = process.communicate(timeout=both.DEADLINE_SECONDS)
        os.close(theirs)
        return said.decode().strip()

    def test_on_a_console_either_key_ends_it_in_order(self):
        log = self.folder / "log"
        for key, name in (("c", "Ctrl-C"), ("break", "Ctrl-Break")):
            log.unlink(missing_ok=True)
            said = self.end_on_console(
                key, ["serve", "--web.listen-address=127.0.0.1:0", "--log.file=log"],
                lambda: log.exists() and "msg=listening" in log.read_text())
            self.assertEqual(said, "exit code 0, code page 437")
            self.assertIn(f"msg=stopping signal={name}", log.read_text())

    def test_other_commands_leave_the_console_as_it_was(self):
        for key in ("c", "break"):
            self.assertRegex(self.end_on_console(key, ["dump", "-"]),
                             r"^exit code \d+, code page 437$")

    def test_two_cannot_listen_on_one_address(self):
        with both.Server(both.WINDOWS, self.folder) as server:
            code, _, said = both.run(both.WINDOWS, "serve",
                                     f"--web.listen-address={server.address}")
            self.assertEqual(code, 1)
            self.assertIn("Address already in use", said.decode())

    def test_a_recording_that_grows_is_followed(self):
        whole = self.demo("whole").read_bytes()
        part = self.folder / "a.etl"
        part.write_bytes(whole[:len(whole) // 2])
        self.write("c.yml", "sessions: [{name: a, path: '*.etl', follow: true, poll: 20ms}]\n")
        with both.Server(both.WINDOWS, self.folder, "--config.file=c.yml") as server:
            def events():
                return harness.total(server.samples(), "etw_session_events_total") or 0
            harness.wait_until(lambda: 1000 < events() < 8000, "the first half")
            with part.open("ab") as file:
                file.write(whole[len(whole) // 2:])
            harness.wait_until(lambda: events() == 8316, lambda: f"8316 events, not {events()}")

    def test_the_process_is_measured(self):
        with both.Server(both.WINDOWS, self.folder) as server:
            samples = server.samples()
        for name in ("process_cpu_seconds_total", "process_resident_memory_bytes",
                     "process_start_time_seconds", "process_max_fds"):
            self.assertGreater(samples[name], 0, name)
        # Wine takes private memory from this line, which not every kernel has. Without it, it is
        # not known, which is no 0.
        private = samples.get("process_virtual_memory_bytes")
        if "RssAnon:" in pathlib.Path("/proc/self/status").read_text():
            self.assertGreater(private or 0, 0)
        else:
            self.assertNotEqual(private, 0)


if __name__ == "__main__":
    harness.main()
