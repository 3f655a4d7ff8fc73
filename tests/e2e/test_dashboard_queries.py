"""Every query of every panel of the dashboards, asked of a real Prometheus that scrapes real
exporters: the demo, recordings with losses and damage, one of each pack, and, where they can be,
live sessions of Linux and those of the model of Windows."""

import contextlib
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

import grafana
import harness
import test_etw
import test_linux_packs
import test_prometheus
import tracefs

PACKS = harness.ROOT / "config" / "packs"
WINDOWS = sorted(path.stem for path in PACKS.glob("*.yml") if not path.stem.startswith("linux-"))
LINUX = sorted(path.stem for path in PACKS.glob("linux-*.yml"))
TOOL = pathlib.Path(harness.BUILD, "tests", "tool_pack_recording")

LONG = "process"
JOB = """  - job_name: {name}
    scrape_interval: {seconds}s
    scrape_timeout: {seconds}s
    static_configs: [{{targets: ['{address}']}}]
    metric_relabel_configs: [{{source_labels: [__name__], regex: .*_created, action: drop}}]
"""
# A scrape may take as long as the time to the next one: large pages, on a busy machine.
LARGE = {"packs": 3, "linux": 3}
# Long enough for all that was scraped, on a busy machine, too.
RANGES = {"__rate_interval": "2m", "__range": "5m"}
CHOSEN = {"offset": "1s", "top": "50"}

# Metrics that are not always there, and what they would take. All others are expected, those of a
# pack where it is active.
# What only the exporters of these jobs have.
OF_JOBS = {
    "linux": {"etw_session_events_waiting", "etw_session_ring_events_lost_total",
              "etw_session_events_missed_total"},
    "windows": {"etw_session_buffers", "etw_session_buffers_free", "etw_session_mode",
                "etw_session_buffers_written_total", "etw_session_trace_buffers_lost_total",
                "etw_session_stopped_by_others_total", "etw_session_schema_lookups_total",
                "etw_system_sessions", "etw_system_sessions_limit",
                "etw_system_session_events_lost_total", "etw_system_session_buffers_lost_total"},
}
# Of Linux: devices that fail or flush, memory that runs short, networks that lose packets, a kernel
# that has these events.
SELDOM = {"linux-block": ["errors_total", "flush_seconds", "requests_total", "bytes_total",
                          "process_bytes_total", "request_bytes", "request_seconds"],
          "linux-interrupts": ["irq_seconds", "irq_cpu_seconds_total"],
          "linux-memory": ["page_faults_total", "reclaim_seconds", "reclaimed_pages_total",
                           "reclaim_scanned_pages_total", "reclaim_freed_pages_total",
                           "kswapd_seconds_total", "oom_kills_total"],
          "linux-process": ["process_ends_total"],
          "linux-scheduler": ["migrations_total"],
          "linux-tcp": ["retransmits_total", "remote_retransmits_total", "resets_sent_total",
                        "resets_received_total"]}
# No recording here has records of unknown kinds, or events that do not fit their schema.
PREFIX = {"linux-block": "block_", "linux-tcp": "tcp_"}
DAMAGE = {"etw_session_unknown_records_total", "etw_decode_errors_total"}

LOSING = "  - {name: losing, path: losing/*.etl, follow: true, poll: 200ms}\n"

LOAD = """
import mmap, os, socket, subprocess, threading, time
while True:
    subprocess.run(["/bin/true"])
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    with open("load", "wb") as file:
        file.write(bytes(65536))
        os.fsync(file.fileno())
    with socket.socket() as unused, socket.socket() as client:
        unused.bind(("127.0.0.1", 0))
        try:
            client.connect(unused.getsockname())
        except OSError:
            pass
    room = mmap.mmap(-1, 100 * mmap.PAGESIZE)
    for i in range(100):
        room[i * mmap.PAGESIZE] = 1
    try:
        os.open("/nonexistent/file", os.O_RDONLY)
    except OSError:
        pass
    time.sleep(0.05)
"""

SHOP = """provider {11111111-2222-3333-4444-555555555555} Shop
event Ordered id=1 level=4
emit Ordered count=3
stop pid=42
lost events=7 log=1 real_time=2
emit Ordered count=4
"""


SHOP_RULES = """
sessions: [{name: shop, path: "builtin:demo", pace: recorded, loop: true}]
metrics:
  - name: dns_query_seconds
    help: Time from a DNS query to its completion.
    type: histogram
    match: {provider: Microsoft-Windows-DNS-Client, id: 3008}
    pair: {start: {id: 3006}, key: [QueryName, $pid]}
    buckets: {exponential: {start: 0.0001, factor: 2, count: 18}}
"""


def family(metric):
    return re.sub("_(bucket|sum|count)$", "", metric)


def rules_of(pack):
    text = (PACKS / f"{pack}.yml").read_text(encoding="utf-8")
    return re.findall(r"^  - name: (\w+)$", text, re.MULTILINE)


def includes(packs):
    return "include:\n" + "".join(f"  - {PACKS / pack}.yml\n" for pack in packs)


def pack_sessions():
    """A session for each pack: recordings that are replayed for ever, and one that takes a minute,
    of which copies are put into a folder."""
    def keys(pack):
        return "path: copies/*.etl, follow: true, poll: 200ms" if pack == LONG else \
            f"path: {pack}.etl, pace: recorded, loop: true"
    return includes(WINDOWS) + "sessions:\n" + "".join(
        f"  - {{name: {pack}, {keys(pack)}}}\n" for pack in WINDOWS)


def linux_session(pid):
    """One for all packs, with the events that each needs, of a process and those that it starts."""
    events = {}
    for pack in LINUX:
        text = test_linux_packs.session_of(PACKS / f"{pack}.yml", "kernel")
        for provider in yaml.safe_load(text)["sessions"][0]["providers"]:
            found = provider["events"]
            events.setdefault(provider["name"], set()).update(
                [found] if isinstance(found, str) else found)
    providers = [{"name": name, "events": sorted(found)} for name, found in events.items()]
    session = {"name": f"dashboards{os.getpid()}", "source": "tracefs", "providers": providers,
               "pids": [pid], "children": True}
    return includes(LINUX) + yaml.safe_dump({"sessions": [session]})


def scrapes(jobs):
    """Prometheus' configuration: jobs are addresses by names."""
    return f"rule_files: ['{grafana.FOLDER}/*.alerts.yml']\n" \
        "global: {evaluation_interval: 1s}\nscrape_configs:\n" + "".join(
        JOB.format(name=name, address=address, seconds=LARGE.get(name, 1))
        for name, address in jobs.items())


def numbers(result):
    """The values that are some number."""
    found = [float(value) for series in result
             for _, value in series.get("values", [series.get("value")])]
    return [value for value in found if not math.isnan(value)]


class Machines:
    """The exporters, and what happens on their machines."""

    def __init__(self, stack, directory):
        self.enter = stack.enter_context
        self.directory = directory
        self.jobs = {}
        self.losses()
        self.jobs["demo"] = self.enter(harness.Exporter()).address
        self.baseline()
        self.packs()
        if pathlib.Path(test_etw.MODEL[-1]).exists():
            self.windows()
        if tracefs.find()[0]:
            self.linux()

    def serve(self, job, config, directory):
        exporter = self.enter(harness.Exporter(config, directory=directory))
        self.jobs[job] = exporter.address
        return exporter

    def losses(self):
        folder = self.directory / "losses"
        folder.mkdir()
        test_prometheus.make_recordings(folder)
        (folder / "losing").mkdir()
        exporter = self.enter(harness.Exporter(test_prometheus.CONFIG.replace(
            "metrics:", LOSING + "metrics:", 1), directory=folder))
        self.jobs["losses"] = exporter.address
        harness.wait_until(lambda: test_prometheus.has_read_all(exporter), "recordings read")
        with open(folder / "follow.etl", "r+b") as file:
            file.truncate(100000)
        exporter.wait_for("etw_session_file_changes_total", 1, change="shrunk")

    def baseline(self):
        """The demo, compared with its own recording."""
        folder = self.directory / "baseline"
        folder.mkdir()
        (folder / "rules.yml").write_text(SHOP_RULES, encoding="utf-8")
        harness.demo_recording(folder / "demo.etl")
        done = harness.run("baseline", "record", f"--config.file={folder}/rules.yml",
                           f"--from={folder}/demo.etl", "-o", f"{folder}/base.json")
        if done.returncode:
            raise AssertionError(done.stderr)
        self.serve("baseline", SHOP_RULES + "baseline: {file: base.json}\n", folder)

    def packs(self):
        folder = self.directory / "packs"
        (folder / "copies").mkdir(parents=True)
        for pack in WINDOWS:
            subprocess.run([TOOL, pack, folder / f"{pack}.etl"], check=True,
                           timeout=harness.DEADLINE_SECONDS)
        self.serve("packs", pack_sessions(), folder)
        self.copies = 0

    def record(self):
        """Another recording of the long one, and one that lost events: their counters go on."""
        self.copies += 1
        for source, copies in (("packs/" + LONG, "packs/copies"), ("losses/demo", "losses/losing")):
            new = self.directory / "new"
            shutil.copyfile(self.directory / f"{source}.etl", new)
            new.rename(self.directory / copies / f"{self.copies}.etl")

    def windows(self):
        machine = self.enter(test_etw.Machine(SHOP, test_etw.HEAD + "    source: etw\n"
                                              "    providers: [{name: Shop}]\n"))
        self.jobs["windows"] = machine.address

    def linux(self):
        folder = self.directory / "linux"
        folder.mkdir()
        load = subprocess.Popen([sys.executable, "-c", LOAD], cwd=folder)
        self.enter(contextlib.closing(Killed(load)))
        self.serve("linux", linux_session(load.pid), folder).wait_for("etw_session_up", 1)


class Killed:
    def __init__(self, process):
        self.process = process

    def close(self):
        self.process.kill()
        self.process.wait()


class QueriesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("prometheus"):
            harness.skip("prometheus is not installed")
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cls.machines = Machines(stack, directory)
        cls.prometheus = stack.enter_context(
            test_prometheus.Prometheus(directory, scrapes(cls.machines.jobs)))
        harness.wait_until(cls.prometheus.is_ready, "Prometheus is ready")
        for _ in range(2):
            cls.machines.record()
            cls.wait_for_scrapes(2)
        harness.wait_until(
            lambda: cls.prometheus.query("rate(etw_session_events_lost_total[2m]) > 0") and
            cls.prometheus.query("ALERTS_FOR_STATE"), "events are lost, which an alert tells of",
            4 * harness.DEADLINE_SECONDS)
        cls.now = time.time()
        cls.known = set(cls.prometheus.api("label/__name__/values"))
        cls.present = {family(metric) for metric in cls.known} - {
            metric for metric in cls.may_be_absent() if not cls.happens(metric)}

    @classmethod
    def may_be_absent(cls):
        found = set(DAMAGE)
        for job, metrics in OF_JOBS.items():
            found |= metrics if job not in cls.machines.jobs else set()
        for pack, names in SELDOM.items():
            found |= {f"etw_linux_{PREFIX.get(pack, '')}{name}" for name in names}
        if "linux" not in cls.machines.jobs:
            found |= {rule for pack in LINUX for rule in rules_of(pack)}
        return found

    @classmethod
    def happens(cls, metric):
        """Whether a counter or histogram grew; without that there are no quantiles."""
        return cls.prometheus.query(f'rate({{__name__=~"{metric}|{metric}_count"}}[2m]) > 0')

    @classmethod
    def scraped(cls):
        """How many of each job succeeded so far."""
        return {series["metric"]["job"]: float(series["value"][1])
                for series in cls.prometheus.query("sum by (job) (sum_over_time(up[10m]))")}

    @classmethod
    def wait_for_scrapes(cls, count):
        """So many more of each exporter, since now: the first may be of what was before."""
        before = cls.scraped()

        def are_there():
            now = cls.scraped()
            return all(now.get(job, 0) >= before.get(job, 0) + count for job in cls.machines.jobs)
        harness.wait_until(are_there, lambda: f"{count} scrapes each: {before}, {cls.scraped()}, "
                           f"{cls.prometheus.api('targets')['activeTargets']}",
                           4 * harness.DEADLINE_SECONDS)

    def ask(self, target, expression):
        """At the time of the last scrape, however long all queries take."""
        if target.get("instant"):
            return self.prometheus.api("query", query=expression, time=self.now)["result"]
        return self.prometheus.api("query_range", query=expression, start=self.now, end=self.now,
                                   step=1)["result"]

    def substituted(self, **chosen):
        for dashboard in grafana.dashboards():
            known = {name: value for name, value in chosen.items() if name in dashboard.variables}
            for panel, target in dashboard.targets():
                expression = dashboard.substitute(target["expr"], RANGES, **known)
                yield f"{dashboard.path.name}: {panel['title']}: {expression}", target, expression

    def test_every_metric_of_the_packs_for_windows_is_there(self):
        for pack in WINDOWS:
            self.assertLessEqual(set(rules_of(pack)), self.present, pack)

    def test_every_query_has_data_where_its_metrics_have(self):
        asked = 0
        for place, target, expression in self.substituted(**CHOSEN):
            metrics = {family(metric) for metric in grafana.metrics_of(expression)}
            with self.subTest(place):
                found = numbers(self.ask(target, expression))
                missing = metrics - self.present
                self.assertLessEqual(missing, self.may_be_absent())
                self.assertTrue(found or missing)
                asked += not missing
        self.assertGreater(asked, 200)

    def test_every_query_is_valid_with_values_that_are_chosen(self):
        """Several of each variable, and such as are escaped."""
        chosen = {**CHOSEN, "job": ["demo", "packs"], "instance": list(self.machines.jobs.values()),
                  "session": ["demo", "disk"], "process": ["web (1).exe", "a+b\\c.exe"],
                  "provider": ["DiskIo"], "event_id": ["10", "11"], "event": ["Read"],
                  "metric": ["etw_events_total"]}
        for place, target, expression in self.substituted(**chosen):
            with self.subTest(place):
                self.ask(target, expression)

    def test_values_that_are_chosen_choose(self):
        (explorer,) = [one for one in grafana.dashboards() if one.path.stem == "etw-events"]
        expression = explorer.substitute(
            'sum by (event) (etw_events_total{job=~"$job", provider=~"$provider"})', RANGES,
            job=["demo", "losses"], provider=["Demo.Webshop"])
        found = {series["metric"]["event"] for series in self.prometheus.query(expression)}
        self.assertEqual(found, {"CacheStatistics", "OrderPlaced", "Request", "RequestFailed"})

    def test_variables_have_values(self):
        for dashboard in grafana.dashboards():
            for name, variable in dashboard.variables.items():
                if variable["type"] != "query":
                    continue
                query = dashboard.substitute(variable["query"]["query"], RANGES)
                series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", query).groups()
                self.assertEqual(label, name)
                values = self.prometheus.api(f"label/{label}/values", **{"match[]": series})
                with self.subTest(dashboard=dashboard.path.name, query=query):
                    if grafana.metrics_of(series) <= self.known and \
                            ("linux" in self.machines.jobs or "etw_linux" not in series):
                        self.assertTrue(values)

    def test_every_metric_that_is_asked_for_exists(self):
        rules = {rule for pack in WINDOWS + LINUX for rule in rules_of(pack)}
        for _, target in [one for dashboard in grafana.dashboards()
                          for one in dashboard.targets()]:
            names = {family(metric) for metric in grafana.metrics_of(target["expr"])}
            self.assertTrue(names, target["expr"])
            self.assertLessEqual(names, {family(metric) for metric in self.known} | rules |
                                 self.may_be_absent(), target["expr"])


if __name__ == "__main__":
    harness.main()
