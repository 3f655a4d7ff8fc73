"""A Windows of its own, under wine, on which the exporter is installed as a service.

    with machine.Machine(folder) as windows:
        windows.install(package, LISTEN_PORT=9988)
        windows.start(); windows.state(); windows.event_log()
"""

import collections
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, os.fspath(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import harness
import wine

DEADLINE_SECONDS = 120
EXE = os.path.abspath(os.environ.get("WINDOWS_EXPORTER", "etw_exporter.exe"))
SERVICE = "etw_exporter"
SERVICE_KEY = rf"HKLM\SYSTEM\CurrentControlSet\Services\{SERVICE}"
LOG_KEY = r"SYSTEM\CurrentControlSet\Services\EventLog\Application"
SOURCE_KEY = rf"HKLM\{LOG_KEY}\{SERVICE}"
UNINSTALL_KEY = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"

Done = collections.namedtuple("Done", "code output")
Entry = collections.namedtuple("Entry", "type text")
# As `sc query` has them; exit_code is the service's own where win32_code is 1066.
State = collections.namedtuple("State", "name win32_code exit_code")


def make_package(folder, version):
    """Packages the program as if it were of that version."""
    package = pathlib.Path(folder, f"etw_exporter-{version}.msi")
    package.parent.mkdir(exist_ok=True)
    script = harness.ROOT / "exporter" / "windows" / "msi.sh"
    of_build = pathlib.Path(harness.BUILD)  # where `make zip` has put the schemas
    subprocess.run([script, EXE, version, of_build / "libraries" / "licences", of_build / "schemas",
                    pathlib.Path(folder, "msi"), package],
                   check=True, timeout=DEADLINE_SECONDS)
    return package


def make_tool(folder, name):
    """Builds the program whose source is here."""
    tool = pathlib.Path(folder, f"{name}.exe")
    source = pathlib.Path(__file__).with_name(f"{name}.c")
    subprocess.run(["x86_64-w64-mingw32-gcc", "-o", tool, source], check=True,
                   timeout=DEADLINE_SECONDS)
    return tool


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def windows_path(path):
    return "Z:" + os.fspath(path).replace("/", "\\")


class Machine:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.drive = self.folder / "drive_c"
        self.installed = self.drive / "Program Files" / "etw_exporter"
        self.config = self.installed / "etw_exporter.yml"
        # Wine writes what is reported to the Event Log to standard error, which services have of
        # whichever program was first.
        self._env = dict(os.environ, WINEPREFIX=os.fspath(self.folder),
                         WINEDEBUG="-all,trace+eventlog,warn+eventlog,err+eventlog",
                         WINEDLLOVERRIDES="mscoree,mshtml=")

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._log = open(self.folder / "standard-error.log", "ab")
        wine.prepare(env=self._env, stderr=self._log)
        # Services end with the last program that is none.
        self._idle = subprocess.Popen(["wine", "cmd"], stdin=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL, stderr=self._log,
                                      env=self._env)
        harness.wait_until(lambda: "SERVICE_NAME" in self.run("sc", "query", "EventLog").output,
                           "services to run")
        return self

    def __exit__(self, *exception):
        self._call(["wineserver", "-k"])
        self._idle.communicate()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _call(self, command):
        done = subprocess.run(command, env=self._env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=self._log,
                              timeout=DEADLINE_SECONDS)
        return Done(done.returncode, done.stdout.decode("utf-8", "replace"))

    def run(self, *command):
        """Exit code and standard output of a program on the machine."""
        return self._call(["wine", *map(os.fspath, command)])

    def service(self, *args, program=EXE, directory=None):
        """`etw_exporter.exe service ARGS`; its standard error is the output."""
        done = subprocess.run(["wine", program, "service", *args], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=DEADLINE_SECONDS, cwd=directory,
                              env=dict(self._env, WINEDEBUG="-all"))
        return Done(done.returncode, done.stderr.decode("utf-8", "replace"))

    def install(self, package, **properties):
        return self.run("msiexec", "/i", windows_path(package), "/qn",
                        *(f"{name}={value}" for name, value in properties.items())).code

    def remove(self, package):
        return self.run("msiexec", "/x", windows_path(package), "/qn").code

    def products(self):
        """The codes of the packages that are installed."""
        output = self.run("reg", "query", UNINSTALL_KEY).output
        return re.findall(r"Uninstall\\({[-0-9A-F]+})", output)

    def start(self):
        return self.run("net", "start", SERVICE).code

    def stop(self):
        return self.run("net", "stop", SERVICE).code

    def state(self):
        """None: there is no service."""
        output = self.run("sc", "query", SERVICE).output
        found = re.search(r"STATE +: \d+ +(\w+).*?WIN32_EXIT_CODE +: (\d+).*?"
                          r"SERVICE_EXIT_CODE +: (\d+)", output, re.S)
        return State(found[1], int(found[2]), int(found[3])) if found else None

    def wait_for_state(self, name):
        """The state, once it is called so."""
        def look():
            state = self.state()
            return state if state and state.name == name else None
        return harness.wait_until(look, lambda: f"{name}, it is {self.state()}; the log:\n" +
                                  self.log(), DEADLINE_SECONDS)

    def registry(self, key, name):
        """None: it is not there."""
        done = self.run("reg", "query", key, "/v", name)
        found = re.search(rf"{name} +REG_\w+ +(.*?)\r?\n", done.output)
        return found[1] if found else None

    def has_key(self, key):
        return self.run("reg", "query", key).code == 0

    def log(self):
        return pathlib.Path(self._log.name).read_text("utf-8", "replace")

    def event_log(self):
        """What was reported to the Event Log so far: entries with type and text."""
        types = {"trace": "information", "warn": "warning", "err": "error"}
        found = re.findall(r'(trace|warn|err):eventlog:ReportEventW L("(?:[^"\\]|\\.)*")',
                           self.log())
        return [Entry(types[kind], json.loads(re.sub(r"\\([0-9a-f]{4})", r"\\u\1", text)))
                for kind, text in found]

    def clear_event_log(self):
        self._log.truncate(0)

    def processes(self):
        """The numbers, on this system, of the service's processes on the machine."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes().split(b"\0")
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"WINEPREFIX={self.folder}".encode() in environment and \
                    re.search(rb"etw_exporter\.exe.* ?serve", command.replace(b"\0", b" ")):
                found.append(int(process.name))
        return found
