"""Backups made while 16 clients order, restored on another home: all that was acknowledged, and nothing half.

The commands are those of docs/operations.md, word for word.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bai_wx.process.settings import Settings
from tests.databases import DATA_KEY, without_sql
from tests.deploy.ordering import Known, orders_coming_in
from tests.docs.pages import blocks, text
from tests.running import Server

SRV = "/srv"
SMALL_DISK = "700k"
KILLED_AFTER_S = (0.4, 0.7, 0.9)


def commands_of(heading: str) -> str:
    """The commands below a heading of the page, as they stand there."""
    section = text("docs/operations.md").split(f"\n### {heading}\n")[1].split("\n### ")[0]
    [commands] = [content for language, content in blocks(section) if language == "bash"]
    return commands


def test_last_nights_backup_stands_on_another_home(tmp_path: Path) -> None:
    """The page's commands; the restored shop has every order of before, and its users stay logged in."""
    page = commands_of("Last night's backup on another home").replace(SRV, str(tmp_path))
    serving = next(line for line in page.splitlines() if line.endswith("serve --port 8092"))
    with Server(tmp_path / "bai-wx") as server:
        with orders_coming_in(server, "sqlite") as shoppers:
            known = Known(server, shoppers)
            server.command("backup", str(tmp_path / "backups"), "--keep", "14")
        shutil.copy(server.home / "secret", tmp_path / "secret.kept")
        (tmp_path / "data-key.kept").write_text(DATA_KEY)
        token = shoppers[0].client.token
    environment = {**os.environ, "PATH": f"{commands_folder(tmp_path)}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", page.replace(serving, "")],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "is whole: " in done.stdout
    assert "restored into " in done.stdout
    assert "all applied" in done.stdout
    with Server(tmp_path / "restored") as restored:
        assert known.compare(restored) >= len(known.orders)
        shoppers[0].client.url, shoppers[0].client.token = restored.url, token
        assert shoppers[0].client.hook("/order/list").status_code == 200


@without_sql
def test_a_dropped_secret_is_kept_no_more(tmp_path: Path) -> None:
    """The page's block keeps the one before while it holds; run again after `drop-old`, it forgets it."""
    (keeping,) = (
        content
        for language, content in blocks(text("docs/operations.md"))
        if language == "bash" and "secret.old.kept   #" in content
    )
    server = Server(tmp_path / "bai-wx-data", BAI_WX_DATABASE=f"sqlite:///{tmp_path}/shop.db")
    server.command("migrate")
    server.home.joinpath("secret").write_text("k3Yw8vQz1nTb6RcXe0LmPfGh5sJd2uAi\n")
    server.home.joinpath("data-key").write_text(DATA_KEY)
    kept = tmp_path / "secret.old.kept"
    for command, is_kept in (("rotate", True), ("drop-old", False)):
        server.command("secret", command)
        script = ["bash", "-euo", "pipefail", "-c", keeping.replace(SRV, str(tmp_path))]
        subprocess.run(script, cwd=tmp_path, check=True, timeout=60)
        assert kept.exists() == is_kept
    assert (
        tmp_path.joinpath("secret.kept").read_text() == server.home.joinpath("secret").read_text()
    )


@without_sql
def test_the_restored_shop_leaves_alone_what_the_running_one_uses(tmp_path: Path) -> None:
    """The page replaces what `.env` has for the server beside: database, metrics, backups, alerts."""
    page = commands_of("Last night's backup on another home")
    (line,) = [line for line in page.splitlines() if line.startswith("export ")]
    given = dict(word.split("=", 1) for word in line.removeprefix("export ").split())
    of_the_server = {
        "BAI_WX_DATABASE": "sqlite:////srv/live/bai-wx.db",
        "BAI_WX_METRICS": "127.0.0.1:9464",
        "BAI_WX_BACKUP_TO": "/srv/backups",
        "BAI_WX_ALERT_URL": "https://robot.example.com/hook",
    }
    (tmp_path / ".env").write_text("".join(f"{k}={v}\n" for k, v in of_the_server.items()))
    found = Settings.from_environment(given, tmp_path)
    assert (found.metrics, found.backup_to, found.alert_url) == ("off", "", "")
    assert str(found.home) == "/srv/restored"
    assert str(found.database_file) == "/srv/restored/bai-wx.db"


def commands_folder(folder: Path) -> Path:
    """A folder with the `bai-wx` that is tested."""
    program = folder / "bin/bai-wx"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m bai_wx.cli.main "$@"\n')
    program.chmod(0o755)
    return program.parent


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk that is full soon."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here; tests/cli/test_backup.py has a bound for files")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def shop(tmp_path: Path) -> Server:
    """A home that is migrated, with uploaded files of 1 MB."""
    server = Server(tmp_path / "home", BAI_WX_DATABASE=f"sqlite:///{tmp_path}/shop.db")
    server.command("migrate")
    for number in range(10):
        path = server.home / f"files/tbl_attachments/picture{number:08}/a_0123456789.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(100_000))
    return server


def test_a_full_disk_leaves_one_line_and_what_was_there(shop: Server, tmp_path: Path) -> None:
    """A good backup before stays, and nothing of the failed one is left."""
    with small_disk(tmp_path / "disk") as disk:
        kept = disk / "bai-wx-20260101T000000.000Z.tar"
        kept.write_bytes(b"last night's")
        failed = shop.command("backup", str(disk), "--keep", "1", check=False)
        assert failed.returncode == 1
        assert failed.stderr.splitlines()[-1] == (
            f"Error: no backup in {disk}: No space left on device"
        )
        assert [path.name for path in disk.iterdir()] == [kept.name]
        assert kept.read_bytes() == b"last night's"


def test_a_killed_backup_leaves_nothing_under_a_name(shop: Server, tmp_path: Path) -> None:
    """By -9, at several moments; the next one clears away what is left, and is whole."""
    folder = tmp_path / "backups"
    for after_s in KILLED_AFTER_S:
        command = [sys.executable, "-m", "bai_wx.cli.main", "backup", str(folder)]
        running = subprocess.Popen(
            command, env=shop.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(after_s)
        running.send_signal(signal.SIGKILL)
        running.wait(10)
    for whole in folder.glob("*.tar"):
        shop.command("verify", str(whole))
    shop.command("backup", str(folder))
    assert [
        path.name for path in folder.iterdir() if not re.fullmatch(r"bai-wx-.*\.tar", path.name)
    ] == []
