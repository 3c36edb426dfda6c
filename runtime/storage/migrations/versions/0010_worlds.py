"""Words of email addresses and of phone numbers can be told apart."""

import sqlalchemy as sa
from alembic import op

from runtime.storage import marks

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    """Marks are derived: they are what `marks.of` says today."""
    here = op.get_bind()
    after = ""
    while ids := here.execute(
        sa.text("SELECT id FROM customers WHERE id > :after ORDER BY id LIMIT :n"),
        {"after": after, "n": AT_ONCE},
    ).fetchall():
        some = {"first": ids[0][0], "last": ids[-1][0]}
        after = some["last"]
        here.execute(
            sa.text(
                "DELETE FROM customer_marks WHERE customer_id >= :first AND customer_id <= :last"
                " AND mark LIKE 'w:%|a'"
            ),
            some,
        )
        known = here.execute(
            sa.text(
                "SELECT customer_id, kind, value, username FROM identities"
                " WHERE customer_id >= :first AND customer_id <= :last"
            ),
            some,
        ).fetchall()
        found = {
            (id_, mark)
            for id_, *address in known
            for mark in marks.of_address(*address)
            if mark.startswith("w:")
        }
        if found:
            here.execute(
                sa.text(
                    "INSERT INTO customer_marks (customer_id, mark) VALUES (:customer_id, :mark)"
                    " ON CONFLICT DO NOTHING"
                ),
                [{"customer_id": id_, "mark": mark} for id_, mark in sorted(found)],
            )


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
