"""A program that speaks to the JSON API of a rehearsal, without a port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from starlette.testclient import TestClient

from wugong.testing import Rehearsal
from wugong_server.app import create_app
from wugong_server.settings import Settings

V1 = "/api/v1"
_keys = count(1)


class Program:
    """One client of the API: signed in by a token as ``member``, or as nobody."""

    def __init__(
        self, rehearsal: Rehearsal, member: str = "", settings: Settings | None = None
    ) -> None:
        self.rehearsal = rehearsal
        headers = {"Accept-Language": "en"}
        if member:
            until = rehearsal.engine.now() + timedelta(days=30)
            token = rehearsal.engine.tokens.create(rehearsal.community, member, "test", until)
            headers["Authorization"] = f"Bearer {token}"
        app = create_app(rehearsal.engine, settings or Settings(rate_limits=False), pages={})
        self.client = TestClient(app, headers=headers, raise_server_exceptions=False)

    def get(self, path: str, status: int = 200, **more: Any) -> Any:
        """Read ``path`` below the community, or an absolute one; return the JSON."""
        if not path.startswith("/"):
            path = f"{V1}/communities/{self.rehearsal.community}/{path}".rstrip("/")
        answer = self.client.get(path, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def act(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        status: int = 201,
        *,
        key: str = "",
        **more: Any,
    ) -> Any:
        """Record one act and return the answer, a receipt or a problem."""
        answer = self.client.post(
            f"{V1}/matters/{matter}/events",
            json={"kind": kind, "body": dict(body), **more},
            headers={"Idempotency-Key": key or f"test-{next(_keys)}"},
        )
        assert answer.status_code == status, (answer.status_code, answer.text)
        wanted = "application/json" if status < 400 else "application/problem+json"
        assert answer.headers["content-type"] == wanted
        return answer.json()
