"""Baselines on Windows: of a recording the same bytes as elsewhere; pages of a running exporter."""

import json

import both
import harness

PACKS = ("disk", "dns-client", "process", "threads")
ALICE = "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"  # secret


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

    def fetch(self, *words):
        return both.run(both.WINDOWS, "baseline", "record", "-o", "u.json", "--duration=500ms",
                        "--interval=250ms", *words, directory=self.folder)

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


if __name__ == "__main__":
    harness.main()
