"""Messages of the counting, marked here: whoever only counts loads nothing of the engine."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark ``message`` for translation and return it unchanged, as ``wugong.N_`` does."""
    return message
