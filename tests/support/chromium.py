"""Find a Chromium that is already installed; Playwright's own download is never used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# No sandbox as root, and no call home: a test run must work without any network.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


def find_chromium() -> Path | None:
    """Return the Chromium that ``WUGONG_CHROMIUM`` names, or the first on the PATH."""
    for name in (os.environ.get("WUGONG_CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    return None
