"""May this poll be closed, and may its stage? The hour closes it, nobody earlier."""

from __future__ import annotations

from collections.abc import Sequence

from wugong import Act, Refusal, Stage, write_time
from wugong_voting.events import OWN_RULE, VOTING
from wugong_voting.registering import Registered
from wugong_voting.state import Poll


def refusals(
    poll: Poll | None, act: Act, source: str, awaited: Sequence[Registered] = ()
) -> list[Refusal]:
    """Say why the poll cannot be closed now; ``awaited``: batches that may still be counted."""
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": act.event.poll})]
    if poll.closed_at is not None:
        details = {"closed_at": write_time(poll.closed_at)}
        return [Refusal("voting.already_closed", source, details)]
    if act.at < poll.opened.closes_at:
        details = {"closes_at": write_time(poll.opened.closes_at)}
        return [Refusal("voting.closing_too_early", source, details)]
    if awaited and act.at < poll.opened.counted_until:
        until = write_time(poll.opened.counted_until)
        its: dict[str, int | str] = {"number": awaited[0].number, "until": until}
        return [Refusal("voting.batches_are_counted", OWN_RULE, its)]
    return []


def unlocking_refusals(poll: Poll | None, act: Act, source: str) -> list[Refusal]:
    """Say why the box of a poll cannot be opened by its scrutineers now."""
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": act.event.poll})]
    if poll.decided is not None and poll.closed_at is not None:
        details = {"closed_at": write_time(poll.closed_at)}
        return [Refusal("voting.box_opened_already", source, details)]
    if poll.closed_at is None:
        details = {"closes_at": write_time(poll.opened.closes_at)}
        return [Refusal("voting.box_opened_too_early", source, details)]
    return []


def stage_refusals(open_stages: Stage, leaving: Stage, polls: tuple[Poll, ...]) -> list[Refusal]:
    """Say why a stage must stay open: ballots of a running poll would have nowhere to go."""
    if not polls or not leaving & VOTING or open_stages & VOTING & ~leaving:
        return []
    first = polls[0]
    details = {"question": first.opened.question, "closes_at": write_time(first.opened.closes_at)}
    return [Refusal("voting.poll_still_open", "", details)]
