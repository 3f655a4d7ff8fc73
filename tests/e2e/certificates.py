"""Certificates for tests, made by openssl: authorities, and what they sign."""

import pathlib
import shutil
import ssl
import subprocess

import harness

DAY = "20250101000000Z", "20250102000000Z"  # that is over

CONFIG = """
[ca]
default_ca = only
[only]
dir = {directory}
database = {directory}/index
new_certs_dir = {directory}
serial = {directory}/serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[server]
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server_without_signatures]
extendedKeyUsage = serverAuth
keyUsage = critical, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client_without_signatures]
extendedKeyUsage = clientAuth
keyUsage = critical, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*arguments):
    if not shutil.which("openssl"):
        harness.skip("openssl is not installed")
    done = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=harness.DEADLINE_SECONDS)
    if done.returncode:
        raise AssertionError(f"openssl {arguments}: {done.stderr}")
    return done.stdout


def expiry(certificate):
    """Of a file's first certificate, Unix time."""
    done = openssl("x509", "-noout", "-enddate", "-in", certificate)
    return ssl.cert_time_to_seconds(done.strip().partition("=")[2])


class Authority:
    """`directory` is one of its own; certificate and keys are PEM files in it."""

    def __init__(self, directory, name="authority", days=2):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.config = self.directory / "config"
        self.config.write_text(CONFIG.format(directory=self.directory))
        (self.directory / "index").touch()
        (self.directory / "serial").write_text("1000\n")
        self.certificate = self.directory / "ca.crt"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-days", days, "-keyout", self.directory / "ca.key",
                "-out", self.certificate)

    def sign(self, name, use="server", sans="DNS:localhost,IP:127.0.0.1", key=None, expired=False):
        """The certificate's file and its key's, called after `name`. The key is one of P-256, unless
        it is said to be another of openssl's, such as `rsa:2048`, `ec:P-384`."""
        certificate, secret, request = (self.directory / f"{name}.{suffix}"
                                        for suffix in ("crt", "key", "csr"))
        algorithm, _, curve = (key or "ec:P-256").partition("ec:")
        kind = ["ec", "-pkeyopt", f"ec_paramgen_curve:{curve}"] if curve else [algorithm]
        openssl("req", "-new", "-newkey", *kind, "-nodes", "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={sans}", "-keyout", secret, "-out", request)
        times = ["-startdate", DAY[0], "-enddate", DAY[1]] if expired else ["-days", "2"]
        openssl("ca", "-batch", "-notext", "-config", self.config, "-extensions", use, *times,
                "-cert", self.certificate, "-keyfile", self.directory / "ca.key",
                "-in", request, "-out", certificate)
        return certificate, secret
