"""Brings the database to this version of the tables. 数据库升级"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseNewer(Exception):
    """The database was written by a newer version than this one. 数据库版本更新"""

    code = "database-newer"


class DatabaseUnusable(Exception):
    """The database cannot be opened, or is none. 数据库无法使用"""

    code = "database-unusable"


async def upgrade(database: Database) -> None:
    """Run every revision that is missing; nothing to do when all ran.

    Raises DatabaseNewer, DatabaseUnusable (in the driver's words, without the statement and
    without our URL, which may hold a password).
    """
    try:
        async with database.write() as connection:
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as trouble:
        said = getattr(trouble, "orig", None)
        raise DatabaseUnusable(str(said or type(trouble).__name__)) from trouble


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
