"""Reloads while a live session of Linux counts what a known load does: no call is lost."""

import queue
import threading
import unittest

import harness
from test_tracefs import COUNTS, PAIRS, TracefsTest

RELOADS = 1000
CALLS = 1000  # of the load from one reload to the next
OTHERS = """
  - name: others_total
    help: Calls.
    type: counter
    match: {provider: raw_syscalls, name: sys_enter}
    where: {field: id, ge: %d}
"""
# What only grows.
KEPT = ("calls_total", "call_seconds_count", "etw_events_total", "etw_session_events_total",
        "etw_rule_events_matched_total")


class Caller:
    """Has a load make calls while each reload runs, and no more until the next one: however busy the
    machine is, the kernel's buffers hold what many reloads take to be read.
    """

    def __init__(self, load):
        self.load, self.calls = load, 0
        self.reloads = queue.Queue(1)
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while self.reloads.get():
            self.load.call(CALLS)
            self.calls += CALLS

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.reloads.put(False)
        self.thread.join()


class ReloadTest(TracefsTest):
    def reload(self, caller, config):
        caller.reloads.put(True, timeout=harness.DEADLINE_SECONDS)
        self.exporter.config_file.write_text(config, encoding="utf-8")
        response = self.exporter.get("/-/reload", method="POST")
        self.assertEqual((response.status, response.body), (200, b"reloaded\n"),
                         self.exporter.log)

    def check_growth(self, seen):
        """Nothing that stays has fallen."""
        samples = self.exporter.samples()
        for name, value in seen.items():
            if name.startswith(KEPT) and "others_total" not in name:
                self.assertGreaterEqual(samples.get(name, -1), value, name)
        return samples

    def test_a_thousand_reloads_lose_no_call(self):
        both = "sys_enter, sys_exit"
        sessions = [self.session(events=f"[{both}]")]
        kept = COUNTS + PAIRS
        self.exporter = harness.Exporter(self.config(*sessions, metrics=kept),
                                         ["--web.enable-lifecycle"])
        self.addCleanup(self.exporter.finish)
        self.wait_up(self.exporter)
        start = self.exporter.total("etw_session_start_time_seconds", session=self.name)
        seen = {}
        with Caller(self.load) as caller:
            for number in range(RELOADS):
                rules = kept + (OTHERS % (number % 5) if number % 2 else "")
                self.reload(caller, self.config(*sessions, metrics=rules))
                if number % 50 == 0:
                    seen = self.check_growth(seen)
        self.assertEqual(caller.calls, RELOADS * CALLS)
        calls = {"call": "getppid", "session": self.name}
        self.exporter.wait_for("calls_total", caller.calls, **calls)
        self.exporter.wait_for("etw_events_total", caller.calls, event="sys_enter")
        self.exporter.wait_for("etw_events_total", caller.calls, event="sys_exit")
        self.exporter.wait_for("call_seconds_count", caller.calls)
        self.check_growth(seen)
        self.check_nothing_wrong(self.exporter)
        self.assertEqual(self.exporter.total("etw_session_start_time_seconds", session=self.name),
                         start)

    def test_a_session_that_comes_and_goes_disturbs_no_other(self):
        other = self.name + "b"
        self.exporter = harness.Exporter(self.config(metrics=COUNTS), ["--web.enable-lifecycle"])
        self.addCleanup(self.exporter.finish)
        self.wait_up(self.exporter)
        with Caller(self.load) as caller:
            for _ in range(10):
                self.reload(caller, self.config(self.session(), self.session(other), metrics=COUNTS))
                self.reload(caller, self.config(metrics=COUNTS))
        self.exporter.wait_for("calls_total", caller.calls, call="getppid", session=self.name)
        self.exporter.wait_for("etw_session_events_total", caller.calls, session=self.name)
        self.check_nothing_wrong(self.exporter)
        self.assertEqual([name for name in self.left() if name.endswith(other)], [])


if __name__ == "__main__":
    harness.main()
