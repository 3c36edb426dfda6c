"""Tables of those who work here, and of what they look after; customers never touch them.

The other tables are in `tables`, in the same metadata.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from .columns import Serial, text_, time_

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

documents = Table(
    "documents",
    metadata,
    # Knowledge that admins wrote, beside what the agent's folder holds.
    Column("agent_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    text_("text"),
    text_("version"),  # another one with each change
    text_("operator_id"),
    time_("changed_at"),
)


happenings = Table(
    "happenings",
    metadata,
    # What happened to a channel, for whoever looks after it; bounded.
    Column("n", Serial, primary_key=True, autoincrement=True),
    Column("channel_id", Text, ForeignKey("channels.id", ondelete="CASCADE"), nullable=False),
    text_("kind"),
    text_("code"),
    text_("detail"),
    text_("session_id"),
    Column("times", Integer, nullable=False),
    time_("at"),
    time_("last_at"),
    Index("ix_happenings_channel_id", "channel_id", "n"),
    sqlite_autoincrement=True,
)


templates = Table(
    "templates",
    metadata,
    # Messages that a platform has approved beforehand, as it last told them.
    Column("channel_id", Text, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    text_("status"),
    text_("category"),
    text_("quality"),
    text_("reason"),
    Column("fillable", Boolean, nullable=False),
    text_("variables"),  # JSON
    text_("preview"),
    text_("definition"),  # JSON, as the platform gave it
    Column("stale", Boolean, nullable=False),  # the platform has said that it changed
    Column("position", Integer, nullable=False),
)


logins = Table(
    "logins",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the cookie
    Column("operator_id", Text, ForeignKey("operators.id", ondelete="CASCADE"), nullable=False),
    text_("csrf"),
    time_("created_at"),
    Column("expires_at", BigInteger, nullable=False, index=True),
)


tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("operator_id", Text, ForeignKey("operators.id", ondelete="CASCADE"), nullable=False),
    text_("name"),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the token
    time_("created_at"),
    time_("revoked_at", null=True),
)


audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    text_("operator_id"),
    text_("act"),  # such as `channel.stop`
    text_("target"),
    text_("data"),
    time_("at"),
)


presence = Table(
    "presence",
    metadata,
    # Who looks at what, for as long as his socket says so; lossy.
    Column("socket", Text, primary_key=True),
    text_("operator_id"),
    text_("session_id", null=True),
    time_("typing_until"),
    time_("seen_until"),
)
