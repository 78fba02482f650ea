"""Petitions: what the engine must know of them, so that who may sign is fixed as for a poll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from wugong.events import event
from wugong.schema import Choice, Label, Member, Most, Sealed
from wugong.stages import EVALUATE, MANAGE, PLAN
from wugong.words import N_

Signing = Literal["persons", "households", "representatives"]
ROSTERS: Mapping[Signing, str] = {
    "persons": "voters",
    "households": "households",
    "representatives": "representatives",
}
"""Whose signatures are counted, and the roster that they stand on."""

WHEN = PLAN | MANAGE | EVALUATE  # where polls are opened


@event(
    "voting.petition_opened",
    may={"resident": WHEN, "officer": WHEN, "convenor": WHEN},
    shown_to="members",
    source="村組法 (2025) 19; 居組法 (2025) 20",
    despite_hold=True,
    sealed_for="member",
    title=N_("Start a petition for a recall"),
    says=N_("A petition to recall {member} was started"),
)
class PetitionOpened:
    """Somebody asks in writing, with reasons, for a recall; others sign it.

    Opening freezes who may sign and the text that says how many must, as opening a poll does.
    """

    procedure: Annotated[str, Label(N_("Procedure")), Most(80)]
    signing: Annotated[
        Signing,
        Label(N_("Whose signatures are counted")),
        Choice(
            {
                "persons": N_("Voters"),
                "households": N_("Representatives of households"),
                "representatives": N_("Representatives"),
            }
        ),
    ]
    member: Annotated[str, Label(N_("Who shall be recalled")), Most(80), Member()]
    reasons: Annotated[Sealed[str], Label(N_("Reasons")), Most(4000)]

    @property
    def roster(self) -> str:
        """The roster of those who may sign."""
        return ROSTERS[self.signing]

    @property
    def groups(self) -> tuple[str, ...]:
        """Nobody is left out by where they live."""
        return ()
