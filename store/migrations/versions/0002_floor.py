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
    _decisions()
    _sides()
    _callbacks()
    _endings()
    _seats()
    _waits()
    _rules()


def _callbacks() -> None:
    """Attempts to call back; who was done with before has been spoken with."""
    op.add_column("orders", sa.Column("diverted_to", sa.String(length=40), nullable=True))
    op.add_column("orders", sa.Column("flags", sa.JSON(), nullable=True))
    for name, kind in (
        ("joined_at", sa.BigInteger()),
        ("skill_group", sa.String(length=40)),
        ("due_at", sa.BigInteger()),
        ("seat_id", sa.String(length=40)),
        ("last_outcome", sa.String(length=20)),
        ("reached", sa.String(length=80)),
        ("closed_by", sa.String(length=80)),
        ("closed_note", sa.Text()),
    ):
        op.add_column("callbacks", sa.Column(name, kind, nullable=True))
    op.add_column(
        "callbacks",
        sa.Column("state", sa.String(length=20), nullable=False, server_default="owed"),
    )
    op.execute("UPDATE callbacks SET state = 'done' WHERE closed_at IS NOT NULL")
    op.create_table(
        "callback_attempts",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("first", sa.String(length=20), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("reached", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_callback_attempts")),
    )
    for column in ("call_id", "reached"):
        op.create_index(op.f(f"ix_callback_attempts_{column}"), "callback_attempts", [column])


def _endings() -> None:
    """Codes, warnings, tags and blocks."""
    op.create_table(
        "call_codes",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("excluded_from", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_codes")),
    )
    for column in ("seat_id", "code", "at"):
        op.create_index(op.f(f"ix_call_codes_{column}"), "call_codes", [column])
    op.create_table(
        "nuisance_steps",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "step", name=op.f("pk_nuisance_steps")),
    )
    op.create_table(
        "nuisance_tags",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_nuisance_tags")),
    )
    op.create_index(op.f("ix_nuisance_tags_caller_number"), "nuisance_tags", ["caller_number"])
    op.create_table(
        "blocks",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_blocks")),
    )
    for column in ("caller_number", "state"):
        op.create_index(op.f(f"ix_blocks_{column}"), "blocks", [column])


def _calls() -> None:
    """Calls to citizens."""
    op.add_column(
        "calls", sa.Column("direction", sa.String(length=8), nullable=False, server_default="in")
    )


def _decisions() -> None:
    """The numbers behind a decision."""
    op.add_column("decisions", sa.Column("grounds", sa.JSON(), nullable=True))


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
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("seat_since", sa.BigInteger(), nullable=True),
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


def _waits() -> None:
    """Service level; what the first release knows of its calls is taken over."""
    op.create_table(
        "waits",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("skill_group", sa.String(length=40), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=True),
        sa.Column("refused_by", sa.String(length=40), nullable=True),
        sa.Column("service_away", sa.Boolean(), nullable=False),
        sa.Column("link_lost", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("gave_up_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_in", sa.Integer(), nullable=True),
        sa.Column("free", sa.Integer(), nullable=True),
        sa.Column("talking", sa.Integer(), nullable=True),
        sa.Column("wrap_up", sa.Integer(), nullable=True),
        sa.Column("not_ready", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_waits")),
    )
    op.create_index("ix_waits_joined_at", "waits", ["joined_at"], unique=False)
    op.execute(
        """
        INSERT INTO waits (call_id, skill_group, joined_at, service_away, link_lost,
                           answered_at, gave_up_at)
        SELECT call_id, COALESCE(skill_group, 'general'), joined_at, lifeboat, false,
               answered_at, CASE WHEN answered_at IS NULL THEN ended_at END
        FROM calls
        WHERE joined_at IS NOT NULL AND (answered_at IS NOT NULL OR ended_at IS NOT NULL)
        """
    )


def _rules() -> None:
    """Rule documents and lists of callers."""
    op.create_table(
        "rule_versions",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("in_force_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rule_versions")),
    )
    op.create_index("ix_rule_versions_kind", "rule_versions", ["kind", "version"], unique=False)
    op.create_table(
        "rule_drafts",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_rule_drafts")),
    )
    op.create_table(
        "caller_lists",
        sa.Column("list_name", sa.String(length=20), nullable=False),
        sa.Column("caller_number", sa.String(length=40), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("list_name", "caller_number", name=op.f("pk_caller_lists")),
    )
