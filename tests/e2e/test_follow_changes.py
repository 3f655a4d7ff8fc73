"""Recordings that change under a session that follows them: they shrink, are replaced, disappear
and come back. Another recording is counted from its beginning, the same one goes on."""

import os
import pathlib
import shutil
import tempfile
import unittest

import following
import harness
import recording

HOUR = 36_000_000_000
START = 133_500_000_000_000_000


def small(events, **options):
    return recording.make(events=events, **options)


def another(events, **options):
    """A recording that began at another time."""
    return recording.make(events=events, start=START + HOUR, **options)


class ShrinkTest(following.FollowTest):
    def test_another_recording_written_over_it_is_counted_too(self):
        path = self.write(recording.unfinished(small(100)))
        self.follow()
        self.expect(101, open=1)
        self.write(another(30, events_lost=5), path.name)
        self.expect(101 + 31, done=1, shrunk=1, lost=5)

    def test_one_that_is_written_over_it_slowly_is_counted_too(self):
        path = self.write(small(100, events_lost=3))
        self.follow()
        self.expect(101, done=1, lost=3)
        new = another(200, events_lost=5)
        running = recording.unfinished(new)
        self.write(b"")
        self.expect(101, done=1, lost=3, shrunk=1)
        for at in range(0, len(running), 7000):
            self.append(path, running[at:at + 7000])
            self.look()
        self.expect(101 + 201, open=1, done=1, shrunk=1, lost=3)
        self.finalise(path, new)
        self.expect(101 + 201, done=2, shrunk=1, lost=8)

    def test_the_same_recording_copied_over_it_goes_on(self):
        whole = small(300, events_lost=5)
        running = recording.unfinished(whole)
        path = self.write(running[:20 * 4096])
        self.follow()
        self.expect(1 + 190, open=1)
        self.write(b"")
        self.expect(1 + 190, open=1, shrunk=1)
        for at in range(0, len(running), 30000):
            self.append(path, running[at:at + 30000])
            self.look()
        self.expect(301, open=1, shrunk=1)
        self.finalise(path, whole)
        self.expect(301, done=1, shrunk=1, lost=5)

    def test_a_recording_that_is_cut_and_grows_again_is_not_counted_again(self):
        running = recording.unfinished(small(100))
        path = self.write(running)
        self.follow()
        self.expect(101, open=1)
        os.truncate(path, 3 * 4096)
        self.expect(101, open=1, shrunk=1)
        self.append(path, running[3 * 4096:])
        self.expect(101, open=1, shrunk=1)


class ReplaceTest(following.FollowTest):
    def replace(self, path, content):
        os.replace(self.write(content, "new"), path)

    def test_another_recording_in_its_place_is_counted_too(self):
        path = self.write(recording.unfinished(small(100)))
        self.follow()
        self.expect(101, open=1)
        self.replace(path, recording.unfinished(another(200)))
        self.expect(101 + 201, open=1, replaced=1)
        self.finalise(path, another(200, events_lost=4))
        self.expect(101 + 201, done=1, replaced=1, lost=4)

    def test_another_of_the_same_size_and_time_is_seen(self):
        path = self.write(small(100, events_lost=2))
        self.follow()
        self.expect(101, done=1, lost=2)
        before = path.stat()
        new = self.write(another(100, events_lost=2), "new")
        os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
        os.replace(new, path)
        self.expect(2 * 101, done=2, lost=4, replaced=1)

    def test_the_same_recording_that_has_grown_goes_on(self):
        # As programs do that keep a folder in step with another.
        whole = small(300, events_lost=5)
        running = recording.unfinished(whole)
        path = self.write(running[:4096 * 11 + 100])
        self.follow()
        self.expect(101, open=1)
        self.replace(path, running[:4096 * 21 + 2000])
        self.expect(201, open=1)
        self.replace(path, whole)
        self.expect(301, done=1, lost=5)
        self.replace(path, whole)
        self.expect(301, done=1, lost=5)

    def test_a_recording_of_another_size_of_buffers_may_follow(self):
        path = self.write(small(100))
        self.follow()
        self.expect(101, done=1)
        self.replace(path, another(500, buffer_bytes=65536, events_per_buffer=100))
        self.expect(101 + 501, done=2, replaced=1)
        demo = recording.demo()
        self.replace(path, recording.patch(demo, start_time=START + 2 * HOUR))
        self.expect(101 + 501 + 8316, done=3, replaced=2, lost=17)

    def test_what_is_no_recording_in_its_place_fails(self):
        path = self.write(recording.unfinished(small(100)))
        self.follow()
        self.expect(101, open=1)
        self.replace(path, b"no recording\n" * 1000)
        found = self.numbers()
        self.assertEqual((found["events"], found["failed"], found["open"]), (101, 1, 0))


class DisappearTest(following.FollowTest):
    def test_a_recording_that_comes_back_goes_on(self):
        whole = small(100, events_lost=6)
        running = recording.unfinished(whole)
        path = self.write(running[:5 * 4096])
        self.follow()
        self.expect(41, open=1)
        away = path.rename(self.directory.parent / "away")
        self.expect(41, disappeared=1)
        self.append(away, running[5 * 4096:])
        away.rename(path)
        self.expect(101, open=1, disappeared=1)
        self.finalise(path, whole)
        self.expect(101, done=1, disappeared=1, lost=6)

    def test_a_finalised_recording_that_comes_back_is_not_counted_again(self):
        path = self.write(small(100, events_lost=6))
        self.follow()
        self.expect(101, done=1, lost=6)
        for times in (1, 2):
            away = shutil.copy(path, self.directory.parent / "away")
            path.unlink()
            self.expect(101, done=1, lost=6, disappeared=times)
            # A file of its own, with another time.
            shutil.copyfile(away, path)
            self.expect(101, done=1, lost=6, disappeared=times)

    def test_another_recording_that_takes_its_name_is_counted_too(self):
        path = self.write(small(100))
        self.follow()
        self.expect(101, done=1)
        path.unlink()
        self.expect(101, done=1, disappeared=1)
        self.write(another(20))
        self.expect(101 + 21, done=2, disappeared=1)

    def test_an_open_recording_that_is_gone_is_not_open(self):
        path = self.write(recording.unfinished(small(100)))
        self.follow()
        self.expect(101, open=1)
        path.unlink()
        self.expect(101, disappeared=1)
        self.expect(101, disappeared=1)


class DirectoryTest(following.FollowTest):
    def test_a_directory_that_vanishes_comes_back_with_what_was_counted(self):
        running = recording.unfinished(small(100))
        path = self.write(running[:5 * 4096])
        self.write(small(20), "b.etl")
        self.follow()
        self.expect(41 + 21, open=1, done=1)
        away = self.directory.rename(self.directory.parent / "away")
        # The marker has gone, too.
        self.exporter.wait_for("etw_session_file_changes_total", 3, change="disappeared")
        self.exporter.wait_for("etw_session_files_open", 0)
        self.append(away / "a.etl", running[5 * 4096:])
        away.rename(self.directory)
        self.expect(101 + 21, open=1, done=1, disappeared=3)
        self.assertEqual(self.exporter.total("etw_session_restarts_total"), 0)
        self.assertTrue(path.exists())

    def test_a_directory_that_cannot_be_read_is_tried_again_later(self):
        running = recording.unfinished(small(100))
        self.write(running[:5 * 4096])
        self.follow()
        self.expect(41, open=1)
        away = self.directory.rename(self.directory.parent / "away")
        # Root cannot read this either. Within a poll, so that nothing disappears.
        loop = self.directory.parent / "loop"
        loop.symlink_to(self.directory)
        os.replace(loop, self.directory)
        self.exporter.wait_for("etw_session_state", 1, state="waiting")
        self.assertEqual(self.exporter.get("/-/ready").status, 503)
        self.assertEqual(self.exporter.total("etw_session_up"), 0)
        gone = self.exporter.total("etw_session_file_changes_total", change="disappeared")
        # Files that it was about to look at when the directory became a loop.
        failed = self.exporter.total("etw_session_files_failed_total")
        self.append(away / "a.etl", running[5 * 4096:])
        os.replace(self.link_to(away), self.directory)
        self.exporter.wait_for("etw_session_state", 1, state="running")
        self.assertGreaterEqual(self.exporter.total("etw_session_restarts_total"), 1)
        self.expect(101, open=1, disappeared=gone, failed=failed)
        failure = self.exporter.find_log("session failed, will be tried again")
        self.assertIn(f"cannot read {self.directory}", failure["error"])

    def link_to(self, directory):
        link = self.directory.parent / "link"
        link.symlink_to(directory)
        return link


class PerFileTest(unittest.TestCase):
    def test_each_new_file_brings_a_session(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            config = "sessions: [{name: a, path: '*.etl', follow: true, poll: 10ms, " \
                     "per_file: true}]"
            with harness.Exporter(config, directory=directory) as exporter:
                self.assertIsNone(exporter.total("etw_session_up"))
                whole = small(100, events_lost=3)
                (directory / "x.etl").write_bytes(recording.unfinished(whole)[:3 * 4096])
                exporter.wait_for("etw_session_events_total", 21, session="a/x.etl")
                (directory / "y.etl").write_bytes(small(20))
                exporter.wait_for("etw_session_files_done_total", 1, session="a/y.etl")
                (directory / "x.etl").write_bytes(whole)
                exporter.wait_for("etw_session_files_done_total", 1, session="a/x.etl")
                for session, events, lost in (("a/x.etl", 101, 3), ("a/y.etl", 21, 0)):
                    for metric, value in (("etw_session_events_total", events),
                                          ("etw_events_total", events),
                                          ("etw_session_events_lost_total", lost)):
                        self.assertEqual(exporter.total(metric, session=session), value)
                self.assertEqual(exporter.get("/-/ready").status, 200)


if __name__ == "__main__":
    harness.main()
