"""What stands beside the figures of a decision: form, matter, notice, silent ballots, proxies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wugong.figures import Undecidable, read_figures
from wugong.words import N_

FLAGS = ("clear_days", "urgent", "clause", "warned", "delivered")
TEXTS = ("form", "nonresponse", "cause", "instead_of")
COUNTS = ("issued", "collected", "in_person")
MAPS = ("proxies", "people", "petition")
KNOWN = {*FLAGS, *TEXTS, *COUNTS, *MAPS, "item"}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a request, each checked in itself."""

    form: str
    nonresponse: str
    cause: str
    instead_of: str
    items: tuple[str, ...]
    clear_days: bool  # the day of the meeting is not counted either
    urgent: bool  # a special case, in which the text lets the notice be shorter
    clause: bool  # the rules of the assembly say that silent ballots join the majority
    warned: bool  # the ballot said so
    delivered: bool  # its delivery is proved
    issued: int | None
    collected: int | None
    in_person: int | None
    proxies: Mapping[str, int]  # holder → how many voters gave theirs
    people: Mapping[str, tuple[str, ...]]  # person → the parts they hold
    petition: Mapping[str, int]


def read_options(value: Any) -> Options:
    """Read the options; ``Undecidable`` names the one that is wrong."""
    if not isinstance(value, Mapping):
        message = N_("options must be an object of named options, not {value}.")
        raise Undecidable("options_shape", message, value=repr(value)[:40])
    if unknown := sorted(str(key) for key in value if key not in KNOWN):
        raise Undecidable("key_unknown", N_("Unknown key: {key}."), key=f"options.{unknown[0]}")
    for key in FLAGS:
        if type(value.get(key, False)) is not bool:
            raise wrong(key, value[key])
    for key in TEXTS:
        if not isinstance(value.get(key, ""), str):
            raise wrong(key, value[key])
    for key in COUNTS:
        if value.get(key) is not None and not _count(value[key]):
            raise wrong(key, value[key])
    flags: dict[str, Any] = {key: value.get(key, False) for key in FLAGS}
    texts: dict[str, Any] = {key: value.get(key, "") for key in TEXTS}
    counts: dict[str, Any] = {key: value.get(key) for key in COUNTS}
    return Options(
        **flags,
        **texts,
        **counts,
        items=_items(value.get("item", [])),
        proxies=_proxies(value.get("proxies", {})),
        people=_people(value.get("people", {})),
        petition=read_figures(value.get("petition", {}), "options.petition"),
    )


def wrong(key: str, value: Any) -> Undecidable:
    """Say that an option cannot be what it is."""
    message = N_("options.{key} cannot be {value}.")
    return Undecidable("option_wrong", message, key=key, value=repr(value)[:40])


def _count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _items(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not all(type(one) in (int, str) and str(one).strip() for one in listed):
        raise wrong("item", value)
    return tuple(str(one) for one in listed)


def _proxies(value: Any) -> Mapping[str, int]:
    if not isinstance(value, Mapping) or not all(map(_count, value.values())):
        raise wrong("proxies", value)
    return dict(value)


def _people(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not all(
        isinstance(parts, list) and all(isinstance(part, str) for part in parts)
        for parts in value.values()
    ):
        raise wrong("people", value)
    return {person: tuple(parts) for person, parts in value.items()}
