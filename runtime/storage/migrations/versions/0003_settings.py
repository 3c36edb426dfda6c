"""Knowledge that admins write, what happened to channels, and dismissing what is in quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        *(sa.Column(n, sa.Text(), nullable=False) for n in ("agent_id", "name", "text", "version")),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "name", name=op.f("pk_documents")),
    )
    texts = ("channel_id", "kind", "code", "detail", "session_id")
    op.create_table(
        "happenings",
        sa.Column(
            "n",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_happenings_channel_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_happenings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_happenings_channel_id"), "happenings", ["channel_id", "n"])
    with op.batch_alter_table("quarantine") as table:
        table.add_column(sa.Column("dismissed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
