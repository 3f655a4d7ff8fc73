"""Reads pages of delimited io.prometheus.client.MetricFamily, by the tables of metrics.proto below.

    for family in metric_families.parse(page):
        family["name"], family["metric"][0]["histogram"]["sample_count"]

What is not in the message is not in the dictionary; repeated fields are lists.
"""

import struct

TIMESTAMP = {1: ("seconds", "uint"), 2: ("nanos", "uint")}
LABEL = {1: ("name", "text"), 2: ("value", "text")}
EXEMPLAR = {1: ("label*", LABEL), 2: ("value", "double"), 3: ("timestamp", TIMESTAMP)}
NUMBER = {1: ("value", "double"), 2: ("exemplar", EXEMPLAR), 3: ("created_timestamp", TIMESTAMP)}
BUCKET = {1: ("cumulative_count", "uint"), 2: ("upper_bound", "double"),
          3: ("exemplar", EXEMPLAR)}
SPAN = {1: ("offset", "sint"), 2: ("length", "uint")}
HISTOGRAM = {
    1: ("sample_count", "uint"), 2: ("sample_sum", "double"), 3: ("bucket*", BUCKET),
    5: ("schema", "sint"), 6: ("zero_threshold", "double"), 7: ("zero_count", "uint"),
    9: ("negative_span*", SPAN), 10: ("negative_delta*", "packed"),
    12: ("positive_span*", SPAN), 13: ("positive_delta*", "packed"),
    15: ("created_timestamp", TIMESTAMP),
}
METRIC = {1: ("label*", LABEL), 2: ("gauge", NUMBER), 3: ("counter", NUMBER),
          7: ("histogram", HISTOGRAM)}
FAMILY = {1: ("name", "text"), 2: ("help", "text"), 3: ("type", "uint"), 4: ("metric*", METRIC)}

COUNTER, GAUGE, HISTOGRAM_TYPE = 0, 1, 4


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7f) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def signed(value):
    return value >> 1 ^ -(value & 1)


def packed(data):
    values, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        values.append(signed(value))
    return values


def bytes_as(kind, data):
    if kind == "text":
        return data.decode("utf-8")
    return packed(data) if kind == "packed" else message(kind, data)


def field(data, at, wire, kind):
    if wire == 0:
        value, at = varint(data, at)
        return signed(value) if kind == "sint" else value, at
    if wire == 1:
        return struct.unpack_from("<d", data, at)[0], at + 8
    if wire != 2:
        raise AssertionError(f"wire type {wire} at {at}")
    length, at = varint(data, at)
    if at + length > len(data):
        raise AssertionError(f"{length} bytes at {at} of {len(data)}")
    return bytes_as(kind, data[at:at + length]), at + length


def message(table, data):
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        name, kind = table[tag >> 3]
        value, at = field(data, at, tag & 7, kind)
        if kind == "packed":
            found.setdefault(name[:-1], []).extend(value)
        elif name.endswith("*"):
            found.setdefault(name[:-1], []).append(value)
        elif name in found:
            raise AssertionError(f"{name} is there twice")
        else:
            found[name] = value
    return found


def parse(page):
    families, at = [], 0
    while at < len(page):
        length, at = varint(page, at)
        if at + length > len(page):
            raise AssertionError("the last family is cut")
        families.append(message(FAMILY, page[at:at + length]))
        at += length
    return families


def buckets(histogram, side="positive"):
    """Counts by the bucket's number."""
    number, count, counts = 0, 0, {}
    deltas = iter(histogram.get(side + "_delta", []))
    for span in histogram.get(side + "_span", []):
        number += span["offset"]
        for _ in range(span["length"]):
            count += next(deltas)
            counts[number] = count
            number += 1
    if list(deltas):
        raise AssertionError("more deltas than buckets")
    return counts
