"""The small server: pages, JSON API and command line. ``docs/pages.md`` names what is public."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wugong_server.app import create_app
    from wugong_server.commands.console import opened, with_database
    from wugong_server.formats import area, money
    from wugong_server.forms import Form, read_form
    from wugong_server.hookspecs import (
        Actor,
        Hanging,
        Notice,
        Panel,
        Reading,
        StepSheet,
        hookimpl,
    )
    from wugong_server.page import Page, act_url, url
    from wugong_server.responding import paged, record, respond
    from wugong_server.settings import Settings
    from wugong_server.sheet_codes import code_of, number_in

# The command line starts without the pages; each name is imported when it is first asked for.
LATER = {
    "Actor": "wugong_server.hookspecs",
    "Form": "wugong_server.forms",
    "Hanging": "wugong_server.hookspecs",
    "Notice": "wugong_server.hookspecs",
    "Page": "wugong_server.page",
    "Panel": "wugong_server.hookspecs",
    "Reading": "wugong_server.hookspecs",
    "StepSheet": "wugong_server.hookspecs",
    "Settings": "wugong_server.settings",
    "act_url": "wugong_server.page",
    "area": "wugong_server.formats",
    "code_of": "wugong_server.sheet_codes",
    "create_app": "wugong_server.app",
    "hookimpl": "wugong_server.hookspecs",
    "money": "wugong_server.formats",
    "number_in": "wugong_server.sheet_codes",
    "opened": "wugong_server.commands.console",
    "paged": "wugong_server.responding",
    "read_form": "wugong_server.forms",
    "record": "wugong_server.responding",
    "respond": "wugong_server.responding",
    "url": "wugong_server.page",
    "with_database": "wugong_server.commands.console",
}

__all__ = [
    "Actor",
    "Form",
    "Hanging",
    "Notice",
    "Page",
    "Panel",
    "Reading",
    "Settings",
    "StepSheet",
    "act_url",
    "area",
    "code_of",
    "create_app",
    "hookimpl",
    "money",
    "number_in",
    "opened",
    "paged",
    "read_form",
    "record",
    "respond",
    "url",
    "with_database",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for (PEP 562)."""
    if name not in LATER:
        raise AttributeError(f"module 'wugong_server' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(LATER[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})
