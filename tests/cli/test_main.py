"""The command line: what each command does to a real database, and how each one fails.

Covers: bai_wx/cli/common.py, bai_wx/cli/running.py
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bai_wx.process.settings import ANOTHER_HOME
from tests.cli.commands import ALICE, Run, refused
from tests.databases import IS_POSTGRES

DATABASE_COMMANDS = [
    ("serve", "--demo", "--port", "0"),
    ("migrate",),
    ("import", "rows"),
    ("export", "out"),
    ("token", ALICE),
    ("doctor",),
]
COMMANDS = [
    ("serve",),
    ("migrate",),
    ("import",),
    ("export",),
    ("token",),
    ("user",),
    ("user", "disable"),
    ("user", "enable"),
    ("order",),
    ("order", "move"),
    ("undelete",),
    ("purge",),
    ("scaffold",),
    ("contract",),
    ("doctor",),
]


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_help_everywhere(run: Run, command: tuple[str, ...]) -> None:
    """Every command explains itself."""
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: bai-wx" in result.stdout


NO_SHOP = "bai-wx migrate" if IS_POSTGRES else ANOTHER_HOME  # an empty PostgreSQL is there
ON_A_SHOP = [
    ("backup", "backups"),
    ("backup", "shop.tar"),
    ("data-key", "rotate"),
    ("data-key", "show"),
    ("export", "out"),
    ("export", "out.csv", "--collection", "tbl_company"),
    ("export", "pb", "--pocketbase", "--plain-private"),
    ("import", "rows.csv", "--collection", "tbl_company"),
    ("migrate", "--check"),
    ("operator", "create", "wang", "--role", "admin"),
    ("operator", "list"),
    ("order", "move", "O-1", "confirmed"),
    ("purge", "--older-than", "90d"),
    ("secret", "drop-old"),
    ("secret", "rotate"),
    ("token", ALICE),
    ("undelete", "tbl_company", "x"),
    ("user", "disable", ALICE),
    ("user", "erase", ALICE),
    ("user", "export", ALICE),
]


@pytest.mark.parametrize("command", ON_A_SHOP, ids=" ".join)
def test_where_no_shop_is_none_is_made(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """Without the server's settings a command says so in a line, and leaves nothing in the folder."""
    (tmp_path / "rows.csv").write_text("company_name\n甲\n", "utf-8")
    result = run(*command, BAI_WX_HOME="", BAI_WX_DATABASE="")
    assert refused(result).splitlines() == [result.stderr.rstrip("\n")]
    assert (result.exit_code, ANOTHER_HOME in result.stderr) == (1, True)
    # `home` is what the fixture makes for other tests: none is told of it here.
    assert {path.name for path in tmp_path.iterdir()} - {"home"} == {"rows.csv"}


@pytest.mark.parametrize("home", ["", "home"], ids=["no home", "a home without a secret"])
def test_a_home_without_a_secret_is_no_replicas(run: Run, tmp_path: Path, home: str) -> None:
    """On PostgreSQL the database does not tell whose home it is: no secret is made that no server has."""
    (tmp_path / home).mkdir(exist_ok=True)
    address = "postgresql://nobody@127.0.0.1:9/shop"
    told = refused(run("secret", "rotate", BAI_WX_HOME=home, BAI_WX_DATABASE=address))
    assert ANOTHER_HOME in told
    assert [path.name for path in tmp_path.iterdir()] == [name for name in [home] if name]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("nonsense",), "No such command", id="an unknown command"),
        pytest.param(("token", ALICE), NO_SHOP, id="no database yet"),
        pytest.param(("export", "out"), NO_SHOP, id="nothing to export"),
        pytest.param(("import", "nowhere"), "nowhere", id="import from a missing folder"),
        pytest.param(("purge",), "--older-than", id="purge without an age"),
        pytest.param(("purge", "--older-than", "90"), "90d", id="an age without a unit"),
        pytest.param(("purge", "--older-than", "-1d"), "no duration", id="a negative age"),
        pytest.param(("purge", "--older-than", "1.5d"), "no duration", id="a broken age"),
        pytest.param(("purge", "--older-than", "9999999d"), "no duration", id="ages ago"),
        pytest.param(("undelete", "tbl_nothing", "x"), "tbl_nothing", id="no such collection"),
        pytest.param(("order", "move", "O-1", "lost"), "lost", id="no such state"),
        pytest.param(("serve", "--port", "70000"), "70000", id="no such port"),
        pytest.param(("serve", "--workers", "0"), "0", id="no workers"),
    ],
)
def test_a_failure_is_one_line_on_stderr(run: Run, arguments: tuple[str, ...], said: str) -> None:
    """What went wrong is named; scripts see the exit status."""
    assert said in refused(run(*arguments))


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param((), {}, id="without an app id"),
        pytest.param(
            ("--demo",),
            {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "hush"},
            id="the demo beside a real app id",
        ),
        pytest.param(("--demo",), {"WECHAT_APPID": "wx1"}, id="an app id without its secret"),
    ],
)
def test_serve_refuses_to_start(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    """In a process of its own, which ends; the message names what is wrong."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("BAI_WX_", "WECHAT_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "bai_wx.cli.main", "serve", "--port", "0", *arguments],
        env={**ours, "BAI_WX_HOME": str(tmp_path / "home"), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Error: ")
    assert "WECHAT_" in ran.stderr
    assert "hush" not in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_bad_setting_stops_every_command(run: Run) -> None:
    """The setting is named."""
    assert "BAI_WX_SECRET" in refused(run("migrate", BAI_WX_SECRET="short"))


@pytest.mark.parametrize("arguments", DATABASE_COMMANDS, ids=lambda a: a[0])
@pytest.mark.parametrize("place", ["missing/dir/x.db", "words.db", "folder.db"])
def test_a_database_that_cannot_be_opened_is_named(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], place: str
) -> None:
    """In a folder that is missing, a file that is no database, a folder: one line each."""
    (tmp_path / "words.db").write_bytes(b"not a database, not a database" * 200)
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "tbl_company.jsonl").touch()
    file = tmp_path / place
    result = run(*arguments, BAI_WX_DATABASE=f"sqlite:///{file}")
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if "BAI_WX_DATABASE" in line]
    told = ("FAIL database", "FAIL migrations", "FAIL schema")
    assert [line.partition(":")[0] for line in lines] == (
        list(told) if arguments == ("doctor",) else ["Error"]
    )
    assert all(str(file) in line for line in lines)
    assert "Traceback" not in result.output
    assert arguments == ("doctor",) or result.output == f"{lines[0]}\n"
    assert not file.parent.exists() or file.parent == tmp_path


@pytest.mark.parametrize("arguments", DATABASE_COMMANDS, ids=lambda a: a[0])
def test_a_postgresql_that_is_not_there_is_named(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """One line each, without the password."""
    (tmp_path / "rows").mkdir()
    result = run(*arguments, BAI_WX_DATABASE=f"postgresql://me:hushhush@/shop?host={tmp_path}")
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if "BAI_WX_DATABASE" in line]
    assert len(lines) == (3 if arguments == ("doctor",) else 1)
    assert "hush" not in result.output
    assert "Traceback" not in result.output
    assert arguments == ("doctor",) or result.output == f"{lines[0]}\n"
