"""Count an exported poll again: a program of its own, standard library only.

It shares no code with the engine and is written for reading, not for speed; take it along with the
folder ``recounting`` beside it. Input is the JSON of one poll::

    {"form": "wugong-poll/1", "rule": "schulze", "options": {"strength": "margins"},
     "candidates": ["a", "b"], "levels": null,
     "ballots": [{"weight": 3, "groups": [["a"], ["b"]]}],
     "winners": ["a"], "tied": []}

``groups`` lists candidates from best to worst, equals together; on graded ballots one group a
grade, empty ones too, and ``levels`` says how many grades there are. A blank ballot has no groups.
Where projects are chosen for a ``budget``, ``costs`` names what each costs (text, exact), a
ballot's one group is its set of projects, ``points`` are the sums of points that ballots gave and
``threshold`` the fewest votes that the file asks for, where it does. Of a plain yes or no the
``tests`` of its measure are made again, from the ballots and the ``whole`` roll; it is carried
where all of them are met, in each measure that has a file. The JSON of ``wugong draw`` is
drawn again in the same way, and so is that of a draw on a page. Usage::

    python recount.py POLL.json        prints what it finds; exit 1 where the file says otherwise
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recounting.budgets import equal_shares, mes_committee, pb_greedy, phragmen_pb, seq_phragmen
from recounting.lots import drawn, sitting
from recounting.majorities import differing, tested
from recounting.one import RULES, irv, ranked_pairs
from recounting.polls import Poll, read
from recounting.seats import apportioned, block_approval, seq_pav, stv
from recounting.ways import Found

SEVERAL: dict[str, Callable[[Poll, Sequence[str]], Found]] = {
    "stv": stv,
    "stv_scottish": stv,
    "block_approval": block_approval,
    "seq_pav": seq_pav,
    "seq_phragmen": seq_phragmen,
    "mes_committee": mes_committee,
    "largest_remainder": apportioned,
    "highest_averages": apportioned,
    "pb_greedy": pb_greedy,
    "pb_greedy_per_cost": pb_greedy,
    "pb_knapsack": pb_greedy,
    "mes_cost": equal_shares,
    "mes_cardinality": equal_shares,
    "phragmen_pb": phragmen_pb,
}


def ordered(poll: Poll) -> list[str]:
    """Read a tie break as an order of all options; nothing where there is none."""
    text = str(poll.options.get("tie_break", ""))
    named: dict[str, Callable[[str], Any]] = {
        "paper": poll.names.index,
        "natural": natural,
        "text": str,
        "cheapest": lambda name: (poll.costs[name], natural(name)),
        "dearest": lambda name: (-poll.costs[name], natural(name)),
    }
    if text in named:
        return sorted(poll.names, key=named[text])
    order = [name.strip() for name in text.split(">")] if text else []
    if order and sorted(order) != sorted(poll.names):
        raise ValueError("a tie break names every option once")
    return order


def natural(text: str) -> list[tuple[int, int, str]]:
    """Sort numbers inside of names by their size."""
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


ON_THE_WAY: dict[str, Callable[[Poll, Sequence[str]], list[str]]] = {
    "irv": irv,
    "ranked_pairs": ranked_pairs,
}


def recount(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return winners and tied members of an exported poll, counted anew."""
    poll = read(data)
    if poll.rule in SEVERAL:
        return SEVERAL[poll.rule](poll, ordered(poll))
    if poll.rule not in RULES:
        raise ValueError(f"no rule {poll.rule!r}; known: {', '.join((*RULES, *SEVERAL))}")
    winners = RULES[poll.rule](poll)
    tied = winners if len(winners) > 1 else []
    breaker = poll.options.get("tie_break", "")
    if tied and breaker:
        listed = list(poll.names) if breaker == "paper" else breaker.split(">")
        order = [name.strip() for name in listed]
        left = ON_THE_WAY[poll.rule](poll, order) if poll.rule in ON_THE_WAY else tied
        winners = [min(left, key=order.index)]
    return winners, tied


def draw_again(data: Mapping[str, Any]) -> int:
    """Compare a draw with its file: 0 where they agree, 1 where not."""
    names, empty = drawn(data)
    told = {"drawn": names, "unfilled": empty}
    if "declined" in data:
        told["sitting"] = sitting(data)
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    if any(data[name] != found for name, found in told.items()):
        sys.stderr.write("recount: the file says otherwise\n")
        return 1
    return 0


def main(arguments: Sequence[str]) -> int:
    """Recount the named file; 0 where it agrees, 1 where not, 2 where it cannot be read."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: recount.py POLL.json (what the page of a decided poll gives)\n")
        return 2
    try:
        data = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        if not isinstance(data, dict) or not data.keys() & {"form", "ballots"}:
            raise ValueError("this is no export of a poll or a draw")
        if data.get("form") == "wugong-draw/1":
            return draw_again(data)
        winners, tied = recount(data)
        tests = tested(data, read(data)) if "tests" in data else []
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"recount: {error}\n")
        return 2
    told = {"winners": winners, "tied": tied, **({"tests": tests} if tests else {})}
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    if tests and (wrong := differing(data, tests)):
        sys.stderr.write(f"recount: the file says otherwise of: {', '.join(wrong)}\n")
        return 1
    # Several winners are listed in the order of their election, which the seats do not depend on.
    said, tied_there = data.get("winners", winners), data.get("tied", tied)
    if set(winners) != set(said) or set(tied) != set(tied_there):
        sys.stderr.write("recount: the file says otherwise\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
