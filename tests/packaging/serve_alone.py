"""Start the installed ``wugong serve`` and ask it for /healthz; exit 0 when it answers 200.

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
    command = [str(Path(sys.executable).with_name("wugong")), "serve", "--port", str(port)]
    with subprocess.Popen(command) as server:
        try:
            return 0 if answers(server, f"http://127.0.0.1:{port}") else 1
        finally:
            server.terminate()


def answers(server: subprocess.Popen[bytes], base: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main())
