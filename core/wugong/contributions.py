"""What a plugin contributes through ``register()``, besides events, folds, books and views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wugong.books import Book
from wugong.events import Fact, Reads
from wugong.folds import Fold
from wugong.matter import Matter
from wugong.polls import VotingRule
from wugong.procedures import Procedure
from wugong.statutes import Statute
from wugong.views import View


@dataclass(frozen=True, slots=True)
class Relation:
    """A role derived from a plugin's fold: ``Relation("mediation.party", members_of)``.

    ``readers`` says who may read one fact, where that is narrower than ``members`` (two cases in
    one matter); permission to act always goes by ``members``. ``among``: the role that readers must
    hold besides at the time of reading.
    """

    name: str
    members: Callable[[Matter], frozenset[str]]
    readers: Callable[[Matter, Fact], frozenset[str]] | None = None
    title: str = ""  # message id
    among: str = ""


@dataclass(frozen=True, slots=True)
class RoleTitle:
    """The words for a role; message id."""

    role: str
    title: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of a plugin's refusals: code → message id with ``{named}`` details.

    ``remedies``: code → what to do next. Words for waiting items and states may stand here too.
    """

    refusals: Mapping[str, str]
    remedies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """A kind of community: its words replace others on pages (居民 → 村民), by message id.

    ``elsewhere`` names the law of other kinds as sources do, ``村組法`` or ``民法典 278``: where a
    text has several sources, pages of this kind leave those out. ``matters``: the kinds of matter
    that its procedures name, and their words; people may name others.
    """

    name: str
    title: str  # message id
    words: Mapping[str, str] = field(default_factory=dict)  # message id → message id
    plugins: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    matters: Mapping[str, str] = field(default_factory=dict)  # kind → message id


@dataclass(frozen=True, slots=True)
class SettingDefault:
    """A setting of a plugin that a community may change, with its default and its reason."""

    name: str
    default: str
    title: str  # message id
    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)  # value → message id, where it is a code
    long: bool = False  # a text of several lines


Contribution = (
    type[Any]
    | Fold[Any]
    | Book[Any]
    | View
    | Relation
    | RoleTitle
    | Texts
    | Reads
    | Setting
    | SettingDefault
    | VotingRule
    | Procedure
    | Statute
)
