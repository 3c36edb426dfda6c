"""Every table but those of `tables_inside` and `tables_people`, and why its indexes are there. Times are milliseconds; `data`
is JSON as text.

Migrations never import this file; a test holds the two equal.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from . import tables_people
from .columns import Serial, text_, time_, where_

metadata = tables_people.metadata

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    time_("alive_until"),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Text, primary_key=True),
    text_("kind"),
    text_("name"),
    text_("state"),  # stopped, starting, running, error
    text_("error"),
    text_("settings"),  # JSON, no secrets
    Column("secrets", LargeBinary, nullable=False),  # encrypted JSON
    text_("worker", null=True),  # the replica that holds the connection
    time_("created_at"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    text_("name"),
    text_("state"),  # running, stopped, error
    text_("error"),
    text_("settings"),  # JSON: default operators, how an assigned session begins
)

channel_agents = Table(
    "channel_agents",
    metadata,
    Column("channel_id", Text, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    text_("agent_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel_id", Text, ForeignKey("channels.id"), nullable=False),
    Column("customer_id", Text, ForeignKey("customers.id"), nullable=False),
    text_("agent_id"),
    text_("chat"),
    text_("thread"),
    text_("via"),
    Column("grouped", Boolean, nullable=False),  # a group chat, with its own pace
    text_("mode"),
    text_("operator_id", null=True),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("unread", Integer, nullable=False),  # customer messages that no operator opened
    time_("opened_at"),
    time_("customer_wrote_at", null=True),
    time_("answered_at", null=True),
    time_("idle_at", null=True),  # when it finishes by itself; only while the agent has it
    time_("finished_at", null=True),
    time_("waiting_since", null=True),  # since when nobody has it; only while it waits
    time_("sought_since", null=True),  # since when routing looks for an operator
    time_("look_at", null=True),  # when the watchdog looks at it; only while it waits
    time_("reminded_at", null=True),  # when the watchdog last said so
    text_("summary"),  # what it was about, in a sentence or two
    text_("known"),  # JSON: facts of the customer when it began
    text_("learnt"),  # JSON: facts that were learnt in it
    text_("subject"),  # of an email thread; empty where the platform has none
    text_("context"),  # JSON that the channel wants back with what is sent; empty for none
    text_("resolved_by"),  # agent, clock, outside, operator:ID; empty while it is not finished
    # What reports count, so that they need not read the log: each is the first time.
    time_("first_agent_at", null=True),
    time_("first_human_at", null=True),
    time_("handed_over_at", null=True),
    text_("handed_over_by"),
    text_("handover_reason"),
    Index("ix_sessions_opened_at", "opened_at"),
    Index("ix_sessions_customer_id", "customer_id", "id"),
    # The lists: what is not finished, what people have or wait for, by who has it, who waits longest, what finished last.
    Index("ix_sessions_active", "id", **where_("mode <> 'finished'")),
    Index("ix_sessions_attended", "id", **where_("mode NOT IN ('autonomous', 'finished')")),
    Index("ix_sessions_workspace", "operator_id", "id", **where_("mode <> 'finished'")),
    Index("ix_sessions_waiting", "waiting_since", "id", **where_("waiting_since IS NOT NULL")),
    Index("ix_sessions_finished", "finished_at", "id", **where_("finished_at IS NOT NULL")),
    # What routing asks at every look: per agent how many, the oldest, and what is due.
    Index(
        "ix_sessions_routing",
        "agent_id",
        "sought_since",
        "waiting_since",
        "look_at",
        **where_("waiting_since IS NOT NULL"),
    ),
    Index("ix_sessions_look", "look_at", **where_("look_at IS NOT NULL")),
    # The one open session of a chat with an agent; how an inbound message finds it.
    Index(
        "uq_sessions_open",
        "channel_id",
        "chat",
        "thread",
        "via",
        "agent_id",
        unique=True,
        **where_("mode <> 'finished'"),
    ),
    Index("ix_sessions_idle", "idle_at", **where_("idle_at IS NOT NULL")),
)

log = Table(
    "log",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    text_("kind"),  # message, edit, control, note, outcome
    text_("author"),  # customer, agent, operator, notice, event
    text_("author_id"),
    text_("text"),
    text_("message_id"),  # the platform's, empty where it has none
    text_("data"),
    time_("at"),
    sqlite_with_rowid=False,
)

accepted = Table(
    "accepted",
    metadata,
    # What operators wrote, by the id that their browser gave it, so that sent twice it is written once.
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),  # the log entry that it became
    sqlite_with_rowid=False,
)

originals = Table(
    "originals",
    metadata,
    # All of a message whose log entry has only what agents read.
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    text_("subject"),
    text_("sender"),
    text_("recipients"),
    text_("html"),
    text_("text"),
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
    text_("id"),
    text_("kind"),  # reply, suggestion
    Column("epoch", Integer, nullable=False),
    time_("asked_at"),
    time_("due_at"),
    time_("again_at", null=True),  # another turn is due after the one that runs
    text_("worker", null=True),
    Column("attempts", Integer, nullable=False),
    text_("instruction"),
    text_("refines"),  # the suggestion that the operator wants otherwise, empty for none
    Index("ix_turns_due", "due_at", **where_("worker IS NULL")),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("seq", Integer, nullable=False),  # the log entry that it delivers
    Column("part", Integer, nullable=False),
    text_("channel_id"),
    text_("speaker"),  # agent, operator, notice
    Column("epoch", Integer, nullable=False),
    text_("body"),
    text_("plain"),
    text_("attachments"),  # JSON [{sha256, name, mime}], empty for none
    text_("reply_to"),
    text_("extra"),  # JSON of what only some platforms have
    text_("state"),  # queued, sending, sent, delivered, read, failed, unknown, withdrawn
    time_("due_at"),
    Column("attempts", Integer, nullable=False),
    text_("worker", null=True),
    text_("message_id"),
    text_("code"),
    text_("detail"),
    time_("created_at"),
    time_("settled_at", null=True),
    UniqueConstraint("session_id", "seq", "part"),
    Index("ix_deliveries_due", "due_at", **where_("state = 'queued'")),
    Index("ix_deliveries_sending", "worker", **where_("state = 'sending'")),
    # What is still under way in a session: its order, and what a takeover withdraws.
    Index(
        "ix_deliveries_open",
        "session_id",
        "seq",
        "part",
        **where_("state IN ('queued', 'sending')"),
    ),
    Index("ix_deliveries_message", "channel_id", "message_id", **where_("message_id <> ''")),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("answers_seq", Integer, nullable=False),  # the last log entry that it has seen
    text_("text"),
    text_("data"),  # JSON: sources, proposed, usage, prompt_version
    text_("state"),  # open, used, edited, dismissed, overtaken, ignored
    Column("late", Boolean, nullable=False),  # written as a reply, before control moved
    text_("agent_id"),
    text_("prompt_version"),
    text_("instruction"),  # what the operator asked for, such as "shorter"
    text_("refines"),  # the suggestion that he wanted otherwise, empty for none
    time_("asked_at", null=True),
    time_("first_at", null=True),  # when its first words were there
    time_("created_at"),
    time_("shown_at", null=True),  # when an operator first saw it
    time_("settled_at", null=True),  # when it stopped being open
    text_("operator_id", null=True),  # for whom it was written, then who settled it
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
    text_("channel_id"),
    text_("kind"),
    text_("name"),
    text_("mime"),
    Column("size", BigInteger, nullable=True),
    text_("ref"),
    text_("state"),  # remote, stored, failed
    text_("sha256"),
    text_("detail"),
    time_("due_at"),
    Column("attempts", Integer, nullable=False),
    Index("ix_attachments_remote", "due_at", **where_("state = 'remote'")),
    Index("ix_attachments_stored", "sha256", **where_("state = 'stored'")),
)

uploads = Table(
    "uploads",
    metadata,
    # What operators uploaded, by content; that there is a row lets others download it.
    Column("sha256", Text, primary_key=True),
    text_("name"),
    text_("mime"),
    Column("size", BigInteger, nullable=False),
    text_("operator_id"),
    time_("created_at"),
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
    text_("type"),
    text_("session_id"),
    Column("seq", Integer, nullable=False),
    Column("since", Integer, nullable=False),  # the log is longer by what follows it, up to seq
    text_("data"),
    time_("at"),
    sqlite_autoincrement=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    text_("channel_id"),
    text_("event_id"),
    Column("body", LargeBinary, nullable=False),
    text_("error"),
    time_("received_at"),
    time_("replayed_at", null=True),
    time_("dismissed_at", null=True),  # somebody has looked: it is nothing
)

operators = Table(
    "operators",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    text_("name"),
    text_("role"),  # admin, operator, viewer
    text_("password"),  # argon2
    text_("state"),  # active, disabled
    text_("schedule"),  # JSON: time zone, hours of each weekday, holidays; empty: always
    time_("assigned_at", null=True),  # when routing last gave him a session
    time_("created_at"),
)

drafts = Table(
    "drafts",
    metadata,
    # A suggestion while it is being written; lossy, one for each session; empty when none is.
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    text_("turn_id"),
    text_("text"),
    Column("at", BigInteger, nullable=False, index=True),
)
