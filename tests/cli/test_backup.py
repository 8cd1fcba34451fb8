"""`bai-wx backup`, `restore` and `verify`: what comes back, what is refused, what is kept.

Covers: bai_wx/files/archive_bucket.py, bai_wx/process/backing_up.py, bai_wx/record/backups.py
Covers: bai_wx/transfer/backup/
"""

import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from bai_wx.database.connection import connect, disconnect
from bai_wx.files.archive_bucket import ArchiveBucket
from bai_wx.files.store import FileStore
from bai_wx.process import schema
from bai_wx.process.settings import Settings
from bai_wx.record import backups, data_keys
from bai_wx.record.collections import COLLECTIONS
from tests.cli.commands import Run, done, home_at, refused, table, world
from tests.databases import IS_POSTGRES, new_address, read, without_sql
from tests.failover.cluster import programs
from tests.s3 import CREDENTIALS, S3

PICTURE = ("tbl_attachments", "picture00000001", "a_0123456789.png")
LARGEST_FILE = 1 << 20
OLD_PROGRAMS = "pg_dump", "pg_restore"


@pytest.fixture(autouse=True)
def postgres_programs(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """The programs of the PostgreSQL that the tests run on."""
    if IS_POSTGRES:
        monkeypatch.setenv("BAI_WX_PG_BIN", str(programs()))


@pytest.fixture
def shop(bring: Callable[..., Result], settings: Settings) -> Settings:
    """A row of every collection, deleted ones included, and an uploaded file."""
    done(bring(**world()))
    FileStore.at(settings.files).put(*PICTURE, b"\x89PNG picture")
    return settings


def another(folder: Path) -> tuple[Settings, dict[str, str]]:
    """An empty home beside, and an empty database; with what `run` needs to use them."""
    environment = home_at(folder)
    if IS_POSTGRES:
        environment["BAI_WX_DATABASE"] = new_address(folder)
    return Settings.from_environment(environment, folder.parent), environment


def test_a_backup_restores_every_row_and_file(shop: Settings, run: Run, tmp_path: Path) -> None:
    """On another home with another database, row by row; then it serves commands there."""
    made = done(run("backup", "shop.tar", "--json"))
    verified = done(run("verify", "shop.tar", "--json"))
    other, environment = another(tmp_path / "other")
    restored = done(run("restore", "shop.tar", "--json", **environment))
    assert made["files"] == verified["files"] == restored["files"] == 1
    assert made["rows"] == sum(verified["rows"].values()) == sum(restored["rows"].values())
    for name in COLLECTIONS:
        assert table(other, name) == table(shop, name)
    found = FileStore.at(other.files).find(*PICTURE)
    assert found is not None
    with found.open() as file:
        assert file.read() == b"\x89PNG picture"
    assert run("migrate", "--check", **environment).exit_code == 0
    assert not (other.home / "secret").exists()


def test_a_compressed_backup_is_smaller_and_the_same(
    shop: Settings, run: Run, tmp_path: Path
) -> None:
    plain = done(run("backup", "shop.tar", "--json"))
    small = done(run("backup", "shop.tar.gz", "--json"))
    assert small["bytes"] < plain["bytes"]
    other, environment = another(tmp_path / "other")
    done(run("restore", "shop.tar.gz", "--json", **environment))
    assert table(other, "tbl_order") == table(shop, "tbl_order")


def test_the_secret_is_kept_apart(shop: Settings, run: Run, tmp_path: Path) -> None:
    """It is in no archive; a file of its own has mode 0600 and is not overwritten."""
    secret = shop.secret
    kept_apart = f"keep {shop.home / 'secret'} and {shop.data_key_file} apart"
    assert kept_apart in run("backup", "a.tar").stdout
    assert secret.encode() not in (tmp_path / "a.tar").read_bytes()
    assert run("backup", "b.tar", "--secret", "kept").exit_code == 0
    kept = tmp_path / "kept"
    assert (kept.read_text().strip(), stat.S_IMODE(kept.stat().st_mode)) == (secret, 0o600)
    assert "kept is there already" in refused(run("backup", "c.tar", "--secret", "kept"))
    assert secret.encode() not in (tmp_path / "b.tar").read_bytes()
    assert not (tmp_path / "c.tar").exists()


def test_the_data_key_is_kept_apart(shop: Settings, run: Run, tmp_path: Path) -> None:
    """Its fingerprint tells whether the key that is here fits; a wrong one is told in a line."""
    key = shop.data_key_file.read_text().strip()
    done(run("backup", "shop.tar", "--json"))
    assert key.encode() not in (tmp_path / "shop.tar").read_bytes()
    assert "open with the data key here" in run("verify", "shop.tar").stdout
    _, environment = another(tmp_path / "other")
    wrong = {**environment, "BAI_WX_DATA_KEY": data_keys.made().text}
    told = run("verify", "shop.tar", **wrong).stdout.splitlines()
    assert told[1].startswith("its personal numbers need the data key ")
    (tmp_path / "other").mkdir(exist_ok=True)
    (tmp_path / "other/data-key").write_text(key)
    (tmp_path / "other/data-key").chmod(0o600)
    assert "open with the data key here" in run("restore", "shop.tar", **environment).stdout


def test_nothing_is_overwritten(shop: Settings, run: Run, tmp_path: Path) -> None:
    """Neither a backup by another, nor a shop by a backup."""
    done(run("backup", "shop.tar", "--json"))
    first = (tmp_path / "shop.tar").read_bytes()
    assert "is there already" in refused(run("backup", "shop.tar"))
    assert (tmp_path / "shop.tar").read_bytes() == first
    rows = table(shop, "tbl_order")
    assert "restore into an empty home" in refused(run("restore", "shop.tar"))
    _, environment = another(tmp_path / "other")
    elsewhere = {**environment, "BAI_WX_DATABASE": shop.database}
    assert "already" in refused(run("restore", "shop.tar", **elsewhere))
    assert table(shop, "tbl_order") == rows
    (tmp_path / "other/files/mine").mkdir(parents=True)
    assert "other has files already" in refused(run("restore", "shop.tar", **environment))


def test_a_damaged_backup_leaves_the_home_empty(shop: Settings, run: Run, tmp_path: Path) -> None:
    """Whole in its checksums, and its database is not: all or nothing."""
    done(run("backup", "shop.tar", "--json"))
    cut = (tmp_path / "shop.tar").read_bytes()[:-30_000]
    (tmp_path / "cut.tar").write_bytes(cut)
    _, environment = another(tmp_path / "other")
    assert refused(run("verify", "cut.tar")) == "Error: cut.tar is cut off or damaged\n"
    assert refused(run("restore", "cut.tar", **environment)) == (
        "Error: cut.tar is cut off or damaged\n"
    )
    other = tmp_path / "other"
    assert not other.exists()
    other.mkdir(exist_ok=True)
    refused(run("restore", "cut.tar", **environment))
    assert list(other.iterdir()) == [], "what was there before stays"
    done(run("restore", "shop.tar", "--json", **environment))


@pytest.mark.parametrize("command", ["backup", "export"])
def test_a_failure_leaves_no_folder_that_it_made(run: Run, tmp_path: Path, command: str) -> None:
    """Nor its parents; one that was there before stays."""
    (tmp_path / "words.db").write_bytes(b"not a database, not a database" * 200)
    (tmp_path / "there").mkdir()
    for place in ("there/new/backups", "there"):
        refused(run(command, place, BAI_WX_DATABASE=f"sqlite:///{tmp_path}/words.db"))
    assert (tmp_path / "there").is_dir()
    assert list((tmp_path / "there").iterdir()) == []


def test_a_folder_keeps_the_newest(shop: Settings, run: Run, tmp_path: Path) -> None:
    """By name and label: other files stay, and so do another shop's backups."""
    folder = tmp_path / "backups"
    first = done(run("backup", "backups", "--json"))["backup"]
    foreign = folder / "bai-wx-20200101T000000.000Z.tar"
    foreign.write_text("somebody's")
    _, environment = another(tmp_path / "other")
    done(run("migrate", "--json", **environment))
    theirs = done(run("backup", "backups", "--json", "--keep", "1", **environment))["backup"]
    second = done(run("backup", "backups", "--json"))
    third = done(run("backup", "backups", "--json", "--keep", "2"))
    assert third["removed"] == [Path(first).name]
    assert sorted(folder.iterdir()) == sorted(
        [foreign, *map(Path, (theirs, second["backup"], third["backup"]))]
    )


def test_the_outcome_is_noted(shop: Settings, run: Run, tmp_path: Path) -> None:
    """For whoever watches the shop: doctor, the metrics, another replica."""
    made = done(run("backup", "backups", "--json"))
    (row,) = read(shop.database, "SELECT * FROM backup_target")
    assert (row["address"], row["succeeded"]) == (str(tmp_path / "backups"), made["moment"])
    assert (row["bytes"], row["failed"], row["problem"]) == (made["bytes"], "", "")
    told = run("doctor", BAI_WX_BACKUP_TO=str(tmp_path / "backups")).stdout
    assert f"ok   backup: the last good one is of {made['moment']}; one each 1d in" in told


def test_a_failure_is_noted_until_a_good_one_comes(
    shop: Settings, run: Run, tmp_path: Path
) -> None:
    """And what failed has left nothing."""
    (tmp_path / "backups").mkdir()
    long_ago = {"address": str(tmp_path / "backups"), "succeeded": "2020-01-01 00:00:00.000Z"}
    connect(shop.database)
    backups.note_success(long_ago["address"], long_ago["succeeded"], 1)
    disconnect()
    told = run("doctor", BAI_WX_BACKUP_TO=long_ago["address"]).stdout
    assert "FAIL backup: the last good one is of 2020-01-01 00:00:00.000Z, and one is due" in told
    FileStore.at(shop.files).put(*PICTURE[:2], "b_0123456789.png", b"x" * 2 * LARGEST_FILE)
    with largest_file(LARGEST_FILE):
        said = refused(run("backup", "backups"))
    assert said.endswith(f"Error: no backup in {tmp_path}/backups: File too large\n")
    assert list((tmp_path / "backups").iterdir()) == []
    told = run("doctor").stdout
    assert "FAIL backup: the last good one is of 2020-01-01 00:00:00.000Z; at " in told
    done(run("backup", "backups", "--json"))
    assert "ok   backup: the last good one" in run("doctor").stdout


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond this size: a disk that is full at a known place."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@without_sql
def test_a_home_whose_shop_was_moved_away_is_restored_into(
    shop: Settings, run: Run, tmp_path: Path
) -> None:
    """Its keys stay, and the lock of the backups that `serve` made."""
    done(run("backup", "shop.tar", "--json"))
    home = tmp_path / "other"
    home.mkdir()
    (home / "backup.lock").touch()
    _, environment = another(home)
    assert done(run("restore", "shop.tar", "--json", **environment))["files"] == 1


def test_a_home_that_is_migrated_later_is_backed_up_now(
    settings: Settings, run: Run, tmp_path: Path
) -> None:
    """Before an upgrade the table of outcomes may not be there yet."""
    settings.make_home()
    chosen = connect(settings.database)
    schema.migrate(chosen)
    schema.revert(chosen)
    disconnect()
    assert done(run("backup", "shop.tar", "--json"))["files"] == 0


@without_sql
@pytest.mark.parametrize(
    ("target", "said"),
    [
        pytest.param("nowhere/shop.tar", "there is no folder", id="no folder"),
        pytest.param("a.txt", "is a file; name a folder", id="a file for a folder"),
        pytest.param("home/files/backups", "where the uploaded files are", id="among the files"),
        pytest.param("s3://B/x", "write s3://bucket", id="no bucket's name"),
    ],
)
def test_a_target_that_cannot_be_used_is_told(
    target: str, said: str, shop: Settings, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("")
    assert said in refused(run("backup", target))


@pytest.mark.skipif(not IS_POSTGRES, reason="of PostgreSQL's programs")
def test_programs_older_than_the_server_are_refused_by_name(
    shop: Settings, run: Run, tmp_path: Path
) -> None:
    """What an old `pg_dump` cannot read it might leave out."""
    for name in OLD_PROGRAMS:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 17.4'\n")
        path.chmod(0o755)
    told = refused(run("backup", "shop.tar", BAI_WX_PG_BIN=str(tmp_path)))
    assert f"{tmp_path}/pg_dump is 17; pg_dump 18 or newer is needed, as the server is 18" in told
    assert not (tmp_path / "shop.tar").exists()


@pytest.fixture
def bucket(s3: S3, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An S3, and the settings that name it."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BAI_WX_S3_ENDPOINT", s3.endpoint)
    return {"address": f"s3://{s3.bucket}", "s3": s3}


@without_sql
@pytest.mark.parametrize("of", ["a folder", "a bucket"])
def test_files_removed_meanwhile_are_left_out(
    of: str, shop: Settings, run: Run, bucket: dict[str, Any], monkeypatch: Any
) -> None:
    """Whoever deletes a record while its picture is listed does not cost the shop its backup."""
    elsewhere = {"BAI_WX_FILES": f"{bucket['address']}/meanwhile"} if of == "a bucket" else {}
    store = FileStore.at(elsewhere.get("BAI_WX_FILES", shop.files), bucket["s3"].endpoint)
    store.put(*PICTURE, b"kept")
    store.put(PICTURE[0], "picture00000002", "b_0123456789.png", b"removed")
    listed = FileStore.all

    def removing(self: FileStore) -> Any:
        for found in listed(self):
            store.remove(PICTURE[0], "picture00000002")
            yield found

    monkeypatch.setattr(FileStore, "all", removing)
    assert done(run("backup", "shop.tar", "--json", **elsewhere))["files"] == 1


@without_sql
def test_what_killed_backups_have_sent_is_removed_by_the_next(
    shop: Settings, run: Run, bucket: dict[str, Any]
) -> None:
    """Parts of ours that are older than a day, by their names; moto says of all that they are of 2010."""
    s3: S3 = bucket["s3"]
    ours = "killed/bai-wx-20260101T000000.000Z.tar"
    others = ["killed/theirs.tar", "killed/old/bai-wx-20260101T000000.000Z.tar"]
    for key in (ours, *others):
        s3.begin_upload(key)
    archives = ArchiveBucket(s3.bucket, s3.endpoint)
    young = datetime(2000, 1, 1, tzinfo=UTC)
    assert archives.abort_unfinished("killed/", young, lambda key: True) == 0
    assert ours in s3.unfinished()
    done(run("backup", f"{bucket['address']}/killed", "--json"))
    assert ours not in s3.unfinished()
    assert set(others) <= set(s3.unfinished())


@without_sql
def test_a_bucket_holds_backups_and_files(
    shop: Settings, run: Run, bucket: dict[str, Any], tmp_path: Path, monkeypatch: Any
) -> None:
    """Sent in parts, kept by number, verified and restored from there, files of a bucket included."""
    monkeypatch.setattr("bai_wx.files.archive_bucket.PART_BYTES", 5 << 20)
    files = f"{bucket['address']}/uploads"  # other tests have theirs in the same bucket
    FileStore.at(files, bucket["s3"].endpoint).put(
        *PICTURE[:2], "big_0123456789.png", b"x" * (6 << 20)
    )
    place = f"{bucket['address']}/backups"
    first = done(run("backup", place, "--json", BAI_WX_FILES=files))
    assert first["files"] == 1
    second = done(run("backup", place, "--json", "--keep", "1", BAI_WX_FILES=files))
    assert second["removed"] == [first["backup"].rpartition("/")[2]]
    assert done(run("verify", second["backup"], "--json"))["files"] == 1
    _, environment = another(tmp_path / "other")
    done(run("restore", second["backup"], "--json", **environment))
    restored = tmp_path / "other/files" / "/".join(PICTURE[:2]) / "big_0123456789.png"
    assert restored.stat().st_size == 6 << 20
    _, environment = another(tmp_path / "third")
    elsewhere = f"{bucket['address']}/restored"
    done(run("restore", second["backup"], "--json", BAI_WX_FILES=elsewhere, **environment))
    assert any(key.startswith("restored/tbl_attachments/") for key in bucket["s3"].held())
    told = refused(run("verify", f"{place}/none.tar"))
    assert f"{place}/none.tar cannot be read" in told


@without_sql
def test_a_restored_home_says_that_the_settings_name_another_database(
    shop: Settings, run: Run, tmp_path: Path
) -> None:
    """Who serves it with the settings of the live shop would open that: `restore` says so, and `doctor`."""
    copy, live = tmp_path / "copy", {"BAI_WX_DATABASE": shop.database}
    done(run("backup", "shop.tar", "--json"))
    told = run("restore", "shop.tar", "--to", str(copy), **live).stdout
    assert f"before each of them: BAI_WX_HOME={copy} BAI_WX_DATABASE= " in told
    Path(".env").write_text(f"BAI_WX_DATABASE={shop.database}\n", "utf-8")
    again = run("restore", "shop.tar", "--to", str(tmp_path / "again"), BAI_WX_DATABASE=None).stdout
    assert f"before each of them: BAI_WX_HOME={tmp_path / 'again'} BAI_WX_DATABASE= " in again
    Path(".env").unlink()
    unused = f"{copy}/bai-wx.db is not in use: BAI_WX_DATABASE names another database"
    assert unused in run("doctor", BAI_WX_HOME=str(copy), **live).stdout
    assert unused not in run("doctor", BAI_WX_HOME=str(copy), BAI_WX_DATABASE="").stdout
