"""`data-key`: the key that personal numbers are encrypted with."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from bai_wx.cli.common import answer, json_option, progress_listener, up_to_date_database
from bai_wx.database.connection import database
from bai_wx.process import schema, secret_files
from bai_wx.process.settings import Settings
from bai_wx.record import data_keys, reencryption
from bai_wx.record.data_keys import DataKey

LOCK: Final = ".data-key.lock"


@click.group("data-key")
def data_key() -> None:
    """See and replace the key that phone and identity-paper numbers are encrypted with."""


@data_key.command()
def new() -> None:
    """Print a random key, for BAI_WX_DATA_KEY. Nothing is stored."""
    click.echo(data_keys.made().text)


@data_key.command()
@json_option
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Tell the fingerprints of the keys that rows are encrypted with, the current one first."""
    with up_to_date_database(settings):
        in_use = data_keys.ids_in_use()
    answer(as_json, {"in_use": in_use}, ", ".join(in_use))


@data_key.command()
@json_option
@click.pass_obj
def rotate(settings: Settings, as_json: bool) -> None:
    """Encrypt everything with a new key, while servers run. After a kill, run it again.

    A key in the home is replaced by a new one, and kept in data-key.old. Where BAI_WX_DATA_KEY gives it, write
    BAI_WX_DATA_KEY=NEW,OLD for every server first and restart them (or reload: SIGHUP); after this command OLD
    can go.

    Backups from before need the old key: keep it as long as you keep them. A restored one finds it in
    data-key.old.
    """
    tell = progress_listener("rows encrypted anew")
    with up_to_date_database(settings), _only_one(settings):
        before = data_keys.ids_in_use()
        key = _given(settings, before) if settings.given_data_key else _in_home(settings, before)
        try:
            done = reencryption.rotate(schema.tables(database), key, tell)
        except reencryption.Unreadable as exc:
            raise click.ClickException(f"both keys stay in use: {exc}") from exc
        kept = None if settings.given_data_key else _retire(settings, key)
    rows = ", ".join(f"{name} {count:,}" for name, count in done.items())
    told = {"key": key.id, "rows": done, "old_keys": str(kept or "")}
    answer(as_json, told, f"key {key.id}: {rows}\n{_about_old(kept)}")


def _retire(settings: Settings, key: DataKey) -> Path:
    """Keep the other keys beside the new one, and say that nothing is encrypted with them. Returns: where."""
    file = settings.data_key_file
    others = [each for each in settings.data_keys(False) if each.id != key.id]
    kept = secret_files.retire_data_keys(file, others)  # first: a kill in between loses none
    secret_files.keep_data_keys(file, [key])
    return kept


def _about_old(kept: Path | None) -> str:
    """What becomes of the key before."""
    if kept is None:
        return (
            "BAI_WX_DATA_KEY needs the first key alone now; keep the other one apart,"
            " as long as you keep backups from before"
        )
    return (
        f"the key before is in {kept}: backups from before need it, remove it with the last of them"
    )


def _given(settings: Settings, in_use: list[str]) -> DataKey:
    newest = settings.data_keys(False)[0]
    if in_use == [newest.id]:
        raise click.ClickException(
            f"the first key of BAI_WX_DATA_KEY, {newest.id}, is the current one; write NEW,OLD there"
        )
    return newest


def _in_home(settings: Settings, in_use: list[str]) -> DataKey:
    """The key to rotate to: a new one, which the home keeps beside the old, or that of a killed run."""
    if settings.is_replicable:
        raise click.ClickException(
            "servers with a home of their own would not learn a key made here; give it to all of them:"
            " BAI_WX_DATA_KEY=NEW,OLD, where OLD is in the file data-key"
        )
    held = settings.data_keys(False)
    if len(held) > 1:
        return held[0]
    key = data_keys.made()
    secret_files.keep_data_keys(settings.data_key_file, [key, *held])  # before a row has it
    return key


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Refuse a second rotation of this home: each would make a key."""
    settings.make_home()  # where the key is given and the database elsewhere there may be none
    descriptor = os.open(settings.home / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        owner = settings.home.stat()
        if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)  # else root's run is the last one
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise click.ClickException("another rotation runs") from exc
    else:
        yield
    finally:
        os.close(descriptor)
