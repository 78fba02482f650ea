"""What a browser sent: read once, bounded, and asked for by name with a clear complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from wugong import Kind, Ref, Unreadable, kind_of
from wugong_server.fields import body_from, defaults_of
from wugong_server.page import page_of

T = TypeVar("T")
MOST_FIELDS = 400
MOST_FILES = 10
MOST_PART = 64 * 1024
HUNDREDTHS = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?")


class Form(Mapping[str, str]):
    """A form as sent: text by field name, stripped; what is missing is said by name."""

    def __init__(self, data: FormData, zone: ZoneInfo) -> None:
        self.data = data
        self.zone = zone
        self.kind: Kind | None = None  # what it was last read as

    def __getitem__(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str):
            raise Unreadable([(name, "is missing")])
        return value.replace("\r\n", "\n").strip()

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(k for k, v in self.data.multi_items() if isinstance(v, str)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def get(self, name: str, default: Any = "") -> Any:
        """Return the text of a field, or ``default`` when it was not sent."""
        return self[name] if isinstance(self.data.get(name), str) else default

    def list(self, name: str) -> list[str]:
        """Return every text sent under one name, empty ones left out."""
        sent = (value for value in self.data.getlist(name) if isinstance(value, str))
        return [text for value in sent if (text := value.replace("\r\n", "\n").strip())]

    def whole(self, name: str) -> int:
        """Return a whole number."""
        text = self[name].replace(",", "").replace("−", "-")
        if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
            raise Unreadable([(name, "must be a whole number")])
        return int(text)

    def ref(self, name: str) -> Ref:
        """Return the number of a fact."""
        return Ref(self.whole(name))

    def money(self, name: str) -> int:
        """Return in 分 what was typed in yuan."""
        return hundredths(name, self[name])

    def area(self, name: str) -> int:
        """Return in 0.01 m² what was typed in square metres."""
        return hundredths(name, self[name])

    def time(self, name: str) -> datetime:
        """Return in UTC what was typed as a day or a day and hour in local time."""
        return local_time(name, self[name], self.zone)

    def file(self, name: str) -> UploadFile | None:
        """Return an uploaded file, or ``None`` when none was chosen."""
        value = self.data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def event(self, cls: type[T], **values: Any) -> T:
        """Build an event from the fields of its declaration; ``values`` win over what was sent."""
        self.kind = kind = kind_of(cls)
        rest = {name: its for name, its in kind.fields.items() if name not in values}
        made: T = kind.read({**body_from(rest, self, defaults=defaults_of(kind.cls)), **values})
        return made


def hundredths(name: str, text: str) -> int:
    """Read ``1,560.5`` as 156050 hundredths; more than two decimals are an error, not rounded.

    >>> hundredths("amount", "98.6")
    9860
    """
    plain = text.replace(",", "").replace("，", "").replace("−", "-").strip()
    found = HUNDREDTHS.fullmatch(plain)
    if not found or not plain.isascii():
        raise Unreadable([(name, "must be a number with at most two decimals, such as 98.60")])
    sign, whole, rest = found.groups()
    value = int(whole) * 100 + int((rest or "").ljust(2, "0"))
    return -value if sign else value


def local_time(name: str, text: str, zone: ZoneInfo) -> datetime:
    """Read ``2026-12-10`` (its last moment) or ``2026-12-10T18:00`` in ``zone``, return UTC.

    A day alone means that the whole day counts: its end, the midnight that follows.
    """
    try:
        if len(text) == len("2026-12-10"):
            end = date.fromisoformat(text) + timedelta(days=1)
            value = datetime(end.year, end.month, end.day, tzinfo=zone)
        else:
            value = datetime.fromisoformat(text)
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable([(name, "must be a day such as 2026-12-10")]) from None


async def read_form(request: Request) -> Form:
    """Read the form of a POST once; a later call returns the same."""
    known: Form | None = getattr(request.state, "form", None)
    if known is not None:
        return known
    data = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_PART)
    form = Form(data, page_of(request).zone)
    request.state.form = form
    return form


async def read_unanswered(request: Request) -> None:
    """Read the form of a POST that is turned away before anything read it: to offer it again."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if request.method == "POST" and kind == "application/x-www-form-urlencoded":
        with suppress(HTTPException):  # a form that cannot be read is not offered again
            await read_form(request)
