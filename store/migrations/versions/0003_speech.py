"""Speech: written text, cues and signals, how good the drafts were, transcripts made up later. 语音"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.add_column("utterances", sa.Column("written", sa.Text(), nullable=True))
    op.add_column("utterances", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("utterances", sa.Column("pieces", sa.JSON(), nullable=True))
    _drafts()
    _backfills()
    _cues()


def _backfills() -> None:
    """Transcripts that are to be made up."""
    op.create_table(
        "backfills",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("from_ms", sa.Integer(), nullable=True),
        sa.Column("until_ms", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_backfills")),
    )
    op.create_index(op.f("ix_backfills_state"), "backfills", ["state"])
    op.create_index(op.f("ix_backfills_wanted_at"), "backfills", ["wanted_at"])


def _drafts() -> None:
    """What the machine proposed last, and what became of it."""
    op.add_column("orders", sa.Column("proposed", sa.JSON(), nullable=True))
    op.add_column("orders", sa.Column("repeat_of", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_orders_repeat_of"), "orders", ["repeat_of"])
    op.create_table(
        "draft_outcomes",
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("distance", sa.Float(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "field", name=op.f("pk_draft_outcomes")),
    )
    op.create_index(op.f("ix_draft_outcomes_at"), "draft_outcomes", ["at"])


def _cues() -> None:
    """Cues, prescribed sentences, signals and measures."""
    op.create_table(
        "cues",
        sa.Column("cue_id", sa.String(length=160), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("starts_at_ms", sa.Integer(), nullable=False),
        sa.Column("ends_at_ms", sa.Integer(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("word", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("false_alarm", sa.Boolean(), nullable=True),
        sa.Column("judged_by", sa.String(length=80), nullable=True),
        sa.Column("judged_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("cue_id", name=op.f("pk_cues")),
    )
    for column in ("call_id", "at"):
        op.create_index(op.f(f"ix_cues_{column}"), "cues", [column])
    op.create_table(
        "signals",
        sa.Column("signal_id", sa.String(length=160), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("starts_at_ms", sa.Integer(), nullable=False),
        sa.Column("ends_at_ms", sa.Integer(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("word", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_signals")),
    )
    for column in ("call_id", "rule"):
        op.create_index(op.f(f"ix_signals_{column}"), "signals", [column])
    op.create_table(
        "sentence_moments",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("sentence_id", sa.String(length=10), nullable=False),
        sa.Column("at_ms", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("said_from_ms", sa.Integer(), nullable=True),
        sa.Column("said_until_ms", sa.Integer(), nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "call_id", "sentence_id", "at_ms", name=op.f("pk_sentence_moments")
        ),
    )
    op.create_index(op.f("ix_sentence_moments_at"), "sentence_moments", ["at"])
    op.create_table(
        "speech_measures",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("operator_chars_per_min", sa.Integer(), nullable=True),
        sa.Column("citizen_chars_per_min", sa.Integer(), nullable=True),
        sa.Column("operator_ms", sa.Integer(), nullable=False),
        sa.Column("citizen_ms", sa.Integer(), nullable=False),
        sa.Column("talk_over_ms", sa.Integer(), nullable=False),
        sa.Column("talk_overs", sa.Integer(), nullable=False),
        sa.Column("longest_silence_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_speech_measures")),
    )
    op.create_table(
        "reviews",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.Column("sentences_version", sa.Integer(), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_reviews")),
    )
