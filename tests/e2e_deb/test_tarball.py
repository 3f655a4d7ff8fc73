"""The sources as one file: what is in it, and that the package can be made of it without git."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import container
import harness

TARBALL = pathlib.Path(os.environ.get("TARBALL", "etw_exporter.tar.gz")).resolve()


class Tarball(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        container.run("tar", "-C", self.folder, "-xf", TARBALL)
        [self.sources] = self.folder.iterdir()

    def make(self, target):
        """As somebody does who has the sources alone."""
        container.run("make", "-C", self.sources, target,
                      env={name: os.environ[name] for name in ("PATH", "HOME")})

    def test_it_has_the_sources_that_git_knows_and_nothing_else(self):
        known = subprocess.run(["git", "-C", harness.ROOT, "ls-files"], capture_output=True,
                               text=True)
        if known.returncode:
            harness.skip("these sources are not git's")
        held = [str(path.relative_to(self.sources)) for path in self.sources.rglob("*")
                if not path.is_dir()]
        self.assertEqual(sorted(held), sorted([*known.stdout.split("\n")[:-1], ".revision"]))

    def test_the_same_package_is_made_of_it_without_git(self):
        self.make("deb")
        [package] = self.sources.glob("*.deb")
        container.run("dpkg-deb", "-x", package, self.folder / "content")
        said = container.run(self.folder / "content/usr/bin/etw_exporter", "--version")
        self.assertIn((self.sources / ".revision").read_text().strip(), said)
        self.assertEqual(package.read_bytes(), container.PACKAGE.read_bytes())
        # Of what was built in between nothing is in a tarball of that.
        self.make("tarball")
        again = self.sources / TARBALL.name
        self.assertEqual(*(container.run("tar", "-tf", path) for path in (TARBALL, again)))


if __name__ == "__main__":
    harness.main()
