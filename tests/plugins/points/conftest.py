"""The street that all tests of points play in."""

from __future__ import annotations

import pytest

from tests.plugins.points.support import neighbours
from wugong.testing import Rehearsal


@pytest.fixture
def street() -> Rehearsal:
    """Officers Wang and Zhao, a supervisor, and four residents who own flats."""
    return neighbours()
