"""Many connections at once: they are held or refused cleanly, and scrapes go on."""

import http.client
import pathlib
import resource
import select
import socket
import unittest

import harness

LIMIT = 512
ENDED = 256  # that may be open still, as their threads have not looked at them
OF_ADDRESS = 32
CLIENTS, EACH = 40, 25


class ConnectionsTest(unittest.TestCase):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = CLIENTS * EACH + 200
        if soft < wanted:
            if hard != resource.RLIM_INFINITY and hard < wanted:
                harness.skip(f"only {hard} files may be open")
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.exporter = harness.Exporter()
        self.addCleanup(self.exporter.finish)
        host, _, port = self.exporter.address.rpartition(":")
        self.target = host, int(port)

    def connect(self, client):
        """From an address of its own."""
        try:
            made = socket.create_connection(self.target, harness.DEADLINE_SECONDS,
                                            source_address=(f"127.0.1.{client + 1}", 0))
        except OSError as error:
            harness.skip(f"127.0.1.0/24 cannot be connected from: {error}")
        self.addCleanup(made.close)
        return made

    def scrape(self, connection):
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        page = response.read().decode()
        self.assertEqual(response.status, 200)
        return harness.parse_page(page)

    def comes_anew(self):
        """Where threads are kept from running, more than ENDED may have to be waited for."""
        try:
            return self.exporter.get("/-/healthy").status == 200
        except (ConnectionError, http.client.HTTPException):
            return False

    def open_files(self):
        """The connections that the program has, by the system's word."""
        links = pathlib.Path(f"/proc/{self.exporter.process.pid}/fd").iterdir()
        return sum(link.is_socket() for link in links)

    @staticmethod
    def ended(sockets):
        """Those of them that the other side has ended, without having said a thing."""
        poll = select.poll()
        by_number = {made.fileno(): made for made in sockets}
        for number in by_number:
            poll.register(number, select.POLLIN)
        found = []
        for number, _ in poll.poll(0):
            try:
                said = by_number[number].recv(1)
            except ConnectionResetError:
                said = b""
            assert said == b"", said
            found.append(by_number[number])
        return found

    def test_a_thousand_idle_connections_do_not_keep_scrapes_out(self):
        kept = http.client.HTTPConnection(*self.target, timeout=harness.DEADLINE_SECONDS)
        self.addCleanup(kept.close)
        self.scrape(kept)
        idle = []
        for number in range(CLIENTS * EACH):
            idle.append(self.connect(number % CLIENTS))
            if number % 100 == 99:
                samples = self.scrape(kept)
                self.assertLessEqual(samples["etw_exporter_http_connections"], LIMIT + ENDED)
                harness.wait_until(self.comes_anew, "an answer to somebody who comes anew")
                self.assertLessEqual(self.open_files(), LIMIT + ENDED + 16)
        refused = 'etw_exporter_http_refused_total{reason="connections"}'
        least = CLIENTS * EACH + 1 - LIMIT
        harness.wait_until(lambda: self.scrape(kept)[refused] >= least, "refusals")
        harness.wait_until(lambda: len(self.ended(idle)) >= least, "connections that ended")
        harness.wait_until(
            lambda: self.scrape(kept)["etw_exporter_http_connections"] <= LIMIT, "the limit")
        for made in idle:
            made.close()
        harness.wait_until(
            lambda: self.scrape(kept)["etw_exporter_http_connections"] == 1, "all to be closed")

    def test_one_address_has_its_share(self):
        idle = [self.connect(0) for _ in range(OF_ADDRESS + 20)]
        harness.wait_until(lambda: len(self.ended(idle)) == 20, "connections that ended")
        refused = 'etw_exporter_http_refused_total{reason="address_connections"}'
        self.assertEqual(self.exporter.samples()[refused], 20)


if __name__ == "__main__":
    harness.main()
