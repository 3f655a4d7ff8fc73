"""The package for Debian: what is in it, and how it comes, is upgraded, and goes."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import container
import harness

NAME = "etw-exporter"
CONFIGURATION = "/etc/etw_exporter/etw_exporter.yml"
DEFAULT = "/etc/default/etw_exporter"
EDITED = "# edited\nsessions:\n  - {name: mine, path: /var/lib/etw_exporter, follow: true}\n"


def newer(folder, version):
    """The package as a later version, whose files in /etc have changed."""
    content = pathlib.Path(folder) / "content"
    container.run("dpkg-deb", "-R", container.PACKAGE, content)
    control = content / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    for name in (CONFIGURATION, DEFAULT):
        with open(content / name[1:], "a", encoding="utf-8") as file:
            file.write("# of a later version\n")
    package = pathlib.Path(folder) / "newer.deb"
    container.run("dpkg-deb", "--root-owner-group", "-b", content, package)
    return package


class Content(unittest.TestCase):
    def test_lintian_finds_nothing(self):
        if not shutil.which("lintian"):
            harness.skip("lintian is not installed")
        done = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning",
                               container.PACKAGE], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_all_of_etc_is_configuration_that_is_kept(self):
        listed = container.run("dpkg-deb", "-I", container.PACKAGE, "conffiles").split()
        self.assertEqual(sorted(listed), [DEFAULT, CONFIGURATION])


class Life(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        container.need()

    def setUp(self):
        self.debian = container.Container()
        self.addCleanup(self.debian.close)
        self.debian.install(container.PACKAGE)

    def upgrade(self):
        with tempfile.TemporaryDirectory() as folder:
            self.debian.install(newer(folder, "99.0"))
        self.assertIn("Version: 99.0", self.debian.run("dpkg", "-s", NAME).stdout)

    def left(self):
        """What of it is in the file system, but for its recordings."""
        found = self.debian.run("find", "/etc", "/usr", "/lib", "/var", "/run", "-xdev", "-name",
                                "*etw[-_]exporter*", "-not", "-path", "/var/cache/*", "-not",
                                "-path", "/var/log/*").stdout.split()
        return sorted(found)

    def test_an_upgrade_restarts_it_and_keeps_what_was_edited(self):
        self.debian.configure(EDITED)
        self.debian.restart()
        first = self.debian.state("MainPID")
        self.upgrade()
        self.assertEqual(self.debian.path(CONFIGURATION).read_text(), EDITED)
        self.assertIn("of a later version", self.debian.path(DEFAULT).read_text())
        self.assertNotEqual(self.debian.state("MainPID"), first)
        self.assertEqual(self.debian.total("etw_session_up", session="mine"), 1)

    def test_an_upgrade_leaves_alone_a_service_that_was_disabled(self):
        self.debian.run("systemctl", "disable", "--now", container.SERVICE)
        self.upgrade()
        self.assertEqual(self.debian.state("UnitFileState"), "disabled")
        self.assertEqual(self.debian.state("ActiveState"), "inactive")

    def test_an_upgrade_ends_also_where_the_service_does_not_start(self):
        self.debian.configure("sessions: 7\n")
        self.upgrade()
        self.assertEqual(self.debian.state("ActiveState"), "failed")

    def test_removed_it_leaves_its_configuration(self):
        self.debian.configure(EDITED)
        self.debian.run("apt-get", "remove", "-y", NAME)
        self.assertIsNone(self.debian.page())
        self.assertEqual(self.debian.path(CONFIGURATION).read_text(), EDITED)
        self.debian.install(container.PACKAGE)
        self.assertEqual(self.debian.path(CONFIGURATION).read_text(), EDITED)
        self.assertEqual(self.debian.total("etw_session_up", session="mine"), 1)

    def test_purged_it_leaves_nothing(self):
        self.debian.run("apt-get", "purge", "-y", NAME)
        self.assertEqual(self.left(), [])
        self.assertEqual(self.debian.state("LoadState"), "not-found")

    def test_purged_it_leaves_recordings_that_are_somebodys(self):
        self.debian.path("/var/lib/etw_exporter/one.etl").write_bytes(b"mine")
        self.debian.run("apt-get", "purge", "-y", NAME)
        self.assertEqual(self.left(), ["/var/lib/etw_exporter"])
        self.assertEqual(self.debian.path("/var/lib/etw_exporter/one.etl").read_bytes(), b"mine")

    def test_manuals_and_completions_are_where_they_are_looked_for(self):
        listed = self.debian.run("dpkg", "-L", NAME).stdout.split()
        for path in ("man/man1/etw_exporter.1.gz", "man/man5/etw_exporter.yml.5.gz",
                     "bash-completion/completions/etw_exporter",
                     "zsh/vendor-completions/_etw_exporter"):
            self.assertIn(f"/usr/share/{path}", listed)

    def test_packs_and_examples_are_there_to_be_used(self):
        self.debian.run("etw_exporter", "check",
                        "--config.file=/usr/share/etw_exporter/examples/linux.yml")
        self.debian.run("etw_exporter", "check", f"--config.file={CONFIGURATION}")


if __name__ == "__main__":
    harness.main()
