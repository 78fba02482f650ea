"""The core tables as first released."""

from __future__ import annotations

from alembic import op

from wugong.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every core table."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """There is nothing before the first version."""
    raise RuntimeError("the first version cannot be taken back; restore a backup instead")
