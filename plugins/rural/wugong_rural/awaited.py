"""What a village matter waits for: the next step, the elders' opinion, the end of a posting."""

from __future__ import annotations

from collections.abc import Iterator

from wugong import BUILD, EVALUATE, MANAGE, N_, PLAN, Matter, Ref, Waiting
from wugong_rural import elders, four_two
from wugong_rural.events import FOUR_TWO, POSTING_LAW, PostingEnded
from wugong_rural.four_two import FLOW, Flow
from wugong_rural.postings import Posting, days_of


def awaited(matter: Matter) -> Iterator[Waiting]:
    """Yield what ``matter`` waits for, the clock's duties included."""
    flow = matter.state(FLOW)
    for posting in (flow.decision, flow.result):
        if posting and not posting.ended:
            yield _end_of(posting)
    if not four_two.applies(matter):
        return
    if matter.open(PLAN) and not flow.resolutions:
        yield from _next_step(matter, flow)
    if flow.resolutions and flow.decision is None and matter.open(PLAN | BUILD | MANAGE):
        yield Waiting(
            N_("Post the resolution of the villagers"),
            who="officer",
            act="rural.decision_posted",
            about=flow.resolutions[-1],
            source=f"{FOUR_TWO} 公開一; {POSTING_LAW}",
        )
    if _result_is_due(matter, flow):
        yield Waiting(
            N_("Post the result"),
            who="officer",
            act="rural.result_posted",
            source=f"{FOUR_TWO} 公開二; {POSTING_LAW}",
        )


def _end_of(posting: Posting) -> Waiting:
    return Waiting(
        N_("The posting may come down on {day}"),
        who="officer",
        by=posting.until,
        then=PostingEnded(posting=Ref(posting.seq)),
        about=posting.seq,
        source=POSTING_LAW,
        details=days_of(posting),
    )


def _next_step(matter: Matter, flow: Flow) -> Iterator[Waiting]:
    if elders.must_be_heard(matter) and not elders.were_heard(matter):
        yield Waiting(
            N_("The opinion of the elders' council"),
            who="elder",
            act="rural.elders_heard",
            source=elders.CHARTER,
        )
    if flow.polling:
        return
    codes = {refusal.code for refusal in four_two.refuse_poll(matter)}
    what, who, act, source = STEPS[1]
    if "rural.proposal_missing" in codes:
        what, who, act, source = STEPS[0]
    elif not codes & {"rural.consultation_missing", "rural.consultation_not_carried"}:
        what, who, act, source = STEPS[2] if codes else STEPS[3]
    yield Waiting(what, who=who, act=act, source=source, about=flow.proposal)


STEPS = (
    (
        N_("The proposal of the Party organisation"),
        "party_member",
        "rural.party_proposed",
        f"{FOUR_TWO} 一議",
    ),
    (
        N_("The consultation of the two committees"),
        "officer",
        "rural.committees_consulted",
        f"{FOUR_TWO} 二議",
    ),
    (
        N_("The review by the Party members' meeting"),
        "party_member",
        "rural.party_members_reviewed",
        f"{FOUR_TWO} 三議",
    ),
    (
        N_("The vote of the villagers"),
        "convenor",
        "voting.poll_opened",
        f"{FOUR_TWO} 四議; 村組法 (2025) 26, 30",
    ),
)


def _result_is_due(matter: Matter, flow: Flow) -> bool:
    over = flow.decision is not None and flow.decision.ended and flow.result is None
    return over and not matter.open(BUILD) and matter.open(MANAGE | EVALUATE)
