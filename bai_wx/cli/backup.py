"""`backup`, `restore` and `verify`."""

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from bai_wx.cli.common import (
    answer,
    existing_database,
    json_option,
    no_folder_left_by_failure,
    progress_listener,
)
from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import S3_SCHEME, FileStore
from bai_wx.process import backing_up, schema
from bai_wx.process.secret_files import OLD_NAME, SECRET_NAME
from bai_wx.process.settings import DATABASE_NAME, Settings
from bai_wx.transfer.backup import reading, restoring
from bai_wx.transfer.backup.manifest import Manifest
from bai_wx.transfer.backup.refused import BackupRefused


@click.command()
@click.argument("target", metavar="FILE|DIR|s3://BUCKET/PREFIX")
@click.option(
    "--keep",
    type=click.IntRange(1, 10_000),
    help="How many of this shop's backups stay in DIR or the bucket, the new one included.",
)
@click.option(
    "--secret",
    "secret_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the secret that signs tokens to this new file, mode 0600.",
)
@click.option("--without-files", is_flag=True, help="Leave the uploaded files out.")
@json_option
@click.pass_obj
def backup(
    settings: Settings,
    target: str,
    keep: int | None,
    secret_file: Path | None,
    without_files: bool,
    as_json: bool,
) -> None:
    """Back up the database and the uploaded files, while the server serves.

    FILE ends in .tar, .tar.gz or .tgz and must not be there yet. Any other name is a folder, in which the
    backup is named by its moment. The secret is not in it: keep it apart.
    """
    settings.check_database_file()  # before a folder is made for the backup
    if secret_file is not None and os.path.lexists(secret_file):
        raise BackupRefused(f"{secret_file} is there already; name another file for the secret")
    with no_folder_left_by_failure(Path(target)):
        place = backing_up.target_of(target, settings)
        with existing_database(settings):
            shop = backing_up.shop_of(settings, with_files=not without_files)
            made = backing_up.make(shop, place, keep=keep, tell=progress_listener("done"))
    if secret_file is not None:
        _write_secret(settings, secret_file)
    told: dict[str, Any] = {
        "backup": made.name,
        "moment": made.moment,
        "bytes": made.bytes,
        "sha256": made.sha256,
        "rows": sum(made.manifest.rows.values()),
        "files": made.manifest.files,
        "removed": made.removed,
    }
    words = [f"{made.name}: {_counted(made.manifest)}, {made.bytes:,} bytes, of {made.moment}"]
    words += [f"removed {name}" for name in made.removed]
    words.append(_about_secret(settings, secret_file))
    answer(as_json, told, "\n".join(words))


def _about_secret(settings: Settings, written: Path | None) -> str:
    old = settings.home / OLD_NAME
    before = (
        f"; {old}, too, or who logged in before the rotation logs in again" if old.exists() else ""
    )
    if written is not None:
        return f"the secret is in {written}: keep it where the backup is not{before}"
    where = "BAI_WX_SECRET" if settings.given_secret else settings.home / SECRET_NAME
    key = "BAI_WX_DATA_KEY" if settings.given_data_key else settings.data_key_file
    return f"the secret and the data key are not in it: keep {where} and {key} apart{before}"


def _write_secret(settings: Settings, path: Path) -> None:
    secret = settings.secret
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())


@click.command()
@click.argument("source", metavar="FILE|s3://BUCKET/KEY")
@json_option
@click.pass_obj
def verify(settings: Settings, source: str, as_json: bool) -> None:
    """Check a backup without restoring it: every checksum, the database's integrity, its rows."""
    _needs_s3(source)
    manifest = reading.verify(source, settings.s3_endpoint, settings.pg_bin)
    sentence = f"{source} is whole: {_counted(manifest)}, of {manifest.moment}"
    fits = backing_up.fit(settings, manifest.data_key)
    answer(as_json, _told(manifest), f"{sentence}\n{fits}")


@click.command()
@click.argument("source", metavar="FILE|s3://BUCKET/KEY")
@click.option(
    "--to",
    "home",
    metavar="HOME",
    type=click.Path(file_okay=False, path_type=Path),
    help="Restore into this home instead of BAI_WX_HOME; of SQLite, its database too.",
)
@json_option
@click.pass_obj
def restore(settings: Settings, source: str, home: Path | None, as_json: bool) -> None:
    """Restore a backup into an empty home and an empty database: all of it, or nothing.

    It is verified before anything is put in place. Nothing that is there is overwritten.
    """
    _needs_s3(source)
    if home is not None:
        settings = replace(settings, home=home)
        if settings.database_file is not None:
            settings = replace(settings, database=f"sqlite:///{home.absolute() / DATABASE_NAME}")
    connect(settings.database)
    try:
        place = restoring.Place(
            home=settings.home.absolute(),
            address=settings.database,
            database_file=settings.database_file,
            bucket=_bucket(settings),
            programs=settings.pg_bin,
            known_migrations=schema.known(),
        )
        with no_folder_left_by_failure(place.home):
            manifest = restoring.restore(source, settings.s3_endpoint, place)
    finally:
        disconnect()
    told = _told(manifest) | {"home": str(settings.home)}
    fits = backing_up.fit(settings, manifest.data_key)
    words = [f"restored into {settings.home}: {_counted(manifest)}, of {manifest.moment}"]
    answer(as_json, told, "\n".join([*words, fits, *_next_steps(settings)]))


def _bucket(settings: Settings) -> FileStore | None:
    if not settings.given_files:
        return None
    return FileStore.at(settings.given_files, settings.s3_endpoint)


def _next_steps(settings: Settings) -> list[str]:
    steps = _about_serving(settings)
    # What a command on the restored home is going to read, `.env` included.
    read = Settings.from_environment({**os.environ, "BAI_WX_HOME": str(settings.home.absolute())})
    if read.unused_database:
        named = f"BAI_WX_HOME={settings.home} BAI_WX_DATABASE="
        steps.append(f"before each of them: {named} (the settings name another database now)")
    return steps


def _about_serving(settings: Settings) -> list[str]:
    path = settings.home / SECRET_NAME
    if settings.given_secret or path.exists():
        return ["next: bai-wx doctor, then serve"]
    return [
        f"next: put the secret that was kept apart into {path} (mode 0600), or set BAI_WX_SECRET;"
        f" with another one everybody logs in again; {OLD_NAME} beside it, if there is one",
        "then: bai-wx doctor, and serve",
    ]


def _needs_s3(source: str) -> None:
    if source.startswith(S3_SCHEME):
        backing_up.check_source(source)


def _counted(manifest: Manifest) -> str:
    return f"{sum(manifest.rows.values()):,} rows, {manifest.files:,} files"


def _told(manifest: Manifest) -> dict[str, Any]:
    entries = ("entries",)
    told = {name: value for name, value in asdict(manifest).items() if name not in entries}
    return told | {"files": manifest.files}
