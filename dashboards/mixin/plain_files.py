#!/usr/bin/env python3
"""Writes the files of rules into a folder as somebody would by hand: in the order that one reads,
with comments, no line longer than it need be. Takes what `jsonnet files.jsonnet` makes. In the mixin's
own folder it writes the list of the dashboards that are there.

    jsonnet dashboards/mixin/files.jsonnet | dashboards/mixin/plain_files.py dashboards
"""

import json
import pathlib
import re
import sys

WIDTH = 100


def indented(text, columns):
    lines = text.rstrip("\n").split("\n")
    return "".join(" " * columns * bool(line) + line + "\n" for line in lines)


def comment(entry, columns):
    lines = entry.get("comment", "").rstrip("\n").split("\n")
    text = "\n".join(f"# {line}".rstrip() for line in lines)
    return indented(text, columns) if "comment" in entry else ""


def folded(text, columns):
    """In lines that fit; what is in braces is one word."""
    lines = [""]
    for word in re.findall(r"(?:\{\{.*?\}\}|\S)+", text):
        if not lines[-1]:
            lines[-1] = word
        elif columns + len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(word)
        else:
            lines[-1] += " " + word
    return indented("\n".join(lines), columns)


def scalar(text):
    return text if re.fullmatch("[a-z_]+", text) else json.dumps(text)


def expression(text):
    """None of them has what YAML does not take for text."""
    text = text.rstrip("\n")
    if "\n" in text or 14 + len(text) > WIDTH:
        return indented("expr: |", 8) + indented(text, 10)
    return indented(f"expr: {text}", 8)


def annotation(name, text):
    line = indented(f"{name}: {json.dumps(text)}", 10)
    return line if len(line) <= WIDTH + 1 else indented(f"{name}: >-", 10) + folded(text, 12)


def rule(entry):
    kind = "alert" if "alert" in entry else "record"
    text = comment(entry, 6) + indented(f"- {kind}: {entry[kind]}", 6) + expression(entry["expr"])
    if "for" in entry:
        text += indented(f"for: {entry['for']}", 8)
    if "labels" in entry:
        text += indented("labels:", 8)
        text += "".join(indented(f"{name}: {scalar(value)}", 10)
                        for name, value in entry["labels"].items())
    if "annotations" in entry:
        said = entry["annotations"]
        text += indented("annotations:", 8)
        text += "".join(annotation(name, said[name])
                        for name in ("summary", "description", "runbook", "runbook_url")
                        if name in said)
    return text


def group(entry):
    head = comment(entry, 2) + indented(f"- name: {entry['name']}", 2) + indented("rules:", 4)
    return head + "\n".join(rule(one) for one in entry["rules"])


def dashboards(folder):
    names = sorted(file.name for file in folder.glob("etw-*.json"))
    return ("// `make rules` makes this file: Grafana's dashboards, as they stand beside this folder.\n"
            "{\n  grafanaDashboards+:: {\n" +
            "".join(f"    '{name}': import '../{name}',\n" for name in names) + "  },\n}\n")


def main(folder):
    folder = pathlib.Path(folder)
    for name, file in json.load(sys.stdin).items():
        text = f"# `make rules` makes this file of {file['source']}: edit that.\ngroups:\n"
        text += "\n".join(group(one) for one in file["groups"])
        (folder / name).write_text(text, "utf-8")
    (folder / "mixin" / "dashboards.libsonnet").write_text(dashboards(folder), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
