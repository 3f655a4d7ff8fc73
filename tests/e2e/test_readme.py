"""What README.md and the documents say of commands, flags and the web configuration, against what the program says."""

import json
import re
import subprocess
import unittest

import harness

README = subprocess.run([harness.ROOT / "exporter/docs/readme.sh"], check=True,
                        capture_output=True, encoding="utf-8").stdout


def table(heading, first):
    """The rows of the first table below a heading that begins so, as lists of cells."""
    text = README[README.index(f"\n{heading}\n"):]
    lines = text[text.index(f"\n| {first} |"):].strip().splitlines()
    rows = []
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def flags(command):
    """Each flag with its argument and its default, as --help says them."""
    said = harness.run(command, "--help").stdout
    return {name: (argument, default) for name, argument, default in
            re.findall(r"^  (--[a-z.-]+)(?:=(\S+))? .*?(?:\(default (.*)\))?$", said, re.MULTILINE)
            if name != "--help"}


class Flags(unittest.TestCase):
    def test_the_table_of_flags_is_serve_s(self):
        told = {}
        for flag, default, _ in table("## Use", "flag"):
            name, _, argument = flag.strip("`").partition("=")
            # Other words than a value say what is so without one.
            told[name] = argument, default.strip("`") if default.startswith("`") else ""
        self.assertEqual(told, flags("serve"))

    def test_the_table_of_commands_has_all(self):
        rows = table("## Use", "command")
        told = [re.match(r"`etw_exporter \[?([a-z]+)", row[0])[1] for row in rows]
        known = re.findall(r"^  ([a-z]+)  ", harness.run("--help").stdout.partition("flags of")[0],
                           re.MULTILINE)
        # That of Windows is told of, but is not here.
        self.assertEqual([name for name in told if name != "service"], known)

    def test_commands_have_the_flags_that_are_told_of(self):
        for row in table("## Use", "command"):
            command = re.match(r"`etw_exporter \[?([a-z]+)", row[0])[1]
            if command == "service":
                continue
            known = set(flags(command)) | set(flags("serve"))
            for name in re.findall(r"`(--[a-z.-]+)", " ".join(row)):
                self.assertIn(name, known, command)

    def test_the_row_of_docs_has_all_documents(self):
        row, = [row for row in table("## Use", "command") if "exporter docs" in row[0]]
        said = harness.run("docs").stderr
        known = re.search(r"one of (.*), not", said)[1].split(", ")
        self.assertEqual([name for name in known if f"`{name}`" not in row[1]], [])


class WebKeys(unittest.TestCase):
    def setUp(self):
        schema = json.loads(harness.run("docs", "web-schema").stdout)
        self.tables = schema["definitions"]
        self.rows = {row[0].strip("`"): row[1] for row in table("## Securing it", "key")}

    def keys_below(self, key):
        """The keys of a mapping and of those within, with their defaults, or None."""
        reference = re.search(r'"#/definitions/(\w+)"', json.dumps(key))
        found = {}
        for name, inner in self.tables[reference[1]]["properties"].items() if reference else ():
            default = re.search(r"Default: (\S+)\.$", inner["description"])
            found[name] = default[1] if default else None
            found.update(self.keys_below(inner))
        return found

    def test_the_table_has_all_keys_and_no_others(self):
        top = self.tables["keys0"]["properties"]
        self.assertEqual(sorted(self.rows), sorted(top))
        for name, key in top.items():
            below = self.keys_below(key)
            words = re.findall(r"`([^`]+)`", self.rows[name])
            values = {default for default in below.values() if default}
            # "`cert` or a file" is cert_file, too.
            told = set(words) | {word + "_file" for word in words}
            self.assertEqual(sorted(set(below) - told), [], name)
            self.assertEqual(sorted(set(words) - set(below) - values), [], name)

    def test_defaults_are_the_program_s(self):
        for name, key in self.tables["keys0"]["properties"].items():
            for inner, told in re.findall(r"`(\w+)` \(`([^`]+)`\)", self.rows[name]):
                self.assertEqual(self.keys_below(key)[inner], told, inner)


class Links(unittest.TestCase):
    def slugs(self, text):
        return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
                for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}

    def test_they_lead_to_what_is_there(self):
        documents = [harness.ROOT / "README.md",
                     *sorted((harness.ROOT / "exporter" / "docs").glob("*.md"))]
        self.assertGreater(len(documents), 5)
        for document in documents:
            for link in re.findall(r"\]\(([^)]+)\)", document.read_text(encoding="utf-8")):
                if link.startswith("https://"):
                    continue
                path, _, anchor = link.partition("#")
                target = (document.parent / path).resolve() if path else document
                self.assertTrue(target.exists(), f"{document.name}: {link}")
                if anchor:
                    self.assertIn(anchor, self.slugs(target.read_text(encoding="utf-8")),
                                  f"{document.name}: {link}")

    def test_as_one_text_it_has_no_pictures(self):
        with_pictures = (harness.ROOT / "README.md").read_text(encoding="utf-8")
        self.assertIn("![", with_pictures)
        self.assertNotIn("![", README)
        self.assertNotIn(".png", README)
        self.assertRegex(README, r"[^\n]\n\n\[dashboards/\]\(dashboards/README.md\) has Grafana")

    def test_as_one_text_they_stay_within(self):
        self.assertNotIn("](exporter/docs", README)
        self.assertNotIn(".md#", README)
        for anchor in re.findall(r"\]\(#([^)]+)\)", README):
            self.assertIn(anchor, self.slugs(README))


if __name__ == "__main__":
    harness.main()
