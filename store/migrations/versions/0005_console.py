"""The console: accounts with a second factor, and who did and saw what. 控制台"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.said import create_index, index_all

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _accounts()
    _account_requests()
    _sealed_logs()
    _replay()
    _said()
    _seat_notices()
    _samples()


def _accounts() -> None:
    """Where people belong, whether they may come in, and what else they must show."""
    for column in (
        sa.Column("area", sa.String(length=80), server_default="", nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_login_at", sa.BigInteger(), nullable=True),
        sa.Column("factor_nonce", sa.String(length=40), nullable=True),
        sa.Column("factor_since", sa.BigInteger(), nullable=True),
        sa.Column("factor_step", sa.BigInteger(), server_default="0", nullable=False),
    ):
        op.add_column("users", column)
    for column in (
        sa.Column("awaits", sa.String(length=20), server_default="", nullable=False),
        sa.Column("address", sa.String(length=64), server_default="", nullable=False),
        sa.Column("device", sa.String(length=200), server_default="", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
    ):
        op.add_column("logins", column)
    op.create_index(op.f("ix_logins_username"), "logins", ["username"])
    op.create_table(
        "recovery_codes",
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("username", "code_hash", name=op.f("pk_recovery_codes")),
    )


def _account_requests() -> None:
    """What somebody asked for, and what another administrator said."""
    op.create_table(
        "account_requests",
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("had_roles", sa.JSON(), nullable=True),
        sa.Column("had_area", sa.String(length=80), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_account_requests")),
    )
    for column in ("username", "asked_at", "state"):
        op.create_index(op.f(f"ix_account_requests_{column}"), "account_requests", [column])


def _sealed_logs() -> None:
    """What people did, and what they looked at."""
    for name in ("audit_log", "view_log"):
        columns: list[sa.Column[Any]] = [
            sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("at", sa.BigInteger(), nullable=False),
            sa.Column("who", sa.String(length=80), nullable=False),
            sa.Column("kind", sa.String(length=60), nullable=False),
            sa.Column("subject", sa.String(length=160), nullable=False),
            sa.Column("call_id", sa.String(length=80), nullable=True),
            sa.Column("order_id", sa.String(length=40), nullable=True),
            sa.Column("address", sa.String(length=64), nullable=False),
            sa.Column("outcome", sa.String(length=20), nullable=False),
            sa.Column("details", sa.JSON(), nullable=False),
            sa.Column("seal", sa.String(length=64), nullable=False),
        ]
        op.create_table(name, *columns, sa.PrimaryKeyConstraint("seq", name=op.f(f"pk_{name}")))
        for column in ("at", "who", "kind", "call_id", "order_id"):
            op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _seat_notices() -> None:
    """What supervisors tell the seats, and who has read it."""
    op.create_table(
        "seat_notices",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("skill_groups", sa.JSON(), nullable=False),
        sa.Column("addressed", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_seat_notices")),
    )
    op.create_index(op.f("ix_seat_notices_at"), "seat_notices", ["at"])
    op.create_table(
        "seat_notice_reads",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "seat_id", name=op.f("pk_seat_notice_reads")),
    )


def _replay() -> None:
    """Who heard what, and what was marked."""
    op.create_table(
        "listenings",
        sa.Column("listening_id", sa.String(length=40), nullable=False),
        sa.Column("recording_id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("listening_id", name=op.f("pk_listenings")),
    )
    for column in ("recording_id", "call_id", "by", "opened_at"):
        op.create_index(op.f(f"ix_listenings_{column}"), "listenings", [column])
    op.create_table(
        "call_marks",
        sa.Column("mark_id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("ends_at_ms", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_call_marks")),
    )
    op.create_index(op.f("ix_call_marks_call_id"), "call_marks", ["call_id"])


def _samples() -> None:
    """Calls drawn for inspection."""
    op.create_table(
        "samples",
        sa.Column("sample_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("per_agent", sa.Integer(), nullable=False),
        sa.Column("shortest_s", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_samples")),
    )
    op.create_index(op.f("ix_samples_drawn_at"), "samples", ["drawn_at"])
    op.create_table(
        "sampled_calls",
        sa.Column("sample_id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("recording_id", sa.String(length=80), nullable=False),
        sa.Column("agent", sa.String(length=80), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=False),
        sa.Column("inspector", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("checked_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("sample_id", "call_id", name=op.f("pk_sampled_calls")),
    )
    for column in ("recording_id", "inspector"):
        op.create_index(op.f(f"ix_sampled_calls_{column}"), "sampled_calls", [column])


def _said() -> None:
    """The index of spoken words, with all that was said so far."""
    op.create_table(
        "said_lines",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("leg_id", sa.String(length=120), nullable=False),
        sa.Column("starts_at_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_said_lines")),
    )
    op.create_index(
        op.f("ix_said_lines_call_id"),
        "said_lines",
        ["call_id", "side", "leg_id", "starts_at_ms"],
        unique=True,
    )
    create_index(op.get_bind())
    index_all(op.get_bind())
