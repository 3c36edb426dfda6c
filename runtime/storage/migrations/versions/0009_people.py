"""Tags, notes, fields and filters of customers; what lists are searched by; who was merged into whom."""

import sqlalchemy as sa
from alembic import op

from runtime.storage import marks

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def _bytewise() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("customers", sa.Column("tags", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "customers", sa.Column("sort_name", _bytewise(), nullable=False, server_default="")
    )
    op.add_column(
        "customers", sa.Column("talked_at", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_index("ix_customers_name", "customers", ["sort_name", "id"])
    op.create_index("ix_customers_talked", "customers", ["talked_at", "id"])
    op.create_table(
        "customer_marks",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("mark", _bytewise(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_marks_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "mark", name=op.f("pk_customer_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_customer_marks_mark", "customer_marks", ["mark", "customer_id"])
    op.create_table(
        "customer_tags",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_customer_tags")),
    )
    op.create_table(
        "customer_fields",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "title", "type")),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_customer_fields")),
    )
    op.create_table(
        "customer_filters",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "name", "filter")),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_filters")),
        sa.UniqueConstraint("name", name=op.f("uq_customer_filters_name")),
    )
    op.create_table(
        "customer_notes",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "customer_id", "text")),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_notes_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_notes")),
    )
    op.create_index("ix_customer_notes_customer_id", "customer_notes", ["customer_id", "id"])
    op.create_table(
        "customer_merges",
        sa.Column("old_id", sa.Text(), nullable=False),
        sa.Column("new_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["new_id"], ["customers.id"], name=op.f("fk_customer_merges_new_id")
        ),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_customer_merges")),
    )
    op.create_index("ix_customer_merges_new_id", "customer_merges", ["new_id"])
    _fill()


def _fill() -> None:
    """Marks are derived: they are what `marks.of` says today."""
    here = op.get_bind()
    here.execute(
        sa.text(
            "UPDATE customers SET talked_at = coalesce((SELECT max(opened_at) FROM sessions"
            " WHERE sessions.customer_id = customers.id), 0)"
        )
    )
    after = ""
    while rows := here.execute(
        sa.text(
            "SELECT id, name, language, facts FROM customers WHERE id > :after ORDER BY id LIMIT :n"
        ),
        {"after": after, "n": AT_ONCE},
    ).fetchall():
        after = rows[-1][0]
        known = here.execute(
            sa.text(
                "SELECT customer_id, kind, value, username FROM identities"
                " WHERE customer_id >= :first AND customer_id <= :last"
            ),
            {"first": rows[0][0], "last": after},
        ).fetchall()
        found = []
        for row in rows:
            addresses = [tuple(one)[1:] for one in known if one[0] == row[0]]
            person = marks.Person.stored(row[1], row[2], row[3], "", addresses)
            found += [{"customer_id": row[0], "mark": mark} for mark in marks.of(person)]
            here.execute(
                sa.text("UPDATE customers SET sort_name = :name WHERE id = :id"),
                {"name": marks.sorted_by(row[1]), "id": row[0]},
            )
        if found:
            here.execute(
                sa.text(
                    "INSERT INTO customer_marks (customer_id, mark) VALUES (:customer_id, :mark)"
                ),
                found,
            )


def downgrade() -> None:
    raise NotImplementedError("Go back by restoring the backup that was made before.")
