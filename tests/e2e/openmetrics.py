"""A strict reader of OpenMetrics 1.0.0 text: what the specification forbids is a FormatError.

    families = openmetrics.parse(page)
    families["dns_seconds"].type, .unit, .help, .samples   # name, labels, value, exemplar of each
"""

import collections
import math
import re

SUFFIXES = {
    "counter": ("_total", "_created"),
    "gauge": ("",),
    "info": ("_info",),
    "histogram": ("_bucket", "_sum", "_count", "_created"),
}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(rf'({NAME})(?:\{{(.*?)\}})? ([^ ]+)(?: # \{{(.*)\}} ([^ ]+)(?: ([^ ]+))?)?')
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN")

Sample = collections.namedtuple("Sample", "name labels value exemplar")
Exemplar = collections.namedtuple("Exemplar", "labels value timestamp")


class FormatError(AssertionError):
    pass


class Family:
    def __init__(self, name):
        self.name, self.type, self.unit, self.help = name, None, None, None
        self.samples = []


def check(condition, *what):
    if not condition:
        raise FormatError(*what)


def parse_labels(text, line):
    labels, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        check(match and match[1] not in labels, "labels", line)
        labels[match[1]] = re.sub(r"\\(.)", lambda c: "\n" if c[1] == "n" else c[1], match[2])
        at = match.end()
        check(at == len(text) or text[at] == "," and at + 1 < len(text), "labels", line)
        at += 1
    return labels


def parse_number(text, line):
    check(NUMBER.fullmatch(text), "number", line)
    return float(text)


def parse_exemplar(match, line):
    labels = parse_labels(match[4], line)
    check(match[1].endswith(("_bucket", "_total")), "no place for an exemplar", line)
    check(sum(len(name) + len(value) for name, value in labels.items()) <= 128, "too long", line)
    return Exemplar(labels, parse_number(match[5], line),
                    parse_number(match[6], line) if match[6] else None)


def parse_sample(line):
    match = SAMPLE.fullmatch(line)
    check(match and match[2] != "", "sample", line)
    exemplar = parse_exemplar(match, line) if match[4] is not None else None
    return Sample(match[1], parse_labels(match[2] or "", line), parse_number(match[3], line),
                  exemplar)


def describe(families, family, line):
    """A # line; the family that it is of."""
    match = re.fullmatch(rf"# (TYPE|UNIT|HELP) ({NAME}) (.*)", line)
    check(match, "comment", line)
    keyword, name, text = match.groups()
    if family is None or family.name != name:
        check(name not in families, "family is there twice, or interleaved", line)
        family = families[name] = Family(name)
    check(not family.samples, "behind samples", line)
    check(getattr(family, keyword.lower()) is None, "twice", line)
    setattr(family, keyword.lower(), text)
    if keyword == "TYPE":
        check(text in SUFFIXES, "type", line)
    if keyword == "UNIT":
        check(name.endswith("_" + text), "unit is no suffix", line)
    if keyword == "HELP":
        check(re.fullmatch(r'(?:[^"\\]|\\["\\n])*', text), "help is not escaped", line)
    return family


def check_number(family, sample):
    if family.type in ("counter", "histogram") and not sample.name.endswith("_sum"):
        check(sample.value >= 0, "below 0", sample)
    if sample.name.endswith("_created"):
        check(1e9 < sample.value < 1e11, "no time of this century", sample)
    if family.type == "info":
        check(sample.value == 1, "an info is 1", sample)


def check_histogram(samples):
    """Those of one metric."""
    buckets = [(float(sample.labels["le"]), sample) for sample in samples if "le" in sample.labels]
    check(buckets and buckets[-1][0] == math.inf, "no +Inf", samples)
    for (bound, sample), (next_bound, following) in zip(buckets, buckets[1:]):
        check(bound < next_bound and sample.value <= following.value, "buckets", following)
        check(not following.exemplar or following.exemplar.value > bound, "exemplar", following)
    for bound, sample in buckets:
        check(not sample.exemplar or sample.exemplar.value <= bound, "exemplar", sample)
        check("." in sample.labels["le"] or "e" in sample.labels["le"] or
              sample.labels["le"] == "+Inf", "le is not canonical", sample)
    others = {sample.name.rpartition("_")[2]: sample.value for sample in samples
              if "le" not in sample.labels}
    check(("sum" in others) == ("count" in others), "sum without count", samples)
    check(others.get("count", buckets[-1][1].value) == buckets[-1][1].value, "count", samples)
    check(buckets[0][0] >= 0 or "sum" not in others, "a sum that may fall", samples)


def check_family(family):
    metrics, last, seen = collections.defaultdict(list), None, set()
    check(family.type, "no type", family.name)
    for sample in family.samples:
        check(sample.name in [family.name + suffix for suffix in SUFFIXES[family.type]],
              "name", sample)
        key = tuple(sorted((name, value) for name, value in sample.labels.items()
                           if name != "le" or family.type != "histogram"))
        check(key == last or key not in metrics, "metrics are interleaved", sample)
        check((sample.name, tuple(sorted(sample.labels.items()))) not in seen, "twice", sample)
        seen.add((sample.name, tuple(sorted(sample.labels.items()))))
        check_number(family, sample)
        metrics[key].append(sample)
        last = key
    for samples in metrics.values():
        if family.type == "histogram":
            check_histogram(samples)
        if family.type == "counter":
            check(samples[0].name.endswith("_total"), "a counter without _total", samples)


def parse(page):
    families, family = {}, None
    check(page.endswith("# EOF\n"), "no # EOF")
    for line in page[:-len("# EOF\n")].split("\n")[:-1]:
        if line.startswith("#"):
            family = describe(families, family, line)
            continue
        check(family is not None, "no family", line)
        family.samples.append(parse_sample(line))
    for family in families.values():
        check_family(family)
    names = [sample.name for family in families.values() for sample in family.samples]
    check(not set(names) & (families.keys() - {name for name in families
                                               if families[name].type == "gauge"}), "clash")
    return families
