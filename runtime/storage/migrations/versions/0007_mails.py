"""Conversations with subjects; several files in one message, and what it was before it was cut."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE deliveries RENAME COLUMN attachment TO attachments")
    op.execute(
        "UPDATE deliveries SET attachments = '[' || attachments || ']' WHERE attachments <> ''"
    )
    for name in ("subject", "context"):
        op.add_column("sessions", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "originals",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("subject", "sender", "recipients", "html", "text")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_originals_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_originals")),
    )


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
