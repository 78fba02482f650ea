"""The law that a poll is decided by: its procedure as the text stood when the poll opened."""

from __future__ import annotations

from functools import lru_cache

from wugong import Matter, Procedure, read_again
from wugong_voting.petitions import Petition
from wugong_voting.state import Poll


def procedure_of(matter: Matter, poll: Poll | None) -> Procedure | None:
    """Return the procedure of a poll, read from the text that was kept at its opening.

    Of a poll that kept none (an older record, a procedure made in code) it is the one installed.
    """
    if poll is None:
        return None
    law = poll.roll.law if poll.roll else None
    if law is None:
        return matter.standing.procedures.get(poll.opened.procedure)
    return _read(poll.opened.procedure, law.texts)


def procedure_asked_for(matter: Matter, petition: Petition | None) -> Procedure | None:
    """Return the procedure that a petition asks for, as the text stood when it was opened."""
    if petition is None:
        return None
    law = petition.roll.law if petition.roll else None
    if law is None:
        return matter.standing.procedures.get(petition.opened.procedure)
    return _read(petition.opened.procedure, law.texts)


@lru_cache(maxsize=256)
def _read(name: str, texts: tuple[str, ...]) -> Procedure:
    return read_again(name, texts)
