"""A recall is put to the vote on a petition: signatures on paper and here, each person once."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

import wugong_rural
import wugong_urban
import wugong_voting
from wugong import (
    NOBODY,
    Entitlement,
    Option,
    Part,
    PetitionOpened,
    PollOpened,
    Ref,
    Refused,
    seal,
)
from wugong.testing import Rehearsal, imported
from wugong_server.testing import browse
from wugong_voting.events import (
    PetitionAnswered,
    PetitionPapersEntered,
    PetitionSigned,
    SignatureWithdrawn,
)
from wugong_voting.petitions import petitions_of

PLUGINS = {"voting": wugong_voting, "rural": wugong_rural, "urban": wugong_urban}
ROSTERS = {"persons": "voters", "households": "households", "representatives": "representatives"}
YES_NO = tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain"))


class Place:
    """A village or town with one roster of ``of`` people; ``chen`` is an officer, ``bad`` sits."""

    def __init__(self, setting: str, signing: Any, of: int) -> None:
        people = {f"m{n}": () for n in range(of)}
        members: dict[str, tuple[str, ...]] = {"chen": ("officer",), "bad": (), **people}
        self.r = Rehearsal(PLUGINS, members=members, setting=setting)
        entitled = [Entitlement(f"e{n}", f"m{n}", parts=(Part(f"e{n}"),)) for n in range(of)]
        for roster in {"voters", "households", ROSTERS[signing]}:
            self.r.act("operator", self.r.community, imported(roster, entitled))
        self.signing = signing
        self.procedure = "villagers.recall" if setting == "rural" else "residents.recall.voters"
        self.matter = self.r.open("A recall", by="chen")
        self.petition = self.ask()

    def ask(self, **change: Any) -> int:
        given = {"procedure": self.procedure, "signing": self.signing, "member": "bad"}
        event = PetitionOpened(**{**given, **change}, reasons=seal("The accounts were hidden."))
        return self.r.act("m0", self.matter, event).seq

    def sign(self, *numbers: int) -> None:
        for n in numbers:
            event = PetitionSigned(petition=Ref(self.petition), entitlement=f"e{n}")
            self.r.act(f"m{n}", self.matter, event)

    def on_paper(self, numbers: Iterable[int]) -> None:
        named = tuple(f"e{n}" for n in numbers)
        event = PetitionPapersEntered(petition=Ref(self.petition), entitlements=named)
        self.r.act("chen", self.matter, event)

    def take_back(self, n: int, by: str = "") -> None:
        event = SignatureWithdrawn(petition=Ref(self.petition), entitlement=f"e{n}")
        self.r.act(by or f"m{n}", self.matter, event)

    def vote(self, **change: Any) -> int:
        given: dict[str, Any] = {
            "question": "Shall the member be recalled?",
            "options": YES_NO,
            "procedure": self.procedure,
            "roster": "voters",
            "closes_at": self.r.clock.now + timedelta(days=2),
            "about": (Ref(self.petition),),
        }
        return self.r.act("chen", self.matter, PollOpened(**{**given, **change})).seq


@pytest.mark.parametrize(
    ("setting", "signing", "of", "needed", "article"),
    [
        pytest.param("rural", "persons", 15, 3, "村組法 (2025) 19", id="1/5 of voters"),
        pytest.param("rural", "persons", 16, 4, "村組法 (2025) 19", id="1/5 of 16, no rounding"),
        pytest.param("rural", "representatives", 9, 3, "村組法 (2025) 19", id="1/3 of reps"),
        pytest.param("rural", "representatives", 10, 4, "村組法 (2025) 19", id="1/3 of 10"),
        pytest.param("urban", "persons", 20, 2, "居組法 (2025) 20", id="1/10 of voters"),
        pytest.param("urban", "persons", 21, 3, "居組法 (2025) 20", id="1/10 of 21"),
        pytest.param("urban", "households", 20, 2, "居組法 (2025) 20", id="1/10 of households"),
        pytest.param("urban", "representatives", 9, 3, "居組法 (2025) 20", id="1/3 of reps, town"),
    ],
)
def test_a_recall_is_put_to_the_vote_from_the_share_that_the_statute_states(
    setting: str, signing: str, of: int, needed: int, article: str
) -> None:
    below = Place(setting, signing, of)
    below.sign(*range(needed - 1))
    with pytest.raises(Refused) as refused:
        below.vote()
    (reason,) = refused.value.reasons
    assert (reason.code, reason.source) == ("voting.petition_too_small", article)
    assert dict(reason.details) == {
        "signed": needed - 1,
        "of": of,
        "needed": needed,
        "missing": 1,
    }
    below.sign(needed - 1)  # exactly at
    assert below.vote()
    above = Place(setting, signing, of)
    above.sign(*range(needed + 1))
    poll = above.vote()
    (made,) = petitions_of(above.r.matter(above.matter))[above.petition].counted
    assert (made.poll, made.signed, made.of, made.needed) == (poll, needed + 1, of, needed)


def test_paper_and_web_count_a_person_once() -> None:
    place = Place("rural", "persons", 15)
    place.sign(0, 1)
    with place.r.refuses("voting.signed_already"):
        place.on_paper([1, 2])
    with place.r.refuses("voting.entitlement_twice"):
        place.on_paper([2, 2])
    with place.r.refuses("voting.cannot_sign"):
        place.on_paper([2, 99])
    with place.r.refuses("voting.petition_too_small"):
        place.vote()
    place.on_paper([2])
    with place.r.refuses("voting.signed_already"):
        place.sign(2)
    assert place.vote()


def test_who_takes_a_signature_back_is_not_counted_and_may_sign_again() -> None:
    place = Place("rural", "persons", 15)
    place.sign(0, 1)
    place.on_paper([2])
    with place.r.refuses("voting.signature_of_another"):
        place.take_back(2, by="m3")
    place.take_back(2)
    with place.r.refuses("voting.not_signed"):
        place.take_back(2)
    with place.r.refuses("voting.signature_taken_back"):
        place.on_paper([2])  # a sheet from before cannot undo what they said since
    with place.r.refuses("voting.petition_too_small"):
        place.vote()
    place.sign(2)
    assert place.vote()


def test_nobody_signs_for_another_and_nothing_changes_once_it_was_put_to_the_vote() -> None:
    place = Place("rural", "persons", 15)
    event = PetitionSigned(petition=Ref(place.petition), entitlement="e4")
    with place.r.refuses("voting.signature_of_another"):
        place.r.act("m3", place.matter, event)
    place.sign(0, 1, 2)
    place.vote()
    with place.r.refuses("voting.petition_is_over"):
        place.sign(3)
    with place.r.refuses("voting.petition_is_over"):
        place.take_back(0)
    with place.r.refuses("voting.petition_is_over"):
        place.on_paper([5])


def test_a_roster_of_a_later_day_changes_neither_who_signs_nor_of_how_many() -> None:
    place = Place("rural", "persons", 15)
    place.sign(0, 1, 2)
    fewer = [Entitlement(f"e{n}", f"m{n}") for n in range(14, 20)]
    place.r.act("operator", place.r.community, imported("voters", fewer))
    with place.r.refuses("voting.cannot_sign"):
        event = PetitionSigned(petition=Ref(place.petition), entitlement="e16")
        place.r.act("m14", place.matter, event)
    place.sign(3)
    assert place.vote()
    (made,) = petitions_of(place.r.matter(place.matter))[place.petition].counted
    assert (made.signed, made.of) == (4, 15)


def test_one_person_on_the_roll_twice_counts_once() -> None:
    place = Place("rural", "persons", 15)
    twice = [Entitlement(f"e{n}", f"m{n // 2}") for n in range(10)]
    place.r.act("operator", place.r.community, imported("voters", twice))
    place.petition = place.ask()
    for n in (0, 1):
        event = PetitionSigned(petition=Ref(place.petition), entitlement=f"e{n}")
        place.r.act("m0", place.matter, event)
    with place.r.refuses("voting.petition_too_small"):
        place.vote()


def test_a_recall_needs_a_petition_and_of_this_recall() -> None:
    place = Place("rural", "persons", 15)
    place.sign(0, 1, 2)
    with place.r.refuses("voting.petition_missing"):
        place.vote(about=())
    other = place.r.open("Another recall", by="chen")
    here, place.matter = place.matter, other
    with place.r.refuses("voting.petition_missing"):
        place.vote()  # the petition is another matter's
    place.matter = here
    assert place.vote()


def test_in_a_town_one_petition_serves_whichever_form_the_election_had() -> None:
    place = Place("urban", "persons", 20)
    place.sign(0, 1)
    households = {"procedure": "residents.recall.households", "roster": "households"}
    assert place.vote(**households)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"procedure": "nobody"}, "wugong.procedure_unknown", id="unknown"),
        pytest.param({"procedure": "villagers.election"}, "voting.petition_not_asked_for", id="no"),
        pytest.param({"signing": "households"}, "voting.petition_not_by_these", id="of others"),
        pytest.param({"member": "nobody"}, "wugong.member_unknown", id="nobody"),
    ],
)
def test_a_petition_that_leads_nowhere_is_refused(change: dict[str, Any], code: str) -> None:
    place = Place("rural", "persons", 15)
    with place.r.refuses(code):
        place.ask(**change)


def test_without_the_roster_nobody_could_sign() -> None:
    place = Place("rural", "persons", 15)
    with place.r.refuses("wugong.roster_unknown"):
        place.ask(signing="representatives")


def test_whom_it_names_answers_and_nobody_else() -> None:
    place = Place("rural", "persons", 15)
    event = PetitionAnswered(petition=Ref(place.petition), text=seal("They hang on the board."))
    with place.r.refuses("voting.petition_not_about_you"):
        place.r.act("m1", place.matter, event)
    answer = place.r.act("bad", place.matter, event).seq
    assert petitions_of(place.r.matter(place.matter))[place.petition].answers == (answer,)
    town = Place("urban", "persons", 20)
    event = PetitionAnswered(petition=Ref(town.petition), text=seal("No."))
    with town.r.refuses("voting.petition_without_answer"):  # the town's article names no such right
        town.r.act("bad", town.matter, event)


def test_how_many_signed_is_public_and_who_did_is_nobodys_business() -> None:
    place = Place("rural", "persons", 15)
    place.sign(0, 1, 2)
    place.on_paper([3])
    poll = place.vote()
    for reader in (NOBODY, place.r.viewer(place.matter, "m5"), place.r.viewer(place.matter, "bad")):
        seen = place.r.engine.facts(place.matter, reader, bulk=True)
        kinds = {fact.kind for fact in seen}
        assert not kinds & {"voting.petition_signed", "voting.petition_papers_entered"}
        (counted,) = [fact.event for fact in seen if fact.kind == "voting.petition_counted"]
        assert (counted.signed, counted.of, counted.poll) == (4, 15, poll)
    own = place.r.engine.facts(place.matter, place.r.viewer(place.matter, "m1"), bulk=True)
    assert [f.event.entitlement for f in own if f.kind == "voting.petition_signed"] == ["e1"]
    public = {fact.kind for fact in place.r.engine.facts(place.matter, NOBODY, bulk=True)}
    assert "voting.petition_opened" not in public  # it names a person and says why


def said(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def sent(client: Any, place: Place, **fields: str) -> Any:
    address = f"/m/{place.matter}/petitions/{place.petition}"
    page = client.get(address).text
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|key)" value="([^"]*)"', page))
    return client.post(address, data={**hidden, **fields})


def test_a_village_is_offered_the_recall_of_a_village_alone() -> None:
    for setting, own in (("rural", "villagers.recall"), ("urban", "residents.recall.voters")):
        place = Place(setting, "persons", 15)
        page = browse(place.r, "m1").get(f"/m/{place.matter}/do/voting.petition_opened").text
        offered = re.findall(r'name="procedure" value="([a-z_.]+)"', page)
        assert own in offered
        assert {one.partition(".")[0] for one in offered} == {own.partition(".")[0]}


def test_the_page_signs_takes_back_and_enters_sheets() -> None:
    place = Place("rural", "persons", 15)
    address = f"/m/{place.matter}/petitions/{place.petition}"
    officer, voter = browse(place.r, "chen"), browse(place.r, "m1")
    assert "15人中有0人联名，需要3人。" in said(officer.get(address).text)
    assert sent(voter, place, entitlement="e1", do="sign").status_code == 303
    page = voter.get(address).text
    assert "您已为e1联名" in said(page) and "The accounts were hidden." in page
    assert sent(voter, place, entitlement="e1", do="take_back").status_code == 303
    assert "15人中有0人联名" in said(voter.get(address).text)
    wrong = sent(officer, place, entitlements="e2\ne99", do="papers")
    assert wrong.status_code == 409 and "e99不在这份罢免提议冻结的名册上" in wrong.text
    assert "e2\ne99" in wrong.text
    assert sent(officer, place, entitlements="e2\ne3 e4", do="papers").status_code == 303
    ready = officer.get(address).text
    link = re.search(r'href="([^"]*polls/new[^"]*)"', ready)
    assert link is not None
    form = officer.get(html.unescape(link[1])).text
    assert re.search(r'value="villagers.recall" required checked', form)
    assert f'<option value="{place.petition}" selected>' in form
    answer = sent(browse(place.r, "bad"), place, text="They hang on the board.", do="answer")
    assert answer.status_code == 303
    assert "They hang on the board." in voter.get(address).text


def test_strangers_read_the_number_alone() -> None:
    place = Place("rural", "persons", 15)
    place.sign(0, 1)
    stranger = browse(place.r)
    page = said(stranger.get(f"/m/{place.matter}/petitions/{place.petition}").text)
    assert "15人中有2人联名，需要3人。" in page and "还差1人" in page
    assert "bad" not in page and "accounts" not in page and "e1" not in page
    assert "15人中有2人联名，需要3人。" in said(stranger.get(f"/m/{place.matter}").text)
    assert stranger.get(f"/m/{place.matter}/petitions/99").status_code == 404


def test_a_petition_is_offered_where_somebody_could_be_recalled() -> None:
    place = Place("rural", "persons", 15)
    assert "voting.petition_opened" in browse(place.r, "m1").get(f"/m/{place.matter}").text
    owners = Rehearsal(PLUGINS, members={"li": ()})
    matter = owners.open("A lift", by="li")
    assert "voting.petition_opened" not in browse(owners, "li").get(f"/m/{matter}").text
