"""The calendar of holidays that pages count working days by: a file, read again when it changes."""

from __future__ import annotations

import logging
from pathlib import Path

from wugong import Misconfigured
from wugong.deadlines import Calendar, read_calendar

log = logging.getLogger("wugong.server")


class CalendarFile:
    """The calendar of one deployment; without a file only weekends are known.

    An administrator adds a year while the server runs. A file that cannot be read stops the start
    (``Misconfigured``); later the calendar stays what it was, and the log says why.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._known = path, Calendar()
        self._seen = _stamp(path)
        if path is not None:
            self._known = open_calendar(path)

    def now(self) -> Calendar:
        """Return the calendar as the file has it."""
        stamp = _stamp(self._path)
        if self._path is None or stamp == self._seen:
            return self._known
        self._seen = stamp
        try:
            self._known = open_calendar(self._path)
        except Misconfigured as error:
            log.error("the calendar stays as it was: %s", error)
        return self._known


def open_calendar(path: Path) -> Calendar:
    """Read a calendar file; ``Misconfigured`` names it and says what is wrong."""
    try:
        return read_calendar(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"cannot read the calendar {path.name}: {error.strerror}") from None
    except ValueError as error:
        raise Misconfigured(f"{path.name}: {error}") from None


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """Return when a file was changed and its size; ``None`` for one that is not there."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None
