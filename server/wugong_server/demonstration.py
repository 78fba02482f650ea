"""The demonstration: sample communities played from the case files, and accounts to try them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from wugong import Engine, RoleGranted
from wugong.cases import Case, Played, Story, engine_for, read_case
from wugong_server.accounts import set_password
from wugong_server.commands.createadmin import new_password
from wugong_server.environment import Environment

FILES = ("urban-elevator.toml", "rural-lights.toml", "urban-budget.toml")
UNDER_WAY = {"urban-budget.toml"}  # its last step is of today, so that there is something to do
SHOWN_ROLES = ("officer", "convenor", "treasurer", "agent", "mediator", "evaluator", "professional")
RESIDENTS = 2  # accounts without a role


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try."""

    account: str
    community: str
    name: str
    roles: tuple[str, ...]


def case_files() -> list[Path]:
    """Return the stories: from the installed package, or from the checkout it runs in."""
    packaged = Path(str(resources.files("wugong_server") / "cases"))
    checkout = Path(__file__).resolve().parents[2] / "tests" / "cases"
    for folder in (packaged, checkout):
        found = [folder / name for name in FILES if (folder / name).is_file()]
        if found:
            return found
    return []


def is_new(environment: Environment) -> bool:
    """Tell whether the database holds no community yet."""
    with Engine(environment.database_url, keys=environment.keys, demonstration=True) as engine:
        return not engine.communities()


def seed(
    environment: Environment, told: Callable[[Case, int], None] | None = None
) -> Iterator[tuple[Case, Played]]:
    """Play every story into the new database; yield the steps that did not go as the case says."""
    for path in case_files():
        case = _dated(read_case(path), path.name in UNDER_WAY)
        engine, clock = engine_for(
            case,
            environment.database_url,
            keys=environment.keys,
            random=os.urandom,
            demonstration=True,
        )
        with engine:
            for done, played in enumerate(Story(case, engine, clock).play(), start=1):
                if told is not None:
                    told(case, done)
                if played.problem:
                    yield case, played
            # Somebody must be able to look at the administration, too.
            if officers := _holders(case, "officer"):
                granted = RoleGranted(member=officers[0], role="admin")
                engine.record(case.community, granted, by="operator")


def _dated(case: Case, until_today: bool) -> Case:
    """Move a story by whole days so that it ends today; one that is over already may stay."""
    ended = _end_of(case)
    days = (datetime.now(UTC) - ended) // timedelta(days=1)
    if days >= 0 and not until_today:
        return case
    by = timedelta(days=days)
    return replace(case, starts=case.starts + by, steps=tuple(_moved(case.steps, by)))


def _end_of(case: Case) -> datetime:
    engine, clock = engine_for(case)
    with engine:
        for _played in Story(case, engine, clock).play():
            pass
        return clock.now


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime | date):
        return value + by
    if isinstance(value, Mapping):
        return {key: _moved(one, by) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(one, by) for one in value]
    return value


def _holders(case: Case, role: str) -> list[str]:
    return [name for name, its in case.members.items() if role in its.get("roles", ())]


def accounts(engine: Engine) -> tuple[str, list[DemoAccount]]:
    """Give people of the sample communities accounts with one new password, and return both.

    The password is valid until the next start; its hash is made once, as that costs on purpose.
    """
    there = {name for name, _title, _setting in engine.communities()}
    places: dict[str, dict[str, str]] = {}
    made: list[DemoAccount] = []
    for path in case_files():
        case = read_case(path)
        if case.community not in there:
            continue
        for member in _shown(case):
            its = case.members[member]
            places.setdefault(member, {})[case.community] = member
            roles = tuple(its.get("roles", ()))
            name = str(its.get("name", member))
            made.append(DemoAccount(member, case.community, name, roles))
    password, hashed = new_password(), ""
    for account, members in places.items():
        if not hashed:
            set_password(engine, account, password, members)
            found = engine.accounts.find(account)
            hashed = found.password_hash if found else ""
        else:
            _share(engine, account, hashed, members)
    return password, made


def _share(engine: Engine, account: str, hashed: str, members: Mapping[str, str]) -> None:
    if engine.accounts.find(account) is None:
        engine.accounts.create(account, hashed, members)
        return
    engine.accounts.set_password(account, hashed)
    engine.sessions.end_all(account)


def _shown(case: Case) -> list[str]:
    # Two officers: a batch of papers, for one, wants a second person.
    found = [one for role in SHOWN_ROLES for one in _holders(case, role)[: 1 + (role == "officer")]]
    # Of those without a role, the ones with something to vote with.
    entitled = [unit[1] for roster in case.rosters for unit in roster["units"]]
    plain = [name for name in [*entitled, *case.members] if not case.members[name].get("roles")]
    return list(dict.fromkeys([*found, *list(dict.fromkeys(plain))[:RESIDENTS]]))
