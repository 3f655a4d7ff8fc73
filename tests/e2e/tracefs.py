"""A tracefs for tests: the one that is mounted, else one mounted for this process and its children.

    tracefs.need()          skips the test where there is none
    tracefs.root()          its directory
"""

import ctypes
import functools
import os
import pathlib
import re

import harness

CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
USUAL_PLACE = "/sys/kernel/tracing"

libc = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, flags=0):
    if libc.mount(*(word and os.fsencode(word) for word in (source, target, kind)), flags, None):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), target)


def own_mounts():
    """From here on, what this process mounts is seen by it and its children alone."""
    if libc.unshare(CLONE_NEWNS):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    mount(None, "/", None, MS_REC | MS_PRIVATE)


def mounted(kind="tracefs"):
    """Where file systems of this type are mounted as a whole."""
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        words, _, about = line.partition(" - ")
        if about.split()[0] == kind and words.split()[3] == "/":
            found.append(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)),
                                words.split()[4]))
    return found


@functools.cache
def find():
    """The directory, or why there is none."""
    if os.geteuid() != 0:
        return None, "tracefs takes root"
    if not mounted():
        try:
            own_mounts()
            mount("tracefs", USUAL_PLACE, "tracefs")
        except OSError as error:
            return None, f"tracefs cannot be mounted here: {error}"
    return pathlib.Path(mounted()[0]), None


def need():
    why = find()[1]
    if why:
        harness.skip(why)


def root():
    return find()[0]
