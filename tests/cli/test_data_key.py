"""`bai-wx data-key`, and what an export and an import do with encrypted numbers."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from click.testing import Result

from bai_wx.cli.data_key import LOCK
from bai_wx.process import doctor, secret_files
from bai_wx.process.settings import Settings
from bai_wx.record import data_keys
from tests.cli.commands import ALICE, IS_POSTGRES, Rows, Run, done, home_at, refused, table

USERS = "tbl_auth_users"
PHONE, PAPER = "13800138000", "440305199001011234"
USER = {"id": "user00000000001", "openid": ALICE, "users_phone": PHONE, "users_id_number": PAPER}
OTHER = data_keys.made().text

Bring = Callable[..., Result]


def exported(run: Run, folder: Path, *options: str) -> Rows:
    """The users of an export."""
    done(run("export", str(folder), "--json", *options))
    return [orjson.loads(line) for line in (folder / f"{USERS}.jsonl").read_bytes().splitlines()]


def test_a_key_is_made_once_for_its_owner_alone(
    run: Run, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no setting gives one; the log says so, once. No export has it."""
    done(run("migrate", "--json"))
    path = settings.data_key_file
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    (key,) = data_keys.parse(text)
    done(run("migrate", "--json"))
    assert path.read_text() == text
    (told,) = caplog.messages
    assert told.startswith(f"made the data key {path}: keep a copy apart")
    assert text.strip() not in told
    assert done(run("data-key", "show", "--json")) == {"in_use": [key.id]}
    assert key.text not in repr(exported(run, settings.home.parent / "export"))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["data-key", "show"], id="data-key show"),
        pytest.param(["token", ALICE], id="token"),
        pytest.param(["migrate"], id="migrate"),
        pytest.param(["serve", "--demo", "--port", "0"], id="serve"),
    ],
)
def test_another_key_is_refused_in_one_line(bring: Bring, run: Run, arguments: list[str]) -> None:
    """With both fingerprints, before anything is done."""
    done(bring(tbl_auth_users=[USER]))
    told = refused(run(*arguments, BAI_WX_DATA_KEY=OTHER))
    assert told.count("\n") == 1
    assert "the database has the data key" in told
    assert data_keys.parse(OTHER)[0].id in told
    assert OTHER not in told


def test_a_bad_key_is_named(run: Run) -> None:
    """By its setting, without showing it."""
    told = refused(run("migrate", BAI_WX_DATA_KEY="0" * 64))
    assert (
        told == "Error: BAI_WX_DATA_KEY can be guessed; `bai-wx data-key new` prints a random one\n"
    )
    made = run("data-key", "new").stdout.strip()
    done(run("migrate", "--json", BAI_WX_DATA_KEY=made))


def test_an_export_keeps_numbers_encrypted_and_its_home_imports_them(
    bring: Bring, run: Run, settings: Settings, tmp_path: Path
) -> None:
    """The same key opens them, in another database too; with another key each row is named."""
    done(bring(tbl_auth_users=[USER]))
    (row,) = exported(run, tmp_path / "sealed")
    assert row["users_phone"].startswith("enc:")
    assert row["users_id_number"].startswith("enc:")
    key = settings.data_key_file.read_text().strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        other = home_at(tmp_path / "other")
        done(run("import", str(tmp_path / "sealed"), "--json", BAI_WX_DATA_KEY=key, **other))
        (again,) = exported_from(run, tmp_path / "again", other, key)
        assert (again["users_phone"], again["users_id_number"]) == (PHONE, PAPER)
        third = home_at(tmp_path / "third")
        told = refused(run("import", str(tmp_path / "sealed"), BAI_WX_DATA_KEY=OTHER, **third))
    assert f"{USERS}.jsonl:1: users_phone is encrypted" in told
    assert data_keys.parse(key)[0].id in told


def exported_from(run: Run, folder: Path, home: dict[str, str], key: str) -> Rows:
    """The users of a plain export of another home."""
    done(run("export", str(folder), "--json", "--plain-private", BAI_WX_DATA_KEY=key, **home))
    return [orjson.loads(line) for line in (folder / f"{USERS}.jsonl").read_bytes().splitlines()]


def test_a_plain_export_is_imported_by_any_key(bring: Bring, run: Run, tmp_path: Path) -> None:
    """It has the numbers, and nothing of the indexes."""
    done(bring(tbl_auth_users=[USER]))
    (row,) = exported(run, tmp_path / "plain", "--plain-private")
    assert (row["users_phone"], row["users_id_number"]) == (PHONE, PAPER)
    assert not [name for name in row if name.endswith("_index")]
    other = home_at(tmp_path / "other")
    done(run("import", str(tmp_path / "plain"), "--json", BAI_WX_DATA_KEY=OTHER, **other))
    (again,) = exported_from(run, tmp_path / "again", other, OTHER)
    assert again == row


def test_a_number_of_another_row_is_refused(bring: Bring, run: Run, tmp_path: Path) -> None:
    """Whoever edits an export cannot give one user the number of another."""
    done(bring(tbl_auth_users=[USER]))
    (row,) = exported(run, tmp_path / "sealed")
    moved = {"id": "user00000000002", "openid": "b", "users_phone": row["users_phone"]}
    told = refused(bring(tbl_auth_users=[moved]))
    assert "users_phone is encrypted, and does not open: it is another row's" in told


@pytest.mark.parametrize(
    ("options", "phone"),
    [
        pytest.param([], "138****8000", id="masked"),
        pytest.param(["--plain-private"], PHONE, id="whole"),
    ],
)
def test_a_table_masks_numbers(
    bring: Bring, run: Run, tmp_path: Path, options: list[str], phone: str
) -> None:
    """Unless they are asked for."""
    done(bring(tbl_auth_users=[USER]))
    file = tmp_path / "users.jsonl"
    done(run("export", str(file), "--collection", USERS, "--json", *options))
    assert orjson.loads(file.read_bytes())["users_phone"] == phone


def test_pocketbase_gets_plain_numbers_only_if_asked(run: Run, tmp_path: Path) -> None:
    """Before anything is made."""
    done(run("migrate", "--json"))
    told = refused(run("export", "--pocketbase", str(tmp_path / "pb")))
    assert "add --plain-private" in told
    assert not (tmp_path / "pb").exists()


def _given(run: Run, key: str) -> Run:
    return lambda *arguments: run(*arguments, BAI_WX_DATA_KEY=key)


def test_a_given_key_is_rotated(run: Run, settings: Settings, tmp_path: Path) -> None:
    """Both keys are given meanwhile; afterwards the old one opens nothing and is not needed."""
    old, new = (data_keys.made().text for _ in range(2))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{USERS}.jsonl").write_bytes(orjson.dumps(USER))
    done(run("import", str(tmp_path / "in"), "--json", BAI_WX_DATA_KEY=old))
    told = refused(run("data-key", "rotate", BAI_WX_DATA_KEY=old))
    assert "write NEW,OLD there" in told
    rotated = _given(run, f"{new},{old}")("data-key", "rotate", "--json")
    assert orjson.loads(rotated.stdout)["rows"][USERS] == 1
    assert orjson.loads(rotated.stdout)["old_keys"] == ""
    assert "the database has the data key" in refused(run("migrate", BAI_WX_DATA_KEY=old))
    (row,) = exported(_given(run, new), tmp_path / "out", "--plain-private")
    assert row["users_phone"] == PHONE
    assert not settings.data_key_file.exists()


def test_a_key_in_the_home_is_rotated(bring: Bring, run: Run, settings: Settings) -> None:
    """The file has both keys until no row needs the old one. On PostgreSQL other homes would not learn it."""
    done(bring(tbl_auth_users=[USER]))
    path = settings.data_key_file
    old = path.read_text()
    if IS_POSTGRES:
        assert "BAI_WX_DATA_KEY=NEW,OLD" in refused(run("data-key", "rotate"))
        return
    told = done(run("data-key", "rotate", "--json"))
    (key,) = data_keys.parse(path.read_text())
    assert (told["key"], old != path.read_text()) == (key.id, True)
    (row,) = table(settings, USERS)
    assert row["users_phone"].startswith(f"enc:{key.id}:")
    kept = path.with_name(secret_files.OLD_DATA_KEYS)
    assert (told["old_keys"], kept.read_text()) == (str(kept), old)
    assert {file.stat().st_mode & 0o777 for file in (path, kept)} == {0o600}
    again = run("data-key", "rotate")
    assert f"the key before is in {kept}: backups from before need it" in again.stdout
    assert [each.text for each in data_keys.parse(kept.read_text())] == [key.text, old.strip()]
    kept.chmod(0o644)
    with pytest.raises(doctor.Unfit, match=r"data-key.old has mode 0644; chmod 600 it"):
        doctor.CHECKS["data key"](settings)


@pytest.mark.skipif(IS_POSTGRES, reason="a key in the home is rotated on SQLite alone")
def test_a_backup_from_before_a_rotation_is_read(
    bring: Bring, run: Run, settings: Settings, tmp_path: Path
) -> None:
    """By the keys of the home it is restored into, the old one among them, and rotated like any other."""
    done(bring(tbl_auth_users=[USER]))
    done(run("backup", "shop.tar", "--json"))
    done(run("data-key", "rotate", "--json"))
    home = tmp_path / "new"
    home.mkdir()
    for name in ("data-key", secret_files.OLD_DATA_KEYS):
        shutil.copy2(settings.home / name, home / name)
    (old,) = data_keys.parse((home / secret_files.OLD_DATA_KEYS).read_text())
    assert f"open with the data key here, {old.id}" in run("verify", "shop.tar").stdout
    done(run("restore", "shop.tar", "--to", str(home), "--json"))
    there = {"BAI_WX_HOME": str(home), "BAI_WX_DATABASE": ""}
    for name in ("before", "after"):
        done(run("export", str(tmp_path / name), "--plain-private", "--json", **there))
        (line,) = (tmp_path / name / f"{USERS}.jsonl").read_bytes().splitlines()
        assert orjson.loads(line)["users_phone"] == PHONE
        done(run("data-key", "rotate", "--json", **there))


@pytest.mark.skipif(IS_POSTGRES, reason="a key in the home is rotated on SQLite alone")
def test_a_killed_rotation_is_ended_by_the_next(bring: Bring, run: Run, settings: Settings) -> None:
    """Between the new file and the first row, and between the last row and the file."""
    done(bring(tbl_auth_users=[USER]))
    path = settings.data_key_file
    (old,), new = data_keys.parse(path.read_text()), data_keys.made()
    for rows in (1, 0):
        path.write_text(f"{new.text}\n{old.text}\n")
        told = done(run("data-key", "rotate", "--json"))
        assert (told["key"], told["rows"][USERS]) == (new.id, rows)
        assert data_keys.parse(path.read_text()) == [new]
        assert data_keys.parse(path.with_name(secret_files.OLD_DATA_KEYS).read_text()) == [old]


@pytest.mark.skipif(IS_POSTGRES, reason="a backup's manifest is the same on any database")
def test_a_backup_lacks_the_key_and_says_which_it_needs(
    bring: Bring, run: Run, settings: Settings, tmp_path: Path
) -> None:
    """`verify` and `restore` tell whether the key here is that one."""
    done(bring(tbl_auth_users=[USER]))
    (key,) = settings.data_keys(False)
    done(run("backup", "shop.tar", "--json"))
    archive = (tmp_path / "shop.tar").read_bytes()
    assert not any(text.encode() in archive for text in (key.text, PHONE, PAPER))
    assert f"open with the data key here, {key.id}" in run("verify", "shop.tar").stdout
    assert (
        f"need the data key {key.id}, here is none"
        in run("restore", "shop.tar", "--to", str(tmp_path / "new")).stdout
    )
    told = refused(run("token", ALICE, BAI_WX_HOME=str(tmp_path / "new"), BAI_WX_DATABASE=""))
    assert f"the database has the data key {key.id}, here is none" in told
    assert not (tmp_path / "new" / "data-key").exists()


def test_the_doctor_knows_the_key(bring: Bring, settings: Settings) -> None:
    """Its fingerprint, its mode, and whether it is the database's."""
    done(bring(tbl_auth_users=[USER]))
    check = doctor.CHECKS["data key"]
    (key,) = data_keys.parse(settings.data_key_file.read_text())
    assert key.id in check(settings)
    with pytest.raises(doctor.Unfit, match=f"the database has the data key {key.id}"):
        check(replace(settings, given_data_key=OTHER))
    settings.data_key_file.chmod(0o644)
    with pytest.raises(doctor.Unfit, match="chmod 600"):
        check(settings)


def test_a_given_key_is_rotated_from_a_machine_without_a_home(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    """The database is elsewhere, so nothing else than the lock needs a place here."""
    old, new = (data_keys.made() for _ in range(2))
    done(run("migrate", "--json", BAI_WX_DATA_KEY=old.text))
    elsewhere = {"BAI_WX_HOME": str(tmp_path / "none"), "BAI_WX_DATABASE": settings.database}
    given = f"{new.text},{old.text}"
    told = done(run("data-key", "rotate", "--json", BAI_WX_DATA_KEY=given, **elsewhere))
    assert told["key"] == new.id


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_rotated_its_server_rotates_again(run: Run, settings: Settings) -> None:
    """The lock is the home's owner's, as the key is."""
    old, new = (data_keys.made().text for _ in range(2))
    done(run("migrate", "--json", BAI_WX_DATA_KEY=old))
    os.chown(settings.home, 4_321, 4_322)
    done(run("data-key", "rotate", "--json", BAI_WX_DATA_KEY=f"{new},{old}"))
    owner = (settings.home / LOCK).stat()
    assert (owner.st_uid, owner.st_gid) == (4_321, 4_322)
