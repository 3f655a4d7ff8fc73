"""Drives Debian's chromium, headless, through chromedriver's WebDriver protocol.

    with browser.Browser() as page:
        page.open(url)
        page.run("return document.title")
        page.screenshot("name.png")
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

import harness

SCREENSHOTS = pathlib.Path(harness.BUILD, "screenshots")


def is_there():
    return shutil.which("chromium") and shutil.which("chromedriver")


def need():
    """Skips the test where there is no browser."""
    if not is_there():
        harness.skip("there is no browser (packages chromium, chromium-driver)")


class Browser:
    def __init__(self):
        # What chromium keeps besides its profile goes there, too.
        self._home = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._log = open(pathlib.Path(self._home.name, "log"), "w+", encoding="utf-8")
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=self._log,
                                        stderr=subprocess.STDOUT, start_new_session=True,
                                        env={**os.environ, "HOME": self._home.name})
        try:
            self._url = f"http://127.0.0.1:{harness.wait_until(self._port, 'a port')}"
            self._begin()
        except BaseException:
            self._end()
            raise

    def _port(self):
        """What chromedriver says once it listens: "... started successfully on port N."."""
        self._log.seek(0)
        return self._log.read().partition("successfully on port ")[2].partition(".")[0]

    def _begin(self):
        options = {"binary": shutil.which("chromium"),
                   # Root has no sandbox, and containers have little shared memory.
                   "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                            "--disable-gpu", "--disable-background-networking",
                            "--disable-component-update", "--no-first-run", "--lang=en-GB",
                            f"--user-data-dir={self._home.name}/profile"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL"}}
        self._session = ""
        answer = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/{answer['sessionId']}"

    def _call(self, method, path, body=None):
        request = urllib.request.Request(f"{self._url}/session{self._session}{path}",
                                         method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=harness.DEADLINE_SECONDS) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from None

    def command(self, name, **parameters):
        """A command of chromium's own DevTools protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """Runs a function's body in the page; its value."""
        return self._call("POST", "/execute/sync", {"script": script, "args": arguments})

    def wait_for(self, expression, what=None):
        """Until an expression is true in the page; its value."""
        return harness.wait_until(lambda: self.run(f"return {expression}"), what or expression)

    def complaints(self):
        """What the console has said since the last time: errors, violations of the policy."""
        return self._call("POST", "/se/log", {"type": "browser"})

    def press(self, key):
        keys = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys",
                                                     "actions": keys}]})

    def look_like(self, width, height, scheme="light", scale=1):
        """The size of the window's inside, in CSS pixels, and the colours that the user wants."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=scale, mobile=width < 600)
        self.command("Emulation.setEmulatedMedia",
                     features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, name):
        """Keeps a picture of the whole page below the build's folder."""
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / name
        path.write_bytes(base64.b64decode(picture))
        return path

    def _end(self):
        self._driver.terminate()
        self._driver.wait(harness.DEADLINE_SECONDS)
        self._log.close()
        self._home.cleanup()

    def close(self):
        try:
            self._call("DELETE", "")
        finally:
            self._end()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
