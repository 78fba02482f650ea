"""Both whole stories run through the JSON API, each act by the token of whoever does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.api import V1
from wugong import Engine, Refusal, Refused, Unreadable
from wugong.cases import Story, engine_for, read_case
from wugong_server import demonstration
from wugong_server.app import create_app
from wugong_server.settings import Settings


class ApiDoor:
    """Takes the acts of a story to the API; the host's own acts go to the engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        app = create_app(engine, Settings(rate_limits=False), pages={})
        self.client = TestClient(app, raise_server_exceptions=False)
        self.tokens: dict[str, str] = {}
        self.sent = 0

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
        if by == "operator":
            receipt = self.engine.record(matter, self.engine.read(kind, body), by=by)
            return receipt.seq, receipt.matter
        self.sent += 1
        others = {"principal": principal} if principal else {}
        if channel != "web":
            others["channel"] = channel
        answer = self.client.post(
            f"{V1}/matters/{matter}/events",
            json={"kind": kind, "body": dict(body), **others},
            headers={
                "Authorization": f"Bearer {self._token(matter, by)}",
                "Idempotency-Key": f"story-{self.sent}",
            },
        )
        told = answer.json()
        if answer.status_code == 201:
            return told["seq"], told["matter"]
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.status_code in (403, 404, 409, 422), answer.text
        if "reasons" in told:
            assert all(reason["text"] for reason in told["reasons"])
            raise Refused(
                *(Refusal(one["code"], one["source"], one["details"]) for one in told["reasons"])
            )
        raise Unreadable([(one["place"], one["what"]) for one in told["problems"]])

    def _token(self, matter: str, by: str) -> str:
        if by not in self.tokens:
            community = matter.partition(".")[0]
            until = self.engine.now() + timedelta(days=3000)
            self.tokens[by] = self.engine.tokens.create(community, by, "story", until)
        return self.tokens[by]


@pytest.mark.slow
@pytest.mark.parametrize("name", demonstration.FILES)
def test_the_story_runs_through_the_api(name: str) -> None:
    (path,) = [path for path in demonstration.case_files() if path.name == name]
    case = read_case(path)
    engine, clock = engine_for(case)
    with engine:
        door = ApiDoor(engine)
        played = list(Story(case, engine, clock, door=door).play())
        problems = [(one.number, one.problem) for one in played if one.problem]
        assert problems == []
        assert door.sent > 50
        assert sum(1 for one in played if one.refusals) >= 5
        assert engine.verify(case.community)[1] is None
