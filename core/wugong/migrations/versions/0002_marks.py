"""Who voted in a secret poll stands as a mark, not by name."""

from __future__ import annotations

import secrets

from alembic import context, op
from sqlalchemy import Connection, inspect, text

from wugong.errors import Misconfigured
from wugong.words import N_

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Rename the column and forget the names; how many voted in opened boxes stays."""
    connection = op.get_bind()
    schema = context.config.attributes["schema"]
    columns = inspect(connection).get_columns("wugong_voted", schema)
    if "mark" in [one["name"] for one in columns]:
        return  # the first version was made just now, by this program
    place = f"{schema}." if schema else ""
    if schema:  # a server of the old version may be putting a ballot in just now
        both = f"{place}wugong_voted, {place}wugong_box"
        connection.execute(text(f"LOCK TABLE {both} IN ACCESS EXCLUSIVE MODE"))
    if connection.execute(text(f"SELECT count(*) FROM {place}wugong_box")).scalar():
        raise Misconfigured(
            N_(
                "a secret poll is under way: open its box with the program that sealed it, then "
                "run wugong migrate"
            )
        )
    connection.execute(text(f"ALTER TABLE {place}wugong_voted RENAME COLUMN entitlement TO mark"))
    _forget(connection, f"{place}wugong_voted")


def _forget(connection: Connection, table: str) -> None:
    rows = connection.execute(text(f"SELECT community, poll FROM {table}")).all()
    connection.execute(text(f"DELETE FROM {table}"))
    # One mark of each poll is nobody's and not counted.
    made = [
        {"community": community, "poll": poll, "mark": secrets.token_hex(20)}
        for community, poll in [*rows, *sorted({(one[0], one[1]) for one in rows})]
    ]
    if made:
        into = f"INSERT INTO {table} (community, poll, mark) VALUES (:community, :poll, :mark)"
        connection.execute(text(into), made)


def downgrade() -> None:
    """Names are not made out of marks."""
    raise RuntimeError("this version cannot be taken back; restore a backup instead")
