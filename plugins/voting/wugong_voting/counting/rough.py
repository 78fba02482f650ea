"""Rough: what equal shares buy, told in floating point where that is sure, and else not at all.

The completion of equal shares asks many endowments only what is bought, not at what price. Each
purse has a bound on its error; a purchase whose bounds do not settle it is left to the exact count.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.equal_shares import Goods, Shop
from wugong_voting.counting.profile import Whole
from wugong_voting.counting.purses import Floats, Purses, dot, price_near

ROUNDING = 2.3e-16
NEAR = 1e-9


class Rough(Purses):
    """Purses that are known but for an error each, which ``error`` exceeds."""

    def __init__(self, weights: Whole, endowment: Fraction) -> None:
        super().__init__(weights, endowment)
        self.errors: Floats = self.left * ROUNDING

    def spend(self, rows: Any, weights: Floats, cost: int, start: float) -> bool:
        """Let ``rows`` pay ``cost``; False where the price or an empty purse is not sure."""
        left, errors = self.left[rows], self.errors[rows]
        price, _ = price_near(left, weights, cost, self.error, start)
        near = left <= price * (1 + NEAR)
        sure = float(weights.sum()) - dot(weights, near)
        if not sure > 0:
            return False
        blur = dot(weights * errors, near) + (len(left) + 16) * ROUNDING * cost
        blur /= sure
        if not max(blur, float(errors.max())) < price * NEAR / 2:
            return False
        after = left - price
        errors += blur + ROUNDING * (left + price)
        if (np.abs(after) <= errors)[left > 0.0].any():
            return False
        empty = after < 0.0
        errors[empty] = 0.0
        self.left[rows] = np.maximum(after, 0.0)
        self.errors[rows] = errors
        self.error = max(self.error, 2 * float(errors.max()))
        return True


def surely_bought(goods: Goods, endowment: Fraction) -> list[int] | None:
    """Return what is bought, in order; ``None`` where only the exact count can tell."""
    purses = Rough(goods.ballots.weights, endowment)
    shop = Shop(goods, purses, goods.least(endowment))
    bought: list[int] = []
    while contenders := shop.contenders():
        project = contenders[0]
        rows, shares = goods.rows[project], goods.shares[project]
        known = shop.known[project]
        if len(contenders) > 1 or not purses.spend(rows, shares, goods.costs[project], known):
            return None
        bought.append(project)
        shop.gone |= {project} | goods.clashes[project]
    return bought
