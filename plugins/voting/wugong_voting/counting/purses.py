"""Purses: what voters have left when they share the price of what is bought, exactly.

All start with the same endowment, and each pays for what it supports the price of that round, or
all it has left. So whoever has money left has the endowment less the prices of what it supported:
counts of whole numbers times a few prices. Floating point numbers only propose; whatever is nearer
than they can tell is decided in whole numbers over one denominator.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugong_voting.counting.profile import Whole

Floats = NDArray[np.float64]
ERROR = 1e-12  # of the endowment: more than the rounding of a few hundred subtractions
FEW = 4_000  # rows
ALONE = 8_192  # numbers that one thread adds up
BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(
    np.float64
)


def dot(first: Floats, second: Any) -> float:
    """Return the sum of the products, in pieces that one thread adds up.

    Longer ones are shared among threads, which wait for each other where others compute, too.
    """
    if len(first) <= ALONE:
        return float(first @ second)
    starts = range(0, len(first), ALONE)
    return sum(float(first[n : n + ALONE] @ second[n : n + ALONE]) for n in starts)


class Purses:
    """The purses of kinds of ballot, ``weights`` voters each."""

    def __init__(self, weights: Whole, endowment: Fraction) -> None:
        self.weights = weights
        self.shares = weights.astype(np.float64)
        self.left: Floats = np.full(len(weights), float(endowment))
        self.error = float(endowment) * ERROR
        self.scale = endowment.denominator
        self.endowment = endowment.numerator  # over scale, like the prices
        self.prices: list[int] = []
        # Bit n of a column tells whether that kind of ballot supports the n-th purchase.
        self._bits: NDArray[np.uint8] = np.zeros((4, len(weights)), dtype=np.uint8)

    def copy(self) -> Purses:
        """Return purses that can be spent apart from these."""
        made = Purses.__new__(Purses)
        made.weights, made.shares, made.error = self.weights, self.shares, self.error
        made.left, made.scale, made.endowment = self.left.copy(), self.scale, self.endowment
        made.prices, made._bits = list(self.prices), self._bits.copy()
        return made

    def pay(self, rows: Any, price: Fraction) -> None:
        """Let each of ``rows`` pay ``price``, or all it has."""
        self._scale_to(price)
        self.prices.append(price.numerator * (self.scale // price.denominator))
        byte, bit = divmod(len(self.prices) - 1, 8)
        if byte == len(self._bits):
            self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)])
        self._bits[byte][rows] |= np.uint8(1 << bit)
        before = self.left[rows]
        after = before - float(price)
        near = np.abs(after) <= self.error + 1e-12 * float(price)
        np.maximum(after, 0.0, out=after)
        if near.any():
            near &= before > 0.0
            unclear = np.flatnonzero(near)
            after[unclear] = [float(Fraction(n, self.scale)) for n in self.exact(rows[unclear])]
        after[before == 0.0] = 0.0
        self.left[rows] = after

    def _scale_to(self, price: Fraction) -> None:
        grow = price.denominator // gcd(price.denominator, self.scale)
        if grow > 1:
            self.scale *= grow
            self.endowment *= grow
            self.prices = [one * grow for one in self.prices]

    def exact(self, rows: Any) -> list[int]:
        """Return what each of ``rows`` has left, over ``scale``."""
        patterns = self._bits[: self._used, rows].T
        known: dict[bytes, int] = {}
        made = []
        for pattern in patterns:
            word = pattern.tobytes()
            if word not in known:
                paid = sum(
                    price for n, price in enumerate(self.prices) if word[n >> 3] >> (n & 7) & 1
                )
                known[word] = max(0, self.endowment - paid)
            made.append(known[word])
        return made

    def sum(self, rows: Any) -> int:
        """Return what ``rows``, each with money left, have together, over ``scale``."""
        weights = self.shares[rows]
        total = int(weights.sum()) * self.endowment
        if not self.prices:
            return total
        if len(rows) <= FEW:
            bits = np.unpackbits(self._bits[: self._used, rows], axis=0, bitorder="little")
            paying = bits.astype(np.float64) @ weights
        else:
            found = [np.bincount(b[rows], weights, minlength=256) for b in self._bits[: self._used]]
            paying = (np.array(found) @ BITS).ravel()
        for number, price in zip(paying.tolist(), self.prices, strict=False):
            total -= int(number) * price
        return total

    @property
    def _used(self) -> int:
        return (len(self.prices) + 7) // 8

    def price(self, rows: Any, weights: Floats, cost: int, start: float = 0.0) -> Fraction | None:
        """Return the exact price at which ``rows`` can pay ``cost``, or ``None`` if they cannot.

        Who has less than the price gives all; the others pay the price in full. ``weights`` are
        those of ``rows``, and the price is no lower than ``start``.
        """
        left = self.left[rows]
        guess, rich = price_near(left, weights, float(cost), self.error, start)
        together = float(weights.sum())
        if rich == together and left.min() > guess * (1 + 1e-9) + self.error:
            return Fraction(cost, int(together))
        poor = left < 0.0
        unclear = ~poor
        if np.isfinite(guess):
            blur = self.error * (1 + together / max(rich, 1.0)) + 1e-9 * guess
            sure = float(weights[left > guess + blur].sum())
            if sure > 0:
                blur = self.error * (1 + together / sure) + 1e-9 * guess
                poor = left < guess - blur
                unclear = ~poor & (left <= guess + blur)
        richer = int(weights[~poor & ~unclear].sum())
        paying = poor & (left > 0.0)
        given = self.sum(rows[paying])
        steps = self._steps(rows[unclear])
        richer += sum(weight for _, weight in steps)
        for has, weight in steps:
            if has * richer >= cost * self.scale - given:
                break
            given += has * weight
            richer -= weight
        missing = cost * self.scale - given
        return Fraction(missing, self.scale * richer) if richer > 0 else None

    def _steps(self, rows: Any) -> list[tuple[int, int]]:
        """Return the different sums that ``rows`` have left, least first, with their weights."""
        sums: dict[int, int] = {}
        for has, weight in zip(self.exact(rows), self.weights[rows].tolist(), strict=True):
            sums[has] = sums.get(has, 0) + weight
        return sorted(sums.items())

    def together(self, rows: Any) -> Fraction:
        """Return what ``rows`` have left together."""
        return Fraction(self.sum(rows[self.left[rows] > 0.0]), self.scale)


def price_near(
    left: Floats,
    weights: Floats,
    cost: float,
    error: float,
    start: float = 0.0,
    above: float = np.inf,
) -> tuple[float, float]:
    """Return about what price pays ``cost``, and the weight of those who can pay it in full.

    Each gives the price or all it has left, which is known but for ``error``. ``inf`` when that is
    surely not enough. ``start`` is a price known to be too low or right; once the price is above
    ``above`` any price up to the right one may be returned.
    """
    total = float(weights.sum())
    price = start or cost / total
    if not start and left.min() >= price:
        return price, total
    together = dot(left, weights)
    if together < cost - error * total - 1e-9 * cost:
        return np.inf, 0.0
    rich = np.inf
    while True:
        now = dot(weights, left >= price)
        if now == 0.0:
            enough = cost - together <= error * total + 1e-12 * cost
            return (price, 0.0) if enough else (np.inf, 0.0)
        given = dot(np.minimum(left, price), weights)
        price = max(price, price + (cost - given) / now)
        if now == rich or price > above:
            return price, now
        rich = now
