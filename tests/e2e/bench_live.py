"""What a live session of Linux costs the program traced and the reader, beside other tools.

A known load (bench_live_load) runs untraced and traced by each tool in turn, round after round, so
that what else this machine does falls on all alike; printed are medians. Then comes a long run at a
high rate of events, and a session that has nothing to do. Not run with the tests: `make bench-live`.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import harness
import tracefs

LOAD = "bench_live_load"
NAME = f"bench{os.getpid()}"
DEADLINE_SECONDS = 120
QUIET_SECONDS = 10  # numbers of the kernel are read once a second
POLL_SECONDS = 0.25  # a scrape is CPU time of the exporter, too


def config(providers, rules="[]", size="8MiB"):
    return f"""
sessions:
  - name: {NAME}
    source: tracefs
    buffers: {{size: {size}}}
    providers: {providers}
metrics: {rules}
"""


def rule(system, event, **labels):
    pairs = ", ".join(f"{name}: {field}" for name, field in labels.items())
    return (f"[{{name: bench_events_total, help: Events., type: counter, "
            f"match: {{provider: {system}, name: {event}}}, labels: {{{pairs}}}}}]")


class Kind:
    """An event, who makes it, and how each tool counts it by two labels."""

    def __init__(self, system, event, condition, labels, bpf, loads):
        self.system, self.event, self.condition, self.loads = system, event, condition, loads
        self.config = config(f"[{{name: {system}, events: {event}, filter: '{condition}'}}]",
                             rule(system, event, **labels))
        self.bpf = f"tracepoint:{system}:{event} {bpf}"


def calls_of_load(number):
    """Others call getppid, too: every shell does."""
    return f'id == {number} && comm == "{LOAD}"'


def kinds(number, count):
    yield Kind("raw_syscalls", "sys_enter", calls_of_load(number),
               {"call": "{field: id, as: syscall}", "process": "{field: $pid, as: process}"},
               f'/args->id == {number} && comm == "{LOAD}"/ {{ @[args->id, comm] = count(); }}',
               {"getppid, one thread": f"calls 1 {count}",
                "getppid, two threads": f"calls 2 {count}"})
    yield Kind("sched", "sched_switch", f'prev_comm == "{LOAD}"',
               {"process": "prev_comm", "state": "prev_state"},
               f'/comm == "{LOAD}"/ {{ @[comm, args->prev_state] = count(); }}',
               {"switches over pipes": f"switches {count // 4}"})


# Processes

def words_of(path):
    try:
        return pathlib.Path(path).read_text().rpartition(")")[2].split()
    except OSError:
        return []


def family(pid):
    """The process and what it has started."""
    parents = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        words = words_of(path)
        if words:
            parents.setdefault(int(words[1]), []).append(int(path.parent.name))
    found = [pid]
    for parent in found:
        found += parents.get(parent, [])
    return found


def cpu_seconds(pid):
    """Of the process and what it has started: to the nanosecond where the kernel says it so."""
    total = 0
    for member in family(pid):
        tasks = list(pathlib.Path(f"/proc/{member}/task").glob("*/schedstat"))
        texts = []
        with contextlib.suppress(OSError):
            texts = [path.read_text() for path in tasks]
        if texts:
            total += sum(int(text.split()[0]) for text in texts) / 1e9
        elif words := words_of(f"/proc/{member}/stat"):
            total += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return total


class Load:
    """The load program; run() is one line of its language."""

    def __init__(self):
        self.process = subprocess.Popen([pathlib.Path(harness.BUILD, "tests", LOAD)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = int(self.process.stdout.readline())

    def run(self, line):
        """How many calls or switches were done, in how many seconds, and of CPU time."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        done, wall_ns, cpu_ns = map(int, self.process.stdout.readline().split())
        return done, wall_ns / 1e9, cpu_ns / 1e9

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.communicate()


# What traces. totals(): how many events it has counted, and how many it says are lost; None: it does
# not say that.

class Untraced:
    name = "untraced"
    why_not = None

    def __init__(self, kind):
        pass

    def cpu_seconds(self):
        return 0

    def settle(self, done):
        pass

    def totals(self):
        return None, None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


class Exporter(Untraced):
    name = "etw_exporter"

    def __init__(self, kind=None, text=None):
        self.exporter = harness.Exporter(text or kind.config)
        self.pid = self.exporter.process.pid
        self.before = 0
        try:
            harness.wait_until(lambda: self.exporter.get("/-/ready").status == 200,
                               "the session to be ready")
        except BaseException:
            self.exporter.stop()
            raise

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def settle(self, done):
        """Until what was done is counted or known to be lost, or nothing more comes."""
        total, deadline = sum(self.totals()), time.monotonic() + QUIET_SECONDS
        while total < self.before + done and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            before, total = total, sum(self.totals())
            if total > before:
                deadline = time.monotonic() + QUIET_SECONDS
        self.before = total

    def totals(self):
        samples = self.exporter.samples()
        return tuple(int(harness.total(samples, name) or 0)
                     for name in ("etw_session_events_total", "etw_session_events_lost_total"))

    def __exit__(self, *exception):
        self.exporter.finish()


class Peer(Untraced):
    """A tool that traces for as long as its command runs: `cat`, which tells when it begins and ends
    when it is told to."""

    def __init__(self, kind):
        self.directory = tempfile.mkdtemp(prefix="bench_live-")
        self.process = subprocess.Popen(
            self.command(kind), cwd=self.directory, text=True, errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = ""
        self.process.stdin.write("begun\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.strip() == "begun":
                return
            self.said += line
        self.end()
        raise RuntimeError(f"it cannot trace here: {self.said.strip()[-300:]}")

    def end(self):
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.said += self.process.communicate(timeout=DEADLINE_SECONDS)[0]
        if self.process.poll() is None:
            for pid in family(self.process.pid):
                os.kill(pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def totals(self):
        return self.sum(self.counts), self.sum(self.losses)

    def sum(self, pattern):
        return sum(int(number.replace(",", ""))
                   for number in re.findall(pattern, self.said)) if pattern else None

    def __exit__(self, *exception):
        self.end()


class Bpftrace(Peer):
    name = "bpftrace"
    counts, losses = r"(?m)^@\[.*\]: (\d+)$", None

    def command(self, kind):
        return ["bpftrace", "-c", shutil.which("cat"), "-e", kind.bpf]


class Perf(Peer):
    name = "perf stat"
    counts, losses = r"(?m)^ *([\d,]+) +\w+:\w+", None

    def command(self, kind):
        return ["perf", "stat", "-a", "-e", f"{kind.system}:{kind.event}",
                "--filter", kind.condition, "--", "cat"]


class TraceCmd(Peer):
    """With -d it leaves a setting of the kernel alone that it may not be allowed to write."""

    name = "trace-cmd record"
    counts, losses = r"read events: (\d+)", r"overrun: (\d+)"

    def command(self, kind):
        return ["trace-cmd", "record", "-d", "-B", NAME, "-b", "8192", "-o", "trace.dat",
                "-e", f"{kind.system}:{kind.event}", "-f", kind.condition, "cat"]

    def end(self):
        super().end()
        with contextlib.suppress(OSError):
            (tracefs.root() / "instances" / NAME).rmdir()


PEERS = (Bpftrace, Perf, TraceCmd)


# The rounds

class Result:
    """Of one tool and one load, a number of each round."""

    def __init__(self):
        self.load_ns, self.rate, self.reader_ns = [], [], []
        self.emitted = 0


def idle_rate(tool):
    """CPU time a second while nothing happens; a second of it."""
    before = tool.cpu_seconds()
    time.sleep(1)
    return tool.cpu_seconds() - before


def run_load(tool, load, line, result):
    began, before = time.monotonic(), tool.cpu_seconds()
    done, wall, cpu = load.run(line)
    tool.settle(done)
    reader = tool.cpu_seconds() - before - tool.idle * (time.monotonic() - began)
    result.load_ns.append(cpu / done * 1e9)
    result.rate.append(done / wall)
    result.reader_ns.append(max(reader, 0) / done * 1e9)
    result.emitted += done


def run_tool(tool_type, kind, load, results, totals):
    with tool_type(kind) as tool:
        # What is done once, at the first events, is not what an event costs.
        for what, line in kind.loads.items():
            warm = load.run(re.sub(r"\d+$", lambda count: str(int(count[0]) // 5), line))[0]
            tool.settle(warm)
            results.setdefault((what, tool_type), Result()).emitted += warm
        tool.idle = idle_rate(tool) if tool_type is not Untraced else 0
        for what, line in kind.loads.items():
            run_load(tool, load, line, results[what, tool_type])
        if tool_type is Exporter:
            totals.append(tool.totals())
    if tool_type is not Exporter:
        totals.append(tool.totals())


def usable(kind):
    """The tools that can trace here, each tried once."""
    found = [Untraced, Exporter]
    for peer in PEERS:
        try:
            with peer(kind):
                found.append(peer)
        except FileNotFoundError:
            print(f"{peer.name}: left out, it is not installed")
        except (RuntimeError, OSError) as error:
            print(f"{peer.name}: left out; {' '.join(str(error).split())[:400]}")
    return found


def add_up(numbers):
    known = [number for number in numbers if number is not None]
    return f"{sum(known):,}" if known else "-"


def print_load(what, tools, results):
    plain = results[what, Untraced]
    print(f"\n{what}: {results[what, Exporter].emitted:,} of them with each tool")
    print(f"  {'':18}{'ns each':>10}{'an event':>10}{'calls/s':>12}{'reader ns':>11}")
    for tool in tools:
        result = results[what, tool]
        more = statistics.median(a - b for a, b in zip(result.load_ns, plain.load_ns))
        print(f"  {tool.name:18}{statistics.median(result.load_ns):10.0f}"
              + (f"{'':10}" if tool is Untraced else f"{more:+10.0f}")
              + f"{statistics.median(result.rate):12,.0f}"
              + ("" if tool is Untraced else f"{statistics.median(result.reader_ns):11.0f}"))


def compare(options, load):
    print(f"Medians of {options.rounds} rounds. ns each: CPU time of the load for a call or switch; "
          "an event: what tracing adds\nto that; reader ns: CPU time of the tool for an event. "
          "Bars: an event less than with bpftrace;\nreader below 60 ns.")
    for kind in kinds(load.number, options.count):
        results, totals = {}, {}
        tools = usable(kind)
        for _ in range(options.rounds):
            for tool in tools:
                run_tool(tool, kind, load, results, totals.setdefault(tool, []))
        for what in kind.loads:
            print_load(what, tools, results)
        emitted = sum(results[what, Exporter].emitted for what in kind.loads)
        print(f"\n{kind.system}:{kind.event}: emitted by the load with each tool {emitted:,}")
        for tool in tools[1:]:
            counted, lost = zip(*totals[tool])
            print(f"  {tool.name:18} counted {add_up(counted)}, lost {add_up(lost)}")


# The long run

def high_rate_config(number, size):
    same = f"filter: '{calls_of_load(number)}'"
    return config(f"[{{name: raw_syscalls, events: [sys_enter, sys_exit], {same}}}]",
                  rule("raw_syscalls", "sys_*", call="{field: id, as: syscall}",
                       process="{field: $pid, as: process}"), size)


def run_rate(options, load, events_a_second):
    threads = len(os.sched_getaffinity(0))
    with Exporter(text=high_rate_config(load.number, options.size)) as tool:
        before = tool.cpu_seconds()
        done, wall, cpu = load.run(
            f"paced {threads} {options.seconds} {events_a_second / 2}")
        tool.settle(2 * done)
        reader = tool.cpu_seconds() - before
        counted, lost = tool.totals()
        peak = tool.exporter.total("etw_session_queue_peak_bytes")
    aim = f"{events_a_second:,} a second wanted" if events_a_second else "as fast as it goes"
    print(f"  {aim}: {2 * done / wall:,.0f} a second, {threads} threads; emitted {2 * done:,}, "
          f"counted {counted:,}, lost {lost:,}"
          + (f", missing {2 * done - counted - lost:,}" if counted + lost != 2 * done else ""))
    print(f"    load {cpu / wall:.2f} CPUs, exporter {reader / wall:.2f} CPUs, "
          f"{reader / max(counted, 1) * 1e9:.0f} ns an event; queue at most {peak / 2**20:.1f} MiB")


def high_rate(options, load):
    print(f"\nTwo events a call for {options.seconds} s, {options.size} for each CPU, a rule with two "
          "labels.\nBar: none lost at 1,500,000 a second")
    for rate in (options.rate, 0):
        run_rate(options, load, rate)


def idle(options, load):
    text = high_rate_config(load.number, options.size)
    with Exporter(text=text) as tool:
        before, began = tool.cpu_seconds(), time.monotonic()
        time.sleep(options.idle_seconds)
        used = (tool.cpu_seconds() - before) / (time.monotonic() - began)
    print(f"\nA session without events, {options.idle_seconds} s: {used * 100:.3f} % of a CPU. "
          "Bar: below 0.1 %")


def instructions(options, load):
    """Apart from the rounds: counting them takes time of the exporter's threads, too."""
    kind = next(kinds(load.number, options.count))
    with Exporter(kind) as tool:
        done = subprocess.Popen(["perf", "stat", "-x", ";", "-e", "instructions:u", "-p",
                                 str(tool.pid), "cat"], text=True, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        done.stdin.write("begun\n")
        done.stdin.flush()
        done.stdout.readline()
        calls = load.run(f"calls 1 {options.count}")[0]
        tool.settle(calls)
        found = re.search(r"(?m)^(\d+);", done.communicate()[1])
    print(f"\nInstructions of the exporter for an event: {int(found[1]) / calls:.0f}" if found else
          "\nInstructions of the exporter are not counted: this machine has no counter of them")


def prepare():
    """A tracefs at the usual place, for this process and its children alone if nobody has one."""
    if os.geteuid() != 0:
        sys.exit("bench-live takes root: it traces the kernel")
    try:
        tracefs.own_mounts()
        if tracefs.USUAL_PLACE not in tracefs.mounted():
            tracefs.mount("tracefs", tracefs.USUAL_PLACE, "tracefs")
    except OSError as error:
        sys.exit(f"skipped because tracefs cannot be mounted here: {error}")
    others = sorted(path.name for path in (tracefs.root() / "instances").iterdir())
    if others:
        print(f"Others trace, too, which may cost this load: {', '.join(others)}")
    print(f"Load of this machine before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} CPUs, "
          f"Linux {os.uname().release}")


def clean_up():
    if (tracefs.root() / "instances" / f"etw_exporter_{NAME}").exists():
        harness.run("sessions", "stop", NAME)


def options_of():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=1000000, help="calls of a thread in a round")
    parser.add_argument("--seconds", type=float, default=60, help="of each long run")
    parser.add_argument("--rate", type=int, default=1500000, help="events a second of the long run")
    parser.add_argument("--size", default="8MiB", help="of a CPU's buffer in the long run")
    parser.add_argument("--idle-seconds", type=float, default=20)
    return parser.parse_args()


def main():
    options = options_of()
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    prepare()
    try:
        with Load() as load:
            compare(options, load)
            if shutil.which("perf"):
                instructions(options, load)
            high_rate(options, load)
            idle(options, load)
    finally:
        clean_up()


main()
