"""Draws the dashboards in a browser, with Grafana's own libraries, over what a real Prometheus
scraped of the exporters of test_dashboard_queries.py: `make screenshots`.

    python3 tests/e2e/screenshots.py RENDER FOLDER [SECONDS]

RENDER is where dashboards/src/render was compiled to. The tops of the dashboards, as pictures, are
put into FOLDER; the whole ones, and the pages, are kept below the build's folder, in screenshots.
Fails where a panel cannot be drawn."""

import base64
import contextlib
import json
import pathlib
import sys
import tempfile
import time

import browser
import grafana
import harness
import test_dashboard_queries
import test_prometheus

WIDTH, TOP, SCALE = 1400, 1000, 0.75
# Of a page that is that wide.
RANGES = {"__rate_interval": "16s", "__range": "3m"}
CHOSEN = {# Old recordings that are followed, and repeated ones of a second, have strange numbers.
          "etw-overview": {"job": ["baseline", "demo", "linux", "windows"]},
          "etw-baseline": {"offset": "1m"},
          # The load's own, not all that runs on this machine.
          "etw-linux-kernel": {"process": ["python3", "true"]}}
SHOWN = {"datasource": "Prometheus"}

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title></title><link rel="stylesheet" href="{render}.css">
<style>
/* Grafana's font, which it measures texts in, is not in its libraries. */
@font-face {{ font-family: Inter; src: local("Inter"), local("Liberation Sans"), local("DejaVu Sans"); }}
html {{ font-size: 14px; }} body {{ margin: 12px; }}</style></head>
<body><div id="root"></div><script type="application/json" id="input">{input}</script>
<script src="{render}.js"></script></body></html>
"""


def chosen(dashboard):
    return CHOSEN.get(dashboard.path.stem, {})


def answers(prometheus, dashboard, begin, end):
    found = {}
    for panel, target in dashboard.targets():
        expression = dashboard.substitute(target["expr"], RANGES, **chosen(dashboard))
        data = prometheus.api("query", query=expression, time=end) if target.get("instant") else \
            prometheus.api("query_range", query=expression, start=begin, end=end, step=2)
        found.setdefault(panel["id"], {})[target["refId"]] = data["result"]
    return found


def variables(dashboard):
    values = {name: variable["current"]["text"] for name, variable in dashboard.variables.items()
              if "current" in variable}
    return [(name, ", ".join(text) if isinstance(text, list) else text)
            for name, text in {**SHOWN, **values, **chosen(dashboard)}.items()]


def page_of(dashboard, found, begin, end, render):
    given = json.dumps({"dashboard": dashboard.json, "answers": found, "from": begin, "to": end,
                        "width": WIDTH - 24, "variables": variables(dashboard)})
    return PAGE.format(render=render.resolve() / "render", input=given.replace("</", "<\\/"))


def place(dashboard):
    return browser.SCREENSHOTS.resolve() / f"{dashboard.path.stem}.html"


def draw(page, dashboard, folder):
    page.look_like(WIDTH, TOP)
    page.open(place(dashboard).as_uri())
    said = page.wait_for("document.title", f"{dashboard.path.stem} drawn")
    if said != "drawn":
        raise AssertionError(f"{dashboard.path.name}: {said}")
    page.screenshot(f"{dashboard.path.stem}.png")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": TOP, "scale": SCALE}
    picture = page.command("Page.captureScreenshot", clip=clip)["data"]
    (folder / f"{dashboard.path.stem}.png").write_bytes(base64.b64decode(picture))


def write_pages(render, seconds):
    """A page for each dashboard, of what happened meanwhile."""
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        machines = test_dashboard_queries.Machines(stack, directory)
        prometheus = stack.enter_context(test_prometheus.Prometheus(
            directory, test_dashboard_queries.scrapes(machines.jobs)))
        end = time.time() + seconds
        while time.time() < end:
            machines.record()
            time.sleep(min(10, max(0, end - time.time())))
        for dashboard in grafana.dashboards():
            found = answers(prometheus, dashboard, end - seconds, end)
            place(dashboard).write_text(page_of(dashboard, found, end - seconds, end, render),
                                        encoding="utf-8")


def main():
    render, folder = map(pathlib.Path, sys.argv[1:3])
    # Pages are large, and the whole of each is drawn.
    harness.DEADLINE_SECONDS = 300
    folder.mkdir(exist_ok=True)
    browser.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    write_pages(render, int(sys.argv[3]) if len(sys.argv) > 3 else 180)
    with browser.Browser() as page:
        for dashboard in grafana.dashboards():
            draw(page, dashboard, folder)
            print(f"{dashboard.path.stem} is drawn", flush=True)
    print(f"Pictures are in {folder}, whole ones in {browser.SCREENSHOTS}.")


if __name__ == "__main__":
    main()
