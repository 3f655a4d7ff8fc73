"""Baselines on Windows: of a recording the same bytes as elsewhere; pages of a running exporter."""

import json

import both
import harness

PACKS = ("disk", "dns-client", "process", "threads")
ALICE = "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"  # secret

NATIVE = """
sessions: [{name: demo, path: demo.etl, pace: recorded}]
metrics:
  - name: native_seconds
    help: How long requests take.
    type: histogram
    match: {provider: Demo.Webshop, name: Request}
    value: {field: durationMs, scale: 0.001}
    buckets: {native: {factor: 1.1}}
"""


class Baselines(both.Test):
    def configure(self):
        self.demo()
        self.write("c.yml", "sessions: [{name: demo, path: demo.etl}]\ninclude:\n" + "".join(
            f"  - {harness.ROOT}/config/packs/{pack}.yml\n" for pack in PACKS))

    def test_a_recording_gives_the_same_bytes(self):
        self.configure()
        written = self.assert_same("baseline", "record", "-o", "-", "--config.file=c.yml",
                                   "--from=demo.etl", "--interval=250ms", "--label=a=b")
        self.assertEqual(json.loads(written)["runs"][0]["intervals"], 239)
        self.write("a.json", written)
        self.assert_same("baseline", "show", "a.json")
        self.assert_same("baseline", "merge", "-o", "-", "a.json", "a.json")

    def test_a_file_is_replaced(self):
        self.configure()
        for interval in ("1s", "500ms"):
            code, _, error = both.run(both.WINDOWS, "baseline", "record", "-o", "b.json",
                                      "--from=demo.etl", f"--interval={interval}",
                                      directory=self.folder)
            self.assertEqual((code, error), (0, b""))
        written = json.loads((self.folder / "b.json").read_text())
        self.assertEqual(written["runs"][0]["intervals"], 119)
        self.assertEqual([path.name for path in self.folder.glob("b.json*")], ["b.json"])

    def fetch(self, *words, duration="500ms"):
        return both.run(both.WINDOWS, "baseline", "record", "-o", "u.json",
                        f"--duration={duration}", "--interval=250ms", *words,
                        directory=self.folder)

    def test_a_running_exporter(self):
        web = self.write("web.yml", f"basic_auth_users: {{alice: {ALICE}}}\n")
        self.write("headers", "Authorization: Basic YWxpY2U6c2VjcmV0\r\n")
        with harness.Exporter(args=[f"--web.config.file={web}"]) as exporter:
            url = f"http://{exporter.address}/metrics"
            for words in ([f"--url=http://alice:secret@{exporter.address}/metrics"],
                          [f"--url={url}", "--url.header-file=headers"]):
                code, _, error = self.fetch(*words)
                self.assertEqual((code, error), (0, b""))
                run = json.loads((self.folder / "u.json").read_text())["runs"][0]
                self.assertEqual((run["origin"], run["intervals"]), ("url", 2))
            code, _, error = self.fetch(f"--url={url}")
            self.assertEqual(code, 1)
            self.assertIn(f"cannot get {url}: the answer is 401", error.decode())

    def test_native_histograms_of_a_running_exporter(self):
        """Which are in protobuf alone: it is asked for."""
        self.demo()
        with harness.Exporter(NATIVE, directory=self.folder) as exporter:
            code, _, error = self.fetch(f"--url={exporter.url}/metrics", duration="3s")
        self.assertEqual((code, error), (0, b""))
        series = [series for series in json.loads((self.folder / "u.json").read_text())["series"]
                  if series["metric"] == "native_seconds"]
        self.assertEqual(len(series), 1)
        values = series[0]["runs"][0]
        self.assertGreater(values["total"], 5)
        self.assertEqual(sum(values["buckets"]), values["total"])
        self.assertEqual(values["buckets"][-1], 0)
        self.assertGreater(len(series[0]["bounds"]), 5)


if __name__ == "__main__":
    harness.main()
