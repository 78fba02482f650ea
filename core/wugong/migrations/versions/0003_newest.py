"""The newest facts of a community are found past all ballots."""

from __future__ import annotations

from alembic import op

from wugong.tables import NEWEST, JournalRow

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index; where this program has just made the first version it is there."""
    table = JournalRow.__table__  # type: ignore[attr-defined]
    (index,) = (one for one in table.indexes if one.name == NEWEST)
    index.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """An older version has boxes that are not ours."""
    raise RuntimeError("this version cannot be taken back; restore a backup instead")
