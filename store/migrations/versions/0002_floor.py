"""The whole floor: rules, parties, callbacks, endings. 座席与呼叫控制"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _calls()
    _sides()
    _seats()


def _calls() -> None:
    """Calls to citizens."""
    op.add_column(
        "calls", sa.Column("direction", sa.String(length=8), nullable=False, server_default="in")
    )


def _seats() -> None:
    """Listening in, forced states, repairs, alarms."""
    op.add_column("seats", sa.Column("part", sa.String(length=20), nullable=True))
    op.add_column(
        "seats",
        sa.Column("pending_sign_out", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("seats", sa.Column("last_call_id", sa.String(length=80), nullable=True))
    op.add_column("seat_history", sa.Column("operator", sa.String(length=80), nullable=True))
    op.add_column("seat_history", sa.Column("part", sa.String(length=20), nullable=True))
    op.create_table(
        "seat_notes",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("was", sa.String(length=20), nullable=True),
        sa.Column("call_id", sa.String(length=80), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(length=20), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_seat_notes")),
    )
    op.create_index("ix_seat_notes_seat_id", "seat_notes", ["seat_id", "at"], unique=False)
    op.create_table(
        "floor_alarms",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("skill_group", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("limit_s", sa.Float(), nullable=True),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_floor_alarms")),
    )
    op.create_index("ix_floor_alarms_raised_at", "floor_alarms", ["raised_at"], unique=False)
    op.create_index("ix_floor_alarms_cleared_at", "floor_alarms", ["cleared_at"], unique=False)


def _sides() -> None:
    """Every party's own voice: its recording and its words."""
    op.create_table(
        "own_legs",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("leg_id", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("who", sa.String(length=80), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", "leg_id", name=op.f("pk_own_legs")),
    )
    op.add_column("recordings", sa.Column("leg_id", sa.String(length=120), nullable=True))
    op.add_column("recordings", sa.Column("role", sa.String(length=20), nullable=True))
    op.add_column("recordings", sa.Column("who", sa.String(length=80), nullable=True))
    op.add_column(
        "recordings", sa.Column("offset_ms", sa.Integer(), nullable=False, server_default="0")
    )
    with op.batch_alter_table("utterances") as utterances:
        utterances.add_column(
            sa.Column("leg_id", sa.String(length=120), nullable=False, server_default="")
        )
        utterances.add_column(sa.Column("who", sa.String(length=80), nullable=True))
        utterances.drop_constraint(op.f("pk_utterances"), type_="primary")
        utterances.create_primary_key(
            op.f("pk_utterances"), ["call_id", "side", "leg_id", "starts_at_ms"]
        )
