"""Fields of real recordings, next to what Microsoft's TraceEvent library printed of them.

TraceEvent shows an event a line; long values end in "...". Every line must have an event in the dump
at its time and on its processor, and every field that both show whole must be the same.
"""
import collections
import datetime
import json
import re
import unittest

import harness

RECORDINGS = harness.ROOT.parent / "shared" / "etl"
MANIFESTS = harness.ROOT.parent / "shared" / "manifests"

EVENT = re.compile(
    r"EVENT (?P<ms>[\d,.]+): (?P<name>\S.*?) PID=-?\d+; TID=-?\d+; PName=.*?; "
    r"ProceNum=(?P<cpu>\d+); DataLen=\d+; (?P<fields>.*)$")
FIELD = re.compile(r"(\w+)=(.*?); (?=\w+=|$)")


def created_with(shown, value):
    """TraceEvent shows the disposition, which is the highest byte, apart from the options."""
    return shown == value & 0xFFFFFF


def process(shown, value):
    """TraceEvent shows the name of the PID beside it instead, without suffix."""
    return value.lower() in (shown.lower() + ".exe", "" if shown == "Idle" else None)


def socket_address(shown, value):
    """AF_INET, port and address, each in network order, in hexadecimal digits."""
    digits = bytes.fromhex(value)
    address = ".".join(str(byte) for byte in digits[4:8])
    return shown == f"{address}:{int.from_bytes(digits[2:4], 'big')}"


# What TraceEvent shows in another form than it stands in the payload.
FORMS = {
    ("Microsoft-Windows-Kernel-File", "createoptions"): created_with,
    ("SystemConfig", "processname"): process,
    ("Microsoft-Windows-DNS-Client", "address"): socket_address,
}


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def ticks(time):
    date, fraction = time.rstrip("Z").split(".")
    seconds = datetime.datetime.fromisoformat(date + "+00:00").timestamp()
    return int(seconds) * 10**7 + int(fraction)


def number(text):
    text = text.replace(",", "")
    try:
        return int(text, 16) if text.lower().startswith("0x") else int(text)
    except ValueError:
        return None


def same(event, name, shown, value):
    """None: TraceEvent has a name for a number, which says nothing about ours."""
    form = FORMS.get((event["provider"], name))
    as_number = number(shown)
    if form:
        return form(as_number if isinstance(value, int) else shown, value)
    if isinstance(value, str) and as_number is not None and number(value) is not None:
        value = number(value)
    if isinstance(value, (int, float)) and as_number is not None:
        return value in (as_number, as_number + 2**32, as_number + 2**64)
    if isinstance(value, int):
        return (value != 0) == (shown == "True") if shown in ("True", "False") else None
    return value == shown if isinstance(value, str) else None


def compare(event, fields):
    """How many fields are the same, and which are not."""
    ours = {plain(name): value for name, value in (event.get("fields") or {}).items()}
    equal, different = 0, []
    for name, shown in fields.items():
        if shown.endswith("...") or plain(name) not in ours:
            continue
        result = same(event, plain(name), shown, ours[plain(name)])
        if result:
            equal += 1
        elif result is False:
            different.append((name, shown, ours[plain(name)]))
    return equal, different


class TraceEventTest(unittest.TestCase):
    def dump(self, recording):
        done = harness.run("dump", "--format=json", "--raw", f"--manifests={MANIFESTS}",
                           str(recording))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def by_time(self, events):
        """By microseconds from the first event on, and processor."""
        table = collections.defaultdict(list)
        start = ticks(events[0]["time"])
        for event in events:
            if event["time"]:
                table[round((ticks(event["time"]) - start) / 10), event["cpu"]].append(event)
        return table

    def best(self, table, line):
        """Several events may have the time of the line: it is the one that differs least."""
        time = round(float(line["ms"].replace(",", "")) * 1000)
        fields = dict(FIELD.findall(line["fields"]))
        found = [compare(event, fields) for at in (time - 1, time, time + 1)
                 for event in table.get((at, int(line["cpu"])), [])]
        self.assertTrue(found, f"no event for {line[0][:200]}")
        return min(found, key=lambda result: (len(result[1]), -result[0]))

    def check(self, recording, least):
        path = RECORDINGS / f"{recording}.etl"
        if not path.exists():
            harness.skip("../shared/etl is absent")
        table = self.by_time(self.dump(path))
        equal = 0
        for text in (RECORDINGS / f"{recording}.traceevent.txt").read_text().splitlines():
            line = EVENT.match(text)
            if not line:
                continue
            fields, different = self.best(table, line)
            self.assertEqual(different, [], line[0][:200])
            equal += fields
        self.assertGreaterEqual(equal, least)

    def test_gcevents(self):
        self.check("gcevents", 90)

    def test_primitive_types(self):
        self.check("primitive-types", 40)

    def test_net(self):
        self.check("net.4.5.2.x64", 1400)


if __name__ == "__main__":
    unittest.main()
