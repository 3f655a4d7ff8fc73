"""The shipped rule packs, each over a recording of its own: what they count, and how it is named.

The pages that are expected are tests/golden/pack_NAME.txt. `python3 tests/e2e/test_packs.py write`
writes them anew: read the difference."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness

# Those for Linux are tried live, in test_linux_packs.py.
PACKS = sorted(set((harness.ROOT / "config" / "packs").glob("*.yml")) -
               set((harness.ROOT / "config" / "packs").glob("linux-*.yml")))
GOLDEN = harness.ROOT / "tests" / "golden"
TOOL = pathlib.Path(harness.BUILD, "tests", "tool_pack_recording")
ERRORS = ["etw_decode_errors_total", "etw_rule_errors_total"]


def golden_of(pack):
    return GOLDEN / f"pack_{pack.stem}.txt"


def rules_of(pack):
    """The names of a pack's metrics, in its order."""
    return re.findall(r"^  - name: (\w+)$", pack.read_text(encoding="utf-8"), re.MULTILINE)


def configuration(directory, pack):
    """A configuration with the pack and its recording."""
    recording = directory / f"{pack.stem}.etl"
    subprocess.run([TOOL, pack.stem, recording], check=True, timeout=harness.DEADLINE_SECONDS)
    config = directory / f"{pack.stem}.yml"
    config.write_text(f"include: [{pack}]\nsessions: [{{name: {pack.stem}, path: {recording}}}]\n",
                      encoding="utf-8")
    return config


def family_of(line, families):
    """The family that a line of a page is of; None: none of these."""
    name = re.match(r"(?:# (?:HELP|TYPE) )?(\w+)", line).group(1)
    for candidate in (name, re.sub(r"_(bucket|sum|count)$", "", name)):
        if candidate in families:
            return candidate
    return None


def part_of(page, families):
    """A page's lines of these families, and what errors there were."""
    lines = [line for line in page.splitlines() if family_of(line, families)]
    lines += [line for line in page.splitlines()
              if family_of(line, ERRORS) and line[0] != "#" and not line.endswith(" 0")]
    return "\n".join(lines) + "\n"


def once(config):
    """The page over a configuration."""
    done = harness.run("once", f"--config.file={config}")
    if (done.returncode, done.stderr) != (0, ""):
        raise AssertionError(f"{config}: {done.returncode} {done.stderr}")
    return done.stdout


class PacksTest(unittest.TestCase):
    def setUp(self):
        self.assertGreater(len(PACKS), 10)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def test_their_recordings_give_the_golden_pages(self):
        self.maxDiff = None
        for pack in PACKS:
            with self.subTest(pack=pack.stem):
                page = once(configuration(self.directory, pack))
                self.assertEqual(part_of(page, rules_of(pack)),
                                 golden_of(pack).read_text(encoding="utf-8"))

    def test_golden_pages_have_samples_of_each_rule_and_are_of_packs(self):
        for pack in PACKS:
            lines = golden_of(pack).read_text(encoding="utf-8").splitlines()
            samples = {family_of(line, rules_of(pack)) for line in lines if line[0] != "#"}
            self.assertEqual(samples - {None}, set(rules_of(pack)), pack.stem)
        self.assertEqual({file.name for file in GOLDEN.glob("pack_*")},
                         {golden_of(pack).name for pack in PACKS})

    def test_each_and_all_together_are_checked_without_a_warning(self):
        together = self.directory / "all.yml"
        together.write_text(f"include: [{', '.join(map(str, PACKS))}]\n"
                            f"sessions: [{{name: a, path: disk.etl}}]\n", encoding="utf-8")
        for config in [configuration(self.directory, pack) for pack in PACKS] + [together]:
            done = harness.run("check", f"--config.file={config}")
            self.assertEqual((done.returncode, done.stderr), (0, ""), config)
            self.assertNotIn("warning", done.stdout)

    def test_promtool_finds_nothing_wrong_with_their_metrics(self):
        if not shutil.which("promtool"):
            harness.skip("there is no promtool")
        for pack in PACKS:
            page = once(configuration(self.directory, pack))
            done = subprocess.run(["promtool", "check", "metrics"], input=page, text=True,
                                  capture_output=True, timeout=harness.DEADLINE_SECONDS)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), pack.stem)

    def test_names_are_in_the_place_of_their_own(self):
        names = [name for pack in PACKS for name in rules_of(pack)]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertRegex(name, r"^etw_(?!session_|exporter_|rule_)")

    def test_the_example_counts(self):
        example = harness.ROOT / "config" / "examples" / "kernel.yml"
        text = example.read_text(encoding="utf-8")
        included = re.findall(r"\.\./packs/([\w-]+)\.yml", text)
        self.assertGreater(len(included), 3)
        subprocess.run([TOOL, "disk", self.directory / "kernel.etl"], check=True,
                       timeout=harness.DEADLINE_SECONDS)
        config = self.directory / "kernel.yml"
        config.write_text(text.replace("../packs", str(PACKS[0].parent)), encoding="utf-8")
        self.assertIn('etw_disk_read_bytes_total{session="kernel",disk="1",process="db.exe"} 8192',
                      once(config))


def write_golden_pages():
    with tempfile.TemporaryDirectory() as directory:
        for pack in PACKS:
            page = once(configuration(pathlib.Path(directory), pack))
            golden_of(pack).write_text(part_of(page, rules_of(pack)), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        write_golden_pages()
    else:
        harness.main()
