"""``among``: rows whose columns are one of many texts, given as one parameter.

However many there are, the statement stays the same, so that neither we nor the database have to
read it anew, and both databases find each row by its index.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class _Among(FunctionElement[Any]):
    """Its last clause is the parameter, those before are the columns.

    It has no type: of a Boolean SQLite would be asked whether it equals 1, not by the index.
    """

    inherit_cache = True


def among(parameter: str, *columns: Any) -> _Among:
    """Return the condition that the columns are one of those under ``parameter``.

    Its value is what :func:`listed` makes of texts, or of tuples of texts for several columns.
    """
    return _Among(*columns, bindparam(parameter))


def listed(wanted: Iterable[str | tuple[str, ...]]) -> str:
    """Write what is looked for as one parameter."""
    return json.dumps(list(wanted), ensure_ascii=False)


@compiles(_Among, "sqlite")
def _sqlite(element: _Among, compiler: Any, **more: Any) -> str:
    *columns, wanted = [compiler.process(one, **more) for one in element.clauses]
    parts = [f"json_extract(value, '$[{n}]')" for n in range(len(columns))]
    found = ", ".join(parts) if len(columns) > 1 else "value"
    return f"({', '.join(columns)}) IN (SELECT {found} FROM json_each({wanted}))"


@compiles(_Among, "postgresql")
def _postgresql(element: _Among, compiler: Any, **more: Any) -> str:
    *columns, wanted = [compiler.process(one, **more) for one in element.clauses]
    if len(columns) == 1:
        return (
            f"{columns[0]} = ANY (ARRAY(SELECT json_array_elements_text(CAST({wanted} AS json))))"
        )
    parts = ", ".join(f"one.value ->> {n}" for n in range(len(columns)))
    rows = f"json_array_elements(CAST({wanted} AS json)) AS one"
    return f"({', '.join(columns)}) IN (SELECT {parts} FROM {rows})"
