"""Recordings that are followed while they are written: each event is counted once, whenever the
session looks at its files."""

import os
import random

import following
import harness
import recording

# A session that finds no change ten times believes that there will be none: not too soon here.
SLOW = "poll: 100ms"


class GrowthTest(following.FollowTest):
    def grow(self, whole, cuts):
        """Writes the recording up to each of these offsets in turn."""
        self.follow()
        path = self.write(b"")
        self.expect(0, open=1)
        running = recording.unfinished(whole)
        before, events = 0, 0
        for cut in cuts:
            self.append(path, running[before:cut])
            found = self.numbers()
            self.assertGreaterEqual(found["events"], events)
            self.assertEqual((found["malformed"], found["skipped"], found["open"]), (0, 0, 1), cut)
            before, events = cut, found["events"]
        self.append(path, running[before:])
        return path

    def test_a_recording_may_be_cut_anywhere_while_it_grows(self):
        whole = recording.make(events=300, events_lost=7)
        # In the first buffer's header, its record, its padding; around the second's beginning; ...
        cuts = [1, 71, 72, 75, 76, 200, 400, 4095, 4096, 4097, 4096 + 72, 4096 + 75]
        cuts += sorted(random.Random(1).sample(range(5000, len(whole)), 10))
        path = self.grow(whole, cuts)
        self.expect(301, open=1)
        self.finalise(path, whole)
        self.expect(301, done=1, lost=7)
        self.expect(301, done=1, lost=7)

    def test_a_compressed_recording_may_be_cut_anywhere_while_it_grows(self):
        whole = recording.demo()
        first = len(recording.split(whole)[0])
        cuts = [1, 72, 76, 300, first - 1, first, first + 1, first + 72, first + 75, first + 76]
        cuts += sorted(random.Random(2).sample(range(first + 100, len(whole)), 12))
        path = self.grow(whole, cuts)
        self.expect(8316, open=1)
        self.finalise(path, whole)
        self.expect(8316, done=1, lost=17)

    def test_each_buffer_is_counted_as_soon_as_it_is_there(self):
        buffers = recording.split(recording.unfinished(recording.make(events=50)))
        self.follow()
        path = self.write(buffers[0])
        self.expect(1, open=1)
        for i, buffer in enumerate(buffers[1:], 1):
            self.append(path, buffer)
            self.expect(1 + 10 * i, open=1)

    def test_what_a_crash_left_stays_open(self):
        self.write(recording.unfinished(recording.make(events=100)))
        self.follow()
        self.expect(101, open=1)

    def test_an_end_that_leaves_the_time_of_the_file_as_it_is_is_seen(self):
        # As on file systems that tell times roughly.
        whole = recording.make(events=100, events_lost=3)
        path = self.write(recording.unfinished(whole))
        self.follow(keys="poll: 300ms")
        self.exporter.wait_for("etw_session_events_total", 1 + 101)
        before = path.stat()
        self.finalise(path, whole)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.exporter.wait_for("etw_session_files_done_total", 1)
        self.exporter.wait_for("etw_session_events_lost_total", 3)

    def test_a_recording_that_was_finalised_before_is_done(self):
        self.write(recording.make(events=100, events_lost=3))
        self.follow()
        self.expect(101, done=1, lost=3)

    def copy(self, whole, events):
        """Copies a recording that is finalised, in parts that come one soon after the other."""
        self.follow(keys=SLOW)
        path = self.write(b"")
        lost = recording.field(whole, "events_lost")
        for i in range(4):
            self.append(path, whole[i * len(whole) // 4:(i + 1) * len(whole) // 4])
            found = self.numbers()
            self.assertEqual((found["malformed"], found["skipped"]), (0, 0))
            self.assertEqual((found["open"], found["done"]), (1, 0) if i < 3 else (0, 1))
        self.expect(events, done=1, lost=lost)

    def test_a_copy_of_a_finalised_recording_is_done_when_it_is_complete(self):
        self.copy(recording.make(events=300, events_lost=9), 301)

    def test_a_copy_of_a_compressed_recording_is_done_when_it_is_complete(self):
        self.copy(recording.demo(), 8316)

    def test_a_finalised_recording_that_is_cut_is_done_when_no_more_comes(self):
        whole = recording.make(events=100, events_lost=3)
        # 5 of the 10 events of the last buffer are there.
        self.write(whole[:-4096 + 72 + 5 * 88])
        self.follow(keys=SLOW)
        self.expect(91, open=1, lost=3)
        harness.wait_until(lambda: self.numbers()["done"], "done")
        self.expect(96, done=1, lost=3, malformed=1)


class PreallocatedTest(following.FollowTest):
    MODE = 1 | recording.PREALLOCATED

    def fill(self, whole):
        """Fills a file that has its size from the start."""
        buffers = recording.split(recording.unfinished(whole))
        self.follow()
        path = self.write(bytes(len(whole) + 20 * len(buffers[0])))
        self.expect(0, open=1)
        for i, buffer in enumerate(buffers):
            # Half of it first.
            self.write_at(path, i * len(buffer), buffer[:len(buffer) // 2])
            self.write_at(path, i * len(buffer), buffer)
            self.expect(1 + 10 * i, open=1)
        return path

    def test_zeros_wait_to_be_filled(self):
        whole = recording.make(events=60, mode=self.MODE, events_lost=4)
        path = self.fill(whole)
        self.finalise(path, whole)
        found = self.numbers()
        self.assertEqual((found["events"], found["done"], found["lost"], found["malformed"]),
                         (61, 1, 4, 0))

    def test_zeros_are_filled_though_the_time_of_the_file_stays_as_it_is(self):
        # As on network shares, for as long as the writer has the file open.
        buffers = recording.split(recording.unfinished(recording.make(events=60, mode=self.MODE)))
        self.follow()
        path = self.write(buffers[0] + bytes(6 * len(buffers[0])))
        self.expect(1, open=1)
        for _ in range(10):
            self.look()
        before = path.stat()
        self.write_at(path, len(buffers[0]), buffers[1])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.expect(11, open=1)

    def test_the_rest_may_be_cut_off_at_the_end(self):
        whole = recording.make(events=60, mode=self.MODE, events_lost=4)
        path = self.fill(whole)
        self.finalise(path, whole)
        os.truncate(path, len(whole))
        found = self.numbers()
        self.assertEqual((found["events"], found["done"], found["lost"], found["malformed"]),
                         (61, 1, 4, 0))
        self.assertEqual(found["shrunk"], 0)


class CircularTest(following.FollowTest):
    def test_a_circular_recording_is_read_once_it_is_finalised(self):
        whole = recording.make(events=100, mode=recording.CIRCULAR, events_lost=2)
        running = recording.unfinished(whole)
        self.follow()
        path = self.write(running[:20000])
        self.expect(0, open=1)
        self.append(path, running[20000:])
        # It goes round: its second buffer is written over.
        buffers = recording.split(running)
        self.write_at(path, len(buffers[0]), buffers[-1])
        self.expect(0, open=1)
        self.write_at(path, len(buffers[0]), buffers[1])
        self.finalise(path, whole)
        self.expect(101, done=1, lost=2)


class OtherFilesTest(following.FollowTest):
    def test_new_files_that_match_are_picked_up(self):
        self.write(recording.make(events=10))
        self.follow()
        self.expect(11, done=1)
        self.write(recording.unfinished(recording.make(events=20)), "b.etl")
        self.write(recording.make(events=500), "b.etl.tmp")
        self.write(recording.make(events=500), ".c.etl")
        self.expect(11 + 21, done=1, open=1)

    def test_a_file_that_two_paths_mean_is_read_once(self):
        self.write(recording.make(events=10))
        self.follow(path="[spool/*.etl, spool/a.etl, spool]")
        self.expect(11, done=1)

    def test_a_file_that_is_no_recording_fails_and_the_others_do_not(self):
        self.write(recording.make(events=10))
        path = self.write(b"no recording\n" * 1000, "b.etl")
        self.follow()
        found = self.numbers()
        self.assertEqual((found["events"], found["done"], found["failed"], found["open"]),
                         (11, 1, 1, 0))
        log = self.exporter.find_log("recording cannot be read, will be tried again")
        self.assertEqual(log["file"], str(path))
        self.assertIn("is not a trace recording", log["error"])
        self.assertEqual(self.numbers(), found)
        os.replace(self.write(recording.make(events=20), "b.new"), path)
        found = self.numbers()
        self.assertEqual((found["events"], found["done"], found["failed"]), (11 + 21, 2, 1))

    def test_a_file_that_cannot_be_opened_fails_until_it_can(self):
        self.write(recording.make(events=10))
        # A link to itself: root may not read it either.
        (self.directory / "b.etl").symlink_to("b.etl")
        self.follow()
        self.expect(11, done=1, failed=1)
        os.replace(self.write(recording.unfinished(recording.make(events=20)), "b.new"),
                   self.directory / "b.etl")
        self.expect(11 + 21, done=1, open=1, failed=1)

    def test_a_file_without_permission_fails_until_there_is_one(self):
        if os.geteuid() == 0:
            harness.skip("root may read everything")
        self.write(recording.make(events=10))
        path = self.write(recording.make(events=20), "b.etl")
        path.chmod(0)
        self.follow()
        self.expect(11, done=1, failed=1)
        path.chmod(0o600)
        self.expect(11 + 21, done=2, failed=1)


if __name__ == "__main__":
    harness.main()
