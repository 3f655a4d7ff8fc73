"""Live sessions of Linux, on the real tracefs: what is counted is what a known load did."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import harness
import tracefs

COUNTS = """
  - name: calls_total
    help: Calls.
    type: counter
    match: {provider: raw_syscalls, name: sys_enter}
    labels: {call: {field: id, as: syscall}, session: $session, cpu: $cpu}
"""
PAIRS = """
  - name: call_seconds
    help: Calls.
    type: histogram
    match: {provider: raw_syscalls, name: sys_exit}
    pair: {start: {name: sys_enter}, key: [$tid]}
    buckets: [0.1]
"""
SCHEDULER = """  - name: {name}
    source: tracefs
    providers:
      - {{name: sched, events: sched_waking, filter: 'comm == "{comm}"'}}
      - {{name: sched, events: sched_switch, filter: 'next_comm == "{comm}"'}}
"""
SWITCHES = """
  - name: switches_total
    help: Switches.
    type: counter
    match: {provider: sched, name: sched_switch}
    labels: {cpu: $cpu}
"""
WAITS = """
  - name: wait_seconds
    help: Waits.
    type: histogram
    match: {provider: sched, name: sched_switch}
    pair: {start: {name: sched_waking}, key: [{start: pid, end: next_pid}]}
    buckets: [0.1]
"""
PING_PONG = """
import os, sys
open("/proc/self/comm", "w").write(sys.argv[1][:15])
ping, pong = os.pipe(), os.pipe()
first = os.fork() != 0
os.sched_setaffinity(0, {int(sys.argv[2 if first else 3])})
for _ in range(5000):
    if first:
        os.write(ping[1], b"x")
        os.read(pong[0], 1)
    else:
        os.read(ping[0], 1)
        os.write(pong[1], b"x")
"""


class Load:
    """A process that makes as many system calls as it is told to."""

    def __init__(self):
        self.process = subprocess.Popen([pathlib.Path(harness.BUILD, "tests", "tool_calls")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid, self.number = (int(word) for word in self.process.stdout.readline().split())

    def call(self, times):
        """The seconds that this took, by its own measurement."""
        self.process.stdin.write(f"{times}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()) / 1e9

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(harness.DEADLINE_SECONDS)


class TracefsTest(unittest.TestCase):
    def setUp(self):
        tracefs.need()
        self.name = f"live{os.getpid()}"
        self.instance = tracefs.root() / f"instances/etw_exporter_{self.name}"
        self.load = Load()
        self.addCleanup(self.load.close)
        self.addCleanup(self.remove_left)

    def left(self):
        return sorted(path.name for path in (tracefs.root() / "instances").iterdir()
                      if self.name in path.name)

    def remove_left(self):
        for name in self.left():
            (tracefs.root() / "instances" / name).rmdir()

    def session(self, name=None, lines="", events="sys_enter"):
        return f"""  - name: {name or self.name}
    source: tracefs
    providers:
      - {{name: raw_syscalls, events: {events}, pids: {self.load.pid},
         filter: 'id == {self.load.number}'}}
{lines}"""

    def config(self, *sessions, metrics=""):
        return "sessions:\n" + "".join(sessions or [self.session()]) + \
            ("metrics:" + metrics if metrics else "")

    def start(self, *sessions, metrics=""):
        exporter = harness.Exporter(self.config(*sessions, metrics=metrics))
        self.addCleanup(lambda: exporter.process.poll() is None and exporter.finish())
        self.wait_up(exporter)
        return exporter

    def wait_up(self, exporter):
        harness.wait_until(lambda: exporter.get("/-/ready").status == 200,
                           lambda: f"all sessions to run; the log:\n{exporter.log}")

    def check_nothing_wrong(self, exporter):
        for name in ("etw_session_malformed_total", "etw_session_events_lost_total",
                     "etw_session_events_dropped_total", "etw_session_unordered_events_total",
                     "etw_session_restarts_total", "etw_decode_errors_total"):
            self.assertFalse(exporter.total(name), name)


class CountTest(TracefsTest):
    def test_calls_are_counted_exactly_and_by_name(self):
        exporter = self.start(metrics=COUNTS)
        for times in (1, 2000, 17, 30000):
            self.load.call(times)
        exporter.wait_for("calls_total", 32018, call="getppid", session=self.name)
        self.assertEqual(exporter.total("etw_events_total", provider="raw_syscalls",
                                        event="sys_enter"), 32018)
        self.assertEqual(exporter.total("etw_session_events_total"), 32018)
        self.check_nothing_wrong(exporter)

    def test_bytes_and_buffers_read_are_counted(self):
        exporter = self.start()
        self.load.call(5000)
        exporter.wait_for("etw_session_events_total", 5000)
        self.assertGreater(exporter.total("etw_session_read_bytes_total"), 5000 * 8)
        self.assertGreater(exporter.total("etw_session_buffers_read_total"), 0)

    def test_an_idle_session_is_up_and_counts_nothing(self):
        exporter = self.start()
        self.assertEqual(exporter.total("etw_session_up", session=self.name), 1)
        self.assertEqual(exporter.total("etw_session_events_total"), 0)
        self.check_nothing_wrong(exporter)

    def test_the_time_of_the_last_event_is_now(self):
        exporter = self.start()
        self.load.call(10)
        exporter.wait_for("etw_session_events_total", 10)
        last = exporter.total("etw_session_last_event_timestamp_seconds")
        self.assertLess(abs(last - os.stat(exporter.config_file).st_mtime),
                        harness.DEADLINE_SECONDS)

    def test_two_sessions_count_the_same_at_once(self):
        other = self.name + "b"
        exporter = self.start(self.session(), self.session(other, lines="    clock: mono\n"))
        self.load.call(20000)
        for name in (self.name, other):
            exporter.wait_for("etw_session_events_total", 20000, session=name)
        self.check_nothing_wrong(exporter)
        exporter.finish()
        self.assertEqual(self.left(), [])


class PairTest(TracefsTest):
    def test_pairs_are_all_matched_and_no_longer_than_the_load_took(self):
        exporter = self.start(self.session(events="sys_*"), metrics=PAIRS)
        seconds = self.load.call(20000)
        exporter.wait_for("etw_rule_pairs_matched_total", 20000)
        self.assertFalse(exporter.total("etw_rule_pairs_unmatched_total"))
        self.assertEqual(exporter.total("call_seconds_count"), 20000)
        self.assertGreater(exporter.total("call_seconds_sum"), 0)
        self.assertLess(exporter.total("call_seconds_sum"), seconds)
        self.check_nothing_wrong(exporter)

    def call_and_move(self):
        """5,000 calls on each of two CPUs."""
        for i in range(40):
            os.sched_setaffinity(self.load.pid, {self.cpus[i % 2]})
            self.load.call(250)

    def need_cpus(self):
        self.cpus = sorted(os.sched_getaffinity(0))[:2]
        if len(self.cpus) < 2:
            harness.skip("there is one CPU")

    def test_pairs_of_a_thread_that_moves_between_cpus_are_all_matched(self):
        self.need_cpus()
        exporter = self.start(self.session(events="sys_*"), metrics=PAIRS + COUNTS)
        self.call_and_move()
        exporter.wait_for("etw_rule_pairs_matched_total", 10000)
        self.assertFalse(exporter.total("etw_rule_pairs_unmatched_total"))
        for cpu in self.cpus:
            self.assertEqual(exporter.total("calls_total", cpu=str(cpu)), 5000)
        self.check_nothing_wrong(exporter)

    def play(self):
        """Two processes on two CPUs wake each other up, 5,000 times each."""
        subprocess.run([sys.executable, "-c", PING_PONG, self.name, *map(str, self.cpus)],
                       check=True, timeout=harness.DEADLINE_SECONDS)

    def test_so_they_are_where_the_first_rule_with_pairs_comes_later(self):
        self.need_cpus()
        session = SCHEDULER.format(name=self.name, comm=self.name[:15])
        exporter = self.start(session, metrics=SWITCHES)
        self.reload(exporter, session, SWITCHES + WAITS)
        self.play()
        # Unordered, some 4 of the thousands that are read at once would find their starts.
        harness.wait_until(
            lambda: exporter.total("etw_rule_pairs_matched_total") >
            max(2000, 0.9 * (exporter.total("switches_total") or 0)),
            lambda: f"{exporter.total('etw_rule_pairs_matched_total')} pairs of "
                    f"{exporter.total('switches_total')} switches")
        self.reload(exporter, session, SWITCHES)
        before = exporter.total("switches_total")
        self.play()
        harness.wait_until(lambda: exporter.total("switches_total") > before + 2000,
                           "switches to be counted without pairs, too")
        self.check_nothing_wrong(exporter)

    def reload(self, exporter, session, metrics):
        count = exporter.log.count("configuration reloaded")
        exporter.config_file.write_text(self.config(session, metrics=metrics))
        exporter.process.send_signal(signal.SIGHUP)
        harness.wait_until(lambda: exporter.log.count("configuration reloaded") > count,
                           lambda: exporter.log)

    def test_with_a_clock_that_tells_no_time_events_are_counted_as_they_come(self):
        exporter = self.start(self.session(events="sys_*", lines="    clock: counter\n"),
                              metrics=PAIRS + COUNTS)
        self.load.call(100)
        exporter.wait_for("calls_total", 100)
        exporter.wait_for("etw_session_events_total", 200)


class LossTest(TracefsTest):
    def lose(self, exporter, calls, before):
        """Calls while nobody reads, until they are told besides those before."""
        exporter.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, exporter.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.load.call(calls)
        exporter.process.send_signal(signal.SIGCONT)
        self.wait_for_all(exporter, before + calls)

    def wait_for_all(self, exporter, calls):
        harness.wait_until(
            lambda: exporter.total("etw_session_events_total") +
            exporter.total("etw_session_events_lost_total") == calls,
            lambda: f"all of {calls} events: {exporter.get().body.decode()}")

    def test_what_is_counted_and_what_is_lost_is_what_was_emitted(self):
        exporter = self.start(self.session(lines="    buffers: {size: 64KiB}\n"))
        self.load.call(100)
        exporter.wait_for("etw_session_events_total", 100)
        self.lose(exporter, 100000, 100)
        self.assertGreater(exporter.total("etw_session_events_lost_total"), 50000)
        self.assertEqual(exporter.total("etw_session_ring_events_lost_total", reason="overrun"),
                         exporter.total("etw_session_events_lost_total"))
        self.assertEqual(exporter.total("etw_session_events_total"),
                         exporter.total("etw_events_total"))
        self.assertGreater(exporter.total("etw_session_loss_signs_total", sign="missed_events"), 0)
        self.assertFalse(exporter.total("etw_session_malformed_total"))
        self.load.call(100)
        self.wait_for_all(exporter, 100200)

    def check_emptied(self, first, then):
        exporter = self.start(self.session(lines="    buffers: {size: 64KiB}\n"))
        os.sched_setaffinity(self.load.pid, {min(os.sched_getaffinity(0))})
        self.lose(exporter, first, 0)
        self.load.call(3000)
        self.wait_for_all(exporter, first + 3000)
        (self.instance / "trace").write_text("")
        self.lose(exporter, then, first + 3000)

    def test_losses_add_up_when_somebody_empties_the_buffers(self):
        self.check_emptied(100000, 50000)

    def test_so_they_do_when_more_are_lost_then(self):
        """There less was read."""
        self.check_emptied(50000, 100000)

    def test_what_waits_is_told(self):
        exporter = self.start(self.session(lines="    buffers: {size: 64KiB}\n"))
        size = harness.wait_until(lambda: exporter.total("etw_session_buffer_bytes"), "the size")
        self.assertGreaterEqual(size, 64 << 10)
        exporter.wait_for("etw_session_events_waiting", 0)


class LifeTest(TracefsTest):
    def test_a_termination_leaves_nothing_behind(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            exporter = self.start()
            self.assertEqual(self.left(), [self.instance.name])
            self.load.call(1000)
            code, log = exporter.stop(number)
            self.assertEqual(code, 0, log)
            self.assertEqual(self.left(), [])

    def test_a_termination_while_events_are_enabled_leaves_nothing_behind(self):
        rows = "".join(f"      - {{name: '*', filter: 'common_pid != {number}'}}\n"
                       for number in range(400))
        exporter = harness.Exporter(
            f"sessions:\n  - name: {self.name}\n    source: tracefs\n    providers:\n{rows}")
        filter_file = self.instance / "events/sched/sched_switch/filter"
        harness.wait_until(lambda: filter_file.exists() and
                           filter_file.read_text().startswith("common_pid"), "a filter")
        code, log = exporter.stop()
        self.assertEqual(code, 0, log)
        self.assertNotIn("did not stop in time", log)
        self.assertNotIn("failed", log)
        self.assertEqual(self.left(), [])

    def test_an_instance_of_a_killed_run_is_taken_over(self):
        exporter = self.start()
        self.load.call(100)
        exporter.stop(signal.SIGKILL)
        self.assertEqual(self.left(), [self.instance.name])
        self.load.call(50)
        exporter = self.start()
        self.load.call(100)
        exporter.wait_for("etw_session_events_total", 100)
        self.check_nothing_wrong(exporter)
        exporter.finish()
        self.assertEqual(self.left(), [])

    def test_what_a_killed_run_left_is_counted_with_reuse(self):
        lines = "    on_exists: reuse\n"
        exporter = self.start(self.session(lines=lines))
        exporter.stop(signal.SIGKILL)
        self.load.call(50)
        exporter = self.start(self.session(lines=lines))
        self.load.call(100)
        exporter.wait_for("etw_session_events_total", 150)

    def test_a_stopped_instance_is_started_again_and_that_is_counted(self):
        exporter = self.start()
        self.load.call(100)
        exporter.wait_for("etw_session_events_total", 100)
        (self.instance / "tracing_on").write_text("0")
        exporter.wait_for("etw_session_restarts_total", 1)
        self.wait_up(exporter)
        self.load.call(100)
        exporter.wait_for("etw_session_events_total", 200)
        self.assertIn("somebody has removed or stopped the trace instance", exporter.log)
        exporter.finish()
        self.assertEqual(self.left(), [])

    def test_a_session_that_waits_for_its_restart_has_no_buffers(self):
        exporter = self.start(self.session(lines="    on_exists: fail\n"))
        harness.wait_until(lambda: exporter.total("etw_session_buffer_bytes"), "the size")
        (self.instance / "tracing_on").write_text("0")
        harness.wait_until(lambda: not self.instance.exists(), "the instance to go")
        self.instance.mkdir()
        exporter.wait_for("etw_session_restarts_total", 1)
        exporter.wait_for("etw_session_buffer_bytes", 0)
        self.instance.rmdir()
        self.wait_up(exporter)

    def test_sessions_may_have_more_files_than_the_soft_limit(self):
        names = [f"{self.name}-{number}" for number in range(8)]
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "c.yml")
            path.write_text(self.config(*(self.session(name) for name in names)))
            exporter = harness.Server(
                ["prlimit", "--nofile=48:4096", harness.EXPORTER, f"--config.file={path}",
                 "--web.listen-address=127.0.0.1:0"])
            self.addCleanup(exporter.stop)
            self.wait_up(exporter)
            self.assertEqual(len(self.left()), len(names))
            exporter.finish()

    def test_an_instance_in_use_cannot_be_removed_and_counting_goes_on(self):
        exporter = self.start()
        with self.assertRaises(OSError):
            self.instance.rmdir()
        self.load.call(100)
        exporter.wait_for("etw_session_events_total", 100)
        self.check_nothing_wrong(exporter)

    def mapped(self, exporter):
        maps = pathlib.Path(f"/proc/{exporter.process.pid}/maps").read_text()
        return set(re.findall(r"(cpu\d+)/trace_pipe_raw", maps))

    def test_buffers_are_read_unless_they_are_to_be_mapped(self):
        self.assertEqual(self.mapped(self.start()), set())

    def test_a_buffer_is_mapped_where_the_kernel_has_that(self):
        major, minor = re.match(r"(\d+)\.(\d+)", os.uname().release).groups()
        if (int(major), int(minor)) < (6, 10):
            harness.skip("the kernel is older than 6.10")
        exporter = self.start(self.session(lines="    buffers: {mapped: true}\n"))
        self.assertEqual(self.mapped(exporter),
                         {path.name for path in (self.instance / "per_cpu").iterdir()})
        self.load.call(10000)
        exporter.wait_for("etw_session_events_total", 10000)
        self.check_nothing_wrong(exporter)


NOBODY = 65534


class RightsTest(TracefsTest):
    def test_a_probe_first_seen_when_the_instance_goes_has_a_name(self):
        tool = pathlib.Path(harness.BUILD, "tests", "tool_calls").resolve()
        exporter = self.start(f"""  - name: {self.name}
    source: tracefs
    providers: [{{uprobe: {{binary: {tool}, symbol: main, name: begins}}}}]
""", metrics=PAIRS)
        exporter.process.send_signal(signal.SIGSTOP)
        Load().close()
        (self.instance / "tracing_on").write_text("0")
        exporter.process.send_signal(signal.SIGCONT)
        exporter.wait_for("etw_session_restarts_total", 1)
        exporter.wait_for("etw_events_total", 1, event="begins")

    def test_what_is_first_seen_when_the_instance_goes_has_a_name(self):
        exporter = harness.Exporter("user: nobody\n" + self.config())
        self.addCleanup(exporter.finish)
        self.wait_up(exporter)
        exporter.process.send_signal(signal.SIGSTOP)
        self.load.call(10)
        (self.instance / "tracing_on").write_text("0")
        exporter.process.send_signal(signal.SIGCONT)
        exporter.wait_for("etw_session_restarts_total", 1)
        exporter.wait_for("etw_events_total", 10, provider="raw_syscalls", event="sys_enter")

    def as_nobody(self, *words):
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                "--inh-caps=-all", "--bounding-set=-all", *words]

    def serve_as_nobody(self, lines="", events="sys_enter"):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        os.chmod(directory.name, 0o755)
        path = pathlib.Path(directory.name, "c.yml")
        path.write_text(self.config(self.session(lines=lines, events=events)))
        exporter = harness.Server(self.as_nobody(
            harness.EXPORTER, f"--config.file={path}", "--web.listen-address=127.0.0.1:0"))
        self.addCleanup(exporter.stop)
        return exporter

    def remount(self, mode, group):
        subprocess.run(["mount", "-o", f"remount,mode={mode},gid={group}", tracefs.root()],
                       check=True)

    def make_instance_for_group(self):
        """As in exporter/docs/linux.md."""
        before = tracefs.root().stat()
        self.addCleanup(self.remount, f"{before.st_mode & 0o777:o}", before.st_gid)
        self.remount("750", NOBODY)
        self.instance.mkdir()
        subprocess.run(["chmod", "-R", "g+rwX", self.instance], check=True)

    def test_a_filter_that_cannot_be_written_lets_nothing_pass(self):
        self.make_instance_for_group()
        (self.instance / "events/raw_syscalls/sys_exit/filter").chmod(0o640)
        exporter = self.serve_as_nobody("    on_exists: reuse\n", events="sys_*")
        harness.wait_until(
            lambda: "cannot filter raw_syscalls/sys_exit: no permission" in exporter.log,
            lambda: f"a sentence; the log:\n{exporter.log}")
        for event in ("sys_enter", "sys_exit"):
            self.assertEqual((self.instance / f"events/raw_syscalls/{event}/enable").read_text(),
                             "0\n")

    def test_the_group_of_an_instance_made_for_it_counts_without_rights(self):
        self.make_instance_for_group()
        exporter = self.serve_as_nobody("    on_exists: reuse\n")
        self.wait_up(exporter)
        self.load.call(1000)
        harness.wait_until(
            lambda: harness.total(harness.parse_page(exporter.get("/metrics").body.decode()),
                                  "etw_events_total", event="sys_enter") == 1000,
            lambda: f"the calls; the log:\n{exporter.log}")
        self.assertEqual(exporter.stop().code, 0)
        self.assertEqual(self.left(), [self.instance.name])

    def test_without_rights_one_sentence_says_what_is_missing(self):
        exporter = self.serve_as_nobody()
        said = harness.wait_until(
            lambda: [line for line in exporter.log.splitlines() if "permission" in line],
            lambda: f"a sentence; the log:\n{exporter.log}")
        page = harness.parse_page(exporter.get("/metrics").body.decode())
        self.assertEqual(harness.total(page, "etw_session_up"), 0)
        self.assertEqual(exporter.get("/-/ready").status, 503)
        exporter.stop()
        self.assertIn("CAP_DAC_OVERRIDE", said[0])
        self.assertEqual(self.left(), [])


if __name__ == "__main__":
    harness.main()
