"""The hooks: all that a plugin can do. A versioned API; see ``docs/hooks.md``.

Ask for the arguments you use. Arguments are immutable and answers are values. Hooks run one by one
in the order of plugin names, inside the writer: no I/O, no clock, no randomness, under a second
(longer where the books at hand are long).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pluggy

from wugong.books import Books
from wugong.contributions import Contribution
from wugong.errors import Refusal
from wugong.events import Act, Fact, name_of
from wugong.matter import Matter
from wugong.waiting import Waiting

API_VERSION = 1
PROJECT = "wugong"

# A hook, or an argument, that goes away is marked with ``warn_on_impl=Leaving(…)`` or
# ``warn_on_impl_args={"name": Leaving(…)}`` and stays for two minor versions.
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

F = TypeVar("F", bound=Callable[..., Any])


class Leaving(DeprecationWarning):
    """Something that plugins use and that goes away, two minor versions after it is said.

    >>> print(Leaving("guard_act", since="0.3", instead="guard_event"))
    guard_act goes away in 0.5: use guard_event
    """

    def __init__(self, what: str, *, since: str, instead: str) -> None:
        major, minor = map(int, since.split("."))
        super().__init__(f"{what} goes away in {major}.{minor + 2}: use {instead}")


def on(*kinds: str | type[Any]) -> Callable[[F], F]:
    """Say which kinds of event an implementation hears: classes, or names as text."""
    names = frozenset(map(name_of, kinds))
    if not names:
        raise TypeError("@on needs at least one kind of event")

    def mark(function: F) -> F:
        function.__wugong_hears__ = names  # type: ignore[attr-defined]
        return function

    return mark


def at(matter: str, event: Any) -> tuple[str, Any]:
    """Address an event of a reaction to another matter of the same community."""
    return matter, event


@hookspec
def register() -> Iterable[Contribution]:  # type: ignore[empty-body]
    """Return what the plugin contributes: events, folds, books, views, relations, words, rules.

    Called once, when an ``Engine`` is built. Raise nothing and open nothing here: an error stops
    the program and names the plugin. Contributions are declarations; their functions are pure.
    Example: every bundled plugin.
    """


@hookspec
def guard_event(matter: Matter, act: Act, books: Books) -> Iterable[Refusal] | None:
    """Say why ``act`` must not happen to ``matter``, or nothing.

    Called for each act of the kinds that the implementation names with ``@on``, with the matter
    and the books as the act before it left them. All plugins are asked; one refusal is enough,
    and people see every reason given. Return ``None`` when you have no opinion. Do no I/O.
    A guard that raises or answers anything else refuses the act in the plugin's own name.
    Example: :mod:`wugong_rural` opens no poll before the elders' council was heard.
    """


@hookspec
def co_plan(matter: Matter, fact: Fact, books: Books) -> Iterable[Any] | None:
    """共謀: return events that must happen together with ``fact`` while planning is open.

    Called in the same commit, after ``fact`` is folded, for the kinds named with ``@on``, when
    PLAN is open after the fact or was closed by it. Events are checked like any other act, as
    ``plugin:<name>``; one that is refused refuses the act that caused it. ``at(matter, event)``
    addresses another matter of the community. At most 8 generations and 100 facts. Never called
    for bulk facts nor on replay. ``books`` holds what the plugin's books declared for the fact.
    Example: :mod:`wugong_voting` decides a poll when it closes.
    """


@hookspec
def co_build(matter: Matter, fact: Fact, books: Books) -> Iterable[Any] | None:
    """共建: like :func:`co_plan`, while building is open.

    Example: :mod:`wugong_funds` sets the reserve aside when a budget is adopted.
    """


@hookspec
def co_manage(matter: Matter, fact: Fact, books: Books) -> Iterable[Any] | None:
    """共管: like :func:`co_plan`, while managing is open.

    Example: :mod:`wugong_oversight` sends the matter back to building after a failed inspection.
    """


@hookspec
def co_evaluate(matter: Matter, fact: Fact, books: Books) -> Iterable[Any] | None:
    """共評: like :func:`co_plan`, while evaluation is open.

    Example: :mod:`wugong_evaluation` publishes both tracks when the second one closes.
    """


@hookspec
def co_share(matter: Matter, fact: Fact, books: Books) -> Iterable[Any] | None:
    """共享: like :func:`co_plan`, while sharing is open; always so in a community's own matter.

    Example: :mod:`wugong_points` books a redemption against the stock.
    """


@hookspec
def waiting(matter: Matter) -> Iterable[Waiting] | None:
    """Say what is awaited in ``matter``: from whom, by when, and what the clock records if not.

    Called after a matter changed and whenever a page shows it; the answer fills the home page and
    the due index. Pure. Return ``None`` when nothing is awaited. An implementation that raises
    refuses acts on that matter and is named.
    Example: :mod:`wugong_voting` lets the clock close a poll at its hour.
    """


@hookspec
def published(facts: Sequence[Fact], matter: Matter) -> Iterable[Any] | None:
    """Return acts that may follow ``facts``, after their commit; bulk facts too.

    Called in batches from the plugin's own cursor, at least once for each fact; ``matter`` is the
    community itself as it is now, ``@on`` narrows the kinds; of another plugin's event only the
    fields it ``Reads`` come along. The answer is a list of
    ``at(matter, event)``, recorded as ``plugin:<name>`` together with the cursor; a refusal
    of one is logged and undoes nothing. Switched off after three failures in a row.
    Example: :mod:`wugong_points` awards points.
    """
