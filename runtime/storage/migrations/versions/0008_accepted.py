"""What operators sent, once; and the list of all that people have or wait for."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accepted",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_accepted_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "client_id", name=op.f("pk_accepted")),
        sqlite_with_rowid=False,
    )
    attended = sa.text("mode NOT IN ('autonomous', 'finished')")
    op.create_index(
        "ix_sessions_attended",
        "sessions",
        ["id"],
        sqlite_where=attended,
        postgresql_where=attended,
    )


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
