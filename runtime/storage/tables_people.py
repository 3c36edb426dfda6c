"""Tables of customers: who they are, how they are reached, and what people know of them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from . import tables_inside
from .columns import bytewise_, text_, time_

metadata = tables_inside.metadata

customers = Table(
    "customers",
    metadata,
    Column("id", Text, primary_key=True),
    text_("name"),
    text_("language"),
    text_("facts"),  # JSON object of strings; some of them are fields
    text_("tags"),  # JSON list of strings
    bytewise_("sort_name"),  # folded, for lists in this order
    time_("talked_at"),  # when the newest conversation began; 0: never
    time_("created_at"),
    Index("ix_customers_name", "sort_name", "id"),
    Index("ix_customers_talked", "talked_at", "id"),
)

customer_marks = Table(
    "customer_marks",
    metadata,
    # What lists are searched by, derived (see `marks`): a customer's, and whose a mark is.
    Column("customer_id", Text, ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    bytewise_("mark", primary_key=True),
    Index("ix_customer_marks_mark", "mark", "customer_id"),
    sqlite_with_rowid=False,
)

identities = Table(
    "identities",
    metadata,
    # Whose number space `value` belongs to: the channel's id for Telegram users, empty for email.
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("customer_id", Text, ForeignKey("customers.id"), nullable=False, index=True),
    text_("username"),
    text_("chat", null=True),  # where the platform reaches this identity, once it wrote to us
    Column("reachable", Boolean, nullable=False),
    text_("unreachable_reason"),
    Column("marketing", Boolean, nullable=False),  # whether he wants any under this identity
    time_("created_at"),
    Index("ix_identities_chat", "scope", "chat"),
)

customer_tags = Table(
    "customer_tags",
    metadata,
    # Every tag that anybody has ever had, as it was first written: what is offered.
    Column("name", Text, primary_key=True),
)

customer_fields = Table(
    "customer_fields",
    metadata,
    # Facts with a title and a type. Where an agent learns a fact of this name, it is the field's value.
    Column("name", Text, primary_key=True),
    text_("title"),
    text_("type"),  # text, number, date, yes_no, choice
    text_("choices"),  # JSON list
    Column("position", Integer, nullable=False),
)

customer_filters = Table(
    "customer_filters",
    metadata,
    # Filters that are kept, for everybody.
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    text_("filter"),  # JSON, see filters
    text_("operator_id", null=True),
    time_("created_at"),
)

customer_notes = Table(
    "customer_notes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", Text, ForeignKey("customers.id"), nullable=False),
    text_("text"),
    text_("operator_id", null=True),
    time_("created_at"),
    Index("ix_customer_notes_customer_id", "customer_id", "id"),
)

customer_merges = Table(
    "customer_merges",
    metadata,
    # Who was found to be somebody else: old addresses of profiles lead there.
    Column("old_id", Text, primary_key=True),
    Column("new_id", Text, ForeignKey("customers.id"), nullable=False, index=True),
)
