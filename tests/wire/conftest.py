"""What several wire tests share: databases, real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.postgres import PrivatePostgres, private_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with private_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path):
    """An async function that gives the URL of an empty database."""
    if request.param == "sqlite":

        async def in_file() -> str:
            return f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"

        return in_file
    server: PrivatePostgres = request.getfixturevalue("postgres")
    return server.new_database
