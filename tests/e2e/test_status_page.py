"""The status page in a real browser, and what it asks for; pictures are kept below the build's
folder, in screenshots."""

import base64
import hashlib
import json
import pathlib
import re
import tempfile
import unittest
import urllib.parse

import browser
import harness
import prefix_proxy
import recording

ALICE = "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"  # secret
HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "a-session-whose-name-is-as-long-as-names-of-files-can-be-" + "x" * 60
PROVIDER = '<svg onload=alert(2)>&"'
MANIFEST = """<instrumentationManifest><instrumentation><events>
<provider name="&lt;svg onload=alert(2)&gt;&amp;&quot;"
          guid="{00000001-0000-0000-0000-000000000000}">
<events><event value="1" symbol="&lt;script&gt;alert(3)&lt;/script&gt;"/></events>
</provider></events></instrumentation></instrumentationManifest>"""
CONFIG = f"""
manifests: [hostile.man]
sessions:
  - {{name: traced, path: traced.etl, pace: recorded, loop: true}}
  - {{name: demo, path: "builtin:demo", pace: recorded, loop: true}}
  - {{name: '{HOSTILE}', path: "builtin:demo", pace: recorded, loop: true}}
  - {{name: '{LONG}', path: 'builtin:demo', pace: recorded, loop: true}}
  - {{name: garbage, path: 'garbage<b>.etl'}}
metrics:
  - name: dns_query_seconds
    help: Time of <i>queries</i>.
    type: histogram
    match: {{provider: Microsoft-Windows-DNS-Client, id: 3008}}
    pair: {{start: {{id: 3006}}, key: [QueryName, $pid]}}
    buckets: {{exponential: {{start: 0.0001, factor: 2, count: 18}}}}
"""
# What the browser makes of a colour, and WCAG's contrast of two of them.
CONTRAST = """
    const ground = (element) => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if (!/, 0\\)$/.test(colour)) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
            const c = part / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return [...document.querySelectorAll("body *")]
        .filter((element) => [...element.childNodes].some(
            (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()) &&
            element.checkVisibility())
        .map((element) => {
            const pair = [light(getComputedStyle(element).color), light(ground(element))];
            return [element.outerHTML.slice(0, 80),
                    (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)];
        });
"""


class AnswersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exporter = harness.Exporter()
        cls.addClassCleanup(cls.exporter.finish)

    def test_the_page_allows_its_own_style_and_script_and_nothing_else(self):
        answer = self.exporter.get("/")
        page = answer.body.decode("ascii")
        hashes = [base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
                  for content in re.findall("<(?:style|script)>(.*?)</(?:style|script)>", page,
                                            re.DOTALL)]
        self.assertEqual(answer.headers["Content-Security-Policy"],
                         "default-src 'none'; connect-src 'self'; img-src data:; "
                         f"style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
                         "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_the_page_needs_nothing_from_elsewhere(self):
        page = self.exporter.get("/").body.decode()
        self.assertNotIn("{{", page)
        self.assertNotRegex(page, r"\ssrc=|@import|url\(|\sstyle=|\son\w+=")
        self.assertEqual([path for path in re.findall('href="([^"]*)"', page)
                          if not path.startswith("data:")],
                         ["./metrics", "./api/v1/status", "./-/healthy", "./-/ready"])

    def test_links_lead_through_a_proxy_with_a_prefix(self):
        with prefix_proxy.Proxy(self.exporter.address, "/hosts/a") as proxy:
            page = proxy.get("/hosts/a/").body.decode()
            links = [urllib.parse.urljoin(proxy.url, path)
                     for path in re.findall('<a href="([^"]*)"', page)]
            self.assertEqual(len(links), 4)
            for link in links:
                self.assertEqual(proxy.get(urllib.parse.urlsplit(link).path).status, 200, link)

    def test_its_numbers_are_those_of_the_metrics(self):
        def same():
            status = json.loads(self.exporter.get("/api/v1/status").body)
            samples = self.exporter.samples()
            session, = status["sessions"]
            return session["events"] == samples['etw_session_events_total{session="demo"}'] and \
                status["series"] == samples["etw_exporter_series"] and \
                session["state"] == "running"
        harness.wait_until(same, "the same numbers")

    def test_other_sites_may_not_read_it(self):
        headers = self.exporter.get("/api/v1/status", {"Origin": "http://elsewhere"}).headers
        self.assertIsNone(headers["Access-Control-Allow-Origin"])


class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not browser.is_there():
            return
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        path = pathlib.Path(directory.name)
        (path / "hostile.man").write_text(MANIFEST, encoding="utf-8")
        # A hundred a second.
        (path / "traced.etl").write_bytes(recording.make(events=1000, ticks=100000))
        (path / "garbage<b>.etl").write_bytes(b"no recording " * 1000)
        cls.exporter = harness.Exporter(CONFIG, directory=path)
        cls.addClassCleanup(cls.exporter.finish)
        cls.page = browser.Browser()
        cls.addClassCleanup(cls.page.close)

    def setUp(self):
        browser.need()

    def open(self, width=1280, height=900, scheme="light", url=None):
        self.page.look_like(width, height, scheme)
        self.page.open(url or self.exporter.url)
        self.page.wait_for("!document.getElementById('facts').hidden")
        # Two steps make a line.
        self.page.wait_for("document.querySelectorAll('polyline').length > 10")

    def assert_no_complaints(self):
        self.assertEqual(self.page.complaints(), [])

    def text(self, selector):
        return self.page.run("return document.querySelector(arguments[0]).textContent", selector)

    def broken_words(self):
        """Words of states and numbers that take more than a line."""
        return self.page.run("return [...document.querySelectorAll('td .pill, .rate span')].filter("
                             "(word) => word.getBoundingClientRect().height > 30)"
                             ".map((word) => word.textContent)")

    def test_it_tells_the_worst_and_shows_all_there_is(self):
        self.open()
        self.assertEqual(self.page.run("return document.title"),
                         "etw_exporter: 1 of 5 sessions failed")
        self.assertEqual(self.text("#summary"), "1 of 5 sessions failed")
        first = self.page.run("return [...document.querySelector('#sessions tbody tr').children]"
                              ".map((cell) => cell.textContent)")
        self.assertEqual(first[:2], ["garbageetl", "failed"])
        self.assertIn("1 malformed", first[-1])
        rule = self.text("#rules tbody tr")
        self.assertIn("Time of <i>queries</i>.", rule)
        self.assertRegex(rule, r"[1-9]\d* matched")
        self.assertIn("garbage<b>.etl", self.text("#warnings tbody"))
        self.assertEqual(self.page.run("return document.querySelectorAll('#events tbody tr')"
                                       ".length"), 20)
        uneven = self.page.run("return [...document.querySelectorAll('tbody tr')].filter((row) => "
                               "row.cells.length !== row.closest('table').tHead.rows[0].cells"
                               ".length).map((row) => row.textContent)")
        self.assertEqual(uneven, [])
        self.assertEqual(self.broken_words(), [])
        self.assert_no_complaints()

    def test_numbers_are_refreshed_and_what_is_selected_stays(self):
        self.open()
        self.page.run("getSelection().selectAllChildren([...document.querySelectorAll("
                      "'#sessions th')].find((cell) => cell.textContent === 'demoetl'))")
        before = self.text("#events tbody"), self.text("#updated")
        harness.wait_until(lambda: self.text("#events tbody") != before[0], "other numbers")
        self.assertNotEqual(self.text("#updated"), before[1])
        self.assertRegex(self.page.run("return String(getSelection())"), r"^demo\s+etl$")
        self.assert_no_complaints()

    def test_it_works_through_a_proxy_with_a_prefix(self):
        with prefix_proxy.Proxy(self.exporter.address, "/hosts/a") as proxy:
            self.open(url=proxy.url)
            before = self.text("#updated")
            harness.wait_until(lambda: self.text("#updated") != before, "other numbers")
            self.page.run("document.querySelector('nav a').click()")
            self.page.wait_for("document.body.textContent.includes('etw_events_total')")
            self.assertEqual(self.page.run("return location.href"), proxy.url + "metrics")

    def test_names_are_text(self):
        self.open()
        self.assertEqual(self.page.run("return document.querySelectorAll('img, i, b, [onload]').length"), 0)
        names = self.page.run("return [...document.querySelectorAll("
                              "'#sessions tbody th span')].map((name) => name.textContent)")
        self.assertIn(HOSTILE, names)
        events = self.page.run("return [...document.querySelectorAll('#events tbody span')]"
                               ".map((name) => name.textContent)")
        self.assertIn(PROVIDER, events)
        self.assertIn("<script>alert(3)</script>", events)
        self.assert_no_complaints()

    def test_what_the_policy_forbids_would_be_complained_of(self):
        self.open()
        self.assert_no_complaints()
        self.page.run("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
        said = harness.wait_until(self.page.complaints, "a complaint")
        self.assertIn("Content Security Policy", said[0]["message"])

    def test_both_colour_schemes_can_be_read(self):
        grounds = set()
        for scheme in ("light", "dark"):
            self.open(scheme=scheme)
            grounds.add(self.page.run("return getComputedStyle(document.body).backgroundColor"))
            for element, contrast in self.page.run(CONTRAST):
                self.assertGreaterEqual(contrast, 4.5, (scheme, element))
            self.page.screenshot(f"status-{scheme}.png")
        self.assertEqual(len(grounds), 2)

    def test_phones_and_tablets_scroll_it_in_one_direction(self):
        for width, scheme in ((360, "light"), (360, "dark"), (768, "light"), (1024, "light")):
            self.open(width, 740, scheme)
            wide = self.page.run("return [...document.querySelectorAll('body *')].filter((element) "
                                 "=> element.getBoundingClientRect().right > arguments[0])"
                                 ".map((element) => element.outerHTML.slice(0, 80))", width)
            self.assertEqual(wide, [])
            self.assertEqual(self.broken_words(), [])
            self.assertLessEqual(self.page.run("return document.documentElement.scrollWidth"),
                                 width)
            self.page.screenshot(f"status-{width}-{scheme}.png")

    def test_fingers_find_the_button_of_a_phone(self):
        self.open(360, 740)
        self.assertGreaterEqual(self.page.run("return document.getElementById('pause')"
                                              ".getBoundingClientRect().height"), 40)

    def test_the_keyboard_reaches_everything_and_pauses(self):
        self.open()
        focused = []
        for _ in range(5):
            self.page.press("\ue004")  # tab
            focused.append(self.page.run("return document.activeElement.textContent"))
            self.assertNotEqual(self.page.run("return getComputedStyle(document.activeElement)"
                                              ".outlineStyle"), "none")
        self.assertEqual(focused, ["Metrics", "JSON", "Healthy", "Ready", "Pause"])
        self.page.press("\ue007")  # enter
        self.assertEqual(self.text("#pause"), "Resume")
        asked = "return performance.getEntriesByType('resource').length"
        before = self.page.run(asked)
        self.page.press("\ue007")
        self.assertEqual(self.text("#pause"), "Pause")
        harness.wait_until(lambda: self.page.run(asked) > before, "the next request")
        self.assertEqual(self.page.run("return document.activeElement.id"), "pause")

    def test_who_hears_it_is_told_what_is_what(self):
        for width in (1280, 360):
            self.open(width)
            nodes = self.page.command("Accessibility.getFullAXTree")["nodes"]
            named = {}
            for node in nodes:
                if not node.get("ignored"):
                    named.setdefault(node["role"]["value"], []).append(
                        node.get("name", {}).get("value", ""))
            self.assertEqual(len(named["table"]), 4, width)
            self.assertTrue(all(named["table"]), named["table"])
            self.assertIn("Lag", named["columnheader"])
            self.assertIn("demo etl", named["rowheader"])
            self.assertEqual(named["heading"], ["etw_exporter 0.1.0", "Sessions",
                                                "Busiest event types", "Rules", "Recent warnings"])
            self.assertIn("status", named)
            for name in named["image"]:
                self.assertRegex(name, "^(in the last .* between .* and .*|no history yet)$")

    def test_without_scripts_it_shows_the_sessions(self):
        self.page.look_like(1280, 900)
        self.page.command("Emulation.setScriptExecutionDisabled", value=True)
        self.addCleanup(self.page.command, "Emulation.setScriptExecutionDisabled", value=False)
        self.page.open(self.exporter.url)
        root = self.page.command("DOM.getDocument")["root"]["nodeId"]
        html = self.page.command("DOM.getOuterHTML", nodeId=root)["outerHTML"]
        self.assertIn("<title>etw_exporter: 1 of 5 sessions failed</title>", html)
        rows = re.findall('<th scope="row" role="rowheader">(.*?)</th>', html)
        self.assertEqual(rows, ["traced", "demo", HOSTILE.replace("<", "&lt;").replace(">", "&gt;"), LONG,
                                "garbage"])
        self.assertIn('<section aria-labelledby="rules-title" hidden="">', html)
        self.page.screenshot("status-without-scripts.png")


class OthersTest(unittest.TestCase):
    def test_who_logs_in_by_the_address_sees_it(self):
        browser.need()
        with tempfile.TemporaryDirectory() as name:
            config = pathlib.Path(name, "web.yml")
            config.write_text(f"basic_auth_users: {{alice: {ALICE}}}\n", encoding="utf-8")
            with harness.Exporter(args=[f"--web.config.file={config}"]) as exporter, \
                    browser.Browser() as page:
                page.open(f"http://alice:secret@{exporter.address}/")
                page.wait_for("!document.getElementById('facts').hidden")
                self.assertNotIn("no answer", page.run("return document.title"))
                self.assertEqual(page.complaints(), [])

    def test_many_sessions_without_events_fit_too(self):
        browser.need()
        config = "sessions:\n" + "".join(
            f"  - {{name: host-{number}, path: 'none/*.etl', follow: true}}\n"
            for number in range(60))
        with harness.Exporter(config) as exporter, browser.Browser() as page:
            exporter.wait_for("etw_session_up", 60)
            for width in (1280, 360):
                page.look_like(width, 740)
                page.open(exporter.url)
                page.wait_for("document.querySelectorAll('#sessions tbody svg').length === 60")
                self.assertEqual(page.run("return document.title"), "etw_exporter: 60 sessions up")
                self.assertEqual(page.run("return document.getElementById('events-note')"
                                          ".textContent"), "No events in the last five minutes.")
                self.assertLessEqual(page.run("return document.documentElement.scrollWidth"), width)
                page.screenshot(f"status-many-{width}.png")
            self.assertEqual(page.complaints(), [])

    def test_it_says_when_the_exporter_is_gone(self):
        browser.need()
        with browser.Browser() as page:
            with harness.Exporter() as exporter:
                page.open(exporter.url)
                page.wait_for("!document.getElementById('facts').hidden")
            page.wait_for("document.title === 'etw_exporter: no answer from the exporter'")
            self.assertEqual(page.run("return document.getElementById('summary').className"),
                             "pill failed")


if __name__ == "__main__":
    harness.main()
