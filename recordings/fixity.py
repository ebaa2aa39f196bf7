"""Whether files are still what they were. 完整性"""

import hashlib
from pathlib import Path

HASH_BLOCK = 1 << 20


def sha256_of(path: Path) -> str:
    """Of a file's bytes, hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()
