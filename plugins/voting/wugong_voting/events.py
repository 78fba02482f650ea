"""What voters do. Polls themselves are core vocabulary (:mod:`wugong.polls`)."""

from __future__ import annotations

from typing import Annotated

from wugong import EVALUATE, MANAGE, N_, PLAN, Label, Most, Ref, Stage, To, event

VOTING: Stage = PLAN | MANAGE | EVALUATE  # where polls are opened, so where ballots are cast


@event(
    "voting.ballot_cast",
    may={"resident": VOTING},
    shown_to="author",
    source="民法典 278; 村組法 (2025) 26, 30",
    bulk=True,
    boxed="poll",
    despite_hold=True,
    title=N_("Cast ballot"),
    says=N_("A ballot was cast"),
)
class BallotCast:
    """One entitlement's ballot in an open poll; while the poll is open the last one counts.

    A hold keeps a poll from being opened. It never stops one that runs, or whoever asks for
    mediation during the vote could silence the others. In a secret poll it goes into the box,
    leaves no fact and is final.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]
    choice: Annotated[str, Label(N_("Choice")), Most(4000)]  # see ballot_forms.py
