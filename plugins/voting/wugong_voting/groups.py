"""How each group voted (stair, village group), where a group is large enough to hide its people.

Our own rule, not the law's: a poll may also ask that no group is mostly against. It can only make
a decision harder, so it may stand beside every statutory test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from wugong import N_, Entitlement, GroupCount, Test
from wugong.thresholds import Threshold, least, reaches

FEWEST = 5  # heads that took part; fewer and the figures would tell who voted how
OTHERS = ""  # the small groups together
SOURCE = N_("Our own rule: no group may be mostly against")
PREFIX = "not_opposed."

SIDES = ("taken_part", "yes", "no", "abstain")

Heads = dict[str, int]


def by_group(
    cast: Iterable[tuple[str, Mapping[str, Any]]], roll: Mapping[str, Entitlement]
) -> tuple[GroupCount, ...]:
    """Count the heads of open yes-or-no ballots by group; nothing where it could tell of people.

    An owner with units in two groups counts in both. Groups with fewer than five heads are joined
    with those of no group, and with the next larger ones until they are five together: else the
    difference to the whole would tell.
    """
    counted: dict[str, Heads] = {}
    for place, ballot in cast:
        right = roll[place]
        for group in {part.group for part in right.parts} or {OTHERS}:
            its = counted.setdefault(group, dict.fromkeys(SIDES, 0))
            its["taken_part"] += right.heads
            if ballot["choice"] in its:  # a spoilt ballot takes part and is on no side
                its[ballot["choice"]] += right.heads
    smallest_first = sorted(counted, key=lambda group: (_heads(counted[group]), group))
    is_large = {group: group != OTHERS and _heads(its) >= FEWEST for group, its in counted.items()}
    large = [group for group in smallest_first if is_large[group]]
    joined = [counted[group] for group in smallest_first if not is_large[group]]
    while joined and large and sum(map(_heads, joined)) < FEWEST:
        joined.append(counted[large.pop(0)])
    shown = {group: counted[group] for group in sorted(large)}
    if joined:
        shown[OTHERS] = {side: sum(its[side] for its in joined) for side in SIDES}
    if len(shown) < 2 or min(map(_heads, shown.values())) < FEWEST:
        return ()
    return tuple(_count(group, its) for group, its in shown.items())


def tests(counts: Sequence[GroupCount], opposed_most: int) -> tuple[Test, ...]:
    """Test each group: at most ``opposed_most`` in a hundred of its heads that voted are against.

    Said the other way round, as every test is: so many at least are not against.
    """
    threshold = Threshold(Fraction(100 - opposed_most, 100), inclusive=True, source=SOURCE)
    return tuple(
        Test(
            id=f"{PREFIX}{place}",
            measure="heads",
            base="part",
            have=one.taken_part - one.no,
            of=one.taken_part,
            op=">=",
            share=threshold.share,
            needed=least(one.taken_part, threshold),
            met=reaches(one.taken_part - one.no, one.taken_part, threshold),
            source=SOURCE,
        )
        for place, one in enumerate(counts)
    )


def group_of(test: Test, counts: Sequence[GroupCount]) -> GroupCount | None:
    """Return the group that a test is about, or ``None`` for every other test."""
    place = test.id.removeprefix(PREFIX) if test.id.startswith(PREFIX) else ""
    return counts[int(place)] if place.isdigit() and int(place) < len(counts) else None


def _heads(its: Heads) -> int:
    return its["taken_part"]


def _count(group: str, its: Heads) -> GroupCount:
    return GroupCount(group=group[:80], **its)
