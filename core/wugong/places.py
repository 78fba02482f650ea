"""Where a community lies, and which procedures are therefore offered there.

A jurisdiction is written from the country down, parts joined by hyphens: ``CN-SC-Chengdu`` lies in
``CN-SC``, and everything in ``CN``. Where a local pack is in force, the procedure that it makes
stricter is not offered any more; what belongs to another place never is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wugong.matter import Matter
from wugong.procedures import Procedure
from wugong.statutes import COUNTRY, Statute, national_sources, places_of

JURISDICTION = "wugong.jurisdiction"  # the setting of a community; empty: it has not said


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Why a procedure is not offered in a place: it is another's, or a local pack is stricter."""

    source: str
    instead: tuple[Procedure, ...] = ()  # the packs; none where it belongs to another place


def lies_in(place: str, of: str) -> bool:
    """Tell whether ``place`` is ``of`` or a part of it.

    >>> lies_in("CN-SC-Chengdu", "CN-SC"), lies_in("CN-SC", "CN-SC-Chengdu"), lies_in("CN-SD", "CN")
    (True, False, True)
    """
    return of == COUNTRY or place == of or place.startswith(f"{of}-")


def law_in(place: str, source: str) -> bool:
    """Tell whether a source is law in ``place``; without one only the country's is.

    >>> law_in("CN-BJ", "北京市物業管理條例 37"), law_in("", "北京市物業管理條例 37")
    (True, False)
    """
    return any(lies_in(place, of) for of in places_of(source, national_sources()))


def law_of(matter: Matter, source: str) -> str:
    """Return what of a source is law where the community lies; ``""`` where nothing of it is.

    A rule that a plugin follows everywhere, though the law of some places alone asks for it, is
    cited through this function, the law of the country beside that of the places.
    """
    place = matter.setting(JURISDICTION, "")
    parts = (part.strip() for part in source.split(";"))
    return "; ".join(part for part in parts if law_in(place, part))


def known_places(procedures: Iterable[Procedure], statutes: Iterable[Statute]) -> frozenset[str]:
    """Return the places that any law is known of, and those they lie in."""
    named = {COUNTRY, *(p.jurisdiction for p in procedures), *(s.jurisdiction for s in statutes)}
    return frozenset(
        "-".join(parts[:length])
        for parts in (place.split("-") for place in named)
        for length in range(1, len(parts) + 1)
    )


def not_offered(
    procedure: Procedure, procedures: Mapping[str, Procedure], place: str, on: date
) -> NotOffered | None:
    """Say why ``procedure`` is not offered in ``place`` on that day, or nothing.

    Without a place nobody can tell, and all are offered.
    """
    if not place:
        return None
    source = procedure.basis[0].article if procedure.basis else ""
    if not lies_in(place, procedure.jurisdiction):
        return NotOffered(source)
    stricter = [
        one
        for _, one in sorted(procedures.items())
        if procedure.id in one.ancestors and lies_in(place, one.jurisdiction) and one.in_force(on)
    ]
    above = {name for one in stricter for name in one.ancestors}
    if instead := tuple(one for one in stricter if one.id not in above):
        return NotOffered(instead[0].basis[0].article, instead)
    return None


def waits_for_a_place(procedure: Procedure, place: str) -> bool:
    """Tell whether a plugin's pack is for a community that has not said where it lies.

    A pack of the folder that whoever runs the site chose is offered there; one of many that a
    plugin brings is not.
    """
    return not place and bool(procedure.ancestors) and not procedure.pack


def offered_in(procedures: Mapping[str, Procedure], place: str, on: date) -> tuple[Procedure, ...]:
    """Return the procedures in force on that day that are offered in ``place``, in their order."""
    return tuple(
        one
        for one in procedures.values()
        if one.in_force(on)
        and not waits_for_a_place(one, place)
        and not_offered(one, procedures, place, on) is None
    )


def beside(packs: Collection[Procedure], others: Mapping[str, Procedure]) -> None:
    """Refuse two packs that make one procedure stricter in one place, neither resting on the other.

    Whoever chose between them would leave out what the other demands: ``ValueError`` names the
    file that has to rest on the other.
    """
    for pack in packs:
        for one in others.values():
            if (
                one.id != pack.id
                and one.parent == pack.parent
                and one.ancestors
                and lies_in(pack.jurisdiction, one.jurisdiction)
                and (pack.jurisdiction != one.jurisdiction or one.id < pack.id)
                and pack.id not in one.ancestors
                and _at_once(pack, one)
            ):
                raise ValueError(
                    f"{pack.pack}: {one.id} makes {pack.parent} stricter in "
                    f"{one.jurisdiction} already; name it as the parent"
                )


def _at_once(one: Procedure, other: Procedure) -> bool:
    return (other.effective_to is None or one.effective_from <= other.effective_to) and (
        one.effective_to is None or other.effective_from <= one.effective_to
    )
