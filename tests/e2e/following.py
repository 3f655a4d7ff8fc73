"""A session that follows recordings, for end-to-end tests, and all that it says of them."""

import pathlib
import tempfile
import unittest

import harness
import recording

MARKER_GUID = "{00000063-0000-0000-0000-000000000000}"


class Marker:
    """A recording that grows by an event when it is told to. Between two such events a session
    looks at all its other files, which come before by name, and counts what is in them."""

    def __init__(self, path):
        self.buffers = recording.split(recording.unfinished(recording.make(
            events=1000, events_per_buffer=1, buffer_bytes=1024, provider=0x63)))
        self.path = path
        self.path.write_bytes(self.buffers[0])
        self.events = 1

    def step(self):
        with self.path.open("ab") as file:
            file.write(self.buffers[self.events])
        self.events += 1


class FollowTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name) / "spool"
        self.directory.mkdir()
        self.exporter = None

    def follow(self, path="spool/*.etl", keys="poll: 10ms"):
        self.marker = Marker(self.directory / "zz-marker.etl")
        config = f"sessions: [{{name: a, path: {path}, follow: true, {keys}}}]\n"
        self.exporter = harness.Exporter(config, directory=self.directory.parent)
        self.addCleanup(self.exporter.finish)

    def look(self):
        for _ in range(2):
            self.marker.step()
            self.exporter.wait_for("etw_events_total", self.marker.events - 1,
                                   provider=MARKER_GUID)

    def scrape(self):
        """The samples; None where an event is counted in one place and not yet in another."""
        samples = self.exporter.samples()
        agrees = harness.total(samples, "etw_events_total") == \
            harness.total(samples, "etw_session_events_total")
        return samples if agrees else None

    def numbers(self):
        """What the session says, but for the marker."""
        total = harness.total
        self.look()
        samples = harness.wait_until(self.scrape, "a page that agrees with itself")
        events = total(samples, "etw_events_total")
        return {
            "events": events - self.marker.events,
            "open": total(samples, "etw_session_files_open") - 1,
            "done": total(samples, "etw_session_files_done_total"),
            "failed": total(samples, "etw_session_files_failed_total"),
            "shrunk": total(samples, "etw_session_file_changes_total", change="shrunk"),
            "replaced": total(samples, "etw_session_file_changes_total", change="replaced"),
            "disappeared": total(samples, "etw_session_file_changes_total", change="disappeared"),
            "lost": total(samples, "etw_session_events_lost_total"),
            "malformed": total(samples, "etw_session_malformed_total"),
            "skipped": total(samples, "etw_session_skipped_bytes_total"),
        }

    def expect(self, events, **numbers):
        """The numbers; those that are not named are 0."""
        found = self.numbers()
        wanted = dict.fromkeys(found, 0) | {"events": events} | numbers
        self.assertEqual(found, wanted, self.exporter.log)

    def write(self, content, name="a.etl"):
        path = self.directory / name
        path.write_bytes(content)
        return path

    @staticmethod
    def append(path, content):
        with path.open("ab") as file:
            file.write(content)

    @staticmethod
    def write_at(path, offset, content):
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(content)

    def finalise(self, path, whole):
        """Rewrites the header in place, as the session does at its end."""
        self.write_at(path, 0, recording.split(whole)[0])
