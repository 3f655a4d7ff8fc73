"""Configurations with live sessions of Linux: what check says of them here, what once refuses, and
whom an exporter runs as."""

import os
import pathlib
import pwd
import tempfile
import unittest

import harness
import tracefs

DONE, FAILED, USAGE = 0, 1, 2
CONFIG = """
sessions:
  - name: {name}
    source: tracefs
    buffers: {{size: 64KiB}}
    providers:
      - {{name: sched, events: [{event}]}}
metrics:
  - name: switches_total
    help: Context switches.
    type: counter
    match: {{provider: sched, name: sched_switch}}
    labels: {{to: {field}}}
"""


class LiveTest(unittest.TestCase):
    def setUp(self):
        tracefs.need()
        self.name = f"e2e{os.getpid()}"
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name, "c.yml")

    def configure(self, event="sched_switch", field="next_comm", before=""):
        self.path.write_text(before + CONFIG.format(name=self.name, event=event, field=field))
        return f"--config.file={self.path}"

    def instances(self):
        return [path.name for path in (tracefs.root() / "instances").iterdir()
                if self.name in path.name]


class CheckTest(LiveTest):
    def test_rules_are_checked_against_the_formats_of_this_kernel(self):
        done = harness.run("check", self.configure())
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        number = (tracefs.root() / "events/sched/sched_switch/id").read_text().strip()
        self.assertIn(f"matches sched {number} sched_switch", done.stdout)
        self.assertEqual(self.instances(), [])

    def test_a_field_that_the_event_does_not_have_is_an_error(self):
        done = harness.run("check", self.configure(field="next_com"))
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('did you mean "next_comm"?', done.stderr)

    def test_an_event_that_this_kernel_does_not_have_is_a_warning(self):
        done = harness.run("check", self.configure(event="sched_swich"))
        self.assertEqual(done.returncode, DONE)
        self.assertIn('warning: no event of "sched" is called "sched_swich" here; did you mean '
                      '"sched_switch"?', done.stderr)


    def test_the_events_of_probes_are_no_misspelling(self):
        system = f"etw_exporter_{self.name}"
        self.configure()
        self.path.write_text(self.path.read_text().replace(
            "metrics:", "      - {uprobe: {binary: /bin/sh, offset: 1, name: x}}\nmetrics:").replace(
                "{provider: sched, name: sched_switch}", f"{{provider: {system}, name: x}}"))
        done = harness.run("check", f"--config.file={self.path}")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn(f'note: the provider "{system}" is in no manifest: its fields are looked for',
                      done.stdout)


class OnceTest(LiveTest):
    def test_a_live_session_has_no_end(self):
        done = harness.run("once", self.configure())
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
        self.assertIn(f"session {self.name}: once reads recordings to their end", done.stderr)
        self.assertEqual(self.instances(), [])


class UserTest(LiveTest):
    def setUp(self):
        super().setUp()
        self.user = pwd.getpwnam("nobody")

    def status(self, exporter):
        """Of each of its threads."""
        tasks = pathlib.Path("/proc", str(exporter.process.pid), "task").iterdir()
        return [dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines()
                     if ":\t" in line) for task in tasks]

    def test_it_runs_on_as_the_user_with_one_capability_and_cleans_up(self):
        self.configure(before="user: nobody\n")
        with harness.Exporter(self.path.read_text()) as exporter:
            harness.wait_until(lambda: harness.total(exporter.samples(), "switches_total"),
                               "events")
            for status in self.status(exporter):
                self.assertEqual(set(status["Uid"].split()), {str(self.user.pw_uid)})
                self.assertEqual(set(status["Gid"].split()), {str(self.user.pw_gid)})
                self.assertEqual(int(status["CapEff"], 16), 1 << 1)  # CAP_DAC_OVERRIDE
                self.assertEqual(int(status["CapPrm"], 16), 1 << 1)
            self.assertEqual(len(self.instances()), 1)
            code, _ = exporter.stop()
        self.assertEqual(code, 0)
        self.assertEqual(self.instances(), [])

    def test_a_user_that_there_is_not_is_said(self):
        config = self.configure(before="user: nobody-at-all\n")
        done = harness.run("serve", config, "--web.listen-address=127.0.0.1:0")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("cannot run as user nobody-at-all: there is no such user", done.stderr)


if __name__ == "__main__":
    harness.main()
