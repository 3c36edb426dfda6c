"""Sessions know what reports count: who finished them, first words, and when people were wanted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CONTROL = "SELECT {what} FROM log WHERE session_id = sessions.id AND kind = 'control' AND {which}"
FINISHED = """data LIKE '%"after":"finished"%' ORDER BY seq DESC LIMIT 1"""
TO_PEOPLE = (
    """data LIKE '%"before":"autonomous"%' AND data NOT LIKE '%"after":"finished"%'"""
    " ORDER BY seq LIMIT 1"
)
FIRST = (
    "SELECT MIN(at) FROM log WHERE session_id = sessions.id AND kind = 'message' AND author = '{}'"
)

VALUES = {
    "resolved_by": f"COALESCE(({CONTROL.format(what='author_id', which=FINISHED)}), '')",
    "first_agent_at": f"({FIRST.format('agent')})",
    "first_human_at": f"({FIRST.format('operator')})",
    "handed_over_at": f"({CONTROL.format(what='at', which=TO_PEOPLE)})",
    "handed_over_by": f"COALESCE(({CONTROL.format(what='author_id', which=TO_PEOPLE)}), '')",
    "handover_reason": f"COALESCE(({CONTROL.format(what='text', which=TO_PEOPLE)}), '')",
}
_told = ", ".join(f"{name} = {value}" for name, value in VALUES.items())
FILL = f"UPDATE sessions SET {_told}".replace(":", "\\:")  # noqa: S608 - all ours
"""What the log says of sessions that are there already."""


def upgrade() -> None:
    with op.batch_alter_table("sessions") as table:
        for name in ("resolved_by", "handed_over_by", "handover_reason"):
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        for name in ("first_agent_at", "first_human_at", "handed_over_at"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_sessions_opened_at"), "sessions", ["opened_at"], unique=False)
    op.execute(sa.text(FILL))


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
