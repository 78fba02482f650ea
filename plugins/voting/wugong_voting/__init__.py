"""Voting (表決): polls on a frozen roll, counted exactly, decided by dated procedures.

The plugin is in ``plugin.py`` and loaded when it is asked for: a program that only counts imports
``wugong_voting.counting`` and pays for nothing else.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"


def __dir__() -> list[str]:
    """Load the plugin (PEP 562): whoever looks for its hooks finds them as if they stood here."""
    its = vars(import_module(f"{__name__}.plugin"))
    globals().update({name: its[name] for name in its if not name.startswith("__")})
    return sorted(globals())
