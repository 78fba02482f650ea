"""May this ballot be cast? One an entitlement, by who holds it, for an option, in time."""

from __future__ import annotations

from collections.abc import Mapping

from wugong import Act, Entitlement, Refusal, VotingRule, write_time
from wugong_voting.ballot_forms import BLANK, Misread, read, spoilt_reason
from wugong_voting.counted import CountedRule
from wugong_voting.events import BallotCast
from wugong_voting.state import Poll

PAPER_AND_SCREEN = frozenset({"web", "paper", "assisted", "meeting"})
ON_PAPER = frozenset({"paper", "assisted", "meeting"})  # where a ballot can be spoilt or blank


def refusals(
    poll: Poll | None,
    entitlement: Entitlement | None,
    act: Act,
    source: str,
    rule: VotingRule | None = None,
) -> list[Refusal]:
    """Say why the ballot that ``act`` carries does not count.

    ``entitlement`` is what the frozen roll of the poll holds under the ballot's entitlement (who
    may cast it is asked in :mod:`wugong_voting.mandates`);
    ``source`` the article that the poll's procedure rests on, ``rule`` what counts the poll.
    """
    ballot: BallotCast = act.event
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": ballot.poll})]
    if reasons := not_running(poll, act, source):
        return reasons
    if entitlement is None:
        details: dict[str, int | str] = {"entitlement": ballot.entitlement}
        reasons.append(Refusal("voting.not_on_the_roll", source, details))
    reasons += choice_refusals(ballot.choice, poll, rule, act.channel, source)
    if act.channel in PAPER_AND_SCREEN and act.channel not in poll.opened.channels:
        reasons.append(Refusal("voting.channel_not_offered", source, {"channel": act.channel}))
    return reasons


def not_running(poll: Poll, act: Act, source: str) -> list[Refusal]:
    """Say why the poll takes no ballots at the time of an act."""
    if act.at < poll.opens_at:
        details: dict[str, int | str] = {"opens_at": write_time(poll.opens_at)}
        return [Refusal("voting.poll_not_open_yet", source, details)]
    if poll.is_over(act.at):
        closed_at = poll.closed_at or poll.opened.closes_at
        return [Refusal("voting.poll_is_closed", source, {"closed_at": write_time(closed_at)})]
    return []


def choice_refusals(
    choice: str, poll: Poll, rule: VotingRule | None, channel: str, source: str = ""
) -> list[Refusal]:
    """Say why what is written on a ballot cannot be counted."""
    try:
        reasons = _spoilt(choice, channel, source)
        _read(choice, poll, rule, channel)
    except Misread as misread:
        return [Refusal(misread.code, source, _named(misread.details, poll))]
    return reasons


def _spoilt(choice: str, channel: str, source: str) -> list[Refusal]:
    if spoilt_reason(choice) and channel not in ON_PAPER:
        return [Refusal("voting.spoilt_on_paper_only", source)]
    return []


def _read(choice: str, poll: Poll, rule: VotingRule | None, channel: str) -> None:
    """Read the ballot as the rule will; ``Misread`` where it cannot be counted."""
    if isinstance(rule, CountedRule):
        read(choice, rule.form, poll.options)
    elif choice == BLANK and channel in ON_PAPER:
        return  # on the page one of the three is asked for
    elif choice not in poll.options and not spoilt_reason(choice):
        raise Misread("voting.unknown_option", choice=choice)


def _named(details: Mapping[str, int | str], poll: Poll) -> dict[str, int | str]:
    """Add what can be chosen, and name options as the ballot paper does."""
    titles = {option.id: option.title for option in poll.opened.options}
    choice = str(details.get("choice", ""))
    named = {**details, "choice": titles.get(choice, choice)[:200]} if choice else {**details}
    return {**named, "options": ", ".join(titles.values())}
