"""check: what is said of rules, and what they make of recordings."""

import json
import pathlib
import re
import tempfile
import unittest

import harness

SHARED = harness.ROOT.parent / "shared"
DONE, FAILED, USAGE = 0, 1, 2

RULES = """
metrics:
  - name: disk_bytes_total
    help: Bytes read and written.
    type: counter
    match: {provider: DiskIo, name: [Read, Write]}
    value: TransferSize
    labels: {disk: DiskNumber}
  - name: dns_query_seconds
    help: Time from a DNS query to its completion.
    type: histogram
    match: {provider: Microsoft-Windows-DNS-Client, id: 3008}
    pair: {start: {id: 3006}, key: [QueryName, $pid]}
    buckets: {exponential: {start: 0.001, factor: 2, count: 10}}
  - name: switches_total
    help: Context switches.
    type: counter
    match: {provider: Thread, name: CSwitch}
    labels: {thread: NewThreadId, of: $activity_id}
    limit: 3
"""


WRONG = """limits: {series: no}
metrics:
  - name: unknown_key_total
    help: A key that there is not.
    type: counter
    match: {provider: DiskIo, name: Read}
    vallue: TransferSize
  - name: wrong_functions_total
    help: Functions that there are not.
    type: counter
    match: {provider: DiskIo, name: Read}
    where: {field: Irp, regex: "(", as: nosuch}
    labels: {disk: {field: DiskNumber, as: uper}}
  - name: unknown_field_total
    help: A field that there is not.
    type: counter
    match: {provider: DiskIo, name: Read}
    value: TransferSiez
"""


class CheckTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.config = self.directory / "c.yml"
        self.demo = self.directory / "demo.etl"
        harness.demo_recording(self.demo)

    def check(self, text, *words):
        self.config.write_text("sessions: [{name: a, path: demo.etl}]\n" + text, encoding="utf-8")
        return harness.run("check", f"--config.file={self.config}", *words)

    def against(self, text, *words):
        """What JSON says that the recordings came to, by rule; exit code and standard error."""
        done = self.check(text, "--format=json", *words)
        rules = json.loads(done.stdout)["rules"] if done.stdout else []
        return {rule["rule"]: rule["against"] for rule in rules}, done.returncode, done.stderr


class RulesTest(CheckTest):
    def test_each_rule_is_a_line_with_what_it_takes(self):
        done = self.check(RULES)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], f"{self.config}: 1 session, no errors")
        self.assertIn("rule disk_bytes_total: counter, label disk; matches DiskIo 10 Read (v0-v3), "
                      "11 Write (v0-v3)", lines)
        self.assertIn("rule dns_query_seconds: histogram, 10 buckets, no labels; matches "
                      "Microsoft-Windows-DNS-Client 3008; pairs with 3006", lines)

    def test_a_provider_is_told_of_once(self):
        done = self.check(RULES.replace("DNS-Client", "DNSClient"))
        self.assertEqual(done.stderr.count("did you mean"), 1)
        self.assertEqual(self.check(RULES).stdout.count("  note: "), 1)

    def test_problems_of_rules_have_their_places_and_fail(self):
        done = self.check(RULES.replace("value: TransferSize", "value: TransferSiez"))
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
        self.assertEqual(done.stderr, f'{self.config}:8:12: error: value: no event that the rule '
                                      'takes has a field "TransferSiez"; did you mean '
                                      '"TransferSize"?\n')

    def test_json_has_the_problems_and_what_could_be_read(self):
        done = self.check(RULES.replace("value: TransferSize", "value: TransferSiez"),
                          "--format=json")
        self.assertEqual(done.returncode, USAGE)
        said = json.loads(done.stdout)
        self.assertEqual(said["problems"], [{
            "severity": "error", "file": str(self.config), "line": 8, "column": 12,
            "text": 'value: no event that the rule takes has a field "TransferSiez"; did you mean '
                    '"TransferSize"?'}])
        self.assertEqual((said["errors"], said["sessions"]), (1, 1))
        self.assertEqual(said["rules"][1]["rule"], "dns_query_seconds")

    def test_json_is_an_object_where_there_is_no_file_too(self):
        done = harness.run("check", "--config.file=/nowhere.yml", "--format=json")
        self.assertEqual(done.returncode, USAGE)
        said = json.loads(done.stdout)
        self.assertEqual((said["errors"], said["rules"], said["problems"][0]["line"]), (1, [], 0))

    def test_json_has_warnings_of_what_can_be_used(self):
        done = self.check(RULES.replace("DNS-Client", "DNSClient"), "--format=json")
        said = json.loads(done.stdout)
        self.assertEqual((said["errors"], done.returncode), (0, DONE))
        self.assertEqual({problem["severity"] for problem in said["problems"]}, {"warning"})

    def test_errors_of_any_kind_are_all_said_at_once(self):
        done = self.check(WRONG)
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
        said = [line.removeprefix(f"{self.config}:") for line in done.stderr.splitlines()]
        for line, start in zip(said, [
                '2:18: error: series must be a whole number',
                '8:5: error: unknown key "vallue"',
                '13:32: error: bad regular expression "("',
                '13:41: error: unknown label function "nosuch"',
                '14:44: error: unknown label function "uper"',
                '19:12: error: value: no event that the rule takes has a field "TransferSiez"',
        ], strict=True):
            self.assertEqual(line[:len(start)], start)

    def test_without_a_manifest_fields_are_not_doubted(self):
        done = self.check(WRONG.replace("limits: {series: no}", "manifests: none.man"))
        self.assertEqual(done.returncode, USAGE)
        self.assertEqual(done.stderr.count("none.man"), 1)
        self.assertIn('unknown label function "uper"', done.stderr)
        self.assertNotIn("TransferSiez", done.stderr)

    def test_what_is_wrong_in_a_manifest_is_warned_of(self):
        manifest = self.config.with_name("shop.man")
        manifest.write_text(
            "<instrumentationManifest><instrumentation><events>\n"
            "<provider name='Shop' guid='{01020304-0506-0708-090a-0b0c0d0e0f10}'><events>\n"
            "<event value='1' template='T'/>\n<event value='2' template='U'/></events>"
            "<templates>\n<template tid='T'><data name='A' inType='win:Thing'/></template>"
            "<template tid='U'><data name='A' inType='win:UInt8'/></template></templates>"
            "</provider></events></instrumentation></instrumentationManifest>", encoding="utf-8")
        rule = ("metrics: [{name: a_total, help: A., type: counter, value: A, "
                "match: {provider: Shop, id: 2}}]\n")
        done = self.check(f"manifests: [{manifest.name}]\n{rule}")
        self.assertEqual(done.returncode, DONE)
        self.assertEqual(done.stderr, f'{manifest}:5:19: warning: event 1: there is no inType '
                                      '"win:Thing"\n')
        self.assertIn("matches Shop 2", done.stdout)
        self.assertEqual(self.check(f"manifests: [{manifest.name}]\n"
                                    f"{rule.replace('value: A', 'value: B')}").returncode, USAGE)

    def test_rules_of_sessions_that_there_are_not_are_warned_of(self):
        sessions = "sessions: [{name: a, path: demo.etl}, {name: b, path: ., per_file: true}]\n"
        for session, warning in [
                ("a", ""), ("'?'", ""), ("'*'", ""), ("b/demo", ""), ("'B/*'", ""), ("'*.etl'", ""),
                ("aa", 'no session is called "aa"'), ("a/b", 'no session is called "a/b"'),
                ("[a, 'c*']", 'no session is called "c*"'),
                ("b", 'with per_file the sessions of "b" are called b/FILE; all of them are "b/*"'),
        ]:
            rules = RULES.replace("type: histogram", f"type: histogram\n    session: {session}")
            self.config.write_text(sessions + rules, encoding="utf-8")
            done = harness.run("check", f"--config.file={self.config}")
            self.assertEqual(done.returncode, DONE)
            self.assertEqual(done.stderr.partition(" warning: ")[2].rstrip("\n"), warning)

    def test_comparisons_of_what_is_no_number_are_refused(self):
        for condition, error in [
                ("{field: $process, gt: 5}", 'where: "$process" is no number; '),
                ("{field: FileName, mask: 1}",
                 'where: the field "FileName" is UnicodeString, which is no number; '),
                ("{field: FileName, as: int, lt: 1}", ""),
                ("{field: FileName, eq: 1}", ""),
                ("{field: FileObject, le: 1}", ""),
        ]:
            done = self.check("metrics: [{name: a_total, help: h, type: counter, match: "
                              f"{{provider: FileIo, name: Name}}, where: {condition}}}]")
            self.assertEqual(done.returncode, USAGE if error else DONE, done.stderr)
            self.assertIn(error, done.stderr)

    def test_functions_for_numbers_are_refused_where_there_is_none(self):
        for field, error in [
                ("{field: FileName, as: process}",
                 'label a: the field "FileName" is UnicodeString, which is no number, as '),
                ("{field: $activity_id, as: hex}", 'label a: "$activity_id" is no number, as '),
                ("{field: $process, as: process}", 'label a: "$process" is no number, as '),
                ("{field: FileName, as: int}", ""),
                ("{field: FileName, as: [lower, basename]}", ""),
                ("{field: FileObject, as: [file, basename]}", ""),
                ("{field: $pid, as: process}", ""),
        ]:
            done = self.check("metrics: [{name: a_total, help: h, type: counter, match: "
                              f"{{provider: FileIo, name: Name}}, labels: {{a: {field}}}}}]")
            self.assertEqual(done.returncode, USAGE if error else DONE, done.stderr)
            self.assertIn(error, done.stderr)

    def test_no_rule_has_the_name_of_a_metric_of_the_exporter(self):
        self.check(RULES)
        page = harness.run("once", f"--config.file={self.config}").stdout
        own = [line.split()[2:] for line in page.splitlines() if line.startswith("# TYPE ")]
        own = [(name, kind) for name, kind in own if name not in RULES]
        self.assertGreater(len(own), 40)
        done = self.check("metrics:\n" + "\n".join(
            f"- {{name: {name}, help: H., type: {kind}, match: {{provider: DiskIo}}}}"
            for name, kind in own))
        self.assertEqual(done.returncode, USAGE)
        refused = re.findall(r'error: the name "(\w+)" is one of the exporter\'s own', done.stderr)
        self.assertEqual(refused, [name for name, _ in own])

    def test_labels_without_an_end_are_warned_of_and_do_not_fail(self):
        done = self.check(RULES.replace("{disk: DiskNumber}", "{disk: Irp}"))
        self.assertEqual(done.returncode, DONE)
        self.assertIn(":9:14: warning: the label disk has addresses", done.stderr)

    def test_manifests_tell_of_events_and_fields(self):
        manifest = SHARED / "manifests" / "Win10-17134.Microsoft-Windows-DNS-Client.xml"
        if not manifest.exists():
            self.skipTest("skipped because ../shared/manifests is absent")
        done = self.check(f"manifests: [{manifest}]\n{RULES}")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("matches Microsoft-Windows-DNS-Client 3008 ", done.stdout)
        done = self.check(f"manifests: [{manifest}]\n"
                          f"{RULES.replace('QueryName', 'QueryNane')}")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('did you mean "QueryName"?', done.stderr)
        done = self.check(f"manifests: [{manifest}]\n{RULES.replace('3006', '2')}")
        self.assertIn("no event 2 is known of this provider; nearest are", done.stderr)


class AgainstTest(CheckTest):
    def test_rules_are_tried_whatever_session_they_are_for(self):
        rules, code, err = self.against(RULES.replace("type: histogram",
                                                      "type: histogram\n    session: [nobody]"),
                                        "--against", self.demo)
        self.assertEqual((code, err),
                         (DONE, f'{self.config}:13:15: warning: no session is called "nobody"\n'))
        self.assertEqual(rules["disk_bytes_total"]["events"], 1673)
        self.assertEqual(rules["disk_bytes_total"]["series"], 2)
        pairs = rules["dns_query_seconds"]["pairs"]
        self.assertGreater(pairs["matched"], 100)
        self.assertEqual(rules["dns_query_seconds"]["events"],
                         pairs["matched"] + pairs["unmatched_ends"])
        self.assertIsNone(rules["disk_bytes_total"]["pairs"])

    def test_overflow_and_errors_are_told(self):
        rules, _, _ = self.against(RULES, f"--against={self.demo}")
        switches = rules["switches_total"]
        self.assertEqual((switches["events"], switches["series"]), (3194, 3))
        self.assertGreater(switches["overflow"], 0)
        self.assertEqual(switches["errors"]["field"], 3194)

    def test_several_recordings_add_up(self):
        once, _, _ = self.against(RULES, "--against", self.demo)
        for words in (("--against", self.demo, self.demo),
                      ("--against", self.demo, f"--against={self.demo}")):
            twice, code, _ = self.against(RULES, *words)
            self.assertEqual(code, DONE)
            self.assertEqual(twice["disk_bytes_total"]["events"],
                             2 * once["disk_bytes_total"]["events"])
            self.assertEqual(twice["disk_bytes_total"]["series"],
                             once["disk_bytes_total"]["series"])

    def test_numbers_are_those_that_once_has(self):
        rules, _, _ = self.against(RULES, "--against", self.demo)
        page = harness.parse_page(harness.run("once", f"--config.file={self.config}").stdout)
        self.assertEqual(harness.total(page, "etw_rule_events_matched_total",
                                       rule="disk_bytes_total"),
                         rules["disk_bytes_total"]["events"])

    def test_text_is_a_table(self):
        done = self.check(RULES, "--against", self.demo)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("\nagainst 1 recording, 8316 events:\n", done.stdout)
        self.assertRegex(done.stdout, r"\n +1673 +2 +0 +(\d+|-)  disk_bytes_total\n")
        self.assertIn("  errors: field 3194\n", done.stdout)

    def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_tried(self):
        rules, code, err = self.against(RULES, "--against", "/nonexistent.etl", self.demo)
        self.assertEqual((code, err), (FAILED, "etw_exporter: cannot open /nonexistent.etl: "
                                               "No such file or directory\n"))
        self.assertEqual(rules["disk_bytes_total"]["events"], 1673)
        for path in (self.directory, "-"):
            self.assertEqual(self.check(RULES, "--against", str(path)).returncode, FAILED)

    def test_recordings_come_behind_against(self):
        done = self.check(RULES, str(self.demo))
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
        self.assertIn("recordings come behind --against", done.stderr)


if __name__ == "__main__":
    harness.main()
