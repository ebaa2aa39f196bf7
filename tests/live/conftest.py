import tempfile
from pathlib import Path

import pytest

from tests.live.stage import make_ready_var


@pytest.fixture(scope="session")
def ready_var():
    """Prompts and music, spoken once for all live tests."""
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        yield make_ready_var(Path(folder) / "v")


@pytest.fixture
def short_path():
    """Asterisk's control socket needs a short path."""
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        yield Path(folder)
