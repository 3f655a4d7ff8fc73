"""Live sessions of Windows from the command line: providers, sessions, check; on the model of it,
which ETW_MODEL says as in test_etw.py."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import harness
from test_etw import MODEL, Machine

DONE, FAILED, USAGE = 0, 1, 2

MACHINE = """
provider {11111111-2222-3333-4444-555555555555} Contoso-Shop
keyword Orders 0x10
keyword Big 0x8000000000000000
level win:Informational 4
map Kinds 1 1=Book 2=Pen
event Ordered id=1 version=1 level=4 task=7 opcode=10 keyword=0x8000000000000010
field Count in=8 length=4
field Kind in=8 length=4 map=Kinds
field Names in=1 count=3
event Stocked id=2 level=5
provider {66666666-2222-3333-4444-555555555555} contoso-Bank
provider {22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716} Unregistered bare
provider {99999999-2222-3333-4444-555555555555} Unknown bare
session NT Kernel Logger
session etw_exporter_left over
"""


class Windows(unittest.TestCase):
    def run_on(self, script, *args):
        with tempfile.TemporaryDirectory(prefix="etw_exporter-") as folder:
            file = pathlib.Path(folder, "script")
            file.write_text(script, encoding="utf-8")
            return subprocess.run([*MODEL, *args], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=harness.DEADLINE_SECONDS,
                                  env={**os.environ, "ETWMODEL_SCRIPT": str(file),
                                       "ETWMODEL_STATE": f"{folder}/state"})

    def expect(self, code, *args, script=MACHINE):
        done = self.run_on(script, *args)
        self.assertEqual(done.returncode, code, done)
        return done

    def lines(self, *args, script=MACHINE):
        output = self.expect(DONE, *args, "--format=json", script=script).stdout
        return [json.loads(line) for line in output.splitlines()]


class Providers(Windows):
    def test_without_a_glob_all_are_named(self):
        found = self.lines("providers")
        self.assertEqual([(provider["provider"], provider["schemas"], provider["running"])
                          for provider in found],
                         [("contoso-Bank", "manifest", True), ("Contoso-Shop", "manifest", True),
                          ("Microsoft-Windows-Kernel-Process", "none", True),
                          (None, "none", True)])
        self.assertNotIn("events", found[0])
        self.assertEqual(found[3]["guid"], "99999999-2222-3333-4444-555555555555")
        self.assertEqual(self.expect(DONE, "providers").stdout.splitlines()[1],
                         "Contoso-Shop {11111111-2222-3333-4444-555555555555}, schemas: manifest, "
                         "running")

    def test_one_is_shown_with_keywords_levels_events_and_fields(self):
        (shop,) = self.lines("providers", "CONTOSO-s*")
        self.assertEqual(shop["keywords"], [{"name": "Orders", "value": "0x10"},
                                            {"name": "Big", "value": "0x8000000000000000"}])
        self.assertEqual(shop["levels"], [{"name": "win:Informational", "value": 4}])
        ordered, stocked = shop["events"]
        self.assertEqual({key: ordered[key] for key in ordered if key != "fields"},
                         {"id": 1, "version": 1, "level": 4, "opcode": 10, "task": 7,
                          "keyword": "0x8000000000000010", "event": "Ordered"})
        self.assertEqual(ordered["fields"],
                         [{"name": "Count", "type": "UInt32", "array": False},
                          {"name": "Kind", "type": "UInt32", "array": False},
                          {"name": "Names", "type": "UnicodeString", "array": True}])
        self.assertEqual((stocked["id"], stocked["fields"]), (2, []))
        text = self.expect(DONE, "providers", "Contoso-Shop").stdout
        self.assertIn("\n  keyword 0x10 Orders\n", text)
        self.assertIn("\n  level 4 win:Informational\n", text)
        self.assertIn("\n  event 1 version 1 level 4 opcode 10 keyword 0x8000000000000010 "
                      "Ordered\n    Count  UInt32\n", text)

    def test_a_guid_is_a_name_too(self):
        for guid in "{66666666-2222-3333-4444-555555555555}", "66666666-2222-3333-4444-555555555555":
            (bank,) = self.lines("providers", guid)
            self.assertEqual((bank["provider"], bank["events"]), ("contoso-Bank", []))
        (unknown,) = self.lines("providers", "99999999-*")
        self.assertEqual(unknown["events"], [])

    def test_what_is_not_there_is_an_error(self):
        done = self.expect(FAILED, "providers", "Contoso")
        self.assertIn("no provider is called Contoso", done.stderr)
        self.expect(USAGE, "providers", "a", "b")
        self.expect(USAGE, "providers", "")
        self.expect(USAGE, "providers", "--format=xml")

    def test_older_systems_know_less(self):
        lacking = MACHINE + "lacks EnumerateTraceGuidsEx\nlacks TdhEnumerateManifestProviderEvents\n"
        (shop,) = self.lines("providers", "Contoso-Shop", script=lacking)
        self.assertNotIn("running", shop)
        self.assertEqual((len(shop["keywords"]), shop["events"]), (2, []))
        (shop,) = self.lines("providers", "Contoso-Shop",
                             script=MACHINE + "lacks TdhGetManifestEventInformation\n")
        self.assertEqual(shop["events"][1], {"id": 2, "version": 0, "level": 5, "opcode": 0,
                                             "task": 0, "keyword": "0x0"})
        done = self.expect(FAILED, "providers", script=MACHINE + "lacks TdhEnumerateProviders\n")
        self.assertIn("cannot list the registered providers: ERROR_CALL_NOT_IMPLEMENTED (120)",
                      done.stderr)


class Sessions(Windows):
    def test_all_are_listed(self):
        kernel, ours = self.lines("sessions")
        self.assertEqual((kernel["name"], kernel["session"], kernel["ours"]),
                         ("NT Kernel Logger", None, False))
        self.assertEqual((ours["name"], ours["session"], ours["ours"]),
                         ("etw_exporter_left over", "left over", True))
        self.assertEqual({key: ours[key] for key in ("clock", "modes", "buffer_bytes", "buffers",
                                                     "buffers_free", "events_lost", "log_file")},
                         {"clock": "qpc", "modes": ["real_time"], "buffer_bytes": 65536,
                          "buffers": 4, "buffers_free": 3, "events_lost": 0, "log_file": None})
        self.assertIn("\netw_exporter_left over\n  of etw_exporter, real_time, clock qpc\n"
                      "  buffers 4 of 64 KiB (4 to 8), 3 free, 0 written\n  lost 0 events, 0 "
                      "buffers for the log file, 0 for consumers\n",
                      self.expect(DONE, "sessions").stdout)

    def test_more_than_the_usual_limit(self):
        many = "".join(f"session s{number}\n" for number in range(64))
        self.assertEqual(len(self.lines("sessions", script=many)), 64)

    def test_ours_are_stopped(self):
        for name in "left over", "etw_exporter_left over", "LEFT OVER":
            self.assertEqual(self.expect(DONE, "sessions", "stop", name).stdout, "")

    def test_others_are_not(self):
        done = self.expect(FAILED, "sessions", "stop", "NT Kernel Logger")
        self.assertIn('"NT Kernel Logger" is a session of another program; only sessions of '
                      'etw_exporter are stopped', done.stderr.replace('\\"', '"'))

    def test_what_is_not_there_is_an_error(self):
        for name in "left", "", "x" * 2000, "etw_exporter_":
            done = self.expect(FAILED, "sessions", "stop", name)
            self.assertIn("no trace session is called", done.stderr)

    def test_who_may_not_is_told_what_it_takes(self):
        for args in ("sessions",), ("sessions", "stop", "left over"):
            done = self.expect(FAILED, *args, script=MACHINE + "deny control\n")
            self.assertIn("access denied; who runs this has to be in the group Performance Log "
                          "Users or Administrators", done.stderr)


CONFIG = """
sessions:
  - name: shop
    source: etw
    providers: [{provider}]
metrics:
  - name: ordered_total
    help: Orders.
    type: counter
    match: {{provider: Contoso-Shop, id: {id}}}
    labels: {{kind: {field}}}
"""


class Check(Windows):
    def check(self, code, provider="{name: Contoso-Shop}", id=1, field="Kind", script=MACHINE):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(CONFIG.format(provider=provider, id=id, field=field))
            file.flush()
            return self.expect(code, "check", f"--config.file={file.name}", script=script)

    def test_rules_are_checked_against_what_is_registered(self):
        for provider in ("{name: contoso-shop}", "{guid: 11111111-2222-3333-4444-555555555555}",
                         "{name: Contoso-Shop, events: [1, 2], any: Orders, all: [Big, 0x10]}"):
            done = self.check(DONE, provider)
            self.assertEqual(done.stderr, "")
            self.assertIn("matches Contoso-Shop 1 Ordered", done.stdout)

    def test_a_field_that_the_event_does_not_have_is_an_error(self):
        self.assertIn('did you mean "Kind"?', self.check(USAGE, field="Knd").stderr)

    def test_an_event_that_the_provider_does_not_have_is_a_warning(self):
        self.assertIn("no event 3 is known of this provider; nearest are 1, 2",
                      self.check(DONE, id=3).stderr)
        self.assertIn("the provider has no event 4711 in the manifest that is registered here",
                      self.check(DONE, "{name: Contoso-Shop, events: [1, 4711]}").stderr)
        self.assertIn("no event 2 is known of this provider; nearest are 1",
                      self.check(DONE, "{name: Contoso-Shop, events: [1]}", id=2).stderr)

    def test_what_is_not_registered_here_is_a_warning(self):
        self.assertIn("no provider called Contoso-Shopp is registered",
                      self.check(DONE, "{name: Contoso-Shopp}").stderr)
        self.assertIn("any has the keyword Small, which the provider does not have; it has Orders, "
                      "Big", self.check(DONE, "{name: Contoso-Shop, any: Small}").stderr)

    def test_a_provider_without_a_manifest_says_what_it_has_in_its_events(self):
        done = self.check(DONE, "{eventsource: Contoso-Shop}", field="Anything")
        self.assertNotIn("warning", done.stderr)
        done = self.check(DONE, script=MACHINE + "lacks TdhEnumerateManifestProviderEvents\n")
        self.assertNotIn("warning", done.stderr)


class Serve(unittest.TestCase):
    def test_events_are_decoded_by_what_is_registered(self):
        config = CONFIG.format(provider="{name: Contoso-Shop}", id=1, field="Kind")
        # Three of a pen, each of one.
        script = MACHINE + "emit Ordered count=3 data=0100000002000000000000000000\n"
        with Machine(script, config) as exporter:
            exporter.wait_for("ordered_total", 3, kind="Pen")
            samples = exporter.samples()
            exporter.finish()
        self.assertEqual(harness.total(samples, "etw_events_total", provider="Contoso-Shop",
                                       event_id="1", event="Ordered"), 3)
        self.assertEqual(harness.total(samples, "etw_session_schema_lookups_total",
                                       result="found"), 1)
        self.assertEqual(harness.total(samples, "etw_decode_errors_total"), None)

    def test_all_sessions_of_the_machine_are_on_the_page(self):
        config = CONFIG.format(provider="{name: Contoso-Shop}", id=1, field="Kind")
        with Machine(MACHINE + "lost events=7 log=2 real_time=3\n", config) as exporter:
            name = "etw_system_session_events_lost_total"
            exporter.wait_for(name, 7, trace_session="etw_exporter_shop")
            samples = exporter.samples()
            exporter.finish()
        self.assertEqual(harness.total(samples, "etw_system_sessions"), 3)
        self.assertEqual(harness.total(samples, "etw_system_sessions_limit"), 64)
        self.assertEqual(harness.total(samples, name, trace_session="NT Kernel Logger"), 0)
        for target, lost in ("log_file", 2), ("real_time", 3):
            self.assertEqual(harness.total(samples, "etw_system_session_buffers_lost_total",
                                           trace_session="etw_exporter_shop", target=target), lost)


if __name__ == "__main__":
    harness.main()
