"""The index of spoken words: every sign of a sentence a token, looked for as unbroken rows. 话语索引

    SQLite       said_index   FTS5, contentless: the text is in `utterances`; rowid is said_lines.line_id
    PostgreSQL   said_index   (line_id, tokens tsvector) with GIN; positions are written by us, because
                              no parser of a server should decide what a Chinese character is

`said_index` is in neither's metadata. It is filled by a projection, and made anew from `utterances` by
`index_all`. A sentence's recognised and readable texts stand in one row, with a gap that no phrase crosses.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    TextClause,
    column,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from asr.events import UtteranceHeard
from cti.events import Event
from recordings.spoken_text import row_of
from store.database import Database
from store.tables import said_lines, utterances

INDEX = "said_index"
GAP = "00"
"""A token that no phrase has: theirs are of one sign."""
LONGEST = 6_000
"""Signs of one sentence; PostgreSQL counts positions up to 16,383."""
BATCH = 2_000
KEYS = ("call_id", "side", "leg_id", "starts_at_ms")

CREATE_IN_SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(tokens, content='', "
    "tokenize='unicode61 remove_diacritics 0')",
)
CREATE_IN_POSTGRESQL = (
    f"CREATE TABLE {INDEX} (line_id INTEGER PRIMARY KEY, tokens TSVECTOR NOT NULL)",
    f"CREATE INDEX ix_{INDEX}_tokens ON {INDEX} USING GIN (tokens)",
)
ADD_IN_SQLITE = text(f"INSERT INTO {INDEX} (rowid, tokens) VALUES (:line_id, :tokens)")
ADD_IN_POSTGRESQL = text(
    f"INSERT INTO {INDEX} (line_id, tokens) VALUES (:line_id, CAST(:tokens AS tsvector))"
)
EMPTY_SQLITE = text(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('delete-all')")
EMPTY_POSTGRESQL = text(f"DELETE FROM {INDEX}")


def create_index(connection: Connection) -> None:
    """Make it, empty."""
    sqlite_here = connection.dialect.name == "sqlite"
    for statement in CREATE_IN_SQLITE if sqlite_here else CREATE_IN_POSTGRESQL:
        connection.exec_driver_sql(statement)


def index_all(connection: Connection) -> None:
    """Make it anew from all that was ever said."""
    connection.execute(EMPTY_SQLITE if connection.dialect.name == "sqlite" else EMPTY_POSTGRESQL)
    connection.execute(delete(said_lines))
    first = 1
    for rows in _utterances(connection):
        lines = [
            {"line_id": number, **{key: getattr(row, key) for key in KEYS}}
            for number, row in enumerate(rows, first)
        ]
        connection.execute(insert(said_lines), lines)
        add, tokens = _adding(connection)
        connection.execute(
            add,
            [
                {"line_id": number, "tokens": tokens(row.text, row.written or "")}
                for number, row in enumerate(rows, first)
            ],
        )
        first += len(lines)
    if connection.dialect.name == "postgresql":
        # The numbers were given here; the next ones are the server's to give.
        connection.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('said_lines', 'line_id'), "
                "GREATEST(:next, 1), false)"
            ),
            {"next": first},
        )


async def rebuild_index(database: Database) -> None:
    """For a database whose index does not hold what was said."""
    await database.write_at_once(index_all)


def _utterances(connection: Connection) -> Iterator[list[Any]]:
    columns = (*(utterances.c[key] for key in KEYS), utterances.c.text, utterances.c.written)
    found = connection.execute(select(*columns).execution_options(yield_per=BATCH))
    yield from (list(rows) for rows in found.partitions(BATCH))


def _heard(connection: Connection, _seq: int, event: UtteranceHeard) -> None:
    """An utterance that was passed over, because it is there already, is passed over here too."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = (
        kind.insert(said_lines)
        .values(
            call_id=event.call_id,
            side=event.side.value,
            leg_id=event.leg_id or "",
            starts_at_ms=event.starts_at_ms,
        )
        .on_conflict_do_nothing()
        .returning(said_lines.c.line_id)
    )
    line_id = connection.execute(added).scalar()
    if line_id is not None:
        _add(connection, line_id, event.text, event.written)


PROJECTIONS: dict[type[Event], Any] = {UtteranceHeard: _heard}


def _add(connection: Connection, line_id: int, heard: str, written: str) -> None:
    add, tokens = _adding(connection)
    connection.execute(add, {"line_id": line_id, "tokens": tokens(heard, written)})


def _adding(connection: Connection) -> tuple[TextClause, Callable[[str, str], str]]:
    """How a line is added here, and how its two texts are told."""
    if connection.dialect.name == "postgresql":
        return ADD_IN_POSTGRESQL, lambda heard, written: _vector(_rows(heard, written))
    return ADD_IN_SQLITE, lambda heard, written: f" {GAP} ".join(
        map(" ".join, _rows(heard, written))
    )


def _rows(heard: str, written: str) -> list[tuple[str, ...]]:
    """The same words twice are one row."""
    rows = dict.fromkeys((row_of(heard)[:LONGEST], row_of(written)[:LONGEST]))
    return [row for row in rows if row]


def _vector(rows: list[tuple[str, ...]]) -> str:
    """A tsvector in PostgreSQL's own notation. Signs are letters and digits: nothing to escape."""
    tokens, position = [], 1
    for row in rows:
        for sign in row:
            tokens.append(f"'{sign}':{position}")
            position += 1
        position += 1  # the gap
    return " ".join(tokens)


def lines_with(dialect: str, phrase: tuple[str, ...], number: int) -> Select[tuple[int]]:
    """Ids of the lines that hold the phrase; `number` keeps several in one statement apart."""
    name = f"phrase_{number}"
    asked: TextClause
    if dialect == "postgresql":
        wanted = " <-> ".join(f"'{sign}'" for sign in phrase)
        asked = text(f"SELECT line_id FROM {INDEX} WHERE tokens @@ CAST(:{name} AS tsquery)")
    else:
        wanted = f'"{" ".join(phrase)}"'
        asked = text(f"SELECT rowid AS line_id FROM {INDEX} WHERE {INDEX} MATCH :{name}")
    lines = asked.bindparams(**{name: wanted}).columns(column("line_id", Integer))
    return select(lines.subquery(f"lines_{number}").c.line_id)
