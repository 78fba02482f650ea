"""The pages of the law, with both packs installed."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

import wugong_rural
import wugong_urban
from wugong.testing import Rehearsal
from wugong_server.testing import browse


@pytest.fixture(scope="module")
def client() -> TestClient:
    plugins = {"urban": wugong_urban, "rural": wugong_rural}
    return browse(Rehearsal(plugins, members={"li": ()}))
