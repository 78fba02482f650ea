"""Insight (風險識別): questions that a matter's record raises, with the facts behind them."""

from __future__ import annotations

from collections.abc import Iterable

from wugong import N_, Act, Contribution, Refusal, SettingChanged, hookimpl, on
from wugong_insight import questions, settings
from wugong_insight.evidence import ASSISTED, EVIDENCE, READS

__version__ = "0.1.0"
TITLE = N_("Questions from the record")


@hookimpl
def register() -> Iterable[Contribution]:
    return (*READS, EVIDENCE, ASSISTED, *settings.DEFAULTS, questions.TEXTS)


@hookimpl
@on(SettingChanged)
def guard_event(act: Act) -> list[Refusal]:
    return settings.refuse_setting(act.event)
