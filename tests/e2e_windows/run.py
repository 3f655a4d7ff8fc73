"""Runs the test programs named, and the end-to-end tests here, under wine, two at a time; says what
failed, and counts.

    WINDOWS_EXPORTER=etw_exporter.exe ETW_EXPORTER=./etw_exporter BUILD=build-windows \\
        ETW_MODEL="wine etwrun.exe etwmodel.dll etw_exporter.exe" WINDOWS_TLS=1 run.py EXE...
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import wine

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM_SECONDS = int(os.environ.get("SECONDS_PER_PROGRAM", "600"))
JOBS = 2


def prepare_wine():
    """The tests' own Windows. It is seen to be whole by the file that is made last."""
    prefix = pathlib.Path(os.environ["WINEPREFIX"])
    done = prefix / "prepared"
    if done.exists():
        return
    prefix.mkdir(parents=True, exist_ok=True)
    wine.prepare(stderr=subprocess.DEVNULL)
    done.touch()


def run(command):
    """The exit code, None for one that took too long, and what it wrote."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    try:
        output, _ = process.communicate(timeout=PROGRAM_SECONDS)
        return process.returncode, output.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        return None, output.decode("utf-8", "replace")


def count_cmocka(output):
    found = dict.fromkeys(("PASSED", "FAILED", "SKIPPED"), 0)
    for kind, number in re.findall(r"\[ *(PASSED|FAILED|SKIPPED) *\] (?:[^:\n]*: )?(\d+) test",
                                   output):
        found[kind] = found[kind] or int(number)
    return found["PASSED"], found["FAILED"], found["SKIPPED"]


def count_unittest(output):
    """Subtests fail for themselves, and what is skipped as a whole was not run at all."""
    failed = len(re.findall(r"^(?:FAIL|ERROR): ", output, re.M))
    skipped = re.findall(r"skipped=(\d+)", output)
    return (len(re.findall(r" \.\.\. ok$|^ok$", output, re.M)), failed,
            int(skipped[-1]) if skipped else 0)


def test(path):
    """Runs one; a line about it, its counts, and what it wrote where it failed."""
    is_script = path.suffix == ".py"
    code, output = run([sys.executable, path] if is_script else ["wine", path])
    passed, failed, skipped = (count_unittest if is_script else count_cmocka)(output)
    if code != 0 and not failed or code == 0 and not passed + skipped:
        failed += 1
    lines = [f"{path.name:<40} {passed} passed, {failed} failed, {skipped} skipped"]
    lines += re.findall(r".*skipped because .*", output)
    if failed:
        lines += [output, "took too long" if code is None else f"exit code {code}"]
    return "\n".join(lines), (passed, failed, skipped)


def main():
    prepare_wine()
    paths = [pathlib.Path(name) for name in sys.argv[1:]]
    # Those of live sessions are of either system: here with the model put into the program.
    scripts = [*HERE.glob("test_*.py"), *(HERE.parent / "e2e").glob("test_etw*.py")]
    paths = sorted(scripts) + paths
    totals = [0, 0, 0]
    wine.keep()
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for text, counts in pool.map(test, paths):
            print(text, flush=True)
            totals = [total + count for total, count in zip(totals, counts)]
    subprocess.run(["wineserver", "-k"], check=False)
    print("{} passed, {} failed, {} skipped".format(*totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
