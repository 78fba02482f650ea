"""Who voted in a secret poll stands as a mark, not by name."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import inspect, text

from wugong.errors import Misconfigured
from wugong.words import N_

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Rename the column; what it holds of boxes that were opened serves their turnout alone."""
    connection = op.get_bind()
    schema = context.config.attributes["schema"]
    columns = inspect(connection).get_columns("wugong_voted", schema)
    if "mark" in [one["name"] for one in columns]:
        return  # the first version was made just now, by this program
    place = f"{schema}." if schema else ""
    if connection.execute(text(f"SELECT count(*) FROM {place}wugong_box")).scalar():
        raise Misconfigured(
            N_(
                "a secret poll is under way: open its box with the program that sealed it, then "
                "run wugong migrate"
            )
        )
    voted = f"{place}wugong_voted"
    connection.execute(text(f"ALTER TABLE {voted} RENAME COLUMN entitlement TO mark"))
    # One mark of each poll is nobody's and not counted.
    connection.execute(
        text(
            f"INSERT INTO {voted} (community, poll, mark) "
            f"SELECT DISTINCT community, poll, '' FROM {voted}"
        )
    )


def downgrade() -> None:
    """Names are not made out of marks."""
    raise RuntimeError("this version cannot be taken back; restore a backup instead")
