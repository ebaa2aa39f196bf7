"""Brings the database to this version of the tables. 数据库升级"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseNewer(Exception):
    """The database was written by a newer version than this one. 数据库版本更新"""

    code = "database-newer"


async def upgrade(database: Database) -> None:
    """Run every revision that is missing; nothing to do when all ran. Raises DatabaseNewer."""
    async with database.write() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    present = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    if present is not None and present not in known:
        raise DatabaseNewer(present)
    if present != script.get_current_head():
        command.upgrade(config, "head")
