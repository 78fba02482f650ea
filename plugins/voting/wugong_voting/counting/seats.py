"""Several seats: how many there are, who approves whom, and how a result is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.profile import Profile, weights_of
from wugong_voting.counting.result import Sentence
from wugong_voting.counting.sets import Sets, from_mask
from wugong_voting.counting.settings import Choice
from wugong_voting.counting.settings import order as tie_break_order
from wugong_voting.counting.words import N_

SEATS = Choice("seats", "1")


@dataclass(frozen=True, eq=False)
class Approved:
    """Ballots as sets of approved options; ``empty`` weighs those that approve of none."""

    options: tuple[str, ...]
    ballots: Sets
    empty: int
    voters: int

    @property
    def voting(self) -> int:
        """The weight of all ballots but spoilt ones."""
        return self.ballots.total + self.empty

    def merge(self, other: Approved) -> Approved:
        """Return the ballots of both shards."""
        if self.options != other.options:
            raise ValueError("approvals of different options cannot be joined")
        return Approved(
            self.options,
            self.ballots.merge(other.ballots).grouped,
            self.empty + other.empty,
            self.voters + other.voters,
        )


def approved(profile: Profile | BudgetProfile) -> Approved:
    """Summarise a profile: its first group, category or set counts as approved."""
    if isinstance(profile, BudgetProfile):
        return Approved(profile.options, profile.ballots, profile.blank, profile.voters)
    sets, empty = from_mask(profile.ranks == 0, weights_of(profile))
    return Approved(profile.options, sets.grouped, empty + profile.blank, profile.voters)


def seats_of(settings: Mapping[str, Any]) -> int:
    """Return the number of seats; ``ValueError`` unless it is a whole number above 0."""
    text = str(settings["seats"])
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"seats is a whole number above 0, not {text!r}")
    return int(text)


def places(settings: Mapping[str, Any], options: Sequence[str]) -> list[int]:
    """Return the tie break as option numbers, first one first; nothing where there is none."""
    number = {option: i for i, option in enumerate(options)}
    return [number[option] for option in tie_break_order(settings, options)]


def told(
    name: Callable[[Sequence[int]], tuple[str, ...]],
    seats: int,
    winners: Sequence[int],
    tied: Sequence[int],
) -> tuple[Sentence, ...]:
    """Tell who has a seat, how many stay empty, and which tie decides."""
    said = [Sentence(N_("{winners} have a seat."), {"winners": list(name(winners))})]
    if tied:
        details = {"options": list(name(tied)), "seats": seats - len(winners)}
        said.append(Sentence(N_("{options} are tied for {seats} seats."), details))
    elif len(winners) < seats:
        said.append(Sentence(N_("{seats} seats stay empty."), {"seats": seats - len(winners)}))
    return tuple(said)
