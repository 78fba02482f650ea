"""Where the money comes from: public share and leverage, as exact fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from wugong_funds.events import SOURCES, Source

PUBLIC: tuple[Source, ...] = ("fiscal", "subsidy")


@dataclass(frozen=True, slots=True)
class Mix:
    """Amounts in fen by class of source."""

    amounts: Mapping[Source, int]

    @property
    def total_fen(self) -> int:
        """All that came in."""
        return sum(self.amounts.values())

    @property
    def public_fen(self) -> int:
        """Public money: budget and subsidies."""
        return sum(self.amounts.get(source, 0) for source in PUBLIC)

    def share(self, source: Source) -> Fraction | None:
        """Return the share of one class, or ``None`` before any money came."""
        if not self.total_fen:
            return None
        return Fraction(self.amounts.get(source, 0), self.total_fen)

    @property
    def fiscal_share(self) -> Fraction | None:
        """The share of public money, or ``None`` before any money came."""
        return Fraction(self.public_fen, self.total_fen) if self.total_fen else None

    @property
    def leverage(self) -> Fraction | None:
        """How many fen of others each public fen brought; ``None`` without public money.

        >>> Mix({"fiscal": 10, "self_raised": 20}).leverage
        Fraction(2, 1)
        """
        if not self.public_fen:
            return None
        return Fraction(self.total_fen - self.public_fen, self.public_fen)

    def leans_on_public_money(self, alarm: Fraction) -> bool:
        """Tell whether the public share is above the alarm; reaching it is not yet an alarm."""
        share = self.fiscal_share
        return share is not None and share > alarm


def mix_of(income: Mapping[Source, int]) -> Mix:
    """Return the mix with every class named, in their fixed order."""
    return Mix({source: income.get(source, 0) for source in SOURCES})
