"""The dashboards, and what Grafana makes of their variables before it asks Prometheus.

    for dashboard in grafana.dashboards():
        for panel in dashboard.panels:
            for target in panel["targets"]:
                dashboard.substitute(target["expr"], job=["text", "demo"])
"""

import functools
import json
import re

import harness

FOLDER = harness.ROOT / "dashboards"
METRIC = re.compile(r"\b(?:(?:etw|process|scrape)_\w+|ALERTS(?:_FOR_STATE)?\b)")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
# What the data source escapes in values of variables that may have several.
SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")


def escape(value):
    return SPECIAL.sub(lambda found: "\\\\" + found[0], value.replace("\\", "\\\\\\\\"))


def metrics_of(expression):
    """The names of metrics in an expression; labels' names and values are not among them."""
    expression = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    expression = re.sub(r"\b(?:by|without|on|ignoring|group_left) *\([^)]*\)", "", expression)
    return set(METRIC.findall(re.sub(r"\{[^}]*\}", "", expression)))


class Dashboard:
    def __init__(self, path):
        self.path = path
        self.json = json.loads(path.read_text(encoding="utf-8"))
        self.panels = [panel for panel in self.json["panels"] if panel["type"] != "row"]
        self.variables = {entry["name"]: entry for entry in self.json["templating"]["list"]}

    def targets(self):
        """Pairs of a panel and a query of it."""
        return [(panel, target) for panel in self.panels for target in panel["targets"]]

    def value_of(self, name, chosen):
        variable = self.variables[name]
        values = chosen.get(name, variable["current"]["value"])
        if values == ["$__all"]:
            return variable["allValue"]
        if not variable["multi"]:
            return values
        values = [escape(value) for value in values]
        return values[0] if len(values) == 1 else f"({'|'.join(values)})"

    def substitute(self, expression, ranges, **chosen):
        """`ranges` are the values of Grafana's own variables, without $; `chosen` what is chosen,
        a list where that may be several, and otherwise than the dashboard says at first."""
        def value(match):
            name = match[1] or match[2]
            return ranges[name] if name in ranges else self.value_of(name, chosen)
        return VARIABLE.sub(value, expression)


@functools.cache
def dashboards():
    return [Dashboard(path) for path in sorted(FOLDER.glob("etw-*.json"))]
