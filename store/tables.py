"""Every table. 数据表

All but `users`, `logins`, `recovery_codes`, `account_requests`, the two logs of who did and saw what, rule documents and the definition columns of `seats` are projections of the
journal: only the journal's writer fills them, from events (docs/decisions.md 3).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant as whole microseconds since 1970 UTC, the same in every database. 时刻"""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("call_id", String(80)),
    Column("body", JSON, nullable=False),
    Index("ix_journal_call_id", "call_id", "seq"),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Named positions: consumers' cursors in the journal, and whether it was closed in order."""

calls = Table(
    "calls",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("called_number", String(40), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("direction", String(8), nullable=False, server_default="in"),
    Column("arrived_at", Instant, nullable=False, index=True),
    Column("recording_started_at", Instant),
    Column("notice_at", Instant),
    Column("skill_group", String(40)),
    Column("joined_at", Instant),
    Column("priority", Integer, nullable=False, default=0),
    Column("seat_id", String(40), index=True),
    Column("offered_at", Instant),
    Column("answered_at", Instant),
    Column("seat_left_at", Instant),
    Column("ended_at", Instant, index=True),
    Column("ending_blame", String(20)),
    Column("ending_reason", String(40)),
    Column("lifeboat", Boolean, nullable=False, default=False),
    Column("transcription", String(20), nullable=False, default="off", index=True),
)

seat_spans = Table(
    "seat_spans",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("starts_at", Instant, primary_key=True),
    Column("ends_at", Instant),
    Column("seat_id", String(40), nullable=False),
)
"""When a seat could hear the citizen, and who it was."""

skill_groups = Table(
    "skill_groups",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
)

seats = Table(
    "seats",
    metadata,
    Column("seat_id", String(40), primary_key=True),
    Column("operator_name", String(80), nullable=False),
    Column("skills", JSON, nullable=False),
    Column("state", String(20), nullable=False, default="signed_out"),
    Column("since", Instant),
    Column("idle_since", Instant),
    Column("reason", String(40)),
    Column("call_id", String(80)),
    Column("until", Instant),
    Column("phone_reachable", Boolean, nullable=False, default=True),
    Column("operator", String(80)),
    Column("pending_not_ready", String(40)),
    Column("part", String(20)),
    Column("pending_sign_out", Boolean, nullable=False, default=False),
    Column("last_call_id", String(80)),
)

seat_history = Table(
    "seat_history",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("seat_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("was", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", String(40)),
    Column("call_id", String(80)),
    Column("by", String(80)),
    Column("operator", String(80)),
    Column("part", String(20)),
    Index("ix_seat_history_seat_id", "seat_id", "at"),
)

seat_notes = Table(
    "seat_notes",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("seat_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("was", String(20)),
    Column("call_id", String(80)),
    Column("by", String(80)),
    Column("why", Text, nullable=False),
    Column("effect", String(20)),
    Column("missing", Text),
    Index("ix_seat_notes_seat_id", "seat_id", "at"),
)
"""What was done to a seat otherwise than by its operator: forced or repaired."""

floor_alarms = Table(
    "floor_alarms",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("seat_id", String(40)),
    Column("skill_group", String(40)),
    Column("state", String(20)),
    Column("reason", String(40)),
    Column("since", Instant),
    Column("limit_s", Float),
    Column("minimum", Integer),
    Column("raised_at", Instant, nullable=False, index=True),
    Column("cleared_at", Instant, index=True),
)
"""Seats too long in a state and groups with too few seats; either seat_id or skill_group is set."""

decisions = Table(
    "decisions",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", String(80), nullable=False, index=True),
    Column("seat_id", String(40), nullable=False),
    Column("skill_group", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("considered", Integer, nullable=False),
    Column("grounds", JSON),
)
"""`grounds` holds the numbers of SeatReserved that only its own readers need; null in older rows."""

waits = Table(
    "waits",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("skill_group", String(40), nullable=False),
    Column("joined_at", Instant, nullable=False, index=True),
    Column("offered_at", Instant),
    Column("refused_by", String(40)),
    Column("service_away", Boolean, nullable=False, default=False),
    Column("link_lost", Boolean, nullable=False, default=False),
    Column("answered_at", Instant),
    Column("gave_up_at", Instant),
    Column("signed_in", Integer),
    Column("free", Integer),
    Column("talking", Integer),
    Column("wrap_up", Integer),
    Column("not_ready", Integer),
)
"""Every citizen's first wait for a person, and what his group's seats were doing when it began."""

utterances = Table(
    "utterances",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("side", String(20), primary_key=True),
    Column("leg_id", String(120), primary_key=True, server_default=""),
    Column("starts_at_ms", Integer, primary_key=True),
    Column("ends_at_ms", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("words", JSON, nullable=False),
    Column("backfilled", Boolean, nullable=False, default=False),
    Column("who", String(80)),
    Column("written", Text),
    Column("language", String(8)),
    Column("pieces", JSON),
)
"""`leg_id` is empty for what the call's two legs hold; it keeps two third parties apart."""

backfills = Table(
    "backfills",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("wanted_at", Instant, nullable=False, index=True),
    Column("why", String(40), nullable=False),
    Column("by", String(80), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("reason", String(80)),
    Column("from_ms", Integer),
    Column("until_ms", Integer),
    Column("finished_at", Instant),
)
"""Transcripts that are to be made up: asked (by the command line, nobody told of it yet), wanted,
failed (tried again), given_up, done."""

orders = Table(
    "orders",
    metadata,
    Column("order_id", String(40), primary_key=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("seat_id", String(40), index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("revision", Integer, nullable=False, default=0),
    Column("submitted_at", Instant),
    Column("submitted_by", String(80)),
    Column("diverted_to", String(40)),
    Column("flags", JSON),
    Column("proposed", JSON),
    Column("repeat_of", String(40), index=True),
    Column("channel", String(20), nullable=False, server_default="phone"),
    Column("message_id", String(120), index=True),
    Column("urges", Integer, nullable=False, server_default="0"),
    Column("urged_at", Instant),
)

draft_outcomes = Table(
    "draft_outcomes",
    metadata,
    Column("order_id", String(40), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("seat_id", String(40)),
    Column("outcome", String(20), nullable=False),
    Column("distance", Float, nullable=False),
    Column("length", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
)
"""What became of each field's proposal in a submitted order; no words."""

order_trace = Table(
    "order_trace",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("order_id", String(40), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("what", String(40), nullable=False),
    Column("was", Text),
    Column("now", Text),
    Column("by", String(80), nullable=False),
)
"""Every change of a field or state: who, when, from, to. Rows are only ever added."""

recordings = Table(
    "recordings",
    metadata,
    Column("recording_id", String(80), primary_key=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("started_at", Instant, nullable=False, index=True),
    Column("duration_ms", Integer, nullable=False),
    Column("path", String(300)),
    Column("sha256", String(64)),
    Column("size_bytes", BigInteger),
    Column("archived_at", Instant),
    Column("failure", String(80)),
    Column("leg_id", String(120)),
    Column("role", String(20)),
    Column("who", String(80)),
    Column("offset_ms", Integer, nullable=False, server_default="0"),
)

own_legs = Table(
    "own_legs",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("leg_id", String(120), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("role", String(20)),
    Column("who", String(80)),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("seat_id", String(40)),
    Column("seat_since", Instant),
)
"""Parties whose own voice is recorded; `number` is that of the recording. Without role and who it was
found on disk, and nobody had told of it. A supervisor who took the call over is `seat_id` since then."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("reason", String(20), nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("closed_at", Instant, index=True),
    Column("closed_why", String(40)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("joined_at", Instant),
    Column("skill_group", String(40)),
    Column("state", String(20), nullable=False, default="owed"),
    Column("due_at", Instant),
    Column("seat_id", String(40)),
    Column("last_outcome", String(20)),
    Column("reached", String(80)),
    Column("closed_by", String(80)),
    Column("closed_note", Text),
)

callback_attempts = Table(
    "callback_attempts",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", String(80), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("by", String(80), nullable=False),
    Column("seat_id", String(40)),
    Column("first", String(20), nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(20)),
    Column("reached", String(80), index=True),
)
"""Every attempt to call somebody back; `reached` is the call that was made."""

call_codes = Table(
    "call_codes",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("seat_id", String(40), index=True),
    Column("code", String(40), index=True),
    Column("name", String(80)),
    Column("note", Text, nullable=False),
    Column("by", String(80)),
    Column("at", Instant, nullable=False, index=True),
    Column("excluded_from", JSON, nullable=False),
)
"""How talks ended, the last word counts; without a code: the wrap-up ended with nothing saved."""

nuisance_steps = Table(
    "nuisance_steps",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("seat_id", String(40), nullable=False),
    Column("by", String(80), nullable=False),
)

nuisance_tags = Table(
    "nuisance_tags",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by", String(80), nullable=False),
    Column("note", Text, nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("until", Instant, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("decided_by", String(80)),
    Column("decision_note", Text),
)

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("undoes", Integer),
    Column("in_force_at", Instant),
    Index("ix_rule_versions_kind", "kind", "version"),
)
"""Published rule documents; the newest that is due holds. Written directly, but for in_force_at."""

rule_drafts = Table(
    "rule_drafts",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("body", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("based_on", Integer, nullable=False),
)

caller_lists = Table(
    "caller_lists",
    metadata,
    Column("list_name", String(20), primary_key=True),
    Column("caller_number", String(40), primary_key=True),
    Column("until", Instant),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("username", String(80), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("seat_id", String(40)),
    Column("password_hash", String(200), nullable=False),
    Column("failed_logins", Integer, nullable=False, default=0),
    Column("locked_until", Instant),
    Column("area", String(80), nullable=False, server_default=""),
    Column("disabled_at", Instant),
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
    Column("last_login_at", Instant),
    Column("factor_nonce", String(40)),
    Column("factor_since", Instant),
    Column("factor_step", BigInteger, nullable=False, server_default="0"),
)

logins = Table(
    "logins",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("username", String(80), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("awaits", String(20), nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
    Column("device", String(200), nullable=False, server_default=""),
    Column("seen_at", Instant),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("username", String(80), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", Instant),
)
"""What opens an account whose second factor is lost; each once."""


account_requests = Table(
    "account_requests",
    metadata,
    Column("request_id", String(40), primary_key=True),
    Column("username", String(80), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("area", String(80), nullable=False),
    Column("seat_id", String(40)),
    Column("had_roles", JSON),
    Column("had_area", String(80), nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("asked_at", Instant, nullable=False, index=True),
    Column("reason", String(200), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("decided_by", String(80)),
    Column("decided_at", Instant),
    Column("decision", String(200), nullable=False),
)
"""Accounts and rights that somebody asked for, and what another administrator said."""


def _sealed(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("at", Instant, nullable=False, index=True),
        Column("who", String(80), nullable=False, index=True),
        Column("kind", String(60), nullable=False, index=True),
        Column("subject", String(160), nullable=False),
        Column("call_id", String(80), index=True),
        Column("order_id", String(40), index=True),
        Column("address", String(64), nullable=False),
        Column("outcome", String(20), nullable=False),
        Column("details", JSON, nullable=False),
        Column("seal", String(64), nullable=False),
    )


audit_log = _sealed("audit_log")
"""What people did in the console and on the command line. Rows are only added, each sealed with the one before."""

view_log = _sealed("view_log")
"""What people looked at and listened to; kept as long as the setting says."""

cues = Table(
    "cues",
    metadata,
    Column("cue_id", String(160), primary_key=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("level", String(10), nullable=False),
    Column("code", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("advice", Text, nullable=False),
    Column("side", String(20), nullable=False),
    Column("starts_at_ms", Integer, nullable=False),
    Column("ends_at_ms", Integer, nullable=False),
    Column("found", Text, nullable=False),
    Column("word", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("false_alarm", Boolean),
    Column("judged_by", String(80)),
    Column("judged_at", Instant),
)

signals = Table(
    "signals",
    metadata,
    Column("signal_id", String(160), primary_key=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("rule", String(40), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("side", String(20), nullable=False),
    Column("starts_at_ms", Integer, nullable=False),
    Column("ends_at_ms", Integer, nullable=False),
    Column("found", Text, nullable=False),
    Column("word", String(200), nullable=False),
)
"""What an inspector should look at; only what the last review of the call found."""

sentence_moments = Table(
    "sentence_moments",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("sentence_id", String(10), primary_key=True),
    Column("at_ms", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False, index=True),
    Column("reason", String(40)),
    Column("shown", Boolean, nullable=False, default=False),
    Column("said_from_ms", Integer),
    Column("said_until_ms", Integer),
    Column("missed", Boolean, nullable=False, default=False),
    Column("must", Boolean, nullable=False, default=False),
)
"""Prescribed sentences at their moments: shown, said, or missing though they had to be said."""

speech_measures = Table(
    "speech_measures",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("operator_chars_per_min", Integer),
    Column("citizen_chars_per_min", Integer),
    Column("operator_ms", Integer, nullable=False),
    Column("citizen_ms", Integer, nullable=False),
    Column("talk_over_ms", Integer, nullable=False),
    Column("talk_overs", Integer, nullable=False),
    Column("longest_silence_ms", Integer, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("words_version", Integer, nullable=False),
    Column("sentences_version", Integer, nullable=False),
    Column("signals", Integer, nullable=False),
)
"""With which lists each call was gone through last."""

surveys = Table(
    "surveys",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("how", String(20), nullable=False),
    Column("offered_at", Instant, nullable=False, index=True),
    Column("seat_id", String(40), index=True),
    Column("skill_group", String(40)),
    Column("order_id", String(40)),
    Column("answered_at", Instant),
    Column("score", Integer),
    Column("scale", Integer),
    Column("satisfaction", String(20)),
)
"""What citizens thought of their calls; without satisfaction the question is being asked."""

messages = Table(
    "messages",
    metadata,
    Column("message_id", String(120), primary_key=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("left_at", Instant, nullable=False, index=True),
    Column("duration_ms", Integer, nullable=False),
    Column("how", String(20), nullable=False),
    Column("text_asked_at", Instant),
    Column("taken_at", Instant),
    Column("taken_by", String(80)),
    Column("seat_id", String(40)),
    Column("done_at", Instant),
    Column("done_by", String(80)),
    Column("order_id", String(40)),
    Column("reason", Text),
)
"""Voice messages and who saw to them; their sound is a recording of their call, a leg of that name."""

query_codes = Table(
    "query_codes",
    metadata,
    Column("order_id", String(40), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("by", String(80), nullable=False),
)
"""With which number and code an order's citizen may ask; the code itself is nowhere."""

progress_asks = Table(
    "progress_asks",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", String(80), nullable=False, index=True),
    Column("caller_number", String(40), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("order_id", String(40)),
)

call_limits = Table(
    "call_limits",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("verdict", String(20), nullable=False),
    Column("why", String(20), nullable=False),
    Column("blocked_until", Instant),
)
"""Calls that were not like the others: later in the line, or refused."""

switches = Table(
    "switches",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("on", Boolean, nullable=False),
    Column("by", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("others", JSON),
    Column("at", Instant, nullable=False),
    Column("wish_id", Integer, nullable=False),
)
"""How the house's switches stand; `wish_id` is the last wish that was taken for it."""

switch_wishes = Table(
    "switch_wishes",
    metadata,
    Column("wish_id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("on", Boolean, nullable=False),
    Column("by", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("others", JSON),
    Column("at", Instant, nullable=False),
)
"""What the command line wants switched; the service takes each once."""

languages_chosen = Table(
    "languages_chosen",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("language", String(20), nullable=False),
    Column("at", Instant, nullable=False),
)
"""The language that a citizen chose by key in a call, the last of that call."""

silent_calls = Table(
    "silent_calls",
    metadata,
    Column("call_id", String(80), primary_key=True),
    Column("caller_number", String(40), nullable=False, index=True),
    Column("found_at", Instant, nullable=False, index=True),
    Column("seat_id", String(40)),
    Column("spoke_at", Instant),
    Column("stayed_silent_at", Instant),
)
"""Calls in which the citizen said nothing at first, and what came of it."""

said_lines = Table(
    "said_lines",
    metadata,
    Column("line_id", Integer, primary_key=True),
    Column("call_id", String(80), nullable=False),
    Column("side", String(20), nullable=False),
    Column("leg_id", String(120), nullable=False),
    Column("starts_at_ms", Integer, nullable=False),
    Index("ix_said_lines_call_id", "call_id", "side", "leg_id", "starts_at_ms", unique=True),
)
"""Numbers of utterances in the index of spoken words, `said_index`, which each database makes its own way."""

listenings = Table(
    "listenings",
    metadata,
    Column("listening_id", String(40), primary_key=True),
    Column("recording_id", String(80), nullable=False, index=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("by", String(80), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("purpose", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("address", String(80), nullable=False),
    Column("opened_at", Instant, nullable=False, index=True),
    Column("spans", JSON, nullable=False),
    Column("heard_at", Instant),
)
"""Who heard which recording, why, from where, and which parts of it really sounded."""

call_marks = Table(
    "call_marks",
    metadata,
    Column("mark_id", String(40), primary_key=True),
    Column("call_id", String(80), nullable=False, index=True),
    Column("at_ms", Integer, nullable=False),
    Column("ends_at_ms", Integer),
    Column("text", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("removed_by", String(80)),
)
"""Marks and comments of inspectors and shift leaders, on the call's clock."""

samples = Table(
    "samples",
    metadata,
    Column("sample_id", String(40), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("drawn_at", Instant, nullable=False, index=True),
    Column("by", String(80)),
    Column("reason", String(200), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("per_agent", Integer, nullable=False),
    Column("shortest_s", Integer, nullable=False),
    Column("candidates", Integer, nullable=False),
)
"""Draws of calls for inspection, each with the seed that repeats it."""

sampled_calls = Table(
    "sampled_calls",
    metadata,
    Column("sample_id", String(40), primary_key=True),
    Column("call_id", String(80), primary_key=True),
    Column("recording_id", String(80), nullable=False, index=True),
    Column("agent", String(80), nullable=False),
    Column("seat_id", String(40), nullable=False),
    Column("inspector", String(80), index=True),
    Column("state", String(20), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("checked_at", Instant),
    Column("checked_by", String(80)),
)
"""The calls of a draw and what became of each; score sheets hang on its key."""

seat_notices = Table(
    "seat_notices",
    metadata,
    Column("notice_id", String(40), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("by", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("skill_groups", JSON, nullable=False),
    Column("addressed", JSON, nullable=False),
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", String(80)),
)
"""What supervisors told the seats; without groups it was meant for all."""

seat_notice_reads = Table(
    "seat_notice_reads",
    metadata,
    Column("notice_id", String(40), primary_key=True),
    Column("seat_id", String(40), primary_key=True),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)
"""Which seats said that they have read a notice."""
