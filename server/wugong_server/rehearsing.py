"""模擬議事: a story played step by step on a community of its own; nothing reaches the record.

Each trial has its own engine in memory with a scripted clock, and its own pages under an address
that only who started it knows. Few run at a time; one that nobody touches makes room for the next.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from wugong import Engine
from wugong.cases import Case, Played, Story, engine_for, read_case
from wugong_server.demonstration import case_files
from wugong_server.hookspecs import Actor, hookimpl
from wugong_server.settings import Settings

MOST = 6  # trials at a time in one process
RESTS = 300.0  # seconds after which a trial that nobody touches may make room

Build = Callable[[Engine, Settings, Mapping[str, Any]], Starlette]


@dataclass(eq=False, slots=True)
class Trial:
    """A story under way: what was played, who looks on, and the pages of its community."""

    token: str
    case: Case
    engine: Engine
    steps: Iterator[Played]
    played: list[Played] = field(default_factory=list)
    viewer: str = ""  # whose pages are shown: who acts next
    touched: float = field(default_factory=time.monotonic)
    app: Starlette | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ended(self) -> bool:
        """Whether every step was played."""
        return len(self.played) >= len(self.case.steps)

    @property
    def coming(self) -> Mapping[str, Any] | None:
        """The next step that somebody takes; ``None`` at the end."""
        left = self.case.steps[len(self.played) :]
        return next((step for step in left if "do" in step), None)

    def go_on(self, acts: int) -> None:
        """Play so many acts, and what the case expects after each."""
        with self.lock:
            while acts > 0 and (one := next(self.steps, None)) is not None:
                self.played.append(one)
                acts -= "do" in one.step
            while not self.ended and "do" not in self.case.steps[len(self.played)]:
                self.played.append(next(self.steps))
        step = self.coming
        if step is not None and step.get("by") in self.case.members:
            self.viewer = step["by"]

    @hookimpl
    def actor_from_request(self, request: Request) -> Actor | None:
        """Say whose pages are shown: pages take the trial for their host."""
        return Actor(member=self.viewer) if self.viewer else None


class Trials:
    """The trials of one process, as an ASGI app below ``/rehearsals/{token}``."""

    def __init__(
        self,
        build: Build,
        settings: Settings,
        pages: Mapping[str, Any],
        packs: str | Path | None = None,
    ) -> None:
        self._build, self._packs = build, packs
        self._settings = replace(settings, rehearsal=True, local_accounts=False, sign_in_url="")
        # Who the host's users are has no meaning in an invented community.
        self._pages = {
            n: page for n, page in pages.items() if not hasattr(page, "actor_from_request")
        }
        self._trials: dict[str, Trial] = {}
        self._lock = threading.Lock()

    def stories(self) -> dict[str, Case]:
        """Return the stories that can be tried, by name."""
        return {path.stem: read_case(path) for path in case_files()}

    def start(self, name: str) -> Trial:
        """Begin a story; ``LookupError`` for an unknown one, 503 while all places are in use."""
        paths: dict[str, Path] = {path.stem: path for path in case_files()}
        if name not in paths:
            raise LookupError(name)
        with self._lock:
            self._make_room()
            case = read_case(paths[name])
            engine, clock = engine_for(case, random=secrets.token_bytes, packs=self._packs)
            trial = Trial(
                secrets.token_urlsafe(16), case, engine, Story(case, engine, clock).play()
            )
            trial.go_on(1)
            trial.app = self._build(engine, self._settings, {**self._pages, "zz_trial": trial})
            trial.app.state.trial = trial
            self._trials[trial.token] = trial
        return trial

    def _make_room(self) -> None:
        if len(self._trials) < MOST:
            return
        oldest = min(self._trials.values(), key=lambda trial: trial.touched)
        if time.monotonic() - oldest.touched < RESTS:
            raise HTTPException(503, headers={"Retry-After": str(int(RESTS))})
        del self._trials[oldest.token]
        oldest.engine.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the pages of its trial."""
        trial = self._trials.get(scope.get("path_params", {}).get("token", ""))
        if trial is None or trial.app is None:
            raise HTTPException(404)
        trial.touched = time.monotonic()
        await trial.app({**scope, "path_params": {}}, receive, send)


async def go_on(trial: Trial, acts: int) -> None:
    """Play on without holding up the event loop."""
    await run_in_threadpool(trial.go_on, acts)
