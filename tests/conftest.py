"""Async tests: on virtual time in tests/unit, on the ordinary loop elsewhere."""

import asyncio
import inspect
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.fakes.virtual_time import VirtualTimeLoop

UNIT = Path(__file__).parent / "unit"

# How long an example takes says something of the machine's load, and nothing of the example.
settings.register_profile("loaded", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loaded")


def pytest_collection_modifyitems(items):
    """Quick ones first; browser tests last, because Playwright keeps a loop running in this thread."""
    folders = ["unit", "wire", "live", "browser"]
    items.sort(key=lambda item: folders.index(item.path.relative_to(UNIT.parent).parts[0]))


@pytest.fixture(scope="session")
def ready_var():
    """Prompts and music, spoken once for all live and browser tests of a process."""
    from tests.live.stage import make_ready_var  # no unit test needs the whole product

    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        yield make_ready_var(Path(folder) / "v")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = {a: pyfuncitem.funcargs[a] for a in pyfuncitem._fixtureinfo.argnames}
    virtual = UNIT in pyfuncitem.path.parents
    with asyncio.Runner(loop_factory=VirtualTimeLoop if virtual else None) as runner:
        runner.run(pyfuncitem.obj(**wanted))
    return True
