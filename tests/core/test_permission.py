"""Permission: denied unless a declaration allows it, to each role, relation, stage and helper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.core.conftest import MEMBERS, people
from tests.core.shop import (
    Answered,
    Asked,
    Chimed,
    Confided,
    Counted,
    Given,
    Lapsed,
    Noted,
    Stocked,
    plugin,
)
from wugong import (
    ANY,
    MANAGE,
    PLAN,
    Engine,
    MatterOpened,
    MemberEnrolled,
    Ref,
    Refused,
    RoleGranted,
    RoleRevoked,
    StageClosed,
    event,
    hookimpl,
    kind_of,
    seal,
)
from wugong.testing import Rehearsal
from wugong.vocabulary import CORE_EVENTS


def codes(engine: Engine, place: str, said: Any, by: str, **more: Any) -> tuple[str, ...]:
    try:
        engine.record(place, said, by=by, **more)
    except Refused as refused:
        return refused.codes
    return ()


@event("shop.unspoken", may={})
class Unspoken:
    """Nobody may say this."""

    note: str = ""


def test_what_nobody_may_do_is_denied_to_everybody() -> None:
    base = plugin()
    declared = base.register
    base.register = hookimpl(lambda: [*declared(), Unspoken])
    r = Rehearsal({"shop": base}, members=MEMBERS)
    for who in ("wang", "operator", "clock", "plugin:shop", "li"):
        with r.refuses("wugong.not_your_role"):
            r.act(who, "example", Unspoken())


def test_every_act_of_every_kind_is_denied_to_who_holds_none_of_its_roles(
    engine: Engine, matter: str
) -> None:
    """A list of all kinds, so that a new one is tried, too."""
    nobody = engine.viewer("wutong", "stranger")
    here, itself = engine.matter(matter), engine.matter("wutong")
    for kind in engine.registry.kinds.values():
        assert engine.may(here, nobody, kind), kind.name
        assert engine.may(itself, nobody, kind), kind.name
    assert set(engine.registry.kinds) >= {kind_of(cls).name for cls in CORE_EVENTS}


@pytest.mark.parametrize(
    ("said", "by", "code"),
    [
        pytest.param(Stocked(title="a", stock=1), "wang", None, id="an officer"),
        pytest.param(Stocked(title="a", stock=1), "li", "not_your_role", id="a resident"),
        pytest.param(Stocked(title="a", stock=1), "operator", "not_your_role", id="the operator"),
        pytest.param(Stocked(title="a", stock=1), "clock", "not_your_role", id="the clock"),
        pytest.param(
            Stocked(title="a", stock=1), "plugin:shop", "not_your_role", id="the plugin itself"
        ),
        pytest.param(Chimed(note="a"), "plugin:shop", None, id="a plugin that may"),
        pytest.param(Chimed(note="a"), "li", "stage_closed", id="in a stage that is not open"),
        pytest.param(Noted(text=seal("a")), "li", None, id="in a stage that is open"),
        pytest.param(Counted(number=1), "m-9", "not_a_member", id="who is not enrolled"),
        pytest.param(Counted(number=1), "", "not_a_member", id="nobody"),
        pytest.param(Counted(number=1), "Operator", "not_a_member", id="almost the operator"),
        pytest.param(Lapsed(question=Ref(1)), "wang", "not_your_role", id="in the clock's place"),
    ],
)
def test_a_declaration_says_who_may(
    engine: Engine, matter: str, said: Any, by: str, code: str | None
) -> None:
    before = engine.head("wutong")
    assert codes(engine, matter, said, by) == ((f"wugong.{code}",) if code else ())
    assert (engine.head("wutong") == before) is (code is not None)


def test_a_refusal_says_who_may_and_when_and_where_that_is_written(
    engine: Engine, matter: str
) -> None:
    with pytest.raises(Refused) as caught:
        engine.record(matter, StageClosed(stage=PLAN), by="li")
    assert caught.value.reasons[0].details == {"roles": "convenor, officer, operator"}
    engine.record(matter, StageClosed(stage=PLAN), by="wang")
    with pytest.raises(Refused) as caught:
        engine.record(matter, Asked(question="When?", days=3), by="li")
    [reason] = caught.value.reasons
    assert (reason.code, reason.source) == ("wugong.stage_closed", "our shop rules, 3")
    assert reason.details == {"stages": "plan, manage"}


def test_each_role_has_stages_of_its_own(engine: Engine, matter: str) -> None:
    """In the community itself, where managing is open, officers note and residents do not."""
    assert codes(engine, "wutong", Noted(text=seal("a")), "wang") == ()
    assert codes(engine, "wutong", Noted(text=seal("a")), "li") == ("wugong.stage_closed",)


def test_a_role_is_held_in_its_scope_until_its_time(engine: Engine, matter: str) -> None:
    other = engine.record("wutong", MatterOpened(title="Benches"), by="sun").matter
    until = engine.now() + timedelta(days=2)
    granted = RoleGranted(member="li", role="officer", scope=matter, until=until)
    engine.record("wutong", granted, by="operator")
    stocked = Stocked(title="a", stock=1)
    assert codes(engine, matter, stocked, "li") == ()
    assert codes(engine, other, stocked, "li") == ("wugong.not_your_role",)
    assert codes(engine, "wutong", stocked, "li") == ("wugong.not_your_role",)
    clock: Any = engine._means.clock._clock
    clock.move(days=2, milliseconds=-1)
    assert codes(engine, matter, stocked, "li") == ()
    clock.move(milliseconds=1)
    assert codes(engine, matter, stocked, "li") == ("wugong.not_your_role",)


def test_a_revoked_role_is_gone_and_a_granted_one_is_one(engine: Engine) -> None:
    stocked = Stocked(title="a", stock=1)
    for _ in range(2):
        engine.record("wutong", RoleGranted(member="li", role="officer"), by="operator")
    assert engine.matter("wutong").standing.holders("officer") == ("wang", "zhou", "li")
    assert codes(engine, "wutong", stocked, "li") == ()
    engine.record("wutong", RoleRevoked(member="li", role="officer"), by="operator")
    assert codes(engine, "wutong", stocked, "li") == ("wugong.not_your_role",)


def test_a_role_is_given_to_an_enrolled_member_alone(engine: Engine) -> None:
    granted = RoleGranted(member="stranger", role="officer")
    assert codes(engine, "wutong", granted, "operator") == ("wugong.member_unknown",)
    assert codes(engine, "wutong", RoleGranted(member="li", role="x"), "wang") == (
        "wugong.not_your_role",
    )


def test_a_member_of_another_community_is_a_stranger_here(engine: Engine, matter: str) -> None:
    people(engine, "huaishu")
    enrolled = MemberEnrolled(member="guest", name=seal("Guest"))
    engine.record("huaishu", enrolled, by="operator")
    engine.record("huaishu", RoleGranted(member="guest", role="officer"), by="operator")
    for said in (Counted(number=1), Stocked(title="a", stock=1), Noted(text=seal("a"))):
        assert codes(engine, matter, said, "guest") == ("wugong.not_a_member",)
    assert engine.viewer(matter, "guest").roles == frozenset()


@pytest.mark.parametrize(
    "said",
    [
        MemberEnrolled(member="m-8", name=seal("x")),
        RoleGranted(member="li", role="officer"),
        MatterOpened(title="a matter in a matter"),
    ],
)
def test_what_concerns_the_community_is_done_there(engine: Engine, matter: str, said: Any) -> None:
    assert codes(engine, matter, said, "operator") == ("wugong.belongs_to_community",)


def test_a_kind_of_a_plugin_that_the_community_does_not_use_is_refused(engine: Engine) -> None:
    engine.found("plain", title="Plain", setting="urban", plugins=[])
    enrolled = MemberEnrolled(member="li", name=seal("Li"))
    engine.record("plain", enrolled, by="operator")
    found = codes(engine, "plain", Counted(number=1), "li")
    assert found == ("wugong.plugin_not_enabled",)


# Acting for others


@pytest.mark.parametrize(
    ("channel", "helper", "allowed"),
    [
        ("assisted", "zhou", True),
        ("assisted", "wang", False),  # an officer, not a desk agent
        ("assisted", "li", False),
        ("web", "zhou", True),
        ("web", "wang", False),
        ("paper", "wang", True),
        ("paper", "li", False),
        ("meeting", "wang", True),
        ("meeting", "sun", False),
    ],
)
def test_a_helper_needs_the_role_of_the_channel(
    engine: Engine, matter: str, channel: str, helper: str, allowed: bool
) -> None:
    said = Noted(text=seal("for zhao"))
    found = codes(engine, matter, said, helper, principal="zhao", channel=channel)
    assert found == (() if allowed else ("wugong.not_agent",))
    if allowed:
        [fact] = engine.facts(matter, engine.viewer(matter, "zhao"), kinds=("shop.noted",))
        assert (fact.by, fact.principal, fact.who, fact.channel) == (
            helper,
            "zhao",
            "zhao",
            channel,
        )


def test_a_helper_may_what_the_principal_may_and_no_more(engine: Engine, matter: str) -> None:
    helped = {"by": "zhou", "principal": "zhao", "channel": "assisted"}
    assert codes(engine, matter, Stocked(title="a", stock=1), **helped) == ("wugong.not_your_role",)
    helped["principal"] = "stranger"
    assert codes(engine, matter, Noted(text=seal("a")), **helped) == ("wugong.not_a_member",)
    helped["principal"] = "zhou"
    assert codes(engine, matter, Noted(text=seal("a")), **helped) == ("wugong.not_agent",)


def test_a_helper_lends_a_hand_but_never_an_office(engine: Engine, matter: str) -> None:
    engine.record("wutong", RoleGranted(member="wang", role="admin"), by="operator")
    helped = {"by": "zhou", "principal": "wang", "channel": "assisted"}
    stocked = Stocked(title="a", stock=1)
    assert codes(engine, matter, stocked, "wang") == ()
    assert codes(engine, matter, stocked, **helped) == ("wugong.office_not_lent",)
    to_be_admin = RoleGranted(member="zhou", role="admin")
    assert codes(engine, "wutong", to_be_admin, **helped) == ("wugong.office_not_lent",)
    assert codes(engine, matter, Noted(text=seal("as a resident")), **helped) == ()


def test_who_is_helped_is_seen_without_offices(engine: Engine, matter: str) -> None:
    assert engine.viewer(matter, "zhou").roles == {"officer", "agent", "resident"}
    assert engine.viewer(matter, "zhou", helped=True).roles == {"resident"}


def test_nobody_acts_for_the_operator(engine: Engine) -> None:
    enrolled = MemberEnrolled(member="m-8", name=seal("x"))
    for principal in ("operator", "clock", "plugin:shop"):
        found = codes(engine, "wutong", enrolled, "zhou", principal=principal, channel="assisted")
        assert found, principal


# Relations


def test_a_relation_gives_and_takes_permission_as_the_matter_goes() -> None:
    @event("shop.whispered", may={"shop.asker": ANY})
    class Whispered:
        """Only who asked whispers."""

        note: str = "x"

    base = plugin()
    declared = base.register
    base.register = hookimpl(lambda: [*declared(), Whispered])
    r = Rehearsal({"shop": base}, members=MEMBERS)
    place, other = r.open("Lights", by="li"), r.open("Benches", by="li")
    with r.refuses("wugong.not_your_role"):
        r.act("li", place, Whispered())
    r.act("li", place, Asked(question="When?", days=3))
    r.act("li", place, Whispered())
    with r.refuses("wugong.not_your_role"):
        r.act("li", other, Whispered())
    with r.refuses("wugong.not_your_role"):
        r.act("sun", place, Whispered())


# References


def test_a_reference_names_a_fact_of_its_kind_that_its_reader_may_read(
    engine: Engine, matter: str
) -> None:
    asked = engine.record(matter, Asked(question="When?", days=3), by="li")
    confided = engine.record(
        matter, Confided(question=Ref(asked.seq), text=seal("psst")), by="zhao"
    )
    stocked = engine.record("wutong", Stocked(title="a", stock=1), by="wang")
    unknown = ("wugong.ref_unknown",)
    for number in (1, 9999, stocked.seq, matter_number(matter)):
        found = codes(engine, matter, Answered(question=Ref(number)), "sun")
        assert set(found) >= set(unknown), number
    about = Noted(text=seal("a"), about=(Ref(stocked.seq), Ref(asked.seq)))
    assert codes(engine, matter, about, "sun") == ()
    hidden = Noted(text=seal("a"), about=(Ref(confided.seq),))
    with pytest.raises(Refused) as caught:
        engine.record(matter, hidden, by="sun")
    absent = Noted(text=seal("a"), about=(Ref(9999),))
    with pytest.raises(Refused) as not_there:
        engine.record(matter, absent, by="sun")
    assert caught.value.codes == not_there.value.codes == unknown
    assert caught.value.reasons[0].details == {"field": "about", "number": confided.seq}
    assert codes(engine, matter, hidden, "li") == ()


def matter_number(matter: str) -> int:
    return int(matter.rpartition(".")[2])


def test_what_a_page_offers_is_what_the_engine_accepts(engine: Engine, matter: str) -> None:
    here = engine.matter(matter)
    offered = {kind.name for kind in engine.offered(here, engine.viewer(matter, "li"))}
    assert {"shop.noted", "shop.asked", "shop.counted"} <= offered
    assert not offered & {"shop.stocked", "wugong.stage_closed", "shop.lapsed"}
    engine.record(matter, StageClosed(stage=PLAN), by="wang")
    here = engine.matter(matter)
    offered = {kind.name for kind in engine.offered(here, engine.viewer(matter, "li"))}
    assert "shop.noted" not in offered
    assert here.stages & MANAGE == PLAN & MANAGE


def test_points_are_given_by_an_officer_alone(engine: Engine) -> None:
    assert codes(engine, "wutong", Given(to=("li",), points=1), "li") == ("wugong.not_your_role",)
