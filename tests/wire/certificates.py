"""Certificates made by the openssl program, as an administrator makes them."""

import base64
import hashlib
import subprocess
from pathlib import Path


def make_certificate(folder: Path, name: str = "server", *, days: int = 90) -> tuple[Path, Path]:
    """A self-made certificate for this machine, and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", str(days), "-subj", "/CN=hotline.test",
            "-addext", "subjectAltName=DNS:hotline.test,DNS:localhost,IP:127.0.0.1",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def lock(key: Path, locked: Path) -> None:
    """The same key behind a password."""
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-in", str(key), "-passout", "pass:spoken", "-out", str(locked)],
        check=True, capture_output=True,
    )  # fmt: skip


def fingerprint(certificate: Path) -> str:
    """Of its public key, as Chromium wants it to trust this one certificate."""
    public = subprocess.run(
        ["openssl", "x509", "-in", str(certificate), "-noout", "-pubkey"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    inside = b"".join(line for line in public.splitlines() if not line.startswith(b"-----"))
    return base64.b64encode(hashlib.sha256(base64.b64decode(inside)).digest()).decode()
