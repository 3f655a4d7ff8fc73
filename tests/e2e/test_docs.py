"""docs: manual pages, the configuration's schema, completions, as those read them who use them."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
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

WEB_RIGHT = (
    "",
    "tls_server_config:\nbasic_auth_users:\n",
    """
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_ca_file: clients.crt
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [a.example, 10.0.0.1]
  min_version: TLS12
  max_version:
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: true
  headers: {X-Frame-Options: deny, Strict-Transport-Security: max-age=1, X-XSS-Protection: ""}
basic_auth_users:
  alice: $2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze
rate_limit: {interval: 1s, burst: 20}
""",
    "rate_limit: {interval: 0}",
    "rate_limit: {interval: .5s, burst: 5000000000}",
    "rate_limit: {interval: -1µs, burst: 1_000}",
    # Editors, too, look at what a merge key brings.
    "http_server_config: {headers: {<<: [{X-Frame-Options: deny}, {X-XSS-Protection: 0}]}}\n"
    "<<: {rate_limit: {<<: {interval: 1s}, burst: 20}}\n",
    "http_server_config: {headers: {X-Frame-Options: ''}}",
)

WEB_WRONG = {
    "an unknown key": "basic_auth_user: {}",
    "an unknown key of TLS": "tls_server_config: {cert: a, key: b, min_versio: TLS12}",
    "a list of files": "tls_server_config: {cert_file: [a.crt], key_file: a.key}",
    "an unknown version": "tls_server_config: {cert: a, key: b, min_version: TLS14}",
    "an unknown type": "tls_server_config: {cert: a, key: b, client_auth_type: Always}",
    "an unknown cipher suite": "tls_server_config: {cert: a, key: b, cipher_suites: [RC4]}",
    "a curve that is no list": "tls_server_config: {cert: a, key: b, curve_preferences: X25519}",
    "an unknown header": "http_server_config: {headers: {X-Powered-By: us}}",
    "another value of a header": "http_server_config: {headers: {X-Frame-Options: allow}}",
    "a truth that is none": "http_server_config: {http2: perhaps}",
    "users as a list": "basic_auth_users: [alice]",
    "a user with several hashes": "basic_auth_users: {alice: [a, b]}",
    "an unknown key that is merged": "rate_limit: {<<: {burts: 1}}",
    "a burst that is negative": "rate_limit: {interval: 1s, burst: -1}",
    "a list": "[]",
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
        self.assertEqual(lint.stdout, "")
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

    def test_the_date_is_that_of_the_sources(self):
        for page in ("man", "config-man"):
            self.assertRegex(document(page), r'^\.TH \S+ [15] "20\d\d-[01]\d-[0-3]\d" "etw_exporter ')
        need("make")
        with tempfile.TemporaryDirectory() as build:
            made = pathlib.Path(build, "exporter", "exporter_metrics.o")
            subprocess.run(["make", "-s", f"BUILD={build}", f"{made}"], cwd=harness.ROOT, check=True,
                           env={**os.environ, "SOURCE_DATE_EPOCH": "86400", "MAKEFLAGS": ""},
                           capture_output=True)
            self.assertIn(b"\x001970-01-02\0", made.read_bytes())

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
        cls.validators = {}
        for name in ("schema", "web-schema"):
            schema = json.loads(document(name))
            jsonschema.Draft7Validator.check_schema(schema)
            cls.validators[name] = jsonschema.Draft7Validator(schema)
        cls.load = staticmethod(lambda text: yaml.load(text, Loader))

    def errors(self, text, schema="schema"):
        found = self.validators[schema].iter_errors(self.load(text))
        return [error.message for error in found]

    def check_web(self, text):
        """Whether the program takes it, but for what is in the files that it names."""
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "web.yml")
            path.write_text(text, encoding="utf-8")
            said = harness.run("check", f"--web.config.file={path}").stderr
        return [line for line in said.splitlines()
                if ": error: " in line and "cannot read" not in line]

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
        self.assertEqual(self.errors("sessions: [&a {name: a, path: a}, {<<: *a, name: b}]"), [])
        for what, text in WRONG.items():
            self.assertNotEqual(self.errors(text), [], what)

    def test_what_is_right_in_a_web_configuration_fits(self):
        for text in WEB_RIGHT:
            self.assertEqual(self.check_web(text), [], text)
            self.assertEqual(self.errors(text, "web-schema"), [], text)

    def test_what_is_wrong_in_a_web_configuration_does_not_fit(self):
        for what, text in WEB_WRONG.items():
            self.assertNotEqual(self.check_web(text), [], what)
            self.assertNotEqual(self.errors(text, "web-schema"), [], what)

    def test_editors_tell_of_a_key_and_not_that_it_may_be_blank(self):
        """Where none of several schemas fits they tell what the first says."""
        schema = self.validators["web-schema"].schema
        kinds = [key["anyOf"] for table in schema["definitions"].values()
                 for key in table["properties"].values()] + [schema["anyOf"]]
        self.assertIn({"type": "null"}, kinds[0])
        for kind in kinds:
            self.assertNotIn(kind[0], ({"type": "null"}, {"enum": [None, ""]}))

    def test_the_documents_web_configuration_fits(self):
        serving = harness.ROOT / "exporter" / "docs" / "serving.md"
        text, = re.findall("```yaml\n(# web.yml.*?)```", serving.read_text(encoding="utf-8"),
                           re.DOTALL)
        self.assertEqual(self.errors(text, "web-schema"), [])


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

    def test_bash_knows_what_values_and_operands_may_be(self):
        words = self.bash("etw_exporter", "serve", "--log.level", "=")
        refusal = harness.run("serve", "--log.level=x").stderr
        self.assertEqual(words, re.findall(r"\b(?!or\b)\w+", refusal.partition("must be ")[2]))
        self.assertEqual(self.bash("etw_exporter", "serve", "--log.level", "=", "d"), ["debug"])
        self.assertEqual(self.bash("etw_exporter", "once", "--format", "open"), ["openmetrics"])
        self.assertEqual(self.bash("etw_exporter", "dump", "--format", "="), ["text", "json"])
        self.assertEqual(self.bash("etw_exporter", "baseline", "me"), ["merge"])
        self.assertEqual(self.bash("etw_exporter", "docs", "web"), ["web-schema"])

    def test_the_operands_of_docs_are_those_that_there_are(self):
        for word in self.bash("etw_exporter", "docs", ""):
            self.assertEqual(harness.run("docs", word).returncode, 0)

    def test_zsh_can_read_its_own(self):
        need("zsh")
        subprocess.run(["zsh", "-n"], input=document("zsh"), check=True, text=True)

    def test_zsh_completes_what_is_typed(self):
        need("zsh")
        harness.need_terminals()
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "_etw_exporter").write_text(document("zsh"))
            process, terminal = pty.fork()
            if not process:
                os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb"})
            self.addCleanup(os.waitpid, process, 0)
            self.addCleanup(os.kill, process, signal.SIGKILL)
            self.addCleanup(os.close, terminal)
            shown = b""

            def completes(typed, expected):
                nonlocal shown
                shown = b""
                os.write(terminal, typed.encode())

                def look():
                    nonlocal shown
                    if select.select([terminal], [], [], harness.POLL_SECONDS)[0]:
                        shown += os.read(terminal, 4096)
                    return expected.encode() in shown
                harness.wait_until(look, lambda: f"{expected} of {typed}: {shown}")
            completes(f"PS1=; fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; "
                      "print re''ady\n", "ready")
            for typed, expected in (("insp", "inspect"), ("serve --web.tel", "--web.telemetry-path"),
                                    ("serve --log.level=d", "--log.level=debug"),
                                    ("docs web", "web-schema"), ("baseline mer", "merge")):
                completes(f"\x15etw_exporter {typed}\t", expected)


class Words(unittest.TestCase):
    def test_what_there_is_not_is_said(self):
        for words in ([], ["nosuch"]):
            result = harness.run("docs", *words)
            self.assertEqual(result.returncode, 2)
            self.assertIn("docs prints one of man, config-man, schema, web-schema, bash, zsh", result.stderr)


if __name__ == "__main__":
    harness.main()
