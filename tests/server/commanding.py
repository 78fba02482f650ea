"""The command line as tests run it: what it ended with, what it printed."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from wugong_server import cli


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code and what it printed."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        return json.loads(self.out)


ROSTER = "房号,姓名,专有面积,单元\n101,张三,80.50,一\n102,李四,70,一\n103,张三,60,一\n"
CASE = """
title = "Lamps (sample)"
community = "lane"
name = "Lane (sample)"
setting = "urban"
starts = 2026-03-02T09:00:00+08:00
plugins = ["planning"]
[members]
li = { name = "Li (sample)" }
[[step]]
by = "li"
do = "wugong.matter_opened"
with = { title = "Lamps" }
[[step]]
by = "li"
do = "wugong.stage_closed"
with = { stage = "plan" }
refused = ["wugong.not_your_role"]
[[step]]
expect = { stages = { plan = "open" } }
"""


def run(*arguments: str) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run(list(arguments))
    return Ended(code, out.getvalue(), err.getvalue())


def change(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(statement)
    connection.close()
