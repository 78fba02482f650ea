"""Shares that must be reached, computed exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share that must be reached; ``inclusive`` when the text says 以上, not 過半數 or 超過."""

    share: Fraction
    inclusive: bool
    source: str

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"a threshold is a share above 0 and up to 1, got {self.share}")

    @property
    def op(self) -> str:
        """``>=`` or ``>``."""
        return ">=" if self.inclusive else ">"


def reaches(part: int, whole: int, threshold: Threshold) -> bool:
    """Tell whether ``part`` of ``whole`` reaches ``threshold``.

    Both are counted in one unit (heads, households or dm² of floor area), 0 <= part <= whole.
    Exact: no rounding anywhere. Raises ValueError for an empty whole, which can decide nothing.
    Source: Civil Code of the PRC, art. 1259 (以上 includes the number itself).

    >>> reaches(20, 30, Threshold(Fraction(2, 3), inclusive=True, source="art. 278"))
    True
    >>> reaches(15, 30, Threshold(Fraction(1, 2), inclusive=False, source="art. 278"))
    False
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"need 0 <= part <= whole and whole > 0, got {part} of {whole}")
    needed = threshold.share * whole
    return part >= needed if threshold.inclusive else part > needed


def least(whole: int, threshold: Threshold) -> int:
    """Return the smallest number that reaches ``threshold`` of ``whole``.

    >>> least(30, Threshold(Fraction(1, 2), inclusive=False, source="art. 278"))
    16
    >>> least(1087000, Threshold(Fraction(2, 3), inclusive=True, source="art. 278"))
    724667
    """
    needed = threshold.share * whole
    up = -(-needed.numerator // needed.denominator)
    return up if threshold.inclusive or up > needed else up + 1
