"""Messages that a platform has approved beforehand."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keys = ("channel_id", "name", "language")
    texts = ("status", "category", "quality", "reason", "variables", "preview", "definition")
    op.create_table(
        "templates",
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*keys, *texts)),
        sa.Column("fillable", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_templates_channel_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_templates")),
    )


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
