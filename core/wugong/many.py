"""Many rows as one JSON text: written from one parameter, read as one value.

At each row that SQLite takes or gives, its driver lets another thread compute, and the writer would
have to wait for its turn a hundred times a batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Select,
    bindparam,
    cast,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from wugong.storage import SCHEMA

MOST_ROWS = 5000  # in one statement
MOST_TEXT = 16_000_000  # PostgreSQL takes 256 MB

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Rows = Sequence[Mapping[str, Any]]


def put(connection: Connection, model: Any, rows: Rows) -> None:
    """Insert rows of text, whole numbers and flags; ``ValueError`` for text with a NUL."""
    execute(connection, model, _insertion(model), rows)


def execute(connection: Connection, model: Any, by: Insertion, rows: Rows) -> None:
    """Insert rows in as few statements as are safe."""
    for first in range(0, len(rows), MOST_ROWS):
        some = rows[first : first + MOST_ROWS]
        text = _handed(model, some)
        if len(text) <= MOST_TEXT:
            its = {"rows": text} if connection.dialect.name == "postgresql" else (text,)
            connection.exec_driver_sql(_sql(by, connection.dialect), its)
        else:  # seldom: a whole roster is one fact
            connection.execute(by.each, list(some))


@dataclass(frozen=True, slots=True, eq=False)
class Insertion:
    """An ``INSERT`` that takes all its rows as one parameter, and one that is given each."""

    many: Any
    each: Any


def _sql(by: Insertion, dialect: Any) -> str:
    """Write a statement once a process: as long as it is, that costs more than to run it."""
    place = by, dialect.name
    if place not in _SQL:
        schema = {"schema_translate_map": {None: SCHEMA}, "render_schema_translate": True}
        more = schema if dialect.name == "postgresql" else {}
        _SQL[place] = str(by.many.compile(dialect=dialect, **more))
    return _SQL[place]


_SQL: dict[tuple[Insertion, str], str] = {}


@cache
def _insertion(model: Any) -> Insertion:
    plain = insert(model.__table__)
    return Insertion(taking(plain, model), plain)


def taking(statement: Any, model: Any) -> Any:
    """Have an ``INSERT`` take its rows from one parameter."""
    columns = model.__table__.columns
    each = _Each(bindparam("rows")).table_valued("value").alias("one")
    found = [cast(_At(each.c.value, literal_column(str(n))), c.type) for n, c in enumerate(columns)]
    # Without a WHERE SQLite would take ON CONFLICT for the condition of a join.
    rows = select(*found).where(true())
    return statement.from_select([c.name for c in columns], rows, include_defaults=False)


def _handed(model: Any, rows: Rows) -> str:
    names = _names(model)
    text = _encode([[row[name] for name in names] for row in rows])
    if "\\u0000" in text and any("\0" in str(row[name]) for row in rows for name in names):
        raise ValueError("a text holds a NUL, which SQLite would cut off")
    return text


@cache
def _names(model: Any) -> list[str]:
    return [one.name for one in model.__table__.columns]


def gathered(query: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Ask for all rows of a query as one value: a list of lists."""
    return select(_Gathered(*query.subquery().columns))


class _Each(FunctionElement[Any]):
    """The elements of a JSON list, as rows."""

    inherit_cache = True


class _At(FunctionElement[Any]):
    """What stands at a place of a JSON list."""

    inherit_cache = True


class _Gathered(FunctionElement[Any]):
    """Rows as one JSON list of lists."""

    inherit_cache = True
    type = JSON()


def _clauses(element: Any, compiler: Any, more: Any) -> list[str]:
    return [compiler.process(one, **more) for one in element.clauses]


@compiles(_Each, "sqlite")
def _each_sqlite(element: _Each, compiler: Any, **more: Any) -> str:
    return f"json_each({', '.join(_clauses(element, compiler, more))})"


@compiles(_Each, "postgresql")
def _each_postgresql(element: _Each, compiler: Any, **more: Any) -> str:
    (rows,) = _clauses(element, compiler, more)
    return f"jsonb_array_elements(CAST({rows} AS jsonb))"


@compiles(_At, "sqlite")
def _at_sqlite(element: _At, compiler: Any, **more: Any) -> str:
    value, place = _clauses(element, compiler, more)
    return f"json_extract({value}, '$[{place}]')"


@compiles(_At, "postgresql")
def _at_postgresql(element: _At, compiler: Any, **more: Any) -> str:
    value, place = _clauses(element, compiler, more)
    return f"({value} ->> {place})"


@compiles(_Gathered, "sqlite")
def _gathered_sqlite(element: _Gathered, compiler: Any, **more: Any) -> str:
    return f"json_group_array(json_array({', '.join(_clauses(element, compiler, more))}))"


@compiles(_Gathered, "postgresql")
def _gathered_postgresql(element: _Gathered, compiler: Any, **more: Any) -> str:
    row = f"json_build_array({', '.join(_clauses(element, compiler, more))})"
    return f"coalesce(json_agg({row}), CAST('[]' AS json))"
