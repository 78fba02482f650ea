"""What a step of a story came to, in the words of the case and of the plugins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong import Words
from wugong.cases import Case
from wugong.plugins import Registry


def what(step: Mapping[str, Any], registry: Registry, words: Words) -> str:
    """Return the title of what is done or expected."""
    if "expect" in step:
        return "expect " + ", ".join(step["expect"])
    if "do" not in step:
        return str(step.get("note", "…"))
    kind = registry.kind(step["do"])
    return words(kind.title or kind.name) if kind else str(step["do"])


def who(step: Mapping[str, Any], case: Case) -> str:
    """Return the name of who acts."""
    member = str(step.get("by", ""))
    return str(case.members.get(member, {}).get("name", member))
