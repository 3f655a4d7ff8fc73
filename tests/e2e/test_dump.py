"""dump: the events of recordings, decoded."""
import collections
import json
import pathlib
import tempfile
import unittest

import harness
import recording

SHARED = harness.ROOT.parent / "shared"


def run(*args):
    """Exit code, standard output and standard error of dump."""
    ended = harness.run("dump", *args)
    return ended.returncode, ended.stdout, ended.stderr


def dump(*args):
    """What dump --format=json prints, an object for each event; exit code and standard error."""
    code, out, err = run("--format=json", *args)
    return [json.loads(line) for line in out.splitlines()], code, err


def place(event, identity):
    """What tells where in a recording an event stands, as well as its printed form can."""
    return (event["time"], event["provider_guid"], identity, event["opcode"], event["cpu"])


class RecordingsTest(unittest.TestCase):
    """The real recordings of ../shared, against what an independent reader decoded."""

    @classmethod
    def setUpClass(cls):
        cls.expected = sorted((SHARED / "etl").glob("*.decoded.json"))
        if not cls.expected:
            harness.skip("../shared/etl is absent")

    def each(self):
        for file in self.expected:
            recording = str(file).replace(".decoded.json", ".etl")
            events, code, err = dump("--raw", f"--manifests={SHARED / 'manifests'}", recording)
            self.assertEqual((code, err), (0, ""))
            yield file.name, json.loads(file.read_text("utf-8")), events

    def test_as_much_is_decoded_and_all_values_are_equal(self):
        for name, expected, events in self.each():
            with self.subTest(name):
                whole = [e for e in events if e["schema"] and "undecoded" not in e]
                self.assertEqual(len(events), expected["records"])
                # Some were decoded with a manifest that is not in ../shared.
                absent = sum(count for manifest, count in expected["manifests_used"].items()
                             if not (SHARED / "manifests" / manifest).exists())
                self.assertGreaterEqual(len(whole), expected["decoded"] - absent)
                wanted = collections.defaultdict(list)
                unknown = {place(e, e["id"]) for e in events if not e["schema"]} if absent else ()
                for sample in expected["samples"]:
                    if place(sample, sample["event_id"]) in unknown:
                        continue
                    wanted[place(sample, sample["event_id"])].append(sample["fields"])
                for event in events:
                    fields = wanted.get(place(event, event["id"]), [])
                    if event["fields"] in fields:
                        fields.remove(event["fields"])
                self.assertEqual([f for left in wanted.values() for f in left], [])


class DemoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = str(pathlib.Path(cls.folder.name) / "demo.etl")
        harness.demo_recording(cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_kernel_manifest_and_tracelogging_events_have_fields(self):
        events, code, err = dump(self.path)
        self.assertEqual((code, err), (0, ""))
        sources = collections.Counter(e["schema"] for e in events if "undecoded" not in e)
        self.assertEqual(set(sources), {"kernel", "eventinfo", "tracelogging"})
        query = next(e for e in events if e["id"] == 3006)
        self.assertEqual(query["provider"], "Microsoft-Windows-DNS-Client")
        self.assertIn("QueryName", query["fields"])

    def test_provider_id_and_limit_choose_events(self):
        events, _, _ = dump("--provider=Microsoft-Windows-DNS*", "--id=3008", "--limit=5", self.path)
        self.assertEqual([e["id"] for e in events], [3008] * 5)

    def test_a_provider_may_be_a_guid_or_a_name_in_any_case(self):
        by_name, _, _ = dump("--provider=DiskIo", self.path)
        for provider in ("diskio", by_name[0]["provider_guid"],
                         "{%s}" % by_name[0]["provider_guid"].upper()):
            self.assertEqual(dump(f"--provider={provider}", self.path)[0], by_name, provider)

    def test_the_id_of_a_classic_event_is_its_type(self):
        events, _, _ = dump("--provider=DiskIo", "--id=10", self.path)
        self.assertEqual({e["event"] for e in events}, {"Read"})
        self.assertEqual(dump("--provider=DiskIo", "--id=0", self.path)[0], [])

    def test_the_id_of_a_wpp_message_is_its_number(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(recording.make(events=1, messages=2))
            file.flush()
            code, out, _ = run("--id=43", file.name)
        self.assertEqual((code, out.count("/(43)"), len(out.splitlines())), (0, 2, 2))

    def test_control_characters_of_names_do_not_reach_the_terminal(self):
        manifest = pathlib.Path(self.folder.name) / "names.man"
        manifest.write_text(
            '<instrumentationManifest><instrumentation><events><provider name="P" '
            'guid="{00000001-0000-0000-0000-000000000000}"><templates><template tid="T">'
            '<data name="a&#x9b;31m" inType="win:UInt64"/></template></templates>'
            '<events><event value="1" template="T"/></events></provider></events>'
            '</instrumentation></instrumentationManifest>', encoding="utf-8")
        path = pathlib.Path(self.folder.name) / "names.etl"
        path.write_bytes(recording.make(events=1))
        _, out, _ = run(f"--manifests={manifest}", "--id=1", str(path))
        self.assertIn("  a?31m=0\n", out)

    def test_raw_leaves_out_types_alone(self):
        cooked, _, _ = dump("--provider=DiskIo", "--limit=1", self.path)
        raw, _, _ = dump("--raw", "--provider=DiskIo", "--limit=1", self.path)
        self.assertTrue(cooked[0]["fields"]["Irp"].startswith("0x"))
        self.assertEqual(int(cooked[0]["fields"]["Irp"], 16), int(raw[0]["fields"]["Irp"]))

    def test_text_is_a_line_for_each_event(self):
        code, out, _ = run("--limit=3", self.path)
        self.assertEqual((code, len(out.splitlines())), (0, 3))
        self.assertIn("EventTrace/Header", out)

    def test_what_cannot_be_read_is_said_and_the_rest_is_dumped(self):
        events, code, err = dump("--limit=1", "/nonexistent.etl", self.path)
        self.assertEqual((len(events), code), (1, 1))
        self.assertIn("/nonexistent.etl", err)

    def test_a_directory_is_refused(self):
        code, out, err = run(self.folder.name)
        self.assertEqual((code, out), (1, ""))
        self.assertEqual(err, f"etw_exporter: cannot read {self.folder.name}: "
                              "it is a directory\n")

    def test_wrong_flags_are_usage_errors(self):
        for flag in ("--id=65536", "--id=x", "--limit=-1", "--format=xml",
                     "--manifests=/nonexistent"):
            with self.subTest(flag):
                code, out, err = run(flag, self.path)
                self.assertEqual((code, out), (2, ""))
                self.assertTrue(err.startswith("etw_exporter: "), err)


if __name__ == "__main__":
    harness.main()
