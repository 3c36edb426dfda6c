"""Whether a customer wants marketing; identities by the chat in which they are reached."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("identities") as table:
        table.add_column(
            sa.Column("marketing", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    with op.batch_alter_table("identities") as table:
        table.alter_column("marketing", server_default=None)
    op.create_index("ix_identities_chat", "identities", ["scope", "chat"])


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
