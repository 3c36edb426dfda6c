"""Every table, and why its indexes are there. Times are milliseconds; `data` is JSON as text.

Migrations never import this file; a test holds the two equal.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the type is exactly INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, *, null: bool = False) -> "Column[str]":
    return Column(name, Text, nullable=null)


def _time(name: str, *, null: bool = False) -> "Column[int]":
    return Column(name, BigInteger, nullable=null)


def _where(clause: str) -> dict[str, Any]:
    return {"sqlite_where": text(clause), "postgresql_where": text(clause)}


workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    _time("alive_until"),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("name"),
    _text("state"),  # stopped, starting, running, error
    _text("error"),
    _text("settings"),  # JSON, no secrets
    Column("secrets", LargeBinary, nullable=False),  # encrypted JSON
    _text("worker", null=True),  # the replica that holds the connection
    _time("created_at"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("state"),  # running, stopped, error
    _text("error"),
    _text("settings"),  # JSON: default operators, how an assigned session begins
)

channel_agents = Table(
    "channel_agents",
    metadata,
    Column("channel_id", Text, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("agent_id"),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("language"),
    _text("facts"),  # JSON object of strings
    _time("created_at"),
)

identities = Table(
    "identities",
    metadata,
    # Whose number space `value` belongs to: the channel's id for Telegram users, empty for email.
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("customer_id", Text, ForeignKey("customers.id"), nullable=False, index=True),
    _text("username"),
    _text("chat", null=True),  # where the platform reaches this identity, once it wrote to us
    Column("reachable", Boolean, nullable=False),
    _text("unreachable_reason"),
    _time("created_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel_id", Text, ForeignKey("channels.id"), nullable=False),
    Column("customer_id", Text, ForeignKey("customers.id"), nullable=False),
    _text("agent_id"),
    _text("chat"),
    _text("thread"),
    _text("via"),
    Column("grouped", Boolean, nullable=False),  # a group chat, with its own pace
    _text("mode"),
    _text("operator_id", null=True),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("unread", Integer, nullable=False),  # customer messages that no operator opened
    _time("opened_at"),
    _time("customer_wrote_at", null=True),
    _time("answered_at", null=True),
    _time("idle_at", null=True),  # when it finishes by itself; only while the agent has it
    _time("finished_at", null=True),
    _time("waiting_since", null=True),  # since when nobody has it; only while it waits
    _time("sought_since", null=True),  # since when routing looks for an operator
    _time("look_at", null=True),  # when the watchdog looks at it; only while it waits
    _time("reminded_at", null=True),  # when the watchdog last said so
    _text("summary"),  # what it was about, in a sentence or two
    Index("ix_sessions_customer_id", "customer_id", "id"),
    # The lists: what is not finished, by who has it, who waits longest, what finished last.
    Index("ix_sessions_active", "id", **_where("mode <> 'finished'")),
    Index("ix_sessions_workspace", "operator_id", "id", **_where("mode <> 'finished'")),
    Index("ix_sessions_waiting", "waiting_since", "id", **_where("waiting_since IS NOT NULL")),
    Index("ix_sessions_finished", "finished_at", "id", **_where("finished_at IS NOT NULL")),
    # What routing asks at every look: per agent how many, the oldest, and what is due.
    Index(
        "ix_sessions_routing",
        "agent_id",
        "sought_since",
        "waiting_since",
        "look_at",
        **_where("waiting_since IS NOT NULL"),
    ),
    Index("ix_sessions_look", "look_at", **_where("look_at IS NOT NULL")),
    # The one open session of a chat with an agent; how an inbound message finds it.
    Index(
        "uq_sessions_open",
        "channel_id",
        "chat",
        "thread",
        "via",
        "agent_id",
        unique=True,
        **_where("mode <> 'finished'"),
    ),
    Index("ix_sessions_idle", "idle_at", **_where("idle_at IS NOT NULL")),
)

log = Table(
    "log",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _text("kind"),  # message, edit, control, note, outcome
    _text("author"),  # customer, agent, operator, notice, event
    _text("author_id"),
    _text("text"),
    _text("message_id"),  # the platform's, empty where it has none
    _text("data"),
    _time("at"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    # What platforms sent, once: the primary key is invariant 2.
    Column("channel_id", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("received_at", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

turns = Table(
    "turns",
    metadata,
    # At most one for each session; a new `id` supersedes the one that runs.
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    _text("id"),
    _text("kind"),  # reply, suggestion
    Column("epoch", Integer, nullable=False),
    _time("asked_at"),
    _time("due_at"),
    _time("again_at", null=True),  # another turn is due after the one that runs
    _text("worker", null=True),
    Column("attempts", Integer, nullable=False),
    _text("instruction"),
    _text("refines"),  # the suggestion that the operator wants otherwise, empty for none
    Index("ix_turns_due", "due_at", **_where("worker IS NULL")),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("seq", Integer, nullable=False),  # the log entry that it delivers
    Column("part", Integer, nullable=False),
    _text("channel_id"),
    _text("speaker"),  # agent, operator, notice
    Column("epoch", Integer, nullable=False),
    _text("body"),
    _text("plain"),
    _text("attachment"),  # JSON {sha256, name, mime}, empty for none
    _text("reply_to"),
    _text("extra"),  # JSON of what only some platforms have
    _text("state"),  # queued, sending, sent, delivered, read, failed, unknown, withdrawn
    _time("due_at"),
    Column("attempts", Integer, nullable=False),
    _text("worker", null=True),
    _text("message_id"),
    _text("code"),
    _text("detail"),
    _time("created_at"),
    _time("settled_at", null=True),
    UniqueConstraint("session_id", "seq", "part"),
    Index("ix_deliveries_due", "due_at", **_where("state = 'queued'")),
    Index("ix_deliveries_sending", "worker", **_where("state = 'sending'")),
    # What is still under way in a session: its order, and what a takeover withdraws.
    Index(
        "ix_deliveries_open",
        "session_id",
        "seq",
        "part",
        **_where("state IN ('queued', 'sending')"),
    ),
    Index("ix_deliveries_message", "channel_id", "message_id", **_where("message_id <> ''")),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("answers_seq", Integer, nullable=False),  # the last log entry that it has seen
    _text("text"),
    _text("data"),  # JSON: sources, proposed, usage, prompt_version
    _text("state"),  # open, used, edited, dismissed, overtaken, ignored
    Column("late", Boolean, nullable=False),  # written as a reply, before control moved
    _text("agent_id"),
    _text("prompt_version"),
    _text("instruction"),  # what the operator asked for, such as "shorter"
    _text("refines"),  # the suggestion that he wanted otherwise, empty for none
    _time("asked_at", null=True),
    _time("first_at", null=True),  # when its first words were there
    _time("created_at"),
    _time("shown_at", null=True),  # when an operator first saw it
    _time("settled_at", null=True),  # when it stopped being open
    _text("operator_id", null=True),  # for whom it was written, then who settled it
    Column("sent_seq", Integer, nullable=True),  # the log entry it became
    Column("distance", Integer, nullable=True),  # edits between it and what was sent
    Index("ix_suggestions_session", "session_id", "created_at"),
    Index("ix_suggestions_created_at", "created_at", "id"),  # the ledger, by time
)

attachments = Table(
    "attachments",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("part", Integer, primary_key=True),
    _text("channel_id"),
    _text("kind"),
    _text("name"),
    _text("mime"),
    Column("size", BigInteger, nullable=True),
    _text("ref"),
    _text("state"),  # remote, stored, failed
    _text("sha256"),
    _text("detail"),
    _time("due_at"),
    Column("attempts", Integer, nullable=False),
    Index("ix_attachments_remote", "due_at", **_where("state = 'remote'")),
    Index("ix_attachments_stored", "sha256", **_where("state = 'stored'")),
)

uploads = Table(
    "uploads",
    metadata,
    # What operators uploaded, by content; that there is a row lets others download it.
    Column("sha256", Text, primary_key=True),
    _text("name"),
    _text("mime"),
    Column("size", BigInteger, nullable=False),
    _text("operator_id"),
    _time("created_at"),
)

paces = Table(
    "paces",
    metadata,
    # When the next message may leave, by account and by chat, shared by all replicas.
    Column("key", Text, primary_key=True),
    Column("free_at", Float(53), nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("n", Serial, primary_key=True, autoincrement=True),
    _text("type"),
    _text("session_id"),
    Column("seq", Integer, nullable=False),
    Column("since", Integer, nullable=False),  # the log is longer by what follows it, up to seq
    _text("data"),
    _time("at"),
    sqlite_autoincrement=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    _text("channel_id"),
    _text("event_id"),
    Column("body", LargeBinary, nullable=False),
    _text("error"),
    _time("received_at"),
    _time("replayed_at", null=True),
)

operators = Table(
    "operators",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    _text("name"),
    _text("role"),  # admin, operator, viewer
    _text("password"),  # argon2
    _text("state"),  # active, disabled
    _text("schedule"),  # JSON: time zone, hours of each weekday, holidays; empty: always
    _time("assigned_at", null=True),  # when routing last gave him a session
    _time("created_at"),
)

logins = Table(
    "logins",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the cookie
    Column("operator_id", Text, ForeignKey("operators.id", ondelete="CASCADE"), nullable=False),
    _text("csrf"),
    _time("created_at"),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    _text("operator_id"),
    _text("act"),  # such as `channel.stop`
    _text("target"),
    _text("data"),
    _time("at"),
)

drafts = Table(
    "drafts",
    metadata,
    # A suggestion while it is being written; lossy, one for each session; empty when none is.
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    _text("turn_id"),
    _text("text"),
    Column("at", BigInteger, nullable=False, index=True),
)

presence = Table(
    "presence",
    metadata,
    # Who looks at what, for as long as his socket says so; lossy.
    Column("socket", Text, primary_key=True),
    _text("operator_id"),
    _text("session_id", null=True),
    _time("typing_until"),
    _time("seen_until"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("operator_id", Text, ForeignKey("operators.id", ondelete="CASCADE"), nullable=False),
    _text("name"),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the token
    _time("created_at"),
    _time("revoked_at", null=True),
)
