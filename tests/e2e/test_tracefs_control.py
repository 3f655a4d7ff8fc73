"""Live sessions of Linux from the command line: providers, sessions, check; on the real tracefs."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import harness
import tracefs

DONE, FAILED, USAGE = 0, 1, 2
CONFIG = """
sessions:
  - name: kernel
    source: tracefs
    buffers: {size: 8MiB}
    clock: boot
    on_exists: replace
    providers:
      - {name: sched, events: [sched_switch, sched_wakeup*], filter: 'prev_pid != 0'}
      - {name: raw_syscalls, events: [sys_enter, sys_exit], pids: [1]}
      - {uprobe: {binary: /usr/bin/bash, symbol: readline, name: bash_readline}}
      - {kprobe: {symbol: do_exit, name: ends}}
"""


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class CheckTest(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "c.yml")
            path.write_text(text)
            return harness.run("check", f"--config.file={path}")

    def test_what_this_machine_does_not_have_is_no_error(self):
        done = self.check(CONFIG.replace("sched,", "no_such_system,"))
        self.assertEqual(done.returncode, DONE, done.stderr)

    def test_what_is_wrong_has_its_line_and_column(self):
        done = self.check(CONFIG.replace("clock: boot", "path: boot"))
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('c.yml:6:5: error: key "path" goes with source: etl, not with source: '
                      'tracefs; leave it away', done.stdout + done.stderr)


class TracefsTest(unittest.TestCase):
    def setUp(self):
        tracefs.need()
        self.mark = f"e2e{os.getpid()}"

    def make(self, name):
        """An instance, which goes away with the test."""
        path = tracefs.root() / "instances" / name
        path.mkdir()
        self.addCleanup(lambda: path.exists() and path.rmdir())
        return path

    def expect(self, code, *words):
        done = harness.run(*words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def sessions(self):
        return {entry["instance"]: entry
                for entry in lines(self.expect(DONE, "sessions", "--format=json"))}


class ProvidersTest(TracefsTest):
    def test_an_event_has_the_fields_of_its_format_file(self):
        (event,) = lines(self.expect(DONE, "providers", "--format=json", "sched:sched_switch"))
        self.assertEqual((event["provider"], event["event"]), ("sched", "sched_switch"))
        folder = tracefs.root() / "events/sched/sched_switch"
        self.assertEqual(event["id"], int((folder / "id").read_text()))
        fields = {field["name"]: field for field in event["fields"]}
        self.assertEqual(fields["prev_comm"]["type"], "char[16]")
        self.assertEqual(fields["prev_comm"]["size"], 16)
        self.assertEqual(fields["next_pid"]["type"], "pid_t")
        self.assertTrue(fields["next_pid"]["signed"])
        self.assertNotIn("common_pid", fields)

    def test_without_a_glob_every_event_that_can_be_enabled_is_listed(self):
        listed = {(event["provider"], event["event"])
                  for event in lines(self.expect(DONE, "providers", "--format=json"))}
        there = {path.parts[-3:-1] for path in (tracefs.root() / "events").glob("*/*/enable")}
        self.assertEqual(listed, there)

    def test_text_has_a_line_for_each_field_under_its_event(self):
        done = self.expect(DONE, "providers", "raw_syscalls:sys_ex*")
        self.assertEqual(done.stdout, "raw_syscalls:sys_exit\n  id long\n  ret long\n")

    def test_what_is_not_there_is_an_error_with_a_hint(self):
        done = self.expect(FAILED, "providers", "shced")
        self.assertEqual(done.stderr, 'etw_exporter: no event system is called "shced" here; '
                                      'did you mean "sched"?\n')

    def test_usage_is_checked(self):
        self.expect(USAGE, "providers", "a", "b")
        self.expect(USAGE, "providers", ":a")
        self.expect(USAGE, "providers", "--format=xml")


class SessionsTest(TracefsTest):
    def test_ours_others_and_the_top_level_buffer_are_listed(self):
        ours = self.make(f"etw_exporter_{self.mark}%2Fx")
        (ours / "tracing_on").write_text("0")
        (ours / "trace_clock").write_text("mono")
        (ours / "buffer_size_kb").write_text("64")
        other = self.make(self.mark)
        found = self.sessions()
        self.assertIn(None, found)
        entry = found[ours.name]
        self.assertEqual(entry["session"], f"{self.mark}/x")
        self.assertTrue(entry["ours"])
        self.assertEqual(entry["state"], "stopped")
        self.assertEqual(entry["clock"], "mono")
        self.assertEqual(entry["cpus"], len(list((ours / "per_cpu").iterdir())))
        self.assertEqual(entry["buffer_bytes"],
                         int((ours / "buffer_total_size_kb").read_text().split()[0]) * 1024)
        entry = found[other.name]
        self.assertIsNone(entry["session"])
        self.assertFalse(entry["ours"])
        self.assertEqual(entry["state"], "tracing")

    def test_entries_and_losses_are_summed_over_cpus(self):
        path = self.make(f"etw_exporter_{self.mark}")
        (path / "buffer_size_kb").write_text("8")
        (path / "events/raw_syscalls/sys_enter/filter").write_text(
            f"common_pid == {os.getpid()}")
        (path / "events/raw_syscalls/sys_enter/enable").write_text("1")
        for _ in range(3000):
            os.getppid()
        (path / "tracing_on").write_text("0")
        entry = self.sessions()[path.name]
        self.assertGreater(entry["overrun"], 0)
        self.assertGreaterEqual(entry["entries"] + entry["overrun"], 3000)
        text = self.expect(DONE, "sessions").stdout
        self.assertIn(f"\n{self.mark}\n  of etw_exporter, stopped, ", text)
        self.assertIn(f" {entry['entries']} events wait, 0 read, {entry['overrun']} lost\n", text)

    def test_stop_removes_one_of_ours(self):
        path = self.make(f"etw_exporter_{self.mark}%20a")
        self.assertEqual(self.expect(DONE, "sessions", "stop", f"{self.mark} a").stdout, "")
        self.assertFalse(path.exists())
        again = self.expect(FAILED, "sessions", "stop", f"{self.mark} a")
        self.assertIn(f'no live session is called "{self.mark} a"', again.stderr)

    def test_stop_removes_by_the_name_of_the_instance_too(self):
        path = self.make(f"etw_exporter_{self.mark}")
        self.expect(DONE, "sessions", "stop", path.name)
        self.assertFalse(path.exists())

    def test_stop_removes_the_probes_that_were_left(self):
        probes = tracefs.root() / "uprobe_events"
        if not probes.exists():
            harness.skip("this kernel has no uprobes")
        path = self.make(f"etw_exporter_{self.mark}")
        file = os.open(probes, os.O_WRONLY)
        os.write(file, f"p:etw_exporter_{self.mark}/one "
                       f"{os.path.realpath(sys.executable)}:0x1000\n".encode())
        os.close(file)
        event = path / f"events/etw_exporter_{self.mark}/one/enable"
        event.write_text("1")
        self.expect(DONE, "sessions", "stop", self.mark)
        self.assertFalse(path.exists())
        self.assertNotIn(self.mark, probes.read_text())

    def test_stop_leaves_those_of_others(self):
        path = self.make(self.mark)
        done = self.expect(FAILED, "sessions", "stop", self.mark)
        self.assertIn("is an instance of another program", done.stderr)
        self.assertTrue(path.exists())
        # What stands before the names of ours is none.
        prefix = self.make("etw_exporter_")
        self.expect(FAILED, "sessions", "stop", "")
        self.assertTrue(prefix.exists())
        for name in ("", ".", "..", "../" + self.mark):
            self.expect(FAILED, "sessions", "stop", name)
        self.assertTrue(path.exists())

    def test_one_in_use_is_stopped_and_said_to_be_in_use(self):
        path = self.make(f"etw_exporter_{self.mark}")
        with open(path / "per_cpu/cpu0/trace_pipe_raw", "rb"):
            done = self.expect(FAILED, "sessions", "stop", self.mark)
        self.assertIn("it is in use", done.stderr)
        self.assertEqual((path / "tracing_on").read_text(), "0\n")

    def test_usage_is_checked(self):
        self.expect(USAGE, "sessions", "stop")
        self.expect(USAGE, "sessions", "start", "x")
        self.expect(USAGE, "sessions", "--format=xml")


class MountTest(TracefsTest):
    """In mount tables of their own."""

    OWN_MOUNTS = ["unshare", "--mount", "--propagation=private"]

    def setUp(self):
        super().setUp()
        # Not where / is no mount, as in a chroot.
        done = subprocess.run([*self.OWN_MOUNTS, "true"], capture_output=True, text=True,
                              timeout=harness.DEADLINE_SECONDS)
        if done.returncode:
            harness.skip(f"a process has no mount table of its own here: {done.stderr.strip()}")

    def command_in(self, script, *words):
        """An exporter command after a script in which no tracefs is mounted."""
        for place in (*tracefs.mounted("tracefs"), *tracefs.mounted("debugfs")):
            script = f"umount -R -l '{place}' && {script}"
        return [*self.OWN_MOUNTS, "sh", "-c", f"{script} && exec \"$@\"", "sh", harness.EXPORTER,
                *words]

    def run_in(self, script, *words):
        return subprocess.run(self.command_in(script, *words), capture_output=True, text=True,
                              timeout=harness.DEADLINE_SECONDS)

    def test_without_a_mount_what_a_session_traces_is_no_misspelling(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "c.yml")
            path.write_text("""
sessions: [{name: k, source: tracefs, providers: [{name: tcp}]}]
metrics: [{name: resets_total, help: Resets., type: counter,
           match: {provider: tcp, name: tcp_send_reset}}]
""")
            done = self.run_in("true", "check", f"--config.file={path}")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))

    def test_a_session_mounts_where_it_says_so(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "c.yml")
            for mount, status in ("true", 200), ("false", 503):
                path.write_text(f"sessions: [{{name: {self.mark}, source: tracefs, mount: {mount}, "
                                "providers: [{name: sched}]}]")
                exporter = harness.Server(self.command_in(
                    "true", f"--config.file={path}", "--web.listen-address=127.0.0.1:0"))
                harness.wait_until(lambda: harness.get(exporter.address, "/-/ready").status == 200
                                   or "tracefs is not mounted" in exporter.log, "the session")
                self.assertEqual(harness.get(exporter.address, "/-/ready").status, status)
                self.assertEqual(exporter.stop().code, 0)

    def test_without_a_mount_it_says_how_to_mount(self):
        done = self.run_in("true", "sessions")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("tracefs is not mounted", done.stderr)
        self.assertIn("mount -t tracefs tracefs /sys/kernel/tracing", done.stderr)

    def test_a_mount_at_any_place_is_found(self):
        with tempfile.TemporaryDirectory(prefix="a b\\") as directory:
            done = self.run_in(f"mount -t tracefs tracefs '{directory}'", "sessions")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("top-level buffer", done.stdout)

    def test_the_folder_of_debugfs_is_found(self):
        done = self.run_in("mount -t debugfs debugfs /sys/kernel/debug && "
                           "test -d /sys/kernel/debug/tracing || { echo no debugfs; exit 9; }",
                           "sessions")
        if done.returncode == 9:
            harness.skip("debugfs has no tracing here")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("top-level buffer", done.stdout)

    def test_without_privileges_it_says_what_is_missing(self):
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            done = subprocess.run(
                [*self.OWN_MOUNTS, "setpriv", "--reuid=65534", "--regid=65534",
                 "--clear-groups", harness.EXPORTER, "sessions"],
                capture_output=True, text=True, timeout=harness.DEADLINE_SECONDS, cwd=directory)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("no permission; it takes root, the capability CAP_DAC_OVERRIDE", done.stderr)


if __name__ == "__main__":
    harness.main()
