"""What a procedure is made of: tests, calling, proxies, composition, matters, steps, terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wugong.rosters import Measure
from wugong.thresholds import Threshold

Base = Literal["all", "part", "present", "voted", "sides"]
"""全體 · 參與表決 · 到會 · 投票 · for and against alone, without abstentions (customary rules)."""

Confidence = Literal["V", "S", "M", "I"]  # read · secondary · from memory · recommendation
Unit = Literal["heads", "area", "households", "persons", "members", "representatives"]
Kind = Literal["decision", "election", "recall", "no_vote"]

MEASURE_OF: Mapping[Unit, Measure] = {
    "heads": "heads",
    "area": "area",
    "households": "households",
    "persons": "heads",
    "members": "heads",
    "representatives": "heads",
}
"""How a roster weighs what the law counts."""

NO_DAYS = "no_days"
"""What a step posts where the text names no number of days."""

DECIDED, PASSED = "decided", "passed"
"""What may start a term beside the record of a step: the result of a vote, or one that carries."""


@dataclass(frozen=True, slots=True)
class Basis:
    """An article that a procedure rests on, with the year of the text and how sure we are.

    ``text_year`` is 0 where the year is not known: of a custom, or of a text read without it.
    """

    article: str
    text_year: int
    confidence: Confidence

    @property
    def dated(self) -> str:
        """The article and the year of its text, where that is known."""
        return f"{self.article} ({self.text_year})" if self.text_year else self.article


@dataclass(frozen=True, slots=True)
class Requirement:
    """One test: the share that ``part`` (quorum) or the yes side (consent) must reach of a base.

    ``measure`` is how a roster weighs it, ``unit`` what the text counts (村民, 成員, 代表 …).
    """

    id: str
    measure: Measure
    base: Base
    threshold: Threshold
    unit: Unit | None = None
    confidence: Confidence | None = None

    @property
    def counts(self) -> Unit:
        """What the text counts."""
        return self.unit or self.measure


@dataclass(frozen=True, slots=True)
class Support:
    """How many must ask: to have a meeting called (``demands``), or to start (``petition``)."""

    unit: Unit
    threshold: Threshold
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Proxies:
    """Who may vote for another. ``most`` a holder, ``None`` where the text names no cap."""

    allowed: bool
    most: int | None
    candidates: bool
    source: str
    confidence: Confidence
    household: bool = False  # within one household only


@dataclass(frozen=True, slots=True)
class Composition:
    """What a body must consist of: a share of another figure, or a number at least or at most.

    A number with ``of`` is one for each of these: five households for each delegate. It is looked
    at where its figure is known.
    """

    id: str
    count: str  # members, representatives, women, households, or a class of seats
    of: str  # "" when a number is asked for of the whole body
    threshold: Threshold | None
    number: int  # the least that is enough; 0 when a share or a limit is asked for
    source: str
    confidence: Confidence
    most: int = 0  # the most that is allowed; 0 where there is no limit

    @property
    def for_each(self) -> bool:
        """Whether its number is asked for each of another figure."""
        return self.threshold is None and bool(self.of)


@dataclass(frozen=True, slots=True)
class SeatClass:
    """A class of seats in a body: whose they are; ``chair`` where one of them presides."""

    id: str
    title: Mapping[str, str]
    source: str
    confidence: Confidence
    chair: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A matter that the statute lists, by its number or name there."""

    number: str
    title: Mapping[str, str]
    source: str
    confidence: Confidence
    delegable: bool = True
    belongs_to: str = ""  # the procedure that alone decides it, when it is not this one


@dataclass(frozen=True, slots=True)
class Step:
    """A step in its order: who acts and what for; a rule of debate is one, too.

    ``under``: where the step is a vote, the procedures that it may be held under. ``posts``: where
    something must be posted, the term that says for how long, ``NO_DAYS`` where none does. ``act``:
    the kind of fact that is its record, where a plugin has one; such a step has no other. ``note``:
    what is told beside the steps, and nothing that anybody does or records.
    """

    id: str
    title: Mapping[str, str]
    source: str
    confidence: Confidence
    actor: str = ""
    under: tuple[str, ...] = ()
    posts: str = ""
    act: str = ""
    note: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A number of days. ``before``: between notice and day; ``posted``: at least; ``within``.

    ``starts``: what it counts from in a matter, ``DECIDED``, ``PASSED`` or the record of a step;
    ``ends``: the step that is done within it; ``only``: the kinds of matter that have it.
    """

    id: str
    days: int
    kind: Literal["before", "posted", "within"]
    source: str
    confidence: Confidence
    working: bool = False  # working days, not calendar days
    title: Mapping[str, str] = field(default_factory=dict, compare=False)
    starts: str = ""
    ends: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Two parts that one person must not hold together."""

    one: str
    other: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Silence:
    """What a ballot that did not come back counts as, and where the text allows it."""

    policy: Literal[
        "strict_returned",
        "signed_receipt_is_abstain",
        "follow_majority_if_rules_say",
        "follow_majority_above_half",
    ]
    source: str
    confidence: Confidence
    threshold: Threshold | None = None  # what the majority that voted must reach of all by itself
