"""What two tracks come to: exact means, response, gap."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Result:
    """Both tracks side by side. ``counts[i]`` answers gave the score ``i + 1``."""

    scale: int
    expert: int
    counts: tuple[int, ...]
    invited: int

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(self.counts)

    @property
    def residents(self) -> Fraction | None:
        """The residents' mean, or ``None`` when nobody answered.

        >>> Result(5, 4, (0, 1, 4, 12, 3), 40).residents
        Fraction(77, 20)
        """
        if not self.answers:
            return None
        total = sum(score * count for score, count in enumerate(self.counts, start=1))
        return Fraction(total, self.answers)

    @property
    def asked(self) -> int:
        """How many were asked: the number announced, or more if more answered."""
        return max(self.invited, self.answers)

    @property
    def response(self) -> Fraction:
        """The share of those asked who answered."""
        return Fraction(self.answers, self.asked)

    @property
    def gap(self) -> Fraction | None:
        """How far the tracks lie apart, in points of the scale."""
        return None if self.residents is None else abs(self.expert - self.residents)

    def representative(self, least: Fraction) -> bool:
        """Tell whether the response reaches ``least``; that share itself is enough."""
        return self.answers > 0 and self.response >= least

    def flagged(self, alarm: Fraction) -> bool:
        """Tell whether the gap is above ``alarm``, a share of the scale.

        >>> Result(100, 90, (*[0] * 64, 8, *[0] * 35), 10).flagged(Fraction(1, 5))
        True
        """
        return self.gap is not None and self.gap / self.scale > alarm
