"""What is gone while it serves: the database, its log, a table, the folder of the files."""

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.conftest import Said
from tests.faults.steps import WANTED, case, embedded, eventually, outcome, serving, upload
from tests.running import Client, Server, answers


@embedded
@pytest.mark.parametrize(
    "replaced",
    [
        pytest.param(False, id="E7-database-deleted-while-it-serves"),
        pytest.param(True, id="E7-database-replaced-while-it-serves"),
    ],
)
def test_a_database_that_is_gone_is_not_written_to(
    tmp_path: Path, said: Said, replaced: bool
) -> None:
    """No write is acknowledged, no new database appears, not even by a worker that replaces another."""
    with Server(tmp_path / "home", workers=2) as server:
        buyer = Client(server.url).login("buyer")
        backup = tmp_path / "backup.db"
        with closing(sqlite3.connect(server.database)) as database:
            database.execute("VACUUM INTO ?", (str(backup),))
        for suffix in ("", "-wal", "-shm"):
            Path(f"{server.database}{suffix}").unlink(missing_ok=True)
        if replaced:
            backup.rename(server.database)
        there = server.database.stat().st_size if replaced else 0
        statuses = [buyer.hook("/cart/create", WANTED).status_code for _ in range(8)]
        first = serving(server)
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: len(set(serving(server)) - set(first)) == 1)
        eventually(lambda: answers(server))
        statuses += [buyer.hook("/cart/create", WANTED).status_code for _ in range(8)]
        now = server.database.stat().st_size if server.database.exists() else 0
        said(f"writes {sorted(set(statuses))}, file of {now} bytes, was {there}")
        assert set(statuses) == {503}
        assert now == there
        assert sum("nothing is written" in line for line in server.log.splitlines()) >= 1
        assert "Traceback" not in server.log


def _a_file(files: Path) -> None:
    files.write_text("")


def _a_dead_link(files: Path) -> None:
    files.symlink_to(files.parent / "unmounted")


def _a_folder_of_files(files: Path) -> None:
    files.mkdir()
    (files / "tbl_attachments").write_text("")


@pytest.mark.parametrize(
    "stands_there",
    [
        pytest.param(_a_file, id="E7-files-are-a-file"),
        pytest.param(_a_dead_link, id="E7-files-are-a-dead-link"),
        pytest.param(_a_folder_of_files, id="E7-files-have-no-folder-of-the-collection"),
    ],
)
def test_an_upload_that_cannot_be_kept_may_come_again(
    tmp_path: Path, said: Said, stands_there: Callable[[Path], None]
) -> None:
    """503 with one line in the log, and no row; once the folder is back it is taken under the same key."""
    with Server(tmp_path / "home") as server:
        user = Client(server.url).login("uploader")
        files, away = server.home / "files", server.home / "away"
        files.rename(away)
        stands_there(files)
        refused = upload(user)
        rows = server.rows(
            "SELECT id FROM tbl_attachments WHERE attachments_owner = ?", user.openid
        )
        if files.is_dir():
            shutil.rmtree(files)
        else:
            files.unlink()
        away.rename(files)
        again = upload(user)
        said(f"{refused.status_code}, {len(rows)} rows, then {again.status_code}")
        assert (refused.status_code, rows, again.status_code) == (503, [], 200)
        assert int(refused.headers["Retry-After"]) >= 1
        assert "Traceback" not in server.log


@embedded
@case("E7-log-deleted-while-it-serves")
def test_a_log_that_is_gone_is_not_written_to(fault: None, tmp_path: Path, said: Said) -> None:
    """What is committed to a `-wal` without a name is lost: nothing is, and what was is saved."""
    with Server(tmp_path / "home", workers=2) as server:
        buyer = Client(server.url).login("buyer")
        assert [buyer.hook("/cart/create", WANTED).status_code for _ in range(5)] == [200] * 5
        Path(f"{server.database}-wal").unlink()
        time.sleep(0.2)  # it is looked at some twenty times a second
        statuses = {buyer.hook("/cart/create", WANTED).status_code for _ in range(6)}
        told = eventually(lambda: "has lost its log" in server.log, 20)
        first = serving(server)
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: len(set(serving(server)) - set(first)) == 1)
        eventually(lambda: answers(server))
        later = Client(server.url, buyer.token)
        statuses |= {later.hook("/cart/create", WANTED).status_code for _ in range(6)}
        assert server.log.count("has lost its log") == 1
    with server:
        found = Client(server.url, buyer.token).data("/cart/list")["items"]
        said(f"writes {statuses}, told {told}, then {found[0]['cart_product_quantity']} of 5")
        assert statuses == {503}
        assert told
        assert [line["cart_product_quantity"] for line in found] == [5]
        assert "Traceback" not in server.log


@embedded
@case("E7-missing-table-at-start")
def test_a_database_without_a_table_is_not_served(fault: None, tmp_path: Path, said: Said) -> None:
    """It is a defect, which no waiting mends."""
    with Server(tmp_path / "home") as server:
        pass
    server.write("DROP TABLE tbl_document")
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    (line,) = err.splitlines()
    assert "tbl_document" in line


@case("E7-missing-table-while-it-serves")
def test_a_table_that_goes_missing_is_a_defect(fault: None, tmp_path: Path, said: Said) -> None:
    """500, which says that waiting does not help, and the log names it."""
    with Server(tmp_path / "home") as server:
        server.write("DROP TABLE tbl_document")
        answer = Client(server.url).get("/collections/tbl_document/records")
        said(f"{answer.status_code}, Retry-After {answer.headers.get('Retry-After')}")
        assert answer.status_code == 500
        assert "Retry-After" not in answer.headers
        assert "tbl_document" in server.log
