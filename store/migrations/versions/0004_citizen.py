"""The citizen's side: surveys, voice messages, query codes, urges, limited calls. 市民侧"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _orders()
    _surveys()
    _messages()
    _progress()
    _limits()
    _switches()
    _languages()
    _silent_calls()


def _orders() -> None:
    """Which way they came, and how often they were urged."""
    op.add_column(
        "orders",
        sa.Column("channel", sa.String(length=20), server_default="phone", nullable=False),
    )
    op.add_column("orders", sa.Column("message_id", sa.String(length=120), nullable=True))
    op.add_column("orders", sa.Column("urges", sa.Integer(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("urged_at", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_orders_message_id"), "orders", ["message_id"])


def _surveys() -> None:
    """What citizens thought of their calls."""
    op.create_table(
        "surveys",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("skill_group", sa.String(length=40), nullable=True),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("scale", sa.Integer(), nullable=True),
        sa.Column("satisfaction", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_surveys")),
    )
    for column in ("offered_at", "seat_id"):
        op.create_index(op.f(f"ix_surveys_{column}"), "surveys", [column])


def _messages() -> None:
    """Voice messages and who saw to them."""
    op.create_table(
        "messages",
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("text_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.String(length=80), nullable=True),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_messages")),
    )
    for column in ("call_id", "state", "left_at"):
        op.create_index(op.f(f"ix_messages_{column}"), "messages", [column])


def _progress() -> None:
    """Query codes, and who asked with them."""
    op.create_table(
        "query_codes",
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_query_codes")),
    )
    op.create_index(op.f("ix_query_codes_caller_number"), "query_codes", ["caller_number"])
    op.create_table(
        "progress_asks",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_progress_asks")),
    )
    for column in ("call_id", "at"):
        op.create_index(op.f(f"ix_progress_asks_{column}"), "progress_asks", [column])


def _limits() -> None:
    """Calls that stood later in the line or were refused."""
    op.create_table(
        "call_limits",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_limits")),
    )
    op.create_index(op.f("ix_call_limits_at"), "call_limits", ["at"])


def _switches() -> None:
    """How the house's switches stand, and what the command line wants of them."""
    for name, key in (
        ("switches", sa.Column("name", sa.String(length=40), nullable=False)),
        ("switch_wishes", sa.Column("wish_id", sa.Integer(), nullable=False)),
    ):
        columns: list[sa.Column[Any] | sa.PrimaryKeyConstraint] = [
            sa.Column("on", sa.Boolean(), nullable=False),
            sa.Column("by", sa.String(length=80), nullable=False),
            sa.Column("reason", sa.Text(), nullable=False),
            sa.Column("text", sa.Text(), nullable=False),
            sa.Column("others", sa.JSON(), nullable=True),
            sa.Column("at", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint(key.name, name=op.f(f"pk_{name}")),
        ]
        if name == "switches":
            columns.append(sa.Column("wish_id", sa.Integer(), nullable=False))
        else:
            columns.append(sa.Column("name", sa.String(length=40), nullable=False))
        op.create_table(name, key, *columns)


def _languages() -> None:
    """Which language a citizen chose by key."""
    op.create_table(
        "languages_chosen",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_languages_chosen")),
    )
    op.create_index(
        op.f("ix_languages_chosen_caller_number"), "languages_chosen", ["caller_number"]
    )


def _silent_calls() -> None:
    """Calls in which the citizen said nothing at first."""
    op.create_table(
        "silent_calls",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("spoke_at", sa.BigInteger(), nullable=True),
        sa.Column("stayed_silent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_silent_calls")),
    )
    for column in ("caller_number", "found_at"):
        op.create_index(op.f(f"ix_silent_calls_{column}"), "silent_calls", [column])
