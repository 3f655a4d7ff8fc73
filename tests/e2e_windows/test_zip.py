"""What `make zip` has made: everything that belongs to the program, in a folder, ready to be used."""

import os
import pathlib
import re
import unittest
import zipfile

import both
import harness

ZIP = os.environ.get("WINDOWS_ZIP", "")
# What is linked in; what the texts about it refer to is beside them.
LIBRARIES = ("libmicrohttpd", "libxcrypt", "libyaml", "expat", "pcre2", "libdeflate",
             "mingw-w64-x86-64-dev", "gcc-mingw-w64-base", "uthash-dev")


def setUpModule():
    if not os.path.exists(ZIP):
        harness.skip(f"WINDOWS_ZIP={ZIP} is absent")

# Of the dashboards: what these are made of, and pictures.
OF_SOURCES_ALONE = {"src", "screenshots"}


class Zip(both.Test):
    def setUp(self):
        super().setUp()
        with zipfile.ZipFile(ZIP) as file:
            self.assertIsNone(file.testzip())
            file.extractall(self.folder)
        (self.top,) = self.folder.iterdir()

    def names(self, folder):
        return sorted(path.name for path in (self.top / folder).iterdir())

    def test_it_is_one_folder_called_as_the_file(self):
        self.assertEqual(f"{self.top.name}.zip", pathlib.Path(ZIP).name)
        self.assertEqual(self.names(""), ["CHANGELOG.md", "LICENSE", "README.md", "dashboards",
                                          "etw_exporter.exe", "examples", "licences", "packs", "schemas"])

    def test_the_program_is_the_one_that_was_built(self):
        self.assertEqual((self.top / "etw_exporter.exe").read_bytes(),
                         pathlib.Path(both.WINDOWS[1]).read_bytes())

    def test_files_of_windows_are_all_there(self):
        for folder, where in (("packs", "config/packs"), ("examples", "config/examples"),
                              ("dashboards", "dashboards")):
            self.assertEqual(self.names(folder),
                             sorted(path.name for path in (harness.ROOT / where).iterdir()
                                    if not path.name.startswith("linux") and
                                    path.name not in OF_SOURCES_ALONE))

    def test_schemas_are_those_that_the_program_prints(self):
        documents = {"etw_exporter.schema.json": "schema", "web.schema.json": "web-schema",
                     "baseline.schema.json": "baseline-schema"}
        self.assertEqual(self.names("schemas"), sorted(documents))
        for name, document in documents.items():
            code, printed, said = both.run(["wine", self.top / "etw_exporter.exe"], "docs",
                                           document, directory=self.top)
            self.assertEqual(code, 0, said.decode())
            self.assertEqual((self.top / "schemas" / name).read_bytes(), printed, name)

    def test_the_licence_of_every_library_is_there(self):
        licences = self.top / "licences"
        for library in LIBRARIES:
            text = (licences / f"{library}.txt").read_text("utf-8", "replace")
            self.assertRegex(text, "(?i)copyright", library)
            for name in re.findall(r"common-licenses/([A-Z]+-[\d.]*\d)", text):
                self.assertTrue((licences / f"{name}.txt").is_file(), f"{name} of {library}")

    def test_the_program_runs_by_its_packs(self):
        self.demo(f"{self.top.name}/demo.etl")
        self.write(f"{self.top.name}/c.yml",
                   "sessions: [{name: a, path: demo.etl}]\ninclude: [packs/*.yml]\n")
        code, page, said = both.run(["wine", self.top / "etw_exporter.exe"], "once",
                                    "--config.file=c.yml", directory=self.top)
        self.assertEqual(code, 0, said.decode())
        self.assertIn(b"etw_dns", page)


if __name__ == "__main__":
    harness.main()
