"""Logins, audit, the ledger of suggestions, routing, lists, uploads, and a feed that carries data."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "mode <> 'finished'"
WAITS = "waiting_since IS NOT NULL"


def upgrade() -> None:
    _operators()
    _sessions()
    _suggestions()
    _uploads()
    with op.batch_alter_table("agents") as table:
        table.add_column(_text("settings"))
    with op.batch_alter_table("feed") as table:
        table.add_column(_text("data"))
        table.add_column(sa.Column("since", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")


def _text(name: str, default: str = "") -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _operators() -> None:
    with op.batch_alter_table("operators") as table:
        table.add_column(_text("state", "active"))
        table.add_column(_text("schedule"))
        table.add_column(sa.Column("assigned_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "logins",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_logins_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_logins")),
    )
    op.create_index(op.f("ix_logins_expires_at"), "logins", ["expires_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "drafts",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_drafts_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_at"), "drafts", ["at"], unique=False)
    op.create_table(
        "presence",
        sa.Column("socket", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("typing_until", sa.BigInteger(), nullable=False),
        sa.Column("seen_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("socket", name=op.f("pk_presence")),
    )


def _sessions() -> None:
    with op.batch_alter_table("sessions") as table:
        for column in ("waiting_since", "sought_since", "look_at", "reminded_at"):
            table.add_column(sa.Column(column, sa.BigInteger(), nullable=True))
        table.add_column(_text("summary"))
    op.execute(
        "UPDATE sessions SET waiting_since = opened_at, sought_since = opened_at,"
        " look_at = opened_at WHERE mode = 'waiting'"
    )
    op.drop_index("uq_sessions_open", table_name="sessions")
    op.drop_index("ix_sessions_customer_id", table_name="sessions")
    op.create_index("ix_sessions_customer_id", "sessions", ["customer_id", "id"], unique=False)
    for name, columns, where in (
        ("uq_sessions_open", ["channel_id", "chat", "thread", "via", "agent_id"], OPEN),
        ("ix_sessions_workspace", ["operator_id", "id"], OPEN),
        ("ix_sessions_active", ["id"], OPEN),
        ("ix_sessions_waiting", ["waiting_since", "id"], WAITS),
        ("ix_sessions_finished", ["finished_at", "id"], "finished_at IS NOT NULL"),
        ("ix_sessions_routing", ["agent_id", "sought_since", "waiting_since", "look_at"], WAITS),
        ("ix_sessions_look", ["look_at"], "look_at IS NOT NULL"),
    ):
        op.create_index(
            name,
            "sessions",
            columns,
            unique=name.startswith("uq_"),
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _suggestions() -> None:
    with op.batch_alter_table("suggestions") as table:
        for name in ("agent_id", "prompt_version", "instruction", "refines"):
            table.add_column(_text(name))
        table.add_column(sa.Column("operator_id", sa.Text(), nullable=True))
        for name in ("asked_at", "first_at", "shown_at", "settled_at"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
        for name in ("sent_seq", "distance"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))


def _uploads() -> None:
    stored = sa.text("state = 'stored'")
    op.create_index(
        "ix_attachments_stored",
        "attachments",
        ["sha256"],
        unique=False,
        sqlite_where=stored,
        postgresql_where=stored,
    )
    op.create_table(
        "uploads",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_uploads")),
    )
    op.create_index(
        op.f("ix_suggestions_created_at"), "suggestions", ["created_at", "id"], unique=False
    )
    with op.batch_alter_table("turns") as table:
        table.add_column(_text("refines"))
