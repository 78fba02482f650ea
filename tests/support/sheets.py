"""Paper ballots in batches: how a whole village votes in a test without an act for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wugong.testing import Rehearsal

AT_ONCE = 100


def on_paper(
    r: Rehearsal,
    matter: str,
    poll: int,
    ballots: Sequence[tuple[str, str]],
    by: tuple[str, str],
) -> None:
    """Have two officers enter ``ballots`` (entitlement, choice), a hundred at a time."""
    for number, start in enumerate(range(0, len(ballots), AT_ONCE), start=1):
        batch = ballots[start : start + AT_ONCE]
        counted = Counter(choice for _, choice in batch)
        options = [{"option": one, "count": found} for one, found in sorted(counted.items())]
        control = {"sheets": len(batch), "options": options}
        sheets = [
            {"sheet": place, "entitlement": entitlement, "choice": choice}
            for place, (entitlement, choice) in enumerate(batch, start=start + 1)
        ]
        body = {"poll": poll, "number": number, "control": control}
        r.act(by[0], matter, "voting.batch_entered", {**body, "ballots": sheets})
        r.act(by[1], matter, "voting.batch_confirmed", body)
