"""Tally: count the ballots of a file by a rule, and list the rules there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wugong_voting.counting import pabulib, preflib
from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.result import Sentence, plain
from wugong_voting.counting.rule import CountingRule

SETS = ("block_approval", "seq_pav", "seq_phragmen", "mes_committee")  # read budget ballots, too


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read: as rankings or grades, and as a budget where it is one."""

    profile: Profile | None
    budget: BudgetProfile | None
    notes: tuple[Sentence, ...]
    ranking: pabulib.PabulibFile | None = None

    @property
    def voters(self) -> int:
        """The number of ballots in the file."""
        read = self.budget or self.profile
        return read.voters if read else 0

    def asked_by(self, rule: CountingRule) -> Profile | BudgetProfile:
        """Return the ballots in the form that a rule counts; ``ValueError`` when there is none."""
        if rule.picks == "projects":
            if self.budget is None:
                raise ValueError(f"{rule.id} spends a budget; PrefLib files have none")
            return self.budget
        if self.budget is not None and rule.id in SETS:
            return self.budget
        if self.profile is not None:
            return self.profile
        if self.ranking is None:
            raise ValueError("nothing was read")
        return pabulib.ranking(self.ranking)


def open_file(path: str | Path) -> Opened:
    """Read a PrefLib or Pabulib file; ``ValueError`` names the file and what is wrong."""
    place = Path(path)
    kind = place.suffix.lower()
    if kind == ".pb":
        file = pabulib.read(place)
        return Opened(None, file.profile, file.notes, file)
    if kind[1:] in preflib.KINDS:
        read = preflib.read(place)
        return Opened(read.profile, None, read.notes)
    endings = ", ".join([*(f".{one}" for one in preflib.KINDS), ".pb"])
    raise ValueError(f"{place.name}: files end in {endings}")


def tally(
    path: str | Path,
    rule: str,
    seats: int | None = None,
    completion: str | None = None,
    tie_break: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Count a file and return the whole result as JSON values.

    ``ValueError`` for an unknown rule, a setting that the rule does not have, or a faulty file.
    """
    if rule not in COUNTING:
        raise ValueError(f"no rule {rule!r}; there are: {', '.join(sorted(COUNTING))}")
    counting = COUNTING[rule]
    opened = open_file(path)
    given = dict(settings or {})
    named = {"seats": seats, "completion": completion, "tie_break": tie_break}
    given |= {name: str(value) for name, value in named.items() if value is not None}
    counted = counting.count(opened.asked_by(counting), given).json()
    notes = [{"says": note.says, **plain(note.details)} for note in opened.notes]
    counted["certificate"] = [*notes, *counted["certificate"]]
    return {"rule": rule, "file": Path(path).name, "voters": opened.voters, **counted}


def rules() -> list[dict[str, Any]]:
    """Return every rule with its settings, its source and the properties it claims."""
    return [
        {
            "rule": rule.id,
            "title": rule.title,
            "asks": rule.asks,
            "picks": rule.picks,
            "options": [
                {"name": one.name, "default": one.default, "values": list(one.values)}
                for one in rule.settings
            ],
            "source": rule.source,
            "claims": list(rule.claims),
        }
        for rule in COUNTING.values()
    ]
