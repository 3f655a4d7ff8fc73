"""A Windows of its own, under wine."""

import subprocess

DEADLINE_SECONDS = 180


def run(*command, **how):
    subprocess.run(command, timeout=DEADLINE_SECONDS, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, **how)


def prepare(**how):
    """Makes the Windows 10 in the folder that WINEPREFIX names; `how`: of subprocess.run()."""
    for command in (["wineboot", "-i"], ["wine", "winecfg", "-v", "win10"], ["wineserver", "-w"]):
        run(*command, check=True, **how)


def keep():
    """Boots it, and keeps its server and its services until `wineserver -k` ends them. Else they go
    three seconds behind the last program, and who starts then may meet them on their way out, or
    starts them anew with what it has open, which nobody closes then.
    """
    # One that an earlier run left would be in the way.
    run("wineserver", "-k", check=False, stderr=subprocess.DEVNULL)
    run("wineserver", "-w", check=True)
    run("wineserver", "-p", check=True, stderr=subprocess.DEVNULL)
    run("wineboot", check=True, stderr=subprocess.DEVNULL)
