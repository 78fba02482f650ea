"""May this ballot be cast? One an entitlement, by who holds it, for an option, in time."""

from __future__ import annotations

from wugong import Act, Entitlement, Refusal, write_time
from wugong_voting.events import BallotCast
from wugong_voting.state import Poll

PAPER_AND_SCREEN = frozenset({"web", "paper", "assisted", "meeting"})


def refusals(
    poll: Poll | None, entitlement: Entitlement | None, act: Act, source: str
) -> list[Refusal]:
    """Say why the ballot that ``act`` carries does not count.

    ``entitlement`` is what the frozen roll of the poll holds under the ballot's entitlement;
    ``source`` the article that the poll's procedure rests on.
    """
    ballot: BallotCast = act.event
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": ballot.poll})]
    if act.at < poll.opens_at:
        details: dict[str, int | str] = {"opens_at": write_time(poll.opens_at)}
        return [Refusal("voting.poll_not_open_yet", source, details)]
    if poll.is_over(act.at):
        closed_at = poll.closed_at or poll.opened.closes_at
        return [Refusal("voting.poll_is_closed", source, {"closed_at": write_time(closed_at)})]
    reasons = []
    if entitlement is None:
        details = {"entitlement": ballot.entitlement}
        reasons.append(Refusal("voting.not_on_the_roll", source, details))
    elif entitlement.member != act.who:
        details = {"entitlement": ballot.entitlement}
        reasons.append(Refusal("voting.not_your_entitlement", source, details))
    if ballot.choice not in poll.options:
        options = ", ".join(option.title for option in poll.opened.options)
        details = {"choice": ballot.choice, "options": options}
        reasons.append(Refusal("voting.unknown_option", source, details))
    if act.channel in PAPER_AND_SCREEN and act.channel not in poll.opened.channels:
        reasons.append(Refusal("voting.channel_not_offered", source, {"channel": act.channel}))
    return reasons
