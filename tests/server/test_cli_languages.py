"""The command line speaks the language of the terminal, and its JSON none."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.server.commanding import ROSTER, change, run
from wugong import Engine
from wugong.storage import HEAD
from wugong_server import serve
from wugong_server.commands import console
from wugong_server.commands.serve import _greet
from wugong_server.environment import read_environment

pytestmark = pytest.mark.usefixtures("surroundings")


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh_Hans", id="mainland"),
        pytest.param({"LANG": "zh_SG.UTF-8"}, "zh_Hans", id="Singapore"),
        pytest.param({"LANG": "zh_TW.UTF-8"}, "zh_Hant", id="Taiwan"),
        pytest.param({"LANG": "zh_HK.UTF-8"}, "zh_Hant", id="Hong Kong"),
        pytest.param({"LANG": "de_DE.UTF-8"}, "en", id="a language we do not speak"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en", id="messages"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en", id="all before messages"),
        pytest.param({"LANG": "C.UTF-8", "WUGONG_LANGUAGE": "zh_Hant"}, "zh_Hant", id="our own"),
        pytest.param({"LC_ALL": "C", "WUGONG_LANGUAGE": "zh_Hans"}, "en", id="all before our own"),
        pytest.param({"LANG": "zh_CN", "WUGONG_LANGUAGE": "zh"}, "zh_Hans", id="none of ours"),
    ],
)
def test_the_language_is_that_of_the_terminal(
    variables: dict[str, str], spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert console.language() == spoken


SAID = {
    "zh_CN.UTF-8": {
        "founded": "已建立 wutong，插件：",
        "again": "不予受理；什么都没有记入",
        "signs in": "anna 可以登录 wutong，成员编号 m-anna\n密码：",
        "short": "错误：密码至少要",
        "checked": "表决权共2份：新增2，有变动0，不变0，退出0；要登记2人\n"
        "已检查；要导入请加 --write\n",
        "backed up": "已备份到 copy\n  wutong：3条记录，链头 3:",
        "there": "错误：copy 已经存在",
        "restored": "wutong：3条记录全部相符；链头 3:",
        "changed": "wutong：第2条被改过：指纹对不上\n",
        "newer": f"wugong: 数据库比本程序新（数据库是9999版，本程序只认到{HEAD}版）",
        "taken": "端口8000已被别的程序占用，也许是另一个 wugong；"
        "请先停掉它，或换一个端口：wugong serve --port 8001",
        "ready": "五共已启动，请用浏览器打开：http://x/   （按 Ctrl-C 停止）\n数据：",
        "nowhere": "没有社区 'nowhere'；现有：wutong",
    },
    "zh_TW.UTF-8": {
        "founded": "已建立 wutong，外掛：",
        "again": "不予受理；什麼都沒有記入",
        "signs in": "anna 可以登入 wutong，成員編號 m-anna\n密碼：",
        "short": "錯誤：密碼至少要",
        "checked": "表決權共2份：新增2，有變動0，不變0，退出0；要登記2人\n"
        "已檢查；要匯入請加 --write\n",
        "backed up": "已備份到 copy\n  wutong：3條記錄，鏈頭 3:",
        "there": "錯誤：copy 已經存在",
        "restored": "wutong：3條記錄全部相符；鏈頭 3:",
        "changed": "wutong：第2條被改過：指紋對不上\n",
        "newer": f"wugong: 資料庫比本程式新（資料庫是9999版，本程式只認到{HEAD}版）",
        "taken": "連接埠8000已被別的程式占用，也許是另一個 wugong；"
        "請先停掉它，或換一個連接埠：wugong serve --port 8001",
        "ready": "五共已啟動，請用瀏覽器開啟：http://x/   （按 Ctrl-C 停止）\n資料：",
        "nowhere": "沒有社區 'nowhere'；現有：wutong",
    },
}


@pytest.mark.parametrize("locale", SAID)
def test_what_the_operator_of_a_small_community_meets_is_in_their_script(
    locale: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", locale)
    said, there = SAID[locale], Path("wugong.sqlite3")
    found = ("found", "wutong", "--title", "梧桐里")
    assert run(*found).out.startswith(said["founded"])
    assert run(*found).err.startswith(said["again"])
    made = run("createadmin", "wutong", "anna", "--member", "m-anna")
    assert made.out.startswith(said["signs in"])
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin.readline", lambda: "short", raising=False)
        assert run("createadmin", "wutong", "anna", "--password-stdin").err.startswith(
            said["short"]
        )
    Path("owners.csv").write_text(ROSTER, encoding="utf-8")
    roster = ("import-roster", "wutong", "owners", "owners.csv")
    assert run(*roster).out.endswith(said["checked"])
    assert "one head, together 140.50 m²" in run(*roster, "--json").out
    assert run("backup", "copy").out.startswith(said["backed up"])
    assert run("backup", "copy").err.startswith(said["there"])
    restored = run("restore", "copy", "--database", "sqlite:///new.sqlite3")
    assert restored.out.startswith(said["restored"])
    assert said["nowhere"] in run("export", "nowhere").err
    with Engine(f"sqlite:///{there}") as engine:
        _greet(engine, read_environment(), "http://x/", ("", []))
        assert f"{said['ready']}{there.absolute()}" in capsys.readouterr().out
    taken = serve._taken(OSError(errno.EADDRINUSE, ""), "127.0.0.1", 8000)
    assert console.told(taken) == said["taken"]
    change(there, "UPDATE wugong_journal SET body = '{}' WHERE seq = 2")
    changed = run("verify", "--json")
    assert run("verify").out == said["changed"]
    monkeypatch.setenv("LANG", "C")
    assert changed == run("verify", "--json")  # no word of it is translated
    assert "was changed: its digest does not fit" in changed.out
    monkeypatch.setenv("LANG", locale)
    change(there, "UPDATE wugong_version SET version_num = '9999'")
    assert run("verify").err.startswith(said["newer"])
