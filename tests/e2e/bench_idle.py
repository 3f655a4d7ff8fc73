"""What an exporter takes that has nothing to do: resident memory, and CPU time.

A session follows a folder without recordings; after scrapes, also with TLS, by HTTPS. Not run with
the tests: `make bench`.
"""

import pathlib
import re
import ssl
import tempfile
import time
import urllib.request

import certificates
import harness

RESIDENT_MIB_AT_MOST = 12
SCRAPES = 3
SECONDS = 5
CONFIG = "sessions: [{name: idle, path: 'none/*.etl', follow: true}]\n"


def memory(pid):
    """MiB by name, of /proc/PID/status."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(kib) / 1024 for name, kib in re.findall(r"(\w+):\s*(\d+) kB", text)}


def cpu_seconds(pid):
    return sum(int(path.read_text().split()[0])
               for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def measure(name, args, scheme, context=None):
    with harness.Exporter(CONFIG, args) as exporter:
        pid = exporter.process.pid
        for path in ["/metrics"] * SCRAPES + ["/", "/api/v1/status"]:
            with urllib.request.urlopen(f"{scheme}://{exporter.address}{path}", context=context,
                                        timeout=harness.DEADLINE_SECONDS) as answer:
                answer.read()
        before = cpu_seconds(pid)
        time.sleep(SECONDS)
        busy = 100 * (cpu_seconds(pid) - before) / SECONDS
        found = memory(pid)
        holds = found["VmRSS"] < RESIDENT_MIB_AT_MOST
        print(f"{'holds ' if holds else 'MISSED'} {name}: {found['VmRSS']:.1f} MiB resident, of them "
              f"{found['RssAnon']:.1f} its own, the rest program and libraries; wanted under "
              f"{RESIDENT_MIB_AT_MOST}; {busy:.2f} % of a CPU")


def main():
    measure("idle", [], "http")
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        authority = certificates.Authority(root / "authority")
        certificate, key = authority.sign("server")
        (root / "web.yml").write_text(
            f"tls_server_config: {{cert_file: {certificate}, key_file: {key}}}\n")
        measure("idle, with TLS", [f"--web.config.file={root / 'web.yml'}"], "https",
                ssl.create_default_context(cafile=authority.certificate))


if __name__ == "__main__":
    main()
