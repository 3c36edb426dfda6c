"""What was known of a customer when a session began, and what was learnt in it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("known", "learnt"):
        op.add_column("sessions", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
