"""Alembic's environment and the one set of migrations. A migration never imports tables."""
