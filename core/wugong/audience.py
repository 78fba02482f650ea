"""Who may read what: one function decides for pages, API, exports, search and notifications."""

from __future__ import annotations

from dataclasses import dataclass

STAFF = frozenset({"officer", "admin"})
NEVER_GIVEN = frozenset(
    {*("public", "members", "author", "resident"), *("operator", "clock", "plugin")}
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads: member id (``""`` when signed out), roles and relations in one matter."""

    member: str = ""
    roles: frozenset[str] = frozenset()
    helped: bool = False  # somebody else acts for them

    @property
    def signed_in(self) -> bool:
        """Whether we know who this is."""
        return bool(self.member)


NOBODY = Viewer()
OPERATOR = Viewer("operator", frozenset({"operator"}))


def can_be_given(role: str) -> bool:
    """Tell whether a person can be given a role.

    Relations and confidential audiences have a dot: they follow from what is recorded. Nobody
    becomes the system itself, or an audience such as ``author``.
    """
    return role not in NEVER_GIVEN and not set(role) & set(".:|")


def may_read(viewer: Viewer, shown_to: str, author: str = "", whom: str = "") -> bool:
    """Tell whether ``viewer`` belongs to an audience.

    ``shown_to`` is ``public``, ``members``, ``author`` (only who did it and whom it concerns),
    a role or a relation such as ``mediation.party``; several are joined with ``|``.
    A confidential audience (one with a dot) is not opened by any staff role.
    ``author`` did it, ``whom`` it concerns.
    """
    if shown_to == "public":
        return True
    if not viewer.member:
        return False
    return any(_belongs(viewer, one, (author, whom)) for one in shown_to.split("|"))


def _belongs(viewer: Viewer, audience: str, concerned: tuple[str, str]) -> bool:
    if audience == "author":
        return viewer.member in concerned
    if audience in viewer.roles:
        return True
    if audience == "members":
        return bool(viewer.roles & {"resident", "operator", *STAFF})
    if audience == "officer":
        return bool(viewer.roles & {"operator", *STAFF})
    return "." not in audience and "operator" in viewer.roles
