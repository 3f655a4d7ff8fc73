"""What clients cost a session that counts at full speed: idle connections and parallel scrapes.

One exporter follows a folder. A round puts a recording into it, many times, and measures how fast
its events are counted: alone; with idle connections and scrapers that begin all at once, each
second; and with scrapers as fast as they can. The rounds are in turn, so that what else this machine
does falls on all alike; printed are medians. Each has to count every event, and no scrape may see a
number fall.

The clients run on this machine, too, and where processors are few, they take time that counting
would have had, and slow each other down. So the same clients are measured at another exporter as
well, which has the same series and counts nothing: what that costs is the machine's. Only what the
clients of the exporter that counts cost beyond it is of locks, or of memory that both use. Not run
with the tests: `make bench`.
"""

import argparse
import collections
import http.client
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import harness
import http_load

DEADLINE_SECONDS = 300
POLL_SECONDS = 0.05
SLOWER_AT_MOST = 5  # per cent
PROVIDERS = ", ".join(f"Rules-{number}" for number in range(1, 10))
CONFIG = f"""
sessions: [{{name: bench, path: 'spool/*.etl', follow: true, poll: 10ms}}]
manifests: [bench.man]
metrics:
  - name: io_total
    help: Events by two numbers.
    type: counter
    match: {{provider: [{PROVIDERS}]}}
    labels: {{disk: Disk, queue: Queue}}
"""
SERIES = 8 * 64
EVENT_TYPES = 54  # with two series each


class Kind:
    """Idle connections, scrapers, seconds from one of their scrapes to the next; whether all that
    is the other exporter's."""

    def __init__(self, name, idle=0, scrapers=0, interval=0, elsewhere=False):
        self.name, self.idle, self.scrapers = name, idle, scrapers
        self.interval, self.elsewhere = interval, elsewhere


def cpu_seconds(pid):
    """CPU time of each thread, by its number."""
    found = {}
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            found[path.parent.name] = int(path.read_text().split()[0]) / 1e9
        except FileNotFoundError:
            pass
    return found


def resident_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+)", text)[1]) / 1024


class Round:
    """One measurement: from 5 % of its events to 95 %."""

    def __init__(self, events, seconds, counting, serving, clients):
        self.rate = events / seconds / 1e6
        self.ns = 1e9 * counting / events
        self.serving = serving / seconds
        self.clients = clients
        self.asking = clients["cpu_seconds"] / clients["seconds"] if clients else 0


class Bench:
    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.spool = directory / "spool"
        self.spool.mkdir()
        self.recording = directory / "bench.etl"
        self.events = options.events + 1  # and the header's
        subprocess.run([pathlib.Path(harness.BUILD, "tests", "tool_rules_recording"),
                        str(options.events), self.recording, directory / "bench.man"], check=True)
        self.exporter = harness.Exporter(CONFIG, directory=directory,
                                         args=["--web.max-requests=0"])
        self.other = self.idle_exporter()
        self.pid = self.exporter.process.pid
        # One that is kept: where clients hold all connections that there may be, no other is had.
        self.connection = http.client.HTTPConnection(self.exporter.address,
                                                     timeout=harness.DEADLINE_SECONDS)
        self.done = 0  # events that were put there so far
        self.counters = set()  # threads of the session

    def idle_exporter(self):
        directory = self.directory / "other"
        (directory / "spool").mkdir(parents=True)
        os.link(self.recording, directory / "spool" / "once.etl")
        os.link(self.directory / "bench.man", directory / "bench.man")
        exporter = harness.Exporter(CONFIG, directory=directory, args=["--web.max-requests=0"])
        exporter.wait_for("etw_session_events_total", self.events)
        return exporter

    def close(self):
        self.exporter.finish()
        self.other.finish()

    def samples(self, *names):
        """Of the families called so; without names, of all."""
        path = "/metrics?" + "&".join(f"name[]={name}" for name in names)
        try:
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
        except ConnectionError:
            # Among a thousand connections this one gave its place away, as any does that waits.
            self.connection.close()
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
        return harness.parse_page(answer.read().decode())

    def counted(self):
        return int(harness.total(self.samples("etw_session_events_total"),
                                 "etw_session_events_total"))

    def reach(self, events):
        """Until so many are counted: how many are, when, and the CPU time of the threads."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (counted := self.counted()) < events:
            if time.monotonic() > deadline:
                raise AssertionError(f"{counted} events of {events} were counted; the log:\n"
                                     f"{self.exporter.log}")
            time.sleep(POLL_SECONDS)
        return counted, time.monotonic(), cpu_seconds(self.pid) | cpu_seconds(self.other.process.pid)

    def put(self, times):
        """The recording as so many files. What was read before goes away."""
        for path in self.spool.iterdir():
            path.unlink()
        for number in range(times):
            os.link(self.recording, self.directory / "link")
            (self.directory / "link").rename(self.spool / f"{self.done}-{number:04}.etl")

    def measure(self, times, clients=None):
        before, events = self.done, times * self.events
        if clients:
            clients.start()
        self.put(times)
        first = self.reach(before + events // 20)
        last = self.reach(before + events - events // 20)
        self.reach(before + events)
        self.done += events
        said = clients.stop() if clients else None
        self.check(events)
        spent = {thread: seconds - first[2].get(thread, 0) for thread, seconds in last[2].items()}
        if not self.counters:
            self.counters = set(sorted(spent, key=spent.get)[-2:])
        counting = sum(spent.get(thread, 0) for thread in self.counters)
        return Round(last[0] - first[0], last[1] - first[1], counting,
                     sum(spent.values()) - counting, said)

    def check(self, events):
        """Every event that was put there has been counted, once, by the session and by the rule."""
        samples = self.samples()
        headers = self.done // self.events
        for name, wanted in (("etw_session_events_total", self.done),
                             ("etw_events_total", self.done),
                             ("io_total", self.done - headers),
                             ("etw_session_events_dropped_total", 0),
                             ("etw_session_events_lost_total", 0),
                             ("etw_session_malformed_total", 0)):
            if harness.total(samples, name) != wanted:
                raise AssertionError(f"{name} is {harness.total(samples, name)} instead of "
                                     f"{wanted}, {events} of them in this round")
        if sum(sample.startswith("io_total{") for sample in samples) != SERIES:
            raise AssertionError("the rule has not made the series it should have")

    def measure_with(self, kind, times):
        if not kind.scrapers:
            return self.measure(times)
        address = (self.other if kind.elsewhere else self.exporter).address
        with http_load.Clients(address, kind.idle, kind.scrapers, kind.interval) as clients:
            found = self.measure(times, clients)
        if found.clients["fallen"]:
            raise AssertionError(f"a number fell in {found.clients['fallen']} scrapes")
        return found

    def refused(self):
        samples = self.samples("etw_exporter_http_refused_total")
        return {reason: int(harness.total(samples, "etw_exporter_http_refused_total",
                                          reason=reason))
                for reason in ("connections", "address_connections", "slow", "max_requests")}

    def run(self, kinds):
        """Rounds of each kind. The first measurement warms up, and says how long one takes."""
        first = self.measure(4)
        times = max(4, round(self.options.seconds * 1e6 * first.rate / self.events))
        rounds = {kind: [] for kind in kinds}
        for _ in range(self.options.rounds):
            for kind in kinds:
                rounds[kind].append(self.measure_with(kind, times))
        return rounds


class Measured:
    """The rounds of a kind. Kinds are compared round by round, as the machine changes."""

    def __init__(self, kind, rounds):
        self.kind, self.rounds = kind, rounds
        self.rate, self.ns, self.serving, self.asking = (
            statistics.median(getattr(each, name) for each in rounds)
            for name in ("rate", "ns", "serving", "asking"))

    def ratio(self, than, name):
        return statistics.median(getattr(each, name) / getattr(other, name)
                                 for each, other in zip(self.rounds, than.rounds))

    def slower(self, than):
        return 100 * (1 - self.ratio(than, "rate"))

    def costlier(self, than):
        return 100 * (self.ratio(than, "ns") - 1)

    def print(self, alone):
        rates = [each.rate for each in self.rounds]
        print(f"{self.kind.name:44} {self.rate:6.2f} ({min(rates):.2f} to {max(rates):.2f})"
              f"{self.slower(alone):8.1f} % {self.ns:8.1f}{self.costlier(alone):8.1f} %"
              f"{100 * self.serving:8.1f} %{100 * self.asking:8.1f} %")

    def outcomes(self):
        """Of all scrapes; and how many were answered a second."""
        said = [each.clients for each in self.rounds]
        outcomes = sum((collections.Counter(each["outcomes"]) for each in said),
                       collections.Counter())
        return outcomes, outcomes["200"] / sum(each["seconds"] for each in said)

    def scrape_us(self, than):
        """CPU time of the session's threads that a scrape costs."""
        return (self.ns - than.ns) * self.rate * 1e3 / self.outcomes()[1]

    def print_clients(self):
        said = [each.clients for each in self.rounds]
        outcomes, rate = self.outcomes()
        print(f"{self.kind.name}: {min(each['idle'] for each in said)} of {self.kind.idle} idle "
              f"connections held to the end; {rate:.0f} scrapes/s, "
              f"{statistics.median(each['median_ms'] for each in said):.1f} ms (at most "
              f"{max(each['max_ms'] for each in said):.0f} ms); answered: " +
              ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))


def verdict(what, value):
    print(f"{'holds ' if value < SLOWER_AT_MOST else 'MISSED'} {what} {value:.1f} %, wanted under "
          f"{SLOWER_AT_MOST} %")


def report(alone, each_second, elsewhere, fast, fast_elsewhere):
    for measured in (alone, elsewhere, each_second, fast_elsewhere, fast):
        measured.print(alone)
    for measured in (elsewhere, each_second, fast_elsewhere, fast):
        measured.print_clients()
    for what, measured, other in (("each second", each_second, elsewhere),
                                  ("all the time", fast, fast_elsewhere)):
        verdict(f"with scrapes {what} counting is slower by", measured.slower(alone))
        verdict(f"with scrapes {what}, beside as many elsewhere, by", measured.slower(other))
        verdict(f"with scrapes {what}, beside as many elsewhere, an event's CPU time rises by",
                measured.costlier(other))
    print(f"a scrape costs the session's threads {fast.scrape_us(fast_elsewhere):.0f} us, of a page "
          f"of some {SERIES + 2 * EVENT_TYPES} series that they write all the time")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4, help="of a measurement")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--events", type=int, default=1000000, help="of the recording")
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--scrapers", type=int, default=50)
    options = parser.parse_args()
    clients = f"{options.idle} idle, {options.scrapers} scrape"
    kinds = [Kind("alone")] + [
        Kind(f"{clients} {how}{where}", options.idle, options.scrapers, interval, bool(where))
        for how, interval in (("each second", 1), ("all the time", 0))
        for where in ("", " elsewhere")]
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(pathlib.Path(directory), options)
        try:
            rounds = bench.run(kinds)
            refused = bench.refused()
            rss = resident_mib(bench.pid)
        finally:
            bench.close()
    print(f"{bench.done} events, {SERIES} series of a rule with two labels, {os.cpu_count()} "
          "processors. M events/s; how much slower than alone; CPU ns an event of the session's "
          "two threads; how much more than alone; of a processor, what serving takes, and what "
          "the clients take")
    report(*(Measured(kind, measured) for kind, measured in rounds.items()))
    print("refused: " + ", ".join(f"{count} {reason}" for reason, count in refused.items()) +
          f"; every event was counted, none twice; {rss:.1f} MiB resident in the end")


if __name__ == "__main__":
    sys.exit(main())
