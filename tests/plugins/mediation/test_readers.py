"""Nobody but those concerned learns that there is a case, and confidences stay confidences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wugong import NOBODY, OPERATOR, Ref, Refused, seal
from wugong_mediation.awaited import awaited
from wugong_mediation.events import PARTY, Ended, NoteFiled


def kinds(dispute: Any, member: str) -> list[str]:
    return [fact.kind.removeprefix("mediation.") for fact in dispute.seen(member)]


def refusals(dispute: Any, by: str, case: int) -> list[Any]:
    with pytest.raises(Refused) as refused:
        dispute.end(case, by)
    return [(reason.code, dict(reason.details, number=0)) for reason in refused.value.reasons]


@pytest.mark.parametrize("member", ["wang", "root", "zhou", "sun", "tan"])
def test_no_officer_admin_neighbour_or_other_mediator_reads_a_word(
    dispute: Any, member: str
) -> None:
    case = dispute.mediated()
    dispute.note(case, "li", "both")
    dispute.offer(case)
    dispute.end(case, "li")
    assert dispute.seen(member) == []
    tasks = dispute.r.engine.tasks(dispute.r.community, dispute.r.viewer(dispute.matter, member))
    assert [t for _m, t in tasks if "mediation" in t.act] == []


def test_neither_the_public_nor_the_operator_reads_a_word(dispute: Any) -> None:
    dispute.settled()
    for viewer in (NOBODY, OPERATOR):
        facts = dispute.r.engine.facts(dispute.matter, viewer, limit=500)
        assert [fact for fact in facts if fact.kind.startswith("mediation.")] == []


def test_every_kind_is_confidential_and_lawful_while_the_stage_rests(dispute: Any) -> None:
    ours = [k for k in dispute.r.engine.registry.kinds.values() if k.plugin == "mediation"]
    assert len(ours) == 13
    assert {kind.shown_to for kind in ours} == {PARTY}
    assert all(kind.despite_hold for kind in ours)


def test_both_sides_read_from_the_request_on(dispute: Any) -> None:
    dispute.ask()
    for member in ("li", "chen"):
        (fact,) = dispute.seen(member)
        viewer = dispute.r.viewer(dispute.matter, member)
        assert dispute.r.engine.open(fact, viewer) == {"claim": "My window is dark"}


def test_two_cases_in_one_matter_do_not_see_each_other(dispute: Any) -> None:
    one = dispute.mediated("li", "chen", "mei")
    two = dispute.mediated("zhou", "wu", "tan")
    for members, case in ((("li", "chen", "mei"), one), (("zhou", "wu", "tan"), two)):
        for member in members:
            read = {
                fact.seq if fact.seq == case else fact.event.case for fact in dispute.seen(member)
            }
            assert read == {case}


def test_a_private_note_is_for_its_author_and_the_mediator(dispute: Any) -> None:
    case = dispute.mediated()
    dispute.note(case, "li", "mediator")
    assert "note_filed" not in kinds(dispute, "chen")
    for member in ("li", "mei"):
        fact = dispute.seen(member)[-1]
        viewer = dispute.r.viewer(dispute.matter, member)
        assert dispute.r.engine.open(fact, viewer) == {"text": "In confidence"}
    dispute.note(case, "chen", "both")
    assert kinds(dispute, "li").count("note_filed") == 2


def test_a_private_note_waits_for_the_mediator_whom_both_accept(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.note(case, "li", "mediator")
    dispute.propose(case)
    assert "note_filed" not in kinds(dispute, "mei")  # proposed is not accepted
    dispute.accept(case, "li")
    dispute.accept(case, "chen")
    assert "note_filed" in kinds(dispute, "mei")


def test_who_was_declined_as_mediator_reads_nothing_more(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case)
    assert kinds(dispute, "mei") == ["requested", "answered", "mediator_proposed"]
    dispute.accept(case, "chen", accept=False)
    assert kinds(dispute, "mei") == []


def test_a_proposed_mediator_files_nothing_yet(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case)
    with dispute.r.refuses("mediation.not_mediator_yet"):
        dispute.note(case, "mei")
    with dispute.r.refuses("mediation.not_mediator_yet"):
        dispute.end(case, "mei", "no_agreement")


def test_a_stranger_cannot_find_out_which_numbers_are_cases(dispute: Any) -> None:
    case = dispute.mediated()
    for stranger in ("wang", "zhou"):
        assert refusals(dispute, stranger, case) == refusals(dispute, stranger, 99_999)
    dispute.mediated("zhou", "wu", "tan")
    # zhou is now a party to another case of the same matter, and still learns nothing.
    assert refusals(dispute, "zhou", case) == refusals(dispute, "zhou", 99_999)


def test_the_texts_are_nowhere_in_the_journal(dispute: Any) -> None:
    dispute.settled()
    exported = repr(list(dispute.r.engine.export(dispute.r.community)))
    assert "mediation.agreed" in exported
    for words in ("My window is dark", "A window by May"):
        assert words not in exported


def test_an_agent_acts_for_a_party_and_the_party_reads_it(dispute: Any) -> None:
    case = dispute.ask()
    stopped = Ended(case=Ref(case), reason="withdrawn")
    dispute.r.act("sun", dispute.matter, stopped, principal="chen", channel="assisted")
    assert kinds(dispute, "chen") == ["requested", "ended"]


def test_a_note_of_nothing_is_not_filed(dispute: Any) -> None:
    case = dispute.mediated()
    with pytest.raises(ValueError, match="text"):
        dispute.act("li", NoteFiled(case=Ref(case), text=seal(" ")))


def test_each_task_waits_for_a_person_never_for_a_role(dispute: Any) -> None:
    case = dispute.ask()
    steps: list[tuple[list[str], Callable[[], Any]]] = [
        (["chen"], lambda: dispute.reply(case)),
        (["li", "chen"], lambda: dispute.propose(case)),
        (["li", "chen", "mei"], lambda: dispute.accept(case, "li")),
        (["chen", "mei"], lambda: dispute.accept(case, "chen")),
        (["mei"], lambda: dispute.write(case)),
        (["li", "chen", "mei"], lambda: dispute.sign(case, "li")),
        (["chen", "mei"], lambda: [dispute.sign(case, who) for who in ("chen", "mei")]),
        (["li", "chen"], lambda: None),
    ]
    for waited_for, step in steps:
        items = [w for w in awaited(dispute.r.matter(dispute.matter)) if w.act]
        assert [w.who for w in items] == [f"member:{who}" for who in waited_for]
        for other in ("", "wang", "zhou"):
            viewer = dispute.r.viewer(dispute.matter, other)
            told = dispute.r.engine.waiting(dispute.matter, viewer)
            assert [w for w in told if w.about == case] == []
        step()


def test_a_party_cannot_tell_another_case_from_a_number_of_nothing(dispute: Any) -> None:
    dispute.mediated()
    other = dispute.ask("zhou", "wu")
    need = other + 100  # no fact has this number
    known = refusals(dispute, "li", other)
    assert (
        known
        == refusals(dispute, "li", need)
        == [("wugong.ref_unknown", {"field": "case", "number": 0})]
    )
