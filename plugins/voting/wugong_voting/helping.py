"""Who casts a ballot at the assisted desk: consent, a witness, and how many one helper enters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wugong import N_, Act, Fact, Fold, Matter, Refusal, SettingChanged, SettingDefault
from wugong_voting.casting import not_running
from wugong_voting.events import OWN_HELP, HelpAgreed
from wugong_voting.state import Poll

MOST_HELPED = SettingDefault(
    "voting.most_helped",
    "20",
    N_("Ballots that one desk agent may cast for others in one poll"),
    OWN_HELP,
)
MOST = 10_000
DESK = "assisted"


@dataclass(frozen=True, slots=True)
class Help:
    """One person is helped in one poll: by which agent, before which witness."""

    agent: str
    consent: str
    witness: str
    seq: int


Helps = Mapping[str, Help]  # by who is helped; the last agreement stands
Standing = Mapping[int, Helps]  # by poll
NONE: Standing = MappingProxyType({})
NOBODY: Helps = MappingProxyType({})


def _fold(standing: Standing, fact: Fact) -> Standing:
    agreed: HelpAgreed = fact.event
    poll = int(agreed.poll)
    made = Help(fact.by, agreed.consent, agreed.witness, fact.seq)
    helps = MappingProxyType({**standing.get(poll, NOBODY), fact.who: made})
    return MappingProxyType({**standing, poll: helps})


HELPS: Fold[Standing] = Fold("voting.helps", initial=NONE, fold=_fold, hears=(HelpAgreed,))


def helps_of(matter: Matter, poll: int) -> Helps:
    """Return who is helped in a poll."""
    return matter.state(HELPS).get(poll, NOBODY)


def most_of(matter: Matter) -> int:
    """Return how many people one agent may help in a poll here."""
    return int(matter.setting(MOST_HELPED.name, MOST_HELPED.default))


def agreeing_refusals(
    poll: Poll | None, act: Act, helps: Helps, most: int, source: str
) -> list[Refusal]:
    """Say why this help cannot be agreed on: no desk, no proper witness, a helper of too many."""
    agreed: HelpAgreed = act.event
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": agreed.poll})]
    if reasons := not_running(poll, act, source):
        return reasons
    if act.channel != DESK or act.by == act.who:
        reasons.append(Refusal("voting.help_without_a_desk", OWN_HELP))
    if agreed.witness in (act.by, act.who):
        reasons.append(Refusal("voting.witness_takes_part", OWN_HELP))
    if agreed.witness in poll.opened.candidates:
        reasons.append(Refusal("voting.witness_is_a_candidate", OWN_HELP))
    others = sum(one.agent == act.by for who, one in helps.items() if who != act.who)
    if others >= most:
        details: dict[str, int | str] = {"most": most}
        reasons.append(Refusal("voting.helps_too_many", OWN_HELP, details))
    return reasons


def casting_refusals(act: Act, helps: Helps, since: int) -> list[Refusal]:
    """Say why a ballot cast at the desk lacks what the person it is cast for agreed to.

    ``since``: the number of the ballot that stands, 0 for none; whoever changes it agrees anew.
    """
    if act.channel != DESK or act.by == act.who or covers(helps.get(act.who), act.by, since):
        return []
    return [Refusal("voting.help_not_agreed", OWN_HELP)]


def covers(agreed: Help | None, agent: str, since: int) -> bool:
    """Tell whether an agent may enter a ballot after the one of that number."""
    return agreed is not None and agreed.agent == agent and agreed.seq > since


def setting_refusals(changed: SettingChanged) -> list[Refusal]:
    """Say why the most that one agent helps cannot take this value: it is 1 to ``MOST``."""
    plain = changed.value.strip()
    whole = plain.isascii() and plain.isdigit() and len(plain) <= len(str(MOST))
    if changed.name != MOST_HELPED.name or (whole and 1 <= int(plain) <= MOST):
        return []
    return [Refusal("voting.setting_not_a_number", changed.name, {"most": MOST})]
