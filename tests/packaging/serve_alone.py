"""Start the installed ``wugong serve``, plain and as a demonstration, and ask it for its pages.

Exit 0 when each answers as it should: the home page in Chinese, htmx, and what is sample data.

Run by test_wheel.py with the Python of an otherwise empty environment, in a network namespace of
its own where the machine allows that, so it uses the standard library only.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

START_SECONDS = 60
SEED_SECONDS = 300  # three stories are played into the database first
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40  # Linux, <net/if.h>


def raise_loopback() -> None:
    """Switch on 127.0.0.1, which is down in a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(control, SIOCSIFFLAGS, request)


def main() -> int:
    if "--without-network" in sys.argv:
        raise_loopback()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plain = serves(port, START_SECONDS)
    return 0 if plain and serves(port, SEED_SECONDS, "--demonstration") else 1


def serves(port: int, seconds: float, *more: str) -> bool:
    command = [str(Path(sys.executable).with_name("wugong")), "serve", "--port", str(port), *more]
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as server:
        try:
            return answers(server, base, seconds) and shows(base, bool(more))
        finally:
            server.terminate()


def answers(server: subprocess.Popen[bytes], base: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        try:
            return bool(fetch(f"{base}/healthz"))
        except OSError:
            time.sleep(0.1)
    return False


def shows(base: str, demonstration: bool) -> bool:
    """Tell whether templates, catalogues, static files and stories are there."""
    page, script = fetch(f"{base}/").decode(), fetch(f"{base}/static/htmx.min.js")
    found = {
        "the page is in Chinese": '<html lang="zh-Hans"' in page and "跳到正文" in page,
        "htmx is there": len(script) > 30_000 and b"htmx" in script,
        "samples are called so": ("（示例）" in page) is demonstration,
    }
    for what, holds in found.items():
        sys.stdout.write(f"{what}: {holds}\n")
    return all(found.values())


def fetch(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    with urllib.request.urlopen(request, timeout=30) as response:
        content: bytes = response.read()
        return content


if __name__ == "__main__":
    sys.exit(main())
