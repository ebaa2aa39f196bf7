import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def short_path():
    """Asterisk's control socket needs a short path."""
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        yield Path(folder)
