"""`import-pocketbase`: the take-over of a PocketBase's rows, files and logins."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from bai_wx.cli.common import answer, json_option, migrated_database, time_left_listener
from bai_wx.contract import loader
from bai_wx.database.connection import keeps_nul
from bai_wx.files.store import S3_SCHEME, FileStore
from bai_wx.process.rehearsal import rehearsal
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.transfer.pocketbase.copying import Copying
from bai_wx.transfer.pocketbase.journal import TakenRow
from bai_wx.transfer.pocketbase.layout import PocketBaseRefused
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import PbData
from bai_wx.transfer.pocketbase.takeover import Options, take_over
from bai_wx.transfer.row_check import RowCheck

SCRATCH: Final = ".take-over"
"""The folder in the home for what is unpacked. One that was killed leaves it, and the next one clears it."""

ENCRYPTION_KEY: Final = "PB_ENCRYPTION_KEY"


@click.command("import-pocketbase")
@click.argument(
    "source", metavar="PB_DATA|BACKUP.zip", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--map",
    "map_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file that names collections, fields and words of your own.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; report what would happen.")
@click.option(
    "--files",
    "files",
    type=click.Choice(["copy", "move", "s3"]),
    default="copy",
    show_default=True,
    help="Copy files to where BAI_WX_FILES says, move them, or insist on a bucket.",
)
@click.option(
    "--pocketbase",
    "binary",
    metavar="BINARY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A pocketbase of 0.23 or later, to migrate a copy of an 0.22 folder; default: that on PATH.",
)
@json_option
@click.pass_obj
def import_pocketbase(
    settings: Settings,
    source: Path,
    map_file: Path | None,
    dry_run: bool,
    files: str,
    binary: Path | None,
    as_json: bool,
) -> None:
    """Take over rows, files and logins of a stopped PocketBase 0.22 to 0.40, or of a backup of one.

    Users stay logged in: tokens of PocketBase hold until `bai-wx secret drop-old`. Killed or interrupted, it
    goes on when it is run again; run once more, it takes over what has changed in the source since, and
    keeps what was changed here. Encrypted settings are read with PB_ENCRYPTION_KEY.
    """
    _check_files(settings, source, files)
    found = binary or shutil.which("pocketbase")
    try:
        with _target(settings, is_dry_run=dry_run) as (scratch, may_hold_nul):
            key = os.environ.get(ENCRYPTION_KEY)
            own = "" if dry_run else settings.secret
            program = Path(found) if found else None
            with PbData.open(source, scratch, binary=program, encryption_key=key) as data:
                check = RowCheck(loader.load(cache=scratch if dry_run else settings.home))
                store = None if dry_run else FileStore.at(settings.files, settings.s3_endpoint)
                report = take_over(
                    data,
                    SourceMapping.of(data, map_file),
                    Copying(data, store, scratch, moves=files == "move"),
                    Options(check, time_left_listener("rows"), own, dry_run, may_hold_nul),
                )
    except PocketBaseRefused as exc:
        raise click.ClickException(str(exc)) from exc
    answer(as_json, report.to_json(), str(report))


def _check_files(settings: Settings, source: Path, files: str) -> None:
    """Raises: `SettingsError` for a way of files that cannot be gone."""
    is_bucket = settings.files.startswith(S3_SCHEME)
    if files == "s3" and not is_bucket:
        raise SettingsError(
            "--files s3 needs BAI_WX_FILES: write s3://bucket or s3://bucket/prefix"
        )
    if files == "move" and not source.is_dir():
        raise SettingsError("--files move needs a folder: files cannot be moved out of a backup")


@contextmanager
def _target(settings: Settings, *, is_dry_run: bool) -> Iterator[tuple[Path, bool]]:
    """The database to write to, of a dry run a copy of it.

    Returns: a folder for what is unpacked, and whether the real database can store a NUL.
    """
    if is_dry_run:
        with tempfile.TemporaryDirectory() as folder:
            may_hold_nul = settings.database_file is not None
            with rehearsal(settings, Path(folder) / "copy.db", TakenRow):
                yield _made(Path(folder) / "source"), may_hold_nul
        return
    with migrated_database(settings), _only_one(settings.home / SCRATCH) as folder:
        yield _made(folder / "source"), keeps_nul()


@contextmanager
def _only_one(folder: Path) -> Iterator[Path]:
    """A folder for this take-over alone. Raises: `PocketBaseRefused` while another one runs."""
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.iterdir():
            shutil.rmtree(left)
        yield folder
        shutil.rmtree(folder)
    except BlockingIOError as exc:
        raise PocketBaseRefused(f"a take-over runs already: it uses {folder}") from exc
    finally:
        os.close(descriptor)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
