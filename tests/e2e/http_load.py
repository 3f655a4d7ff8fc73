"""Clients of an exporter, in a process of their own: idle connections, and scrapers all at once.

    with http_load.Clients(address, idle=1000, scrapers=50, interval=1) as clients:
        clients.start()     # the scrapers; each begins again `interval` seconds after it began
        clients.stop()      # what became of them, as a dictionary

An address of this machine has a limit of connections, so the clients come from several, 127.x.y.z.
An idle connection has asked for a page once, as one that has not is cut off after some seconds.
"""

import argparse
import collections
import errno
import json
import os
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import time

import harness

PER_ADDRESS = 25
SCRAPE = b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: text/plain;version=0.0.4\r\n\r\n"
HEALTH = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
COUNTER = b"\netw_session_events_total{"


class Clients:
    def __init__(self, address, idle=0, scrapers=0, interval=0):
        self.process = subprocess.Popen(
            [sys.executable, __file__, address, f"--idle={idle}", f"--scrapers={scrapers}",
             f"--interval={interval}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self._line()

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the clients ended with {self.process.wait()}")
        return json.loads(line)

    def _say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def start(self):
        self._say("start")

    def stop(self):
        self._say("stop")
        return self._line()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.communicate()


# What follows is that process.

def connect(address, number, group):
    """The number-th client of a group; None: it was refused at once."""
    host, port = address.split(":")
    client = socket.socket()
    client.settimeout(harness.DEADLINE_SECONDS)
    client.bind((f"127.{group}.0.{1 + number // PER_ADDRESS}", 0))
    try:
        client.connect((host, int(port)))
    except ConnectionError:
        client.close()
        return None
    return client


def read_answer(client):
    """The status of an answer without much of a body; None: the connection was closed."""
    answer = b""
    try:
        while b"\r\n\r\n" not in answer:
            more = client.recv(65536)
            if not more:
                return None
            answer += more
    except ConnectionError:
        return None
    return int(answer.split(b" ", 2)[1])


def open_idle(address, count):
    """Those that are held, each of which has had its answer."""
    held = []
    for number in range(count):
        client = connect(address, number, 2)
        try:
            if client:
                client.sendall(HEALTH)
        except ConnectionError:
            pass
        if client and read_answer(client) == 200:
            client.setblocking(False)
            held.append(client)
        elif client:
            client.close()
    return held


def is_open(client):
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


class Scraper:
    """One that asks, reads the whole page, and asks again."""

    def __init__(self, loop, number):
        self.loop, self.number = loop, number
        self.client = None
        self.due = 0.0
        self.counted = -1
        self.connect()

    def connect(self):
        self.client = connect(self.loop.address, self.number, 3)
        if self.client:
            self.client.setblocking(False)
            self.loop.selector.register(self.client, selectors.EVENT_READ, self)
        else:
            self.loop.outcomes["refused"] += 1
        self.answer, self.length, self.asked = bytearray(), None, None

    def ask(self, now):
        if not self.client:
            self.connect()
        self.due = now + self.loop.interval
        if not self.client:
            return
        self.asked = now
        try:
            self.client.sendall(SCRAPE)
        except OSError:
            self.lose()

    def lose(self):
        """The server has closed the connection."""
        self.loop.outcomes["closed"] += 1
        self.loop.selector.unregister(self.client)
        self.client.close()
        self.client, self.asked = None, None

    def read(self):
        try:
            more = self.client.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self.lose()
            return
        self.answer += more
        if self.length is None and (end := self.answer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.answer[:end]).lower()
            self.length = end + 4 + int(head.partition(b"content-length:")[2].split()[0])
        if self.length is not None and len(self.answer) >= self.length:
            self.finish()

    def finish(self):
        status = int(self.answer.split(b" ", 2)[1])
        self.loop.outcomes[str(status)] += 1
        self.loop.bytes += len(self.answer)
        if status == 200:
            self.loop.times.append(time.monotonic() - self.asked)
            self.check()
        self.answer, self.length, self.asked = bytearray(), None, None

    def check(self):
        """What is counted never falls."""
        at = self.answer.find(COUNTER)
        if at < 0:
            return
        end = self.answer.find(b"\n", at + 1)
        counted = float(self.answer[at:end].rsplit(b" ", 1)[1])
        self.loop.fallen += counted < self.counted
        self.counted = counted


class Loop:
    def __init__(self, address, interval):
        self.address, self.interval = address, interval
        self.selector = selectors.DefaultSelector()
        self.outcomes = collections.Counter()
        self.times = []
        self.bytes = self.fallen = 0

    def wait(self, scrapers):
        """Until something is to be read, or the next one is due."""
        due = min((each.due for each in scrapers if each.asked is None), default=None)
        wait = None if due is None else max(0.0, due - time.monotonic())
        return [key.data for key, _ in self.selector.select(wait)]

    def run(self, scrapers):
        """Until a line comes from standard input; then what was asked for is awaited."""
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)
        ending = False
        while not (ending and all(each.asked is None for each in scrapers)):
            now = time.monotonic()
            for each in scrapers:
                if not ending and each.asked is None and each.due <= now:
                    each.ask(now)
            ready = self.wait([] if ending else scrapers)
            for each in ready:
                if each:
                    each.read()
            if None in ready:
                ending = True
                self.selector.unregister(sys.stdin.fileno())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--scrapers", type=int, default=0)
    parser.add_argument("--interval", type=float, default=0)
    options = parser.parse_args()
    loop = Loop(options.address, options.interval)
    scrapers = [Scraper(loop, number) for number in range(options.scrapers)]
    idle = open_idle(options.address, options.idle)
    print(json.dumps({"idle": len(idle)}), flush=True)
    sys.stdin.readline()
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.monotonic()
    loop.run(scrapers)
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_SELF)
    times = sorted(loop.times) or [0]
    print(json.dumps({
        "idle": sum(map(is_open, idle)), "outcomes": loop.outcomes, "bytes": loop.bytes,
        "fallen": loop.fallen, "seconds": seconds,
        "median_ms": 1e3 * statistics.median(times), "max_ms": 1e3 * times[-1],
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }), flush=True)
    os.read(sys.stdin.fileno(), 1)


if __name__ == "__main__":
    main()
