"""The steps of procedures in one matter: which there are, and when a record of one is refused.

A step is told by its procedure and its own id: ``owners.lift.plan``. The step that is a vote has no
record of this kind, its poll is one; nor has a step with an act of its own, as in 四議兩公開.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from wugong.days import local_day
from wugong.deadlines import terms_of
from wugong.errors import Refusal
from wugong.events import Act
from wugong.matter import Matter
from wugong.places import JURISDICTION, law_in, not_offered, waits_for_a_place
from wugong.procedure_parts import Step, Term
from wugong.procedures import Procedure
from wugong.vocabulary import StepRecorded

ANY_SETTING = "any"


@dataclass(frozen=True, slots=True)
class Placed:
    """A step in its procedure: the ``number``-th of ``of``, from 1, and where the matter lies."""

    procedure: Procedure
    step: Step
    number: int
    of: int
    place: str = ""

    @property
    def id(self) -> str:
        """The name of the step: that of a statute's procedure, where a pack is stricter, too."""
        return f"{self.procedure.origin}.{self.step.id}"

    @property
    def term(self) -> Term | None:
        """How long what the step posts must hang; ``None`` where nothing is, or no days named.

        Days of another place do not count here; where nobody said where it lies, all do.
        """
        term = terms_of(self.procedure).get(f"{self.procedure.id}.{self.step.posts}")
        away = term is not None and self.place and not law_in(self.place, term.source)
        return None if away else term


def steps_of(matter: Matter, on: date) -> dict[str, Placed]:
    """Return the steps of every procedure that ``matter`` may run on a day, by name.

    Flows without a vote come first. A procedure that names kinds of matter runs in these, and where
    a poll was opened under it; of a procedure and the packs that are stricter the strictest is
    taken. Steps with an act of their own are left to it.
    """
    return {one.id: one for one in placed_of(matter, on) if not one.step.act}


def placed_of(matter: Matter, on: date) -> Iterator[Placed]:
    """Yield all steps, those with an act of their own too, in the order of ``steps_of``."""
    place = matter.setting(JURISDICTION, "")
    return (step for one in procedures_in(matter, on) for step in placed_in(one, place))


def placed_in(procedure: Procedure, place: str = "") -> Iterator[Placed]:
    """Yield the steps of a procedure in their order, for a matter that lies in ``place``."""
    done = [one for one in procedure.steps if not one.note]
    return (Placed(procedure, one, n, len(done), place) for n, one in enumerate(done, 1))


def title_of(step: str, procedures: Mapping[str, Procedure], language: str) -> str:
    """Return the words of a step by its name; the name itself where nobody knows it."""
    origin, _, name = step.rpartition(".")
    listed = procedures[origin].steps if origin in procedures else ()
    return next((one.title.get(language, step) for one in listed if one.id == name), step)


def procedures_in(matter: Matter, on: date) -> Iterable[Procedure]:
    """Return the procedures that ``matter`` may run, those of its polls among them."""
    setting, found = matter.standing.setting, dict[str, Procedure]()
    place = matter.setting(JURISDICTION, "")
    for _, one in sorted(matter.procedures.items()):
        asked = not one.matters or matter.category in one.matters or one.id in matter.polled
        if not (asked and one.setting in (setting, ANY_SETTING) and one.in_force(on)):
            continue
        if waits_for_a_place(one, place):
            continue
        if not_offered(one, matter.procedures, place, on) is not None:
            continue
        known = found.get(one.origin)
        if known is None or len(known.ancestors) < len(one.ancestors):
            found[one.origin] = one
    return sorted(found.values(), key=lambda p: (p.kind != "no_vote", not p.matters, p.origin))


def refuse_record(matter: Matter, act: Act, recorded: StepRecorded) -> list[Refusal]:
    """Say why the record sheet of a step cannot be entered."""
    today = local_day(act.at)
    placed = steps_of(matter, today).get(recorded.step)
    if placed is None:
        return [Refusal("wugong.step_unknown", details={"step": recorded.step})]
    source, last = placed.step.source, matter.steps.get(recorded.step)
    if placed.step.under:
        return [Refusal("wugong.step_is_a_vote", source)]
    reasons = refuse_attendance(recorded, source)
    if recorded.corrects is None and last is not None:
        reasons.append(Refusal("wugong.step_done", source, {"seq": last, "stands": last}))
    if recorded.corrects is not None and recorded.corrects != last:
        stands = {"stands": last} if last is not None else {}
        reasons.append(Refusal("wugong.step_corrects_another", source, stands))
    if recorded.held_on > today:
        details = {"on": recorded.held_on.isoformat()}
        reasons.append(Refusal("wugong.day_to_come", source, details))
    return reasons


def refuse_attendance(recorded: StepRecorded, source: str) -> list[Refusal]:
    """Refuse figures that no meeting can have, or votes without who was there."""
    votes = [n for n in (recorded.yes, recorded.no, recorded.abstain) if n is not None]
    due, present = recorded.due, recorded.present
    if due is None or present is None:
        stated = votes or due is not None or present is not None
        return [Refusal("wugong.attendance_missing", source)] if stated else []
    if present <= due and sum(votes) <= present:
        return []
    details = {"due": due, "present": present, "votes": sum(votes)}
    return [Refusal("wugong.attendance_impossible", source, details)]
