"""Recordings for end-to-end tests: made by the project's own writer, patched, taken apart."""

import functools
import pathlib
import struct
import subprocess
import tempfile

import harness

BUFFER_HEADER_BYTES = 0x48

# Of the log file header in a recording with 8-byte pointers: where, and how.
PAYLOAD = BUFFER_HEADER_BYTES + 0x20
TIMES = PAYLOAD + 0x38 + 16 + 172 + 4
FIELDS = {
    "end_time": (PAYLOAD + 0x10, "<Q"),
    "mode": (PAYLOAD + 0x20, "<I"),
    "buffers_written": (PAYLOAD + 0x24, "<I"),
    "events_lost": (PAYLOAD + 0x30, "<I"),
    "frequency": (TIMES + 8, "<Q"),
    "start_time": (TIMES + 16, "<Q"),
    "buffers_lost": (TIMES + 28, "<I"),
}

CIRCULAR = 0x02
PREALLOCATED = 0x20


@functools.lru_cache(maxsize=None)
def make(**options):
    """The bytes of a recording as tests/tool_recording.c makes them."""
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return run_tool("tool_recording", *words)


@functools.lru_cache(maxsize=None)
def demo():
    """The bytes of the demo: 60 s, 240 compressed buffers behind the header's, 8316 events."""
    return run_tool("tool_demo_recording")


def run_tool(name, *words):
    tool = pathlib.Path(harness.BUILD, "tests", name)
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([tool, *words, file.name], check=True, timeout=harness.DEADLINE_SECONDS)
        return file.read()


def field(recording, name):
    at, form = FIELDS[name]
    return struct.unpack_from(form, recording, at)[0]


def patch(recording, **fields):
    """The recording with these fields of its log file header changed."""
    patched = bytearray(recording)
    for name, value in fields.items():
        at, form = FIELDS[name]
        struct.pack_into(form, patched, at, value)
    return bytes(patched)


def unfinished(recording):
    """The recording as it is while its session runs: the header does not know the end."""
    return patch(recording, end_time=0, buffers_written=0, events_lost=0, buffers_lost=0)


def split(recording):
    """Its buffers, each as bytes; the first is the header's."""
    at, buffers = 0, []
    while at < len(recording):
        size = struct.unpack_from("<I", recording, at)[0]
        buffers.append(recording[at:at + size])
        at += size
    return buffers
