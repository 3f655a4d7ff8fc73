"""Fields of live events of Linux as labels: what a known load handed to the kernel."""

import os
import pathlib
import platform
import subprocess
import sys
import unittest

import harness
import tracefs

NAME = f"fields{os.getpid()}"
HEAD = f"""
sessions:
  - name: {NAME}
    source: tracefs
    providers:
"""

# As a process of its own, once it is told to.
LOAD = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
print(os.getpid(), flush=True)
sys.stdin.readline()
"""


def rule(number, system, event, field):
    return (f"  - {{name: field_{number}_total, help: Events., type: counter, match: "
            f"{{provider: {system}, name: {event}}}, labels: {{shown: '{field}'}}}}\n")


class Load:
    def __init__(self, what):
        self.process = subprocess.Popen([sys.executable, "-c", LOAD + what],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = int(self.process.stdout.readline())

    def run(self):
        self.process.communicate("go\n", timeout=harness.DEADLINE_SECONDS)
        if self.process.returncode:
            raise AssertionError(f"the load ended with {self.process.returncode}")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class FieldsTest(unittest.TestCase):
    def setUp(self):
        tracefs.need()

    def check(self, what, providers, fields):
        """Counts a field's values, for each (system, event, field), and what they should be."""
        load = Load(what)
        self.addCleanup(load.end)
        rules = "".join(rule(number, *where) for number, (where, _) in enumerate(fields))
        with harness.Exporter(HEAD + providers.format(pid=load.pid) + "metrics:\n" + rules) as live:
            live.wait_for("etw_session_up", 1, session=NAME)
            load.run()
            for number, (_, values) in enumerate(fields):
                for value, count in values.items():
                    live.wait_for(f"field_{number}_total", count, shown=value)
                self.assertEqual(live.total(f"field_{number}_total"), sum(values.values()))
            self.assertEqual(live.total("etw_rule_errors_total"), 0)
            self.assertFalse(live.total("etw_decode_errors_total"))


class SystemCallsTest(FieldsTest):
    def test_arguments_are_of_the_width_of_their_types(self):
        if not (tracefs.root() / "events/syscalls/sys_enter_getpriority").exists():
            harness.skip("this kernel has no events of each system call")
        self.check("for i in range(3): libc.getpriority(-5, i - 1)\n"
                   "libc.lseek(-1, ctypes.c_int64(-9), 0)\n",
                   "      - {{name: syscalls, events: [sys_enter_getpriority, sys_enter_lseek],\n"
                   "         pids: {pid}}}\n",
                   [(("syscalls", "sys_enter_getpriority", "which"), {"-5": 3}),
                    (("syscalls", "sys_enter_getpriority", "who"), {"-1": 1, "0": 1, "1": 1}),
                    (("syscalls", "sys_enter_lseek", "fd"), {"4294967295": 1})])


class ProbesTest(FieldsTest):
    ARGUMENTS = ("text=+0(%di):string texts=+0(%si):string[2] bytes=+0(%di):x8[2] "
                 "words=+0(%di):u16[2] base=%dx:s32 comm=$comm")

    def setUp(self):
        super().setUp()
        if platform.machine() != "x86_64":
            harness.skip("registers are called otherwise on other machines")
        if not (tracefs.root() / "uprobe_events").exists():
            harness.skip("this kernel has no uprobes")

    def test_arrays_and_texts_of_probes_have_their_elements(self):
        system = f"etw_exporter_{NAME}"
        libc = next(line.split()[-1]
                    for line in pathlib.Path("/proc/self/maps").read_text().splitlines()
                    if "libc.so" in line or "libc-" in line)
        self.check("texts = ctypes.c_char_p * 2\n"
                   "for text in b'12', b'12', b'3': libc.strtol(text, texts(b'one', b'two'), -7)\n",
                   f"      - {{{{uprobe: {{{{binary: {libc}, symbol: strtol, name: number,\n"
                   f"         args: '{self.ARGUMENTS}'}}}}, filter: 'base == -7'}}}}\n",
                   [((system, "number", "text"), {"12": 2, "3": 1}),
                    ((system, "number", "texts[0]"), {"one": 3}),
                    ((system, "number", "texts[1]"), {"two": 3}),
                    ((system, "number", "bytes"), {"3132": 2, "3300": 1}),
                    ((system, "number", "words[0]"), {"12849": 2, "51": 1}),
                    ((system, "number", "words.length"), {"2": 3}),
                    ((system, "number", "base"), {"-7": 3}),
                    ((system, "number", "comm"), {pathlib.Path(sys.executable).name[:15]: 3})])


if __name__ == "__main__":
    harness.main()
