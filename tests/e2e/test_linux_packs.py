"""The packs for Linux, each live on the real tracefs: what a load of known size makes of them."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

import harness
import tracefs

PACKS = sorted((harness.ROOT / "config" / "packs").glob("linux-*.yml"))
EXAMPLE = harness.ROOT / "config" / "examples" / "linux.yml"
NAME = f"pack{os.getpid()}"  # of sessions, and of processes that make the loads

# What comes before is Python's own work, under another name.
BEGIN = f"open('/proc/self/comm', 'w').write('{NAME}')\n"


def pack_named(name):
    return harness.ROOT / "config" / "packs" / f"linux-{name}.yml"


def rules_of(pack):
    return re.findall(r"^  - name: (\w+)$", pack.read_text(encoding="utf-8"), re.MULTILINE)


def session_of(pack, name):
    """The session that the pack's beginning says it needs."""
    lines = pack.read_text(encoding="utf-8").partition("\nmetrics:")[0].splitlines()
    begin = lines.index("#   sessions:")
    block = lines[begin:lines.index("#", begin)]
    return "\n".join(line[4:] for line in block).replace("name: kernel", f"name: {name}") + "\n"


def configuration(pack):
    return f"include: [{pack}]\n{session_of(pack, NAME)}"


def kernel_says(event, field):
    """Whether the kernel's event has a field, which not all kernels' have."""
    text = (tracefs.root() / "events" / event / "format").read_text()
    return re.search(rf"\b{field};", text) is not None


@contextlib.contextmanager
def live(name):
    """An exporter whose session traces a pack's events."""
    with harness.Exporter(configuration(pack_named(name))) as exporter:
        exporter.wait_for("etw_session_up", 1, session=NAME)
        yield exporter
        assert exporter.total("etw_session_ring_events_lost_total") == 0, "events were lost"
        # Older kernels do not say why they reset connections.
        if name != "tcp" or kernel_says("tcp/tcp_send_reset", "reason"):
            assert exporter.total("etw_rule_errors_total") == 0, "rules had errors"


def run(load, *args):
    """Runs a load in a process of its own; what it wrote, as JSON."""
    done = subprocess.run([sys.executable, "-c", load, *map(str, args)], capture_output=True,
                          text=True, timeout=harness.DEADLINE_SECONDS)
    if done.returncode:
        raise AssertionError(f"the load ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout) if done.stdout else None


@contextlib.contextmanager
def kernel_text(*events):
    """The lines in which the kernel itself shows what was traced meanwhile."""
    lines = []
    instance = tracefs.root() / "instances" / f"{NAME}text"
    instance.mkdir()
    try:
        (instance / "trace_clock").write_text("boot")
        for event in events:
            (instance / "events" / event / "enable").write_text("1")
        yield lines
        (instance / "tracing_on").write_text("0")
        lines += (instance / "trace").read_text().splitlines()
    finally:
        instance.rmdir()


def waits_and_sleeps(lines):
    """How often the load got a CPU after it was woken, and after it had gone to sleep."""
    woken, state, waits, sleeps = set(), {}, 0, 0
    for line in lines:
        wakeup = re.search(r" sched_wakeup: .* pid=(\d+) prio=", line)
        switch = re.search(r" sched_switch: .* prev_pid=(\d+) .* prev_state=(\S+) ==> "
                           r"next_comm=(.*) next_pid=(\d+) ", line)
        if wakeup:
            woken.add(wakeup[1])
        if switch:
            state[switch[1]] = switch[2]
            if switch[3] == NAME:
                waits += switch[4] in woken
                sleeps += state.get(switch[4]) == "S"
            woken.discard(switch[4])
            state.pop(switch[4], None)
    return waits, sleeps


def wait_at_least(exporter, name, value, **labels):
    harness.wait_until(lambda: (exporter.total(name, **labels) or 0) >= value,
                       lambda: f"{name} {labels} to be at least {value}, it is "
                               f"{exporter.total(name, **labels)}; the log:\n{exporter.log}")


class LinuxPacksTest(unittest.TestCase):
    def setUp(self):
        tracefs.need()


class RulesTest(LinuxPacksTest):
    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(text)
            file.flush()
            done = harness.run("check", f"--config.file={file.name}")
        self.assertEqual((done.returncode, done.stderr), (0, ""), text)
        self.assertNotIn("warning", done.stdout)
        self.assertNotIn("note:", done.stdout)

    def test_each_and_all_together_are_checked_without_a_warning(self):
        self.assertGreater(len(PACKS), 5)
        together = f"include: [{', '.join(map(str, PACKS))}]\nsessions:\n"
        for number, pack in enumerate(PACKS):
            self.check(configuration(pack))
            together += session_of(pack, f"{NAME}-{number}").partition("\n")[2]
        self.check(together)

    def test_names_are_in_the_place_of_their_own(self):
        names = [name for pack in PACKS for name in rules_of(pack)]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertRegex(name, "^etw_linux_")

    def test_promtool_finds_nothing_wrong_with_their_metrics(self):
        if not shutil.which("promtool"):
            harness.skip("there is no promtool")
        for pack in PACKS:
            with live(pack.stem.removeprefix("linux-")) as exporter:
                page = exporter.get(headers={"Accept": "text/plain;version=0.0.4"}).body
            done = subprocess.run(["promtool", "check", "metrics"], input=page.decode(), text=True,
                                  capture_output=True, timeout=harness.DEADLINE_SECONDS)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), pack.stem)

    def test_the_example_counts(self):
        text = EXAMPLE.read_text(encoding="utf-8").replace("../packs", str(PACKS[0].parent))
        self.assertEqual(text.count("name: kernel"), 1)
        with harness.Exporter(text.replace("name: kernel", f"name: {NAME}")) as exporter:
            exporter.wait_for("etw_session_up", 1, session=NAME)
            run(BEGIN + "import os\nfor i in range(100): os.getppid()")
            exporter.wait_for("etw_linux_syscalls_total", 100, process=NAME, syscall="getppid")
            wait_at_least(exporter, "etw_linux_context_switches_total", 1, process=NAME)


class SchedulerTest(LinuxPacksTest):
    # On one CPU neither can go on before the other has had it.
    PING_PONG = BEGIN + """
import json, os, resource, sys
rounds = int(sys.argv[1])
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
here, there = os.pipe(), os.pipe()
if os.fork() == 0:
    os.close(here[1])
    while rounds and os.read(here[0], 1):
        os.write(there[1], b"x")
        rounds -= 1
    os._exit(0)
for i in range(rounds):
    os.write(here[1], b"x")
    os.read(there[0], 1)
os.wait()
switches = 0
for whose in resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN:
    usage = resource.getrusage(whose)
    switches += usage.ru_nvcsw + usage.ru_nivcsw
print(json.dumps(switches))
"""
    # Another task has the CPU meanwhile: not every kernel shows all switches from its idle task.
    SLEEPS = """
import os, signal, time
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
other = os.fork()
if other == 0:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass
    os._exit(0)
""" + BEGIN + """
for i in range(100):
    time.sleep(0.001)
os.kill(other, signal.SIGKILL)
"""
    # Two for one CPU, which they take from one another; what the kernel counts of one of them, where
    # it does in its schedstat, is told, and how long the CPU was at interrupts, or taken by the
    # machine's host: who is switched in has these in his time, but not in the kernel's account of it.
    RIVALS = """
import json, os, signal, time
def counted():
    return int(open("/proc/self/schedstat").read().split()[%d]) / 1e9
def nobodys():
    line = next(line for line in open("/proc/stat") if line.startswith(f"cpu{cpu} "))
    return sum(map(int, line.split()[6:9])) / os.sysconf("SC_CLK_TCK")
def named(name):
    open("/proc/self/comm", "w").write(name)
cpu = min(os.sched_getaffinity(0))
os.sched_setaffinity(0, [cpu])
end = time.monotonic() + 20
other = os.fork()
while other == 0 and time.monotonic() < end:
    pass
if other == 0:
    os._exit(0)
time.sleep(0.001)  # What ran until now is of another name.
of_nobody = nobodys()
before = counted()
""" + BEGIN + "%s" + """
told = [counted() - before, nobodys() - of_nobody]
named("done")
os.kill(other, signal.SIGKILL)
print(json.dumps(told))
"""
    # How long it waits.
    CROWD = RIVALS % (1, """
end = time.monotonic() + 0.5
while time.monotonic() < end:
    pass
for i in range(50):
    time.sleep(0.003)
""")
    # How long it runs.
    RUNS = RIVALS % (0, """
while counted() - before < 0.3 and time.monotonic() < end:
    pass
time.sleep(0.003)
""")
    MOVES = BEGIN + """
import os, sys
cpus = sorted(os.sched_getaffinity(0))
for i in range(int(sys.argv[1])):
    os.sched_setaffinity(0, [cpus[i % 2]])
"""

    def test_switches_are_at_least_those_that_the_kernel_counted_for_the_load(self):
        rounds = 500
        with live("scheduler") as exporter:
            before = exporter.total("etw_linux_cpu_context_switches_total") or 0
            switches = run(self.PING_PONG, rounds)
            self.assertGreaterEqual(switches, 2 * rounds)
            # Those of Python's beginning are under its own name; the end comes after the counting.
            wait_at_least(exporter, "etw_linux_context_switches_total", 2 * rounds, process=NAME)
            wait_at_least(exporter, "etw_linux_cpu_context_switches_total", before + 2 * rounds)
            wait_at_least(exporter, "etw_linux_off_cpu_seconds_count", 2 * rounds - 2,
                          process=NAME)

    def test_sleeps_are_woken_and_last(self):
        with live("scheduler") as exporter:
            with kernel_text("sched/sched_switch", "sched/sched_wakeup") as text:
                run(self.SLEEPS)
            waits, sleeps = waits_and_sleeps(text)
            self.assertGreater(min(waits, sleeps), 50, "the kernel shows what is to be counted")
            wait_at_least(exporter, "etw_linux_run_queue_seconds_count", waits, process=NAME)
            wait_at_least(exporter, "etw_linux_off_cpu_seconds_count", sleeps, process=NAME,
                          state="sleeping")
            slept = exporter.total("etw_linux_off_cpu_seconds_sum", process=NAME, state="sleeping")
            waited = exporter.total("etw_linux_run_queue_seconds_sum", process=NAME)
            self.assertGreaterEqual(slept, 0.1)
            self.assertLess(waited, slept)

    def test_waits_for_a_processor_are_those_that_the_kernel_counts(self):
        if not os.path.exists("/proc/self/schedstat"):
            harness.skip("the kernel does not count them")
        with live("scheduler") as exporter:
            expected, _ = run(self.CROWD)
            # Of 50; who is put off until the timer has rung does not sleep.
            wait_at_least(exporter, "etw_linux_off_cpu_seconds_count", 40, process=NAME,
                          state="sleeping")
            woken = exporter.total("etw_linux_run_queue_seconds_sum", process=NAME)
            put_off = exporter.total("etw_linux_off_cpu_seconds_sum", process=NAME,
                                     state="runnable")
            self.assertGreater(expected, 0.1)
            self.assertAlmostEqual(woken + put_off, expected, delta=0.02 + 0.1 * expected)

    def test_time_on_processors_is_what_the_kernel_counts(self):
        if not os.path.exists("/proc/self/schedstat"):
            harness.skip("the kernel does not count it")
        with live("scheduler") as exporter:
            expected, nobodys = run(self.RUNS)
            self.assertGreater(expected, 0.1)
            wait_at_least(exporter, "etw_linux_cpu_seconds_total", 0.9 * expected - 0.02,
                          process=NAME)
            self.assertLessEqual(exporter.total("etw_linux_cpu_seconds_total", process=NAME),
                                 1.1 * expected + 0.02 + nobodys)

    def test_migrations(self):
        if len(os.sched_getaffinity(0)) < 2:
            harness.skip("there is only one CPU")
        with live("scheduler") as exporter:
            run(self.MOVES, 21)
            wait_at_least(exporter, "etw_linux_migrations_total", 20, process=NAME)


class SyscallsTest(LinuxPacksTest):
    LOAD = BEGIN + """
import json, os, time
for i in range(500):
    os.getppid()
for i in range(37):
    try:
        os.open("/nonexistent/file", os.O_RDONLY)
    except FileNotFoundError:
        pass
reads, writes = os.pipe()
began = time.monotonic()
for i in range(4):
    os.write(writes, b"x")
    os.read(reads, 1)
    time.sleep(0.05)
print(json.dumps(time.monotonic() - began))
"""

    def test_calls_errors_and_times_are_those_of_the_load(self):
        with live("syscalls") as exporter:
            took = run(self.LOAD)
            exporter.wait_for("etw_linux_syscalls_total", 500, process=NAME, syscall="getppid")
            exporter.wait_for("etw_linux_syscall_errors_total", 37, process=NAME, errno="ENOENT",
                              syscall="openat")
            exporter.wait_for("etw_linux_syscall_seconds_count", 500, process=NAME,
                              syscall="getppid")
            exporter.wait_for("etw_linux_syscalls_total", 1, process=NAME, syscall="exit_group")
            self.assertIsNone(exporter.total("etw_linux_syscall_seconds_count", process=NAME,
                                             syscall="exit_group"))
            labels = {"process": NAME, "syscall": "clock_nanosleep"}
            exporter.wait_for("etw_linux_syscall_seconds_count", 4, **labels)
            slept = exporter.total("etw_linux_syscall_seconds_sum", **labels)
            self.assertTrue(0.2 <= slept <= took, (slept, took))


class BlockTest(LinuxPacksTest):
    BYTES = 8192
    LOAD = BEGIN + """
import mmap, os, sys
device = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
size = int(sys.argv[2])
room = mmap.mmap(-1, size)
for i in range(20):
    os.pwritev(device, [room], i * size)
for i in range(30):
    os.preadv(device, [room], i * size)
for i in range(7):
    os.pwritev(device, [room], i * size)
    os.fsync(device)
"""

    FAILURES = """
import json, mmap, os, sys
device = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
room = mmap.mmap(-1, 65536)
failed = 0
for i in range(32):
    try:
        os.pwritev(device, [room], i * len(room))
    except OSError:
        failed += 1
print(json.dumps(failed))
"""
    # The device keeps the file, which nobody else sees.
    FULL = """
mount -t tmpfs -o size=256k tmpfs "$1" &&
truncate --size=4M "$1/file" &&
losetup --find --show "$1/file"
"""

    def attach(self, command):
        """Makes a loop device by a command that ends with losetup --find --show."""
        if not shutil.which("losetup"):
            harness.skip("there is no losetup")
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=harness.DEADLINE_SECONDS)
        if done.returncode:
            harness.skip(f"there is no loop device: {done.stderr.strip()}")
        self.path = done.stdout.strip()
        self.device = pathlib.Path(self.path).name
        self.addCleanup(subprocess.run, ["losetup", "--detach", self.path], check=True,
                        timeout=harness.DEADLINE_SECONDS)

    def test_errors_are_those_that_the_load_got(self):
        with tempfile.TemporaryDirectory() as directory:
            self.attach(["unshare", "--mount", "--propagation=private", "sh", "-c", self.FULL, "sh",
                         directory])
        with live("block") as exporter:
            failed = run(self.FAILURES, self.path)
            self.assertGreater(failed, 0)
            exporter.wait_for("etw_linux_block_errors_total", failed, device=self.device,
                              operation="write", errno="ENOSPC")

    def test_requests_bytes_and_flushes_are_those_of_the_load(self):
        file = tempfile.NamedTemporaryFile(dir=harness.BUILD)
        self.addCleanup(file.close)
        file.truncate(4 << 20)
        self.attach(["losetup", "--find", "--show", file.name])
        with live("block") as exporter:
            run(self.LOAD, self.path, self.BYTES)
            for operation, count in ("write", 27), ("read", 30), ("flush", 7):
                exporter.wait_for("etw_linux_block_requests_total", count, device=self.device,
                                  operation=operation)
            for operation, count in ("write", 27), ("read", 30):
                labels = {"device": self.device, "operation": operation}
                for name in "bytes_total", "request_bytes_sum":
                    exporter.wait_for(f"etw_linux_block_{name}", count * self.BYTES, **labels)
                exporter.wait_for("etw_linux_block_request_seconds_count", count, **labels)
                self.assertGreater(exporter.total("etw_linux_block_request_seconds_sum", **labels),
                                   0)
                # It may have read some of Python, too. The file behind the device is the kernel's.
                wait_at_least(exporter, "etw_linux_block_process_bytes_total", count * self.BYTES,
                              process=NAME, operation=operation)
            exporter.wait_for("etw_linux_block_flush_seconds_count", 7, device=self.device)


def softirqs():
    """How often each kind ran."""
    lines = pathlib.Path("/proc/softirqs").read_text().splitlines()[1:]
    return {words[0].rstrip(":"): sum(map(int, words[1:])) for words in map(str.split, lines)}


def interrupts():
    """How often handlers ran, of message-signalled interrupts that have one each: others may be
    threads of another interrupt's."""
    found = {}
    for line in pathlib.Path("/sys/kernel/irq").glob("*"):
        handlers = (line / "actions").read_text().strip()
        if handlers and "," not in handlers and "MSI" in (line / "chip_name").read_text():
            count = sum(map(int, (line / "per_cpu_count").read_text().split(",")))
            found[handlers] = found.get(handlers, 0) + count
    return found


class InterruptsTest(LinuxPacksTest):
    LOAD = """
import os, socket, tempfile
server = socket.create_server(("127.0.0.1", 0))
for i in range(50):
    client = socket.create_connection(server.getsockname())
    server.accept()[0].close()
    client.close()
with tempfile.TemporaryFile(dir=".") as file:
    for i in range(20):
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())
"""

    def test_there_are_as_many_as_the_kernel_counts(self):
        with live("interrupts") as exporter:
            before = softirqs(), interrupts()
            run(self.LOAD)
            after = softirqs(), interrupts()
            moved = 0
            for kind in before[0]:
                ran = after[0][kind] - before[0][kind]
                wait_at_least(exporter, "etw_linux_softirq_seconds_count", ran, softirq=kind)
                moved += ran
            self.assertGreater(moved, 0)
            for handler in before[1]:
                wait_at_least(exporter, "etw_linux_irq_seconds_count",
                              after[1].get(handler, 0) - before[1][handler], handler=handler)
            self.assertGreater(exporter.total("etw_linux_softirq_wait_seconds_count"), 0)
            by_kind = exporter.total("etw_linux_softirq_seconds_sum")
            wait_at_least(exporter, "etw_linux_softirq_cpu_seconds_total", by_kind)


class TcpTest(LinuxPacksTest):
    def refused(self, family, host, count):
        with socket.socket(family) as unused:
            unused.bind((host, 0))
            address = unused.getsockname()
        for _ in range(count):
            with socket.socket(family) as client:
                self.assertRaises(ConnectionRefusedError, client.connect, address)

    def test_resets_of_connections_to_closed_ports(self):
        with live("tcp") as exporter:
            self.refused(socket.AF_INET, "127.0.0.1", 23)
            wait_at_least(exporter, "etw_linux_tcp_resets_received_total", 23, remote="127.0.0.1")
            if kernel_says("tcp/tcp_send_reset", "reason"):
                wait_at_least(exporter, "etw_linux_tcp_resets_sent_total", 23, state="unknown",
                              reason="no_socket")
            if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"):
                self.refused(socket.AF_INET6, "::1", 5)
                wait_at_least(exporter, "etw_linux_tcp_resets_received_total", 5, remote="::1")

    def test_retransmits_to_a_server_that_does_not_accept(self):
        with live("tcp") as exporter, contextlib.ExitStack() as stack:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            for _ in range(4):
                client = stack.enter_context(socket.socket())
                client.setblocking(False)
                client.connect_ex(server.getsockname())
            wait_at_least(exporter, "etw_linux_tcp_retransmits_total", 2, state="syn_sent")
            wait_at_least(exporter, "etw_linux_tcp_remote_retransmits_total", 2,
                          remote="127.0.0.1")


@contextlib.contextmanager
def memory_cgroup(limit_bytes):
    """The file that takes the PIDs of a cgroup with little memory; None: there are none here."""
    for root, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
                        ("/sys/fs/cgroup", "memory.max")):
        group = pathlib.Path(root, NAME)
        try:
            group.mkdir()
            try:
                (group / limit).write_text(str(limit_bytes))
                yield group / "cgroup.procs"
                return
            finally:
                group.rmdir()
        except OSError:
            continue
    yield None


class MemoryTest(LinuxPacksTest):
    FAULTS = BEGIN + """
import mmap
room = mmap.mmap(-1, 1000 * mmap.PAGESIZE)
room.madvise(mmap.MADV_NOHUGEPAGE)
for i in range(1000):
    room[i * mmap.PAGESIZE] = 1
"""
    RECLAIM = BEGIN + """
import os, sys
open(sys.argv[1], "w").write(str(os.getpid()))
with open(sys.argv[2], "wb") as file:
    for i in range(48):
        file.write(bytes(1 << 20))
"""
    HUNGER = BEGIN + """
import os, sys
open(sys.argv[1], "w").write(str(os.getpid()))
room = bytearray(b"x") * (64 << 20)
"""

    def test_page_faults_are_at_least_those_of_the_load(self):
        if not (tracefs.root() / "events" / "exceptions").exists():
            harness.skip("the kernel has no events of page faults")
        with live("memory") as exporter:
            run(self.FAULTS)
            wait_at_least(exporter, "etw_linux_page_faults_total", 1000, process=NAME, mode="user",
                          access="write")

    def test_reclaim_and_oom_kills_of_a_cgroup(self):
        with memory_cgroup(16 << 20) as procs, tempfile.NamedTemporaryFile(dir=".") as file:
            if not procs:
                harness.skip("there is no memory cgroup to make")
            with live("memory") as exporter:
                run(self.RECLAIM, procs, file.name)
                labels = {"process": NAME, "kind": "cgroup"}
                wait_at_least(exporter, "etw_linux_reclaim_seconds_count", 1, **labels)
                # At the least what was written and has no room.
                pages = (48 - 16 << 20) // os.sysconf("SC_PAGESIZE") // 2
                wait_at_least(exporter, "etw_linux_reclaimed_pages_total", pages, **labels)
                freed = exporter.total("etw_linux_reclaim_freed_pages_total", process=NAME)
                wait_at_least(exporter, "etw_linux_reclaim_scanned_pages_total", freed,
                              process=NAME)
                self.assertRaises(AssertionError, run, self.HUNGER, procs)
                exporter.wait_for("etw_linux_oom_kills_total", 1, process=NAME)


class ProcessTest(LinuxPacksTest):
    LOAD = BEGIN + """
import json, os, subprocess, sys, threading, time
began = time.monotonic()
for i in range(11):
    subprocess.run([sys.argv[1], "-c", ":"], check=True)
for i in range(13):
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
print(json.dumps(time.monotonic() - began))
"""

    def test_what_begins_executes_and_ends_is_what_the_load_started(self):
        program = f"{NAME}sh"
        with live("process") as exporter, tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, program)
            path.symlink_to("/bin/sh")
            took = run(self.LOAD, path)
            exporter.wait_for("etw_linux_process_begins_total", 11, process=NAME)
            exporter.wait_for("etw_linux_thread_begins_total", 13, process=NAME)
            exporter.wait_for("etw_linux_execs_total", 11, file=program)
            exporter.wait_for("etw_linux_task_ends_total", 11, process=program)
            exporter.wait_for("etw_linux_task_ends_total", 13 + 1, process=NAME)
            exporter.wait_for("etw_linux_exec_seconds_count", 11, process=program)
            lived = exporter.total("etw_linux_exec_seconds_sum", process=program)
            self.assertTrue(0 < lived < took, (lived, took))
            if kernel_says("sched/sched_process_exit", "group_dead"):
                exporter.wait_for("etw_linux_process_ends_total", 11, process=program)
                exporter.wait_for("etw_linux_process_ends_total", 1, process=NAME)


if __name__ == "__main__":
    harness.main()
