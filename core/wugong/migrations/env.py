"""Alembic's entrance: migrates the connection that :meth:`wugong.storage.Storage.migrate` gives."""

from __future__ import annotations

from alembic import context

from wugong.storage import VERSION_TABLE
from wugong.tables import metadata

OURS = "wugong_"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=context.config.attributes["schema"],
    render_as_batch=True,
    # Never touch a table of the host that shares the database.
    include_name=lambda name, kind, _parents: kind != "table" or (name or "").startswith(OURS),
)
with context.begin_transaction():
    context.run_migrations()
