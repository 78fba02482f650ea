"""The stories through the JSON API: the same facts, the same refusals, bodies as documented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from tests.stories.playing import EVERY, Told, begun, told
from wugong import Engine, Refusal, Refused, Unreadable
from wugong_server.app import create_app
from wugong_server.settings import Settings

LONG = timedelta(days=3000)
PROBLEM = "application/problem+json"


class Document:
    """The OpenAPI document of a server, asked whether a body is one that it describes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._kept: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def faults(self, name: str, body: Any) -> list[str]:
        """Say what in ``body`` is not as the schema called ``name`` says."""
        if name not in self._kept:
            reached = {"components": {"schemas": self.schemas}}
            schema = {"$ref": f"#/components/schemas/{name}", **reached}
            self._kept[name] = jsonschema_rs.Draft202012Validator(schema)
        return [error.message for error in self._kept[name].iter_errors(body)]


class ApiDoor:
    """Takes the acts of a story to the API, each with the token of whoever does it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        app = create_app(engine, Settings(rate_limits=False), pages={})
        self.client = TestClient(app, raise_server_exceptions=True)
        self.document = Document(self.client.get("/openapi.json").json())
        self.tokens: dict[str, str] = {}
        self.sent: list[tuple[dict[str, Any], dict[str, str], Any]] = []
        self.faults: list[tuple[str, list[str]]] = []

    def __call__(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        *,
        by: str,
        principal: str | None,
        channel: str,
    ) -> tuple[int, str]:
        request: dict[str, Any] = {"kind": kind, "body": dict(body)}
        if principal:
            request["principal"] = principal
        if channel != "web":  # whoever has a token speaks for themselves through the API
            request["channel"] = channel
        headers = {
            "Authorization": f"Bearer {self._token(matter, by)}",
            "Idempotency-Key": f"story-{len(self.sent)}",
            "Accept-Language": "zh-Hans",
        }
        answer = self.client.post(f"/api/v1/matters/{matter}/events", json=request, headers=headers)
        told: dict[str, Any] = answer.json()
        self.sent.append((request, {"path": str(answer.request.url.path), **headers}, told))
        self._check("event", request)
        if answer.status_code == 201:
            self._check("receipt_of_act", told)
            return told["seq"], told["matter"]
        assert answer.headers["content-type"] == PROBLEM
        self._check("problem", told)
        assert told.keys() & {"reasons", "problems"}, told
        if "reasons" not in told:
            raise Unreadable([(one["place"], one["what"]) for one in told["problems"]])
        assert answer.status_code in (403, 409)
        assert told["status"] == answer.status_code
        for reason in told["reasons"]:
            assert reason["text"] and reason["text"] != reason["code"]
        raise Refused(
            *(Refusal(one["code"], one["source"], one["details"]) for one in told["reasons"])
        )

    def _check(self, name: str, body: Any) -> None:
        if faults := self.document.faults(name, body):
            self.faults.append((str(body.get("kind", name)), faults))

    def _token(self, matter: str, by: str) -> str:
        if by not in self.tokens:
            community, until = matter.partition(".")[0], self.engine.now() + LONG
            self.tokens[by] = self.engine.tokens.create(community, by, "story", until)
        return self.tokens[by]


@pytest.fixture(scope="module", params=EVERY)
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Told, Told, ApiDoor]]:
    """Give a story as the engine plays it, and as the API does."""
    with told(request.param) as plain, begun(request.param) as (story, clock):
        door = ApiDoor(story.engine)
        story.door = door
        steps = tuple(story.play())
        yield plain, Told(story.case, story.engine, clock, story, steps), door


def test_the_api_makes_the_same_facts(both: tuple[Told, Told, ApiDoor]) -> None:
    plain, spoken, _door = both
    assert spoken.problems == []
    assert spoken.kinds == plain.kinds
    assert spoken.engine.verify(spoken.case.community)[1] is None


def test_the_api_refuses_with_the_same_reasons_and_articles(
    both: tuple[Told, Told, ApiDoor],
) -> None:
    plain, spoken, _door = both
    assert [one.number for one in spoken.refused] == [one.number for one in plain.refused]
    for api, engine in zip(spoken.refused, plain.refused, strict=True):
        assert api.refusals == engine.refusals


def test_every_request_and_answer_is_as_the_document_says(
    both: tuple[Told, Told, ApiDoor],
) -> None:
    _plain, spoken, door = both
    assert door.faults == []
    acts = sum(1 for one in spoken.case.steps if "do" in one)
    assert len(door.sent) == acts


def test_a_body_with_a_field_too_many_is_not_as_the_document_says(
    both: tuple[Told, Told, ApiDoor],
) -> None:
    _plain, _spoken, door = both
    request = door.sent[0][0]
    assert door.document.faults("event", request) == []
    worse = {**request, "body": {**request["body"], "nothing_of_the_kind": 1}}
    assert door.document.faults("event", worse) != []


def test_the_same_key_again_records_nothing(both: tuple[Told, Told, ApiDoor]) -> None:
    _plain, spoken, door = both
    before = spoken.engine.head(spoken.case.community)
    request, headers, first = next(one for one in reversed(door.sent) if "seq" in one[2])
    again = door.client.post(headers.pop("path"), json=request, headers=headers)
    assert (again.status_code, again.json()) == (201, first)
    assert spoken.engine.head(spoken.case.community) == before
