"""The command line: help, flags, exit codes, what is said where; check, once and inspect."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

import harness
import metric_families
import recording

COMMANDS = ("serve", "once", "inspect", "check", "providers", "sessions")
DONE, FAILED, USAGE = 0, 1, 2

MANIFEST = """<instrumentationManifest><instrumentation><events>
<provider name="Test" guid="{00000001-0000-0000-0000-000000000000}">
<templates><template tid="T"><data name="Count" inType="win:UInt32"/></template></templates>
<events><event value="1" symbol="First" template="T"/></events>
</provider></events></instrumentation></instrumentationManifest>"""


class CommandTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.config = self.directory / "c.yml"
        self.good = self.write("good.etl", recording.make(events=100, types=4))

    def write(self, name, content):
        path = self.directory / name
        path.write_bytes(content)
        return path

    def configure(self, text):
        self.config.write_text(text, encoding="utf-8")
        return f"--config.file={self.config}"

    def expect(self, code, *words, **options):
        done = harness.run(*words, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def expect_error(self, code, sentence, *words):
        """The sentence, on one line of standard error, and nothing on standard output."""
        done = self.expect(code, *words)
        self.assertEqual(done.stderr, f"etw_exporter: {sentence}\n")
        self.assertEqual(done.stdout, "")


class HelpTest(CommandTest):
    def test_help_names_each_command_and_the_flags_of_serve(self):
        for word in ("--help", "-h", "help"):
            done = self.expect(DONE, word)
            self.assertEqual(done.stderr, "")
            for name in COMMANDS + ("--config.file=FILE", "--web.listen-address=ADDR:PORT",
                                    "--web.telemetry-path=PATH", "--log.level=LEVEL",
                                    "--log.format=FORMAT"):
                self.assertIn(name, done.stdout)

    def test_help_fits_a_terminal_of_100_columns(self):
        for command in ((), *((name,) for name in COMMANDS)):
            for line in self.expect(DONE, *command, "--help").stdout.splitlines():
                self.assertLessEqual(len(line), 100, line)

    def test_each_command_has_help_wherever_the_flag_stands(self):
        for name in COMMANDS:
            done = self.expect(DONE, name, "--help")
            self.assertTrue(done.stdout.startswith(f"usage: etw_exporter {name} "), done.stdout)
            self.assertEqual(done.stderr, "")
            self.assertEqual(self.expect(DONE, name, "-h").stdout, done.stdout)
            self.assertEqual(self.expect(DONE, name, "word", "--help").stdout, done.stdout)

    def test_help_tells_defaults_not_what_was_given(self):
        flag = "--log.level=debug"
        self.assertEqual(self.expect(DONE, "serve", flag, "--help").stdout,
                         self.expect(DONE, "serve", "--help").stdout)

    def test_version_is_told_in_one_line(self):
        for word in ("--version", "version"):
            self.assertRegex(self.expect(DONE, word).stdout,
                             r"\Aetw_exporter, version \d+\.\d+\.\d+ \(.*\)\n\Z")


class FlagsTest(CommandTest):
    def test_unknown_words_are_usage_errors(self):
        self.expect_error(USAGE, 'unknown command "inspekt"; see etw_exporter --help', "inspekt")
        self.expect_error(USAGE, "unknown flag --speed; see etw_exporter once --help",
                          "once", "--speed=1")
        self.expect_error(USAGE, "unknown flag --speed; see etw_exporter serve --help", "--speed")
        self.expect_error(USAGE, "unknown flag -f: flags begin with two dashes; "
                                 "see etw_exporter serve --help", "-f")
        self.expect_error(USAGE, 'unexpected word "x"; see etw_exporter once --help', "once", "x")
        self.expect_error(USAGE, 'unexpected word ""; see etw_exporter serve --help', "")

    def test_a_flag_is_not_known_by_its_beginning(self):
        self.expect_error(USAGE, "unknown flag --log; see etw_exporter serve --help", "--log=info")
        self.expect_error(USAGE, "unknown flag --formats; see etw_exporter once --help",
                          "once", "--formats=text")

    def test_a_missing_value_is_a_usage_error(self):
        sentence = ("flag --config.file needs a value: --config.file=FILE; "
                    "see etw_exporter once --help")
        # An empty one must not start the demo.
        for words in (["--config.file"], ["--config.file="], ["--config.file", ""]):
            self.expect_error(USAGE, sentence, "once", *words)

    def test_a_flag_without_value_takes_none(self):
        self.expect_error(USAGE, "flag --help takes no value; see etw_exporter once --help",
                          "once", "--help=yes")

    def test_a_wrong_value_is_a_usage_error_that_tells_the_right_ones(self):
        for words, sentence in (
                (["--log.level=loud"], "--log.level=loud: must be debug, info, warn or error"),
                (["--log.format=xml"], "--log.format=xml: must be logfmt or json"),
                (["once", "--format=json"], "--format=json: must be text, openmetrics or protobuf"),
                (["inspect", "--format=yaml", "x"], "--format=yaml: must be text or json"),
                (["--web.telemetry-path=metrics"],
                 "--web.telemetry-path=metrics: must begin with a slash"),
                (["--web.telemetry-path=/a%20b"],
                 "--web.telemetry-path=/a%20b: must be a path without ?, # and %"),
                (["inspect", "--suggest", "--format=json", "x"],
                 "--suggest prints YAML, not --format=json"),
                (["inspect"], "inspect needs a file: etw_exporter inspect FILE..."),
                (["check"], "check needs --config.file=FILE")):
            with self.subTest(words=words):
                self.expect_error(USAGE, sentence, *words)

    def test_values_may_be_the_next_word(self):
        flag = self.configure(f"sessions: [{{name: a, path: {self.good}}}]\n")
        self.assertEqual(self.expect(DONE, "check", *flag.split("=")).stdout,
                         self.expect(DONE, "check", flag).stdout)
        done = self.expect(DONE, "inspect", "--format", "json", self.good)
        self.assertEqual(json.loads(done.stdout)["events_total"], 101)

    def test_flags_may_stand_behind_words_and_the_last_one_counts(self):
        done = self.expect(DONE, "inspect", "--format=json", self.good, "--format=text")
        self.assertTrue(done.stdout.startswith(f"{self.good}\n"))

    def test_behind_two_dashes_words_are_no_flags(self):
        self.expect_error(FAILED, "cannot open --format=json: No such file or directory",
                          "inspect", "--", "--format=json")


class CheckTest(CommandTest):
    def check(self, text, *problems):
        flag = self.configure(text)
        done = self.expect(USAGE if any(": error: " in problem for problem in problems) else DONE,
                           "check", flag)
        self.assertEqual(done.stderr.splitlines(),
                         [f"{self.config}:{problem}" for problem in problems])
        return done

    def test_a_good_configuration_says_so(self):
        done = self.check("sessions: [{name: a, path: good.etl}]\n")
        self.assertEqual(done.stdout, f"{self.config}: 1 session, no errors\n")
        done = self.check("sessions:\n- {name: a, path: .}\n- {name: b, path: '*.etl'}\n")
        self.assertEqual(done.stdout, f"{self.config}: 2 sessions, no errors\n")

    def test_the_examples_that_are_shipped_have_no_wrong_keys(self):
        for file in sorted((harness.ROOT / "config" / "examples").glob("*.yml")):
            done = harness.run("check", f"--config.file={file}")
            for line in done.stderr.splitlines():
                # Their files are not here.
                self.assertRegex(line, "cannot read|no (file|manifest) matches|cannot look into")

    def test_every_problem_is_told_with_its_place(self):
        self.check("sessions:\n"
                   "  - name: a\n"
                   "    path: good.etl\n"
                   "    pase: fast\n"
                   "    follow: yes\n"
                   "    queue: 8 apples\n"
                   "  - name: a\n"
                   "    path: missing.etl\n"
                   "limits: {series: many}\n",
                   '4:5: error: unknown key "pase"; did you mean "pace"?',
                   '5:13: error: follow must be true or false, not "yes"; write true',
                   '6:12: error: queue must be a size such as 8MiB, 512KiB or 100MB, not '
                   '"8 apples"',
                   '7:11: error: two sessions have the name "a", the first in line 2; each needs '
                   'its own',
                   f'8:11: error: cannot read "{self.directory}/missing.etl": No such file or '
                   'directory',
                   '9:18: error: series must be a whole number from 1 to 10000000, not "many"')

    def test_what_is_no_yaml_is_told_with_its_place(self):
        done = harness.run("check", self.configure("sessions:\n  - name: [a\n"))
        self.assertEqual(done.returncode, USAGE)
        self.assertRegex(done.stderr, rf"\A{self.config}:[23]:\d+: error: .+\n\Z")

    def test_a_warning_alone_does_not_fail(self):
        self.check("sessions: [{name: a, path: good.etl, loop: true}]\n",
                   "1:44: warning: loop with pace: fast keeps a processor busy for ever; pace: "
                   "recorded does not")

    def test_a_missing_configuration_is_told(self):
        for words in (["check"], ["once"], ["serve"], []):
            done = self.expect(USAGE, *words, "--config.file=/nowhere/c.yml")
            self.assertEqual(done.stderr, "/nowhere/c.yml: error: cannot read the configuration: "
                                          "No such file or directory\n")

    def test_nothing_is_started_on_a_bad_configuration(self):
        flag = self.configure("sessions: [{name: a, path: good.etl, colour: red}]\n")
        for words in (["once"], ["serve", "--web.listen-address=127.0.0.1:0"]):
            done = self.expect(USAGE, *words, flag)
            self.assertEqual(done.stdout, "")
            self.assertRegex(done.stderr, r'\A\S+:1:38: error: unknown key "colour".*\n\Z')


class OnceTest(CommandTest):
    def once(self, code, text, *words):
        done = self.expect(code, "once", self.configure(text), *words)
        return harness.parse_page(done.stdout), done

    def test_a_missing_file_is_a_wrong_configuration(self):
        done = self.expect(USAGE, "once",
                           self.configure("sessions: [{name: a, path: [good.etl, lost.etl]}]\n"))
        self.assertEqual(done.stdout, "")
        self.assertIn(f'cannot read "{self.directory}/lost.etl": No such file', done.stderr)

    def test_files_that_cannot_be_read_fail_it_but_the_others_are_counted(self):
        self.write("text.etl", b"There is no trace buffer in this.\n" * 100)
        self.write("empty.etl", b"")
        samples, done = self.once(
            FAILED, "sessions: [{name: a, path: [text.etl, empty.etl, good.etl]}]\n")
        self.assertEqual(harness.total(samples, "etw_session_files_failed_total"), 2)
        self.assertEqual(harness.total(samples, "etw_session_files_done_total"), 1)
        self.assertEqual(harness.total(samples, "etw_session_files_open"), 0)
        self.assertEqual(harness.total(samples, "etw_events_total"), 101)
        self.assertEqual(harness.total(samples, "etw_session_replay_finished"), 1)
        errors = [harness.log_pairs(line) for line in done.stderr.splitlines()]
        self.assertEqual([(error["level"], error["file"], error["error"]) for error in errors], [
            ("error", f"{self.directory}/text.etl", f"{self.directory}/text.etl is not a trace "
             "recording: no trace buffer was found in it"),
            ("error", f"{self.directory}/empty.etl", f"{self.directory}/empty.etl is empty")])

    def test_a_session_without_a_file_that_can_be_read_has_failed(self):
        self.write("empty.etl", b"")
        samples, _ = self.once(FAILED, "sessions: [{name: a, path: empty.etl}, "
                                       "{name: b, path: good.etl}]\n")
        self.assertEqual(samples['etw_session_up{session="a"}'], 0)
        self.assertEqual(samples['etw_session_state{session="a",state="failed"}'], 1)
        self.assertEqual(samples['etw_session_up{session="b"}'], 1)
        self.assertEqual(samples['etw_session_state{session="b",state="finished"}'], 1)

    def test_it_ends_however_the_session_is_configured(self):
        self.write("long.etl", recording.make(events=10, ticks=600_000_000))
        for keys in ("follow: true", "pace: recorded, loop: true", "loop: true"):
            with self.subTest(keys=keys):
                samples, _ = self.once(DONE, f"sessions: [{{name: a, path: long.etl, {keys}}}]\n")
                self.assertEqual(harness.total(samples, "etw_events_total"), 11)

    def test_both_formats_have_the_same_samples(self):
        text = "sessions: [{name: a, path: good.etl}]\n"
        plain, done = self.once(DONE, text)
        self.assertNotIn("# EOF", done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.once(DONE, text, "--format=text")[0].keys(), plain.keys())
        openmetrics, done = self.once(DONE, text, "--format=openmetrics")
        self.assertTrue(done.stdout.endswith("\n# EOF\n"))
        self.assertIn("# TYPE etw_events counter\n", done.stdout)
        self.assertEqual({sample for sample in openmetrics if "_created{" not in sample},
                         plain.keys())

    def test_protobuf_has_the_same_families(self):
        config = self.configure("sessions: [{name: a, path: good.etl}]\n")
        plain = self.expect(DONE, "once", config).stdout
        done = subprocess.run([harness.EXPORTER, "once", config, "--format=protobuf"],
                              capture_output=True, check=True, timeout=harness.DEADLINE_SECONDS)
        self.assertEqual(done.stderr, b"")
        families = {family["name"]: family for family in metric_families.parse(done.stdout)}
        self.assertEqual(sorted(families), sorted(re.findall("^# TYPE ([^ ]+) ", plain,
                                                             re.MULTILINE)))
        counted = sum(metric["counter"]["value"]
                      for metric in families["etw_events_total"]["metric"])
        self.assertEqual(counted, 101)

    def test_a_session_name_is_escaped(self):
        samples, _ = self.once(DONE, """sessions: [{name: 'a"b\\c', path: good.etl}]\n""")
        self.assertEqual(samples['etw_session_up{session="a\\"b\\\\c"}'], 1)


class InspectTest(CommandTest):
    def test_a_bad_file_fails_it_and_the_others_are_told(self):
        text = self.write("text.etl", b"no recording\n" * 100)
        done = self.expect(FAILED, "inspect", "--format=json", self.good, text, "/nowhere",
                           self.directory, self.good)
        self.assertEqual(done.stderr.splitlines(), [
            f"etw_exporter: {text} is not a trace recording: no trace buffer was found in it",
            "etw_exporter: cannot open /nowhere: No such file or directory",
            f"etw_exporter: cannot inspect {self.directory}: it is a directory"])
        for line in done.stdout.splitlines():
            self.assertEqual(json.loads(line)["path"], str(self.good))
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_a_file_whose_name_looks_like_a_pattern_is_that_file(self):
        odd = self.write("g*.etl", recording.make(events=1))
        done = self.expect(DONE, "inspect", "--format=json", odd)
        self.assertEqual(json.loads(done.stdout)["events_total"], 2)
        odd.unlink()
        self.expect(FAILED, "inspect", odd)

    def test_the_text_has_the_header_and_a_row_for_each_event_type(self):
        done = self.expect(DONE, "inspect", self.good)
        self.assertEqual(done.stderr, "")
        head, table = done.stdout.rstrip("\n").split("\n\n")
        self.assertEqual(head.splitlines()[0], str(self.good))
        self.assertRegex(head, r"\n  events +101\n")
        rows = [line.split() for line in table.splitlines()[1:]]
        self.assertEqual([(row[0], row[2]) for row in rows],
                         [("25", "1"), ("25", "2"), ("25", "3"), ("25", "4"), ("1", "0")])

    def test_manifests_give_the_fields_of_event_types(self):
        manifest = self.write("m.man", MANIFEST.encode())
        text = self.expect(DONE, "inspect", "--fields", f"--manifests={manifest}", self.good)
        self.assertRegex(text.stdout, r"\bTest  First\n *fields \(manifest\):\n *Count  UInt32\n")
        found = json.loads(self.expect(DONE, "inspect", "--format=json",
                                       f"--manifests={manifest}", self.good).stdout)
        row = next(row for row in found["event_types"] if row["event"] == "First")
        self.assertEqual((row["schema"], row["fields"]),
                         ("manifest", [{"name": "Count", "type": "UInt32", "array": False}]))
        self.expect_error(USAGE, "no manifest is called /nonexistent",
                          "inspect", "--manifests=/nonexistent", self.good)

    def test_of_manifests_what_is_wrong_is_said_and_left_out(self):
        folder = self.directory / "manifests"
        folder.mkdir()
        (folder / "good.man").write_text(MANIFEST, encoding="utf-8")
        bad = folder / "bad.man"
        bad.write_text("<a>\n</b>", encoding="utf-8")
        said = f"{bad}:2:3: warning: mismatched tag\n"
        for command in (["inspect", "--fields"], ["dump"], ["inspect", "--suggest"]):
            done = self.expect(DONE, *command, f"--manifests={folder}", self.good)
            self.assertEqual(done.stderr, said)
            self.assertIn("First", done.stdout)
        self.expect_error(USAGE, f"manifest {bad}, line 2, column 3: mismatched tag",
                          "dump", f"--manifests={bad}", self.good)

    def test_wpp_messages_are_said_to_have_no_schema_without_symbols(self):
        path = self.write("wpp.etl", recording.make(events=3, messages=5))
        for words in ([], ["--fields"]):
            lines = self.expect(DONE, "inspect", *words, path).stdout.splitlines()
            said = [line for line in lines if "no schema without symbols" in line]
            self.assertEqual(len(said), 1, lines)
            self.assertIn(" 5 messages", said[0])
        found = json.loads(self.expect(DONE, "inspect", "--format=json", path).stdout)
        self.assertEqual({row["encoding"]: (row["needs_symbols"], row["schema"])
                          for row in found["event_types"] if row["encoding"] != "kernel"},
                         {"wpp": (True, None), "manifest": (False, None)})

    def test_without_wpp_messages_nothing_is_said_of_symbols(self):
        self.assertNotIn("symbols", self.expect(DONE, "inspect", self.good).stdout)

    def test_control_characters_of_a_recording_do_not_reach_the_terminal(self):
        name = "test session".encode("utf-16le")
        self.assertIn(name, self.good.read_bytes())
        evil = "\x1b]0;gotcha\x07 ".encode("utf-16le")
        self.write("evil.etl", self.good.read_bytes().replace(name, evil))
        done = self.expect(DONE, "inspect", self.directory / "evil.etl")
        self.assertIn("?]0;gotcha?", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        done = self.expect(DONE, "inspect", "--format=json", self.directory / "evil.etl")
        self.assertEqual(json.loads(done.stdout)["session"]["name"], "\x1b]0;gotcha\x07 ")

    def test_damage_is_told_by_reason(self):
        torn = self.write("torn.etl", self.good.read_bytes()[:-1000])
        done = self.expect(DONE, "inspect", "--format=json", torn)
        self.assertEqual(json.loads(done.stdout)["malformed"], {"buffer_truncated": 1})


class OutputTest(CommandTest):
    def words(self):
        return (["--help"], ["once", "--help"], ["--version"], ["inspect", self.good],
                ["inspect", "--format=json", self.good],
                ["once", self.configure(f"sessions: [{{name: a, path: {self.good}}}]\n")],
                ["check", self.configure(f"sessions: [{{name: a, path: {self.good}}}]\n")])

    def test_output_that_cannot_be_written_is_a_failure(self):
        for words in self.words():
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                done = subprocess.run([harness.EXPORTER, *words], stdout=full,
                                      stderr=subprocess.PIPE, text=True,
                                      timeout=harness.DEADLINE_SECONDS)
                self.assertEqual((done.returncode, done.stderr),
                                 (FAILED, "etw_exporter: cannot write to standard output\n"))

    def run_into_broken_pipe(self, words, ignore):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            # Python itself ignores the signal, and hands that on where it is told to.
            return subprocess.run([harness.EXPORTER, *words], stdout=writer,
                                  stderr=subprocess.PIPE, text=True, restore_signals=not ignore,
                                  timeout=harness.DEADLINE_SECONDS)
        finally:
            os.close(writer)

    def test_a_broken_pipe_ends_it_silently(self):
        for words in self.words():
            with self.subTest(words=words):
                done = self.run_into_broken_pipe(words, ignore=False)
                self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, ""))

    def test_a_broken_pipe_without_the_signal_is_a_failure(self):
        for words in self.words():
            with self.subTest(words=words):
                done = self.run_into_broken_pipe(words, ignore=True)
                self.assertEqual((done.returncode, done.stderr),
                                 (FAILED, "etw_exporter: cannot write to standard output\n"))


if __name__ == "__main__":
    harness.main()
