"""Single transferable vote as in Scottish councils: values cut to five decimals, ties look back.

Source: The Scottish Local Government Elections Order 2007 (SSI 2007/42), rules 46 to 52.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.heaps import Heaps, heaps
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.single_transferable import elect
from wugong_voting.counting.words import N_

TERMS = {"quota": "droop", "surplus": "scottish", "ties": "look_back"}


def decide(summary: Heaps, settings: Mapping[str, Any]) -> Result:
    """Fill the seats."""
    return elect("stv_scottish", summary, settings, TERMS)


RULE = CountingRule(
    id="stv_scottish",
    title=N_("Single transferable vote, Scottish rules"),
    asks="ranked",
    partial=heaps,
    decide=decide,
    picks="several",
    settings=(SEATS, TIE_BREAK),
    source="SSI 2007/42",
    claims=("solid_coalitions", "majority", "blank_ignored"),
)
