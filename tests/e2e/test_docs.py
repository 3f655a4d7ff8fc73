"""docs: manual pages, the configuration's schema, completions, as those read them who use them."""

import json
import re
import shutil
import subprocess
import sys
import unittest

import harness

# Where Debian's packages of Python are, whichever Python runs this.
sys.path.append("/usr/lib/python3/dist-packages")

SESSIONS = "sessions: [{name: a, path: a.etl}]\n"

WRONG = {
    "an unknown key": "sessions: [{name: a, path: a.etl, pth: b}]",
    "no name": "sessions: [{path: a.etl}]",
    "a key of another source": "sessions: [{name: a, source: tracefs, path: a.etl}]",
    "an unknown source": "sessions: [{name: a, source: nosuch, path: a.etl}]",
    "a duration without a unit": "sessions: [{name: a, path: a.etl, poll: 1x}]",
    "a limit that is too large": "limits: {series: 100000000}\n" + SESSIONS,
    "an unknown type": SESSIONS + "metrics: [{name: a_total, type: summary, match: {id: 1}}]",
    "no match": SESSIONS + "metrics: [{name: a_total, type: counter}]",
    "an unknown key of a condition": SESSIONS
    + "metrics: [{name: a_total, type: counter, match: {id: 1}, where: {field: A, equals: 1}}]",
    "an unknown key of a label": SESSIONS
    + "metrics: [{name: a_total, type: counter, match: {id: 1}, labels: {a: {feld: A}}}]",
}


def document(name):
    result = harness.run("docs", name)
    assert result.returncode == 0, result.stderr
    return result.stdout


def need(program):
    if not shutil.which(program):
        harness.skip(f"{program} is not installed")


class Pages(unittest.TestCase):
    def check(self, page, words):
        need("mandoc")
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=document(page),
                              capture_output=True, text=True)
        # The version tells what a date would.
        found = [line for line in lint.stdout.splitlines() if "missing date" not in line]
        self.assertEqual(found, [])
        shown = subprocess.run(["mandoc", "-T", "ascii"], input=document(page), check=True,
                               capture_output=True, text=True).stdout
        # Bold and underlined letters are struck twice.
        shown = " ".join(re.sub(".\x08", "", shown).split())
        for word in words:
            self.assertIn(word, shown)

    def test_the_page_of_the_program(self):
        self.check("man", ["where the metrics are served", "EXIT"])

    def test_the_page_of_the_configuration(self):
        self.check("config-man", ["How long an end is waited for, in the time of the events.",
                                  "From 10ms to 1h.", "WEB CONFIGURATION",
                                  "The oldest version of TLS. One of TLS10, TLS11, TLS12, TLS13.",
                                  "Users, and their passwords' bcrypt hashes."])

    def test_every_flag_has_its_place(self):
        page = document("man").replace("\\-", "-")
        for command in ("serve", "once", "inspect", "dump", "check", "providers", "sessions",
                        "baseline"):
            for line in harness.run(command, "--help").stdout.splitlines():
                if line.startswith("  --") and not line.startswith("  --help"):
                    self.assertIn("\\fB" + line.split()[0].split("=")[0], page)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import jsonschema
            import yaml
        except ImportError as missing:
            harness.skip(f"python3 has no {missing.name}")

        class Loader(yaml.SafeLoader):
            """YAML 1.1 takes 1e-7 for a text, which nobody else does, and on for a truth."""

        Loader.yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in rows if not tag.endswith(":bool")]
            for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
        Loader.add_implicit_resolver("tag:yaml.org,2002:float",
                                     re.compile(r"^[-+]?[0-9.]+[eE][-+]?[0-9]+$"),
                                     list("-+0123456789."))
        Loader.add_implicit_resolver("tag:yaml.org,2002:bool",
                                     re.compile(r"^(true|false)$"), list("tf"))
        schema = json.loads(document("schema"))
        jsonschema.Draft7Validator.check_schema(schema)
        cls.validator = jsonschema.Draft7Validator(schema)
        cls.load = staticmethod(lambda text: yaml.load(text, Loader))

    def errors(self, text):
        return [error.message for error in self.validator.iter_errors(self.load(text))]

    def test_the_examples_fit(self):
        examples = sorted((harness.ROOT / "config" / "examples").glob("*.yml"))
        self.assertTrue(examples)
        for path in examples:
            self.assertEqual(self.errors(path.read_text()), [], path.name)

    def test_packs_fit_where_they_are_included(self):
        packs = sorted((harness.ROOT / "config" / "packs").glob("*.yml"))
        self.assertTrue(packs)
        for path in packs:
            text = path.read_text()
            if "\nsessions:" not in text:
                text += SESSIONS
            self.assertEqual(self.errors(text), [], path.name)

    def test_what_is_wrong_does_not_fit(self):
        self.assertEqual(self.errors(SESSIONS), [])
        for what, text in WRONG.items():
            self.assertNotEqual(self.errors(text), [], what)


class Completion(unittest.TestCase):
    def bash(self, *words):
        need("bash")
        script = document("bash") + """
            compopt() { :; }
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _etw_exporter; printf '%s\\n' "${COMPREPLY[@]}"
        """
        return subprocess.run(["bash", "-c", script, "bash", *words], check=True,
                              capture_output=True, text=True, cwd=harness.ROOT).stdout.split()

    def test_bash_knows_commands_flags_and_files(self):
        self.assertEqual(self.bash("etw_exporter", "insp"), ["inspect"])
        self.assertEqual(self.bash("etw_exporter", "--web.tel"), ["--web.telemetry-path="])
        self.assertEqual(self.bash("etw_exporter", "dump", "--ra"), ["--raw"])
        self.assertEqual(self.bash("etw_exporter", "inspect", "--ra"), [])
        self.assertEqual(self.bash("etw_exporter", "check", "--config.file", "=", "READ"),
                         ["README.md"])

    def test_zsh_can_read_its_own(self):
        need("zsh")
        subprocess.run(["zsh", "-n"], input=document("zsh"), check=True, text=True)


class Words(unittest.TestCase):
    def test_what_there_is_not_is_said(self):
        for words in ([], ["nosuch"]):
            result = harness.run("docs", *words)
            self.assertEqual(result.returncode, 2)
            self.assertIn("docs prints one of man, config-man, schema, bash, zsh", result.stderr)


if __name__ == "__main__":
    harness.main()
