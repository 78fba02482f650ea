"""Whatever is sent, the API answers as its document promises, and never with a 5xx."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks as openapi_checks

from tests.support.api import V1, Program
from wugong.testing import Rehearsal
from wugong_server.api_reading import COMMUNITY, MATTER, READING
from wugong_server.app import create_app
from wugong_server.settings import Settings

RECORD = MATTER + "/events"
DECIDE = "/api/v1/decide"
EXAMPLES = 8  # for each route; a release run raises it
CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,  # the same examples each run: main stays green or is red for all
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    made = Rehearsal(members={"wang": ("officer", "admin"), "li": ()}, community="wutong")
    made.roster("owners", [("101", "li", "1", 8000), ("102", "wang", "1", 7000)])
    made.open("路燈", by="li")
    yield made
    made.engine.close()


@pytest.fixture(scope="module")
def api_schema(rehearsal: Rehearsal) -> Any:
    until = rehearsal.engine.now() + timedelta(days=300)
    token = rehearsal.engine.tokens.create("wutong", "wang", "fuzz", until)
    app = create_app(rehearsal.engine, Settings(rate_limits=False), pages={})
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {"mode": "all", "codec": "utf-8"},
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", path) for path in READING] + [("POST", RECORD), ("POST", DECIDE)]
)
@pytest.mark.filterwarnings("ignore")
def test_every_route_keeps_the_promises_of_the_document(
    api_schema: Any, method: str, path: str
) -> None:
    operation = api_schema[path][method]

    @QUICK
    @given(case=operation.as_strategy(), there=st.sampled_from((True, True, False)))
    def keeps(case: Any, there: bool) -> None:
        for name in case.path_parameters.keys() & {"community", "matter"} if there else ():
            case.path_parameters[name] = "wutong"
        seen.add(case.call_and_validate(checks=CHECKS).status_code)

    seen: set[int] = set()
    keeps()
    if method == "GET" and "{" not in path.removeprefix(COMMUNITY).removeprefix(MATTER):
        assert 200 in seen  # else only refusals would have been looked at


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def program(rehearsal: Rehearsal) -> Program:
    return Program(rehearsal, "wang")


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(draw=st.data())
def test_no_act_of_any_kind_breaks_the_server(
    rehearsal: Rehearsal, program: Program, draw: st.DataObject
) -> None:
    kind = draw.draw(st.sampled_from(sorted(rehearsal.engine.registry.kinds)))
    fields = sorted(rehearsal.engine.registry.kinds[kind].fields)
    body = draw.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, JSON)))
    matter = draw.draw(st.sampled_from(("wutong", "wutong.7", "wutong.1", "elsewhere")))
    answer = program.client.post(
        f"{V1}/matters/{matter}/events",
        json={"kind": kind, "body": body},
        headers={"Idempotency-Key": str(draw.draw(st.uuids()))},
    )
    assert answer.status_code < 500, (kind, body, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Traceback" not in answer.text


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(path=st.text(max_size=40), query=st.text(max_size=40))
def test_no_address_breaks_the_server(program: Program, path: str, query: str) -> None:
    for base in ("", "communities/", "communities/wutong/", "matters/wutong/"):
        answer = program.client.get(f"{V1}/{base}{quote(path)}", params={"cursor": query})
        assert answer.status_code < 500
