"""What stands in the address of an API request: read strictly, and written for the next page."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from starlette.requests import Request

from wugong import STAGES, Stage
from wugong_server.page import Page
from wugong_server.problem import Malformed

KEY_HEADER = "header.Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,200}")


def idempotency_key(request: Request) -> str:
    """Return the key that makes a request safe to repeat, or nothing where none was sent."""
    key = request.headers.get("idempotency-key", "")
    if key and not KEY.fullmatch(key):
        raise Malformed(400, (KEY_HEADER, "must be 1 to 200 visible ASCII characters"))
    return key


class Query:
    """The query of a request, read strictly; every problem is told at once by :meth:`done`."""

    def __init__(self, page: Page, *known: str) -> None:
        self._given = page.request.query_params
        self.problems = [
            (f"query.{name}", "is not known here") for name in self._given if name not in known
        ]

    def number(self, name: str, otherwise: int, least: int, most: int) -> int:
        """Read a whole number within bounds."""
        text = self._given.get(name)
        if text is None:
            return otherwise
        if re.fullmatch(r"\d{1,16}", text) and least <= int(text) <= most:
            return int(text)
        self.problems.append((f"query.{name}", f"must be from {least} to {most}"))
        return otherwise

    def text(self, name: str, most: int = 80) -> str:
        """Read a short text."""
        text = self._given.get(name, "")
        if len(text) > most or not text.isprintable():
            self.problems.append((f"query.{name}", f"must be at most {most} printable characters"))
            return ""
        return text

    def flag(self, name: str) -> bool:
        """Read ``true`` or ``false``."""
        text = self._given.get(name, "false")
        if text not in ("true", "false"):
            self.problems.append((f"query.{name}", "must be true or false"))
        return text == "true"

    def one_of(self, name: str, known: Collection[str]) -> str:
        """Read one of a few words, or nothing where it is not there."""
        text = self._given.get(name, "")
        if name in self._given and text not in known:
            self.problems.append((f"query.{name}", f"must be one of {', '.join(known)}"))
        return text

    def stage(self, name: str) -> Stage | None:
        """Read the key of a stage."""
        text = self.one_of(name, [stage.key for stage in STAGES])
        return next((stage for stage in STAGES if stage.key == text), None)

    def done(self) -> None:
        """Raise when anything could not be read."""
        if self.problems:
            raise Malformed(422, *self.problems)


def paged(page: Page, name: str, items: Sequence[Any], after: Any | None) -> dict[str, Any]:
    """Wrap a page of a list: the next one is asked for with the cursor that stands here."""
    return {name: list(items), "next": _next(page.request, after) if after is not None else None}


def _next(request: Request, cursor: Any) -> str:
    address = request.url.include_query_params(cursor=cursor)
    return f"{address.path}?{address.query}"
