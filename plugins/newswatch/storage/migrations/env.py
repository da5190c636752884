"""Alembic's entry point: runs migrations on the connection that `newswatch.storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

from newswatch.storage.tables_all import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
