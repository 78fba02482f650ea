"""The limit: the pairwise matrix by a plain loop in C, compiled here and now and never shipped."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = r"""
#include <stddef.h>
#include <stdint.h>
/* Candidate-major ranks: m rows of n bytes; wins[a*m+b] counts the ballots with a above b. */
void columns(const uint8_t *ranks, size_t n, size_t m, int64_t *wins) {
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++) {
            const uint8_t *x = ranks + a * n, *y = ranks + b * n;
            int64_t count = 0;
            for (size_t i = 0; i < n; i++) count += x[i] < y[i];
            wins[a * m + b] = count;
        }
}
/* Rows of m bytes, best option first: every option stands above all that follow it. */
void rows(const uint8_t *orders, size_t n, size_t m, int64_t *wins) {
    for (size_t i = 0; i < n; i++) {
        const uint8_t *row = orders + i * m;
        for (size_t a = 0; a + 1 < m; a++)
            for (size_t b = a + 1; b < m; b++) wins[row[a] * m + row[b]]++;
    }
}
"""


def compiled(folder: Path) -> Any:
    """Compile the loops; a text says why there are none."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return "no C compiler found (gcc or cc)"
    source, library = folder / "limit.c", folder / "limit.so"
    source.write_text(SOURCE, encoding="utf-8")
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"{compiler} failed: {done.stderr.strip().splitlines()[-1][:100]}"
    return ctypes.CDLL(str(library))


def loop(library: Any, name: str, ballots: Any, options: int) -> Callable[[], Any]:
    """Return a call of one of the loops on contiguous bytes."""
    count = ballots.size // options
    function = getattr(library, name)
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]

    def call() -> Any:
        wins = np.zeros((options, options), dtype=np.int64)
        function(ballots.ctypes.data, count, options, wins.ctypes.data)
        return wins

    return call
