"""Single transferable vote, exact: seats by quota, surpluses and dropped options passed on.

Droop quota of the ballots that choose somebody; a surplus passes on all ballots of its option, each
at the same share of its value (inclusive Gregory), in exact fractions; largest surplus first, then
the last option drops out, one at a time. A ballot is read up to its first tied group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.heaps import Heaps, heaps
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS
from wugong_voting.counting.settings import TIE_BREAK, Choice
from wugong_voting.counting.single_transferable import elect
from wugong_voting.counting.words import N_

QUOTA = Choice("quota", "droop", ("droop", "droop_exact", "hare"))
SURPLUS = Choice("surplus", "inclusive", ("inclusive", "scottish"))
TIES = Choice("ties", "every_way", ("every_way", "look_back"))


def decide(summary: Heaps, settings: Mapping[str, Any]) -> Result:
    """Fill the seats."""
    return elect("stv", summary, settings, {k: settings[k] for k in ("quota", "surplus", "ties")})


RULE = CountingRule(
    id="stv",
    title=N_("Single transferable vote (STV)"),
    asks="ranked",
    partial=heaps,
    decide=decide,
    picks="several",
    settings=(SEATS, QUOTA, SURPLUS, TIES, TIE_BREAK),
    source="Hare 1857, Droop 1869, Gregory 1880",
    claims=("solid_coalitions", "majority", "blank_ignored"),
)
