"""Runs migrations on the connection that `runtime.storage.migrate` hands over; no files, no URLs."""

from alembic import context

from runtime.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
