"""dump over the recordings of ../shared: what is decoded, and every value of their samples."""
import collections
import glob
import json
import os
import subprocess
import unittest

import harness

SHARED = os.path.join(harness.ROOT, "..", "shared")
# From the schema source's name in the expected files to dump's.
SOURCES = {"string_only": "string"}


def dump(path, *flags):
    """The events of a recording, as dump --format=json prints them, one by one."""
    process = subprocess.Popen([harness.PROGRAM, "dump", "--format=json", *flags, path],
                               stdout=subprocess.PIPE)
    for line in process.stdout:
        yield json.loads(line)
    if process.wait() != 0:
        raise AssertionError(f"dump {path}: exit code {process.returncode}")


def key(event, identity):
    return (event["time"], event["provider_guid"], identity, event["opcode"], event["cpu"])


class Recordings(unittest.TestCase):
    def expected(self):
        files = sorted(glob.glob(os.path.join(SHARED, "etl", "*.decoded.json")))
        if not files:
            harness.skip(self, "../shared/etl is absent")
        manifests = os.path.join(SHARED, "manifests", "*.[mx][am][nl]")
        for file in files:
            with open(file, encoding="utf-8") as stream:
                yield file.replace(".decoded.json", ".etl"), json.load(stream), manifests

    def test_as_many_events_are_decoded_whole_as_expected(self):
        for path, expected, manifests in self.expected():
            whole, sources = 0, collections.Counter()
            for event in dump(path, "--raw", f"--manifest={manifests}"):
                if event["schema"] and "undecoded" not in event:
                    sources[event["schema"]] += 1
                    whole += event["schema"] != "metadata"
            with self.subTest(path=os.path.basename(path)):
                self.assertGreaterEqual(whole, expected["decoded"], sources)

    def test_values_equal_those_of_the_samples(self):
        for path, expected, manifests in self.expected():
            wanted = collections.defaultdict(list)
            for sample in expected["samples"]:
                wanted[key(sample, sample["event_id"])].append(sample["fields"])
            for event in dump(path, "--raw", f"--manifest={manifests}"):
                fields = wanted.get(key(event, event["id"]))
                if fields and event["fields"] in fields:
                    fields.remove(event["fields"])
            missing = [(k, f) for k, left in wanted.items() for f in left]
            with self.subTest(path=os.path.basename(path)):
                self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
