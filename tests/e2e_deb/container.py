"""A Debian with systemd, in namespaces of its own, for the package's tests.

    with container.Container() as debian:
        debian.install(container.PACKAGE)
        debian.run("systemctl", "is-active", "etw_exporter")
        debian.path("/etc/default/etw_exporter").write_text(...)

It is of SUITE, or of this machine's suite. What it is made of is kept in the folder CONTAINER; what a
container writes goes with it.
"""

import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import harness  # noqa: E402

PACKAGE = pathlib.Path(os.environ.get("DEB", "etw-exporter.deb")).resolve()
CONTAINER = pathlib.Path(os.environ.get("CONTAINER", "build/container")).resolve()
SERVICE = "etw_exporter"
URL = "http://localhost:9988"
MIRROR = "http://deb.debian.org/debian"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
PREPARE_SECONDS = 1200

numbers = itertools.count()


def suite():
    if os.environ.get("SUITE"):
        return os.environ["SUITE"]
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    return None


def run(*command, **options):
    """As subprocess.run(); what it wrote is in the error."""
    options = {"timeout": PREPARE_SECONDS, "text": True, **options}
    done = subprocess.run([os.fspath(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}")
    return done.stdout


def cgroups():
    """Where the tree of version 2 is mounted, or None."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        if line.split()[2] == "cgroup2":
            return pathlib.Path(line.split()[1])
    return None


def need():
    """Skips where no container can be had."""
    if os.geteuid() != 0:
        harness.skip("a container takes root")
    for program in ("debootstrap", "unshare", "nsenter"):
        if not shutil.which(program):
            harness.skip(f"{program} is not installed")
    if not suite():
        harness.skip("this is no Debian")
    if not cgroups():
        harness.skip("no tree of cgroups of version 2 is mounted")
    probe = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--net",
                            "--cgroup", "true"], capture_output=True, text=True)
    if probe.returncode:
        harness.skip(f"there are no namespaces here: {probe.stderr.strip()}")


def base():
    """The folder with that Debian, and with the packages that PACKAGE depends on, to be installed."""
    folder = CONTAINER / suite()
    if not folder.exists():
        new = folder.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            run("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,curl",
                suite(), new, MIRROR)
        except AssertionError as error:
            harness.skip(f"no Debian can be had: {error}")
        new.rename(folder)
    download(folder)
    return folder


def download(folder):
    copy = folder / "root" / PACKAGE.name
    done = folder / "root" / "depends"
    depends = run("dpkg-deb", "-f", PACKAGE, "Depends")
    if done.exists() and done.read_text() == depends:
        return
    shutil.copy(PACKAGE, copy)
    run("unshare", "--mount", "chroot", folder, "sh", "-c",
        f"apt-get update -qq && apt-get install -y --no-install-recommends --download-only "
        f"/root/{PACKAGE.name}", env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"})
    copy.unlink()
    done.write_text(depends)


class Container:
    def __init__(self):
        folder = base()
        self._scratch = tempfile.mkdtemp(prefix="etw_exporter-container-")
        self._cgroup = cgroups() / f"etw_exporter-test-{os.getpid()}-{next(numbers)}"
        self._process = subprocess.Popen([HERE / "boot.sh", folder, self._scratch, self._cgroup],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE)
        self.init = None
        try:
            self._boot()
        except BaseException:
            self.close()
            raise

    def _boot(self):
        process = pathlib.Path(f"/proc/{self._process.pid}")

        def child():
            if self._process.poll() is not None:
                harness.skip("no container can be had: " +
                             self._process.stderr.read().decode().strip())
            # Until it is that, its children are others.
            return ((process / "comm").read_text() == "unshare\n" and
                    (process / f"task/{self._process.pid}/children").read_text().split())

        self.init = harness.wait_until(child, "the container's first process")[0]
        harness.wait_until(lambda: self.run("systemctl", "is-system-running", check=False).stdout
                           .strip() in ("running", "degraded"), "systemd to have booted")

    def close(self):
        # With it goes what it started, by --kill-child.
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()
        os.rmdir(self._scratch)
        harness.wait_until(self._remove_cgroup, f"{self._cgroup} to be empty")

    def _remove_cgroup(self):
        try:
            for folder, _, _ in os.walk(self._cgroup, topdown=False):
                os.rmdir(folder)
        except OSError:
            return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def path(self, path):
        """A file of the container, for the programs here."""
        return pathlib.Path(f"/proc/{self.init}/root{path}")

    def run(self, *command, check=True):
        """Runs a program in it; stdout has what it wrote to standard error, too."""
        done = subprocess.run(
            ["nsenter", f"--target={self.init}", "--mount", "--pid", "--uts", "--ipc", "--net",
             "--cgroup", "--root", "--wd=/", *command], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=PREPARE_SECONDS, env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"})
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n"
                                 f"{self.log()}")
        return done

    def log(self):
        return self.run("journalctl", "--no-pager", "--lines=60", f"--unit={SERVICE}",
                        check=False).stdout

    def install(self, package):
        shutil.copy(package, self.path("/root/package.deb"))
        return self.run("apt-get", "install", "-y", "--no-install-recommends",
                        "-o", "Dpkg::Options::=--force-confold", "/root/package.deb").stdout

    def drop_in(self, name, text):
        """Adds to the service's unit, until the container ends."""
        folder = self.path(f"/run/systemd/system/{SERVICE}.service.d")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.conf").write_text(text)
        self.run("systemctl", "daemon-reload")

    def configure(self, text):
        self.path("/etc/etw_exporter/etw_exporter.yml").write_text(text)

    def restart(self):
        self.run("systemctl", "restart", SERVICE)

    def state(self, name):
        """A property of the service, as systemd has it."""
        return self.run("systemctl", "show", "--value", f"--property={name}",
                        SERVICE).stdout.strip()

    def status(self):
        """The lines of the program's /proc/PID/status, as numbers in its words."""
        lines = self.path(f"/proc/{self.state('MainPID')}/status").read_text().splitlines()
        return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}

    def page(self, path="/metrics", address=URL):
        """None: nobody answers."""
        done = self.run("curl", "--silent", "--fail", "--max-time", "10", address + path,
                        check=False)
        return None if done.returncode else done.stdout

    def total(self, name, **labels):
        page = self.page()
        return None if page is None else harness.total(harness.parse_page(page), name, **labels)
