"""A Windows of its own, under wine."""

import subprocess

DEADLINE_SECONDS = 180


def prepare(**how):
    """Makes the Windows 10 in the folder that WINEPREFIX names; `how`: of subprocess.run()."""
    for command in (["wineboot", "-i"], ["wine", "winecfg", "-v", "win10"], ["wineserver", "-w"]):
        subprocess.run(command, check=True, timeout=DEADLINE_SECONDS, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, **how)
