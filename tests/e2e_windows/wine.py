"""A Windows of its own, under wine."""

import subprocess

DEADLINE_SECONDS = 180


def prepare(**how):
    """Makes the Windows 10 in the folder that WINEPREFIX names; `how`: of subprocess.run()."""
    for command in (["wineboot", "-i"], ["wine", "winecfg", "-v", "win10"], ["wineserver", "-w"]):
        subprocess.run(command, check=True, timeout=DEADLINE_SECONDS, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, **how)


def keep():
    """Boots it, and keeps its server and its services for as long as `wineserver -k` does not end
    them. Else they go three seconds behind the last program, and who starts then may meet them on
    their way out, or starts them anew with what it has open, which nobody closes then.
    """
    for command in (["wineserver", "-p"], ["wineboot"]):
        subprocess.run(command, check=True, timeout=DEADLINE_SECONDS, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
